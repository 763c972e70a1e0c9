import { totalCharge } from '../compare/resources.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { formatQuantity } from '../kube/quantity.ts'
import type { Action } from '../migration/action.ts'
import type { Facts, Plan } from '../migration/facts.ts'
import type { Halt, Outcome } from '../migration/outcome.ts'
import { countOf } from '../migration/words.ts'
import { jobName, standingLines } from './cutover.ts'
import { operatorsToSee } from './operators-to-see.ts'
import { printable } from './width.ts'

/** Asked before the first write; the answer follows on the same line. */
export function startQuestion(creations: readonly Action[], plan: Plan): string {
  const made = creations.map(({ resource }) =>
    resource.kind === 'TrainJob' ? 'a suspended TrainJob' : `a ${resource.kind}`,
  )
  return [
    `Writes ${['a record', ...made].join(', ')}; then the twin runs beside v1 and takes ${takes(plan)} of its own.`,
    'v1 is not touched, and runs on.',
    'Start the twin?  [y/N] ',
  ].join('\n')
}

/** `3 pods with 24 nvidia.com/gpu`: what is scarce. */
function takes({ conversion: { proof } }: Plan): string {
  const scarce = [...totalCharge(proof.v2)]
    .filter(([name, { requests }]) => name.includes('/') && requests > 0n)
    .map(([name, { requests }]) => `${formatQuantity(requests)} ${name}`)
  return [countOf(proof.v2.length, 'pod'), ...(scarce.length > 0 ? [`with ${scarce.join(', ')}`] : [])].join(' ')
}

/** What a start ends with: the line for stdout, words for stderr, and the exit code. */
export interface StartResult {
  readonly line: string
  readonly more: readonly string[]
  readonly exit: ExitCode
}

/**
 * The last words of a start.
 * @param again the same command
 * @param words the reason of a halt, in one clause
 * @param exitOf the exit code of an error of the cluster
 * @param name how the program was called
 */
export function startResult(
  outcome: Outcome,
  facts: Facts,
  plan: Plan,
  again: string,
  words: (halt: Halt) => string,
  exitOf: (halt: Halt) => ExitCode,
  name: string,
): StartResult {
  const job = `${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
  const next = (...commands: string[]) => ['Next:', ...commands.map((command) => `  ${command}`)]
  const status = `${name} status ${job}`
  const back = `${name} rollback ${job}   (removes the twin)`
  switch (outcome.kind) {
    case 'done':
      return {
        line: `${jobName(plan)} has a twin, ${plan.trainJobName}: ${printable(outcome.says)}; v1 runs on`,
        more: next(status, `${name} compare ${job}   (their losses and speed)`, back),
        exit: exitCode.ok,
      }
    case 'stopped':
      return {
        line: `${jobName(plan)}: this run stopped where it was: ${printable(words(outcome.halt))}`,
        more: [...standingLines(facts, plan), ...next(status, back)],
        exit: exitCode.conflict,
      }
    case 'stranded':
      return {
        line: `${jobName(plan)} got no twin, and what there is of it could NOT be removed: ${printable(words(outcome.halt))}; then: ${printable(words(outcome.undoing))}`,
        more: [...standingLines(facts, plan), ...next(back, status)],
        exit: outcome.undoing.why === 'lost' ? exitCode.conflict : exitCode.stranded,
      }
    case 'undone': {
      const { halt } = outcome
      const interrupted = halt.why === 'interrupted'
      const reason = interrupted ? 'interrupted' : printable(words(halt))
      return {
        line: `${jobName(plan)} got NO twin: ${reason}; nothing of it is left, v1 was never touched`,
        more: next(...(interrupted ? [again] : operatorsToSee(halt, again, name)), status),
        exit: exitOfUndone(halt, exitOf),
      }
    }
  }
}

/** A twin that had run was rolled back; one that never ran was refused. */
function exitOfUndone(halt: Halt, exitOf: (halt: Halt) => ExitCode): ExitCode {
  if (halt.why === 'interrupted') return exitCode.interrupted
  if (halt.why === 'changed') return exitCode.conflict
  if (halt.why === 'ended') return exitCode.no
  const ran = halt.step.id === 'start-twin' || halt.step.id === 'observe-twin'
  if (ran) return exitCode.rolledBack
  return halt.why === 'error' ? exitOf(halt) : exitCode.no
}
