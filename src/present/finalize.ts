import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Facts } from '../migration/facts.ts'
import type { FinalizeEvidence, FinalizePlan } from '../migration/finalize.ts'
import type { Halt, Outcome } from '../migration/outcome.ts'
import { countOf, someOf } from '../migration/words.ts'
import { jobName, standingLines } from './cutover.ts'
import { printable } from './width.ts'

/** Asked before the first write; the answer follows on the same line. */
export function finalizeQuestion({ facts, takenAlong }: FinalizeEvidence, plan: FinalizePlan): string {
  const { kind, name } = plan
  const along = takenAlong.map((object) => `${object.kind} ${object.name}`)
  return [
    `${kind.kind} ${name} is deleted for good: its TrainJob stays, with ${countOf(facts.v2Pods.length, 'pod')} (${plan.proof}).`,
    `Only its manifest remains, in Secret ${plan.secret}: from it rollback can make v1 again.`,
    ...(along.length > 0 ? [`Deleted with it, as it owns them: ${someOf(along, 8)}.`] : []),
    'Delete v1 now?  [y/N] ',
  ].join('\n')
}

/** What a deletion ends with: the line for stdout, words for stderr, and the exit code. */
export interface FinalizeResult {
  readonly line: string
  readonly more: readonly string[]
  readonly exit: ExitCode
}

/**
 * The last words of a deletion.
 * @param facts as they stand now
 * @param words the reason of a halt, in one clause
 * @param exitOf the exit code of an error of the cluster
 * @param name how the program was called
 */
export function finalizeResult(
  outcome: Outcome,
  facts: Facts,
  plan: FinalizePlan,
  words: (halt: Halt) => string,
  exitOf: (halt: Halt) => ExitCode,
  name: string,
): FinalizeResult {
  const job = `${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
  const next = (...commands: string[]) => ['Next:', ...commands.map((command) => `  ${command}`)]
  const status = `${name} status ${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
  if (outcome.kind === 'done') {
    return {
      line: `${jobName(plan)} is finalized: ${printable(outcome.says)}`,
      more: next(status, `${name} rollback ${job}   (makes v1 again from its manifest)`),
      exit: exitCode.ok,
    }
  }
  const { halt } = outcome
  const reason = halt.why === 'interrupted' ? 'interrupted' : printable(words(halt))
  const going = isGoing(facts, plan)
  return {
    line: `${jobName(plan)} is NOT finalized: ${reason}; ${going ? 'v1 is being deleted' : 'v1 is kept suspended'}`,
    more: [...standingLines(facts, plan), ...next(`${name} finalize ${job}   (goes on from here)`, status)],
    exit: exitOfHalt(halt, going, exitOf),
  }
}

/** Whether the server has been told to delete it, as far as is known. */
export function isGoing({ v1 }: Facts, { uid }: FinalizePlan): boolean {
  return v1 === undefined || v1.metadata.uid !== uid || v1.metadata.deletionTimestamp !== undefined
}

function exitOfHalt(halt: Halt, going: boolean, exitOf: (halt: Halt) => ExitCode): ExitCode {
  if (halt.why === 'interrupted') return exitCode.interrupted
  if (halt.why === 'lost' || halt.why === 'changed') return exitCode.conflict
  if (going) return exitCode.stranded
  return halt.why === 'error' ? exitOf(halt) : exitCode.no
}
