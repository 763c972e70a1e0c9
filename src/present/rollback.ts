import type { RunEnd } from '../compare/runs/run-end.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { isFinished } from '../kube/job-state.ts'
import type { Facts } from '../migration/facts.ts'
import { recordedEnding } from '../migration/hold.ts'
import type { Halt, WayBack } from '../migration/outcome.ts'
import { v1Queued } from '../migration/queue.ts'
import { placeText } from '../migration/resume.ts'
import { fromFile, type RollbackPlan } from '../migration/rollback.ts'
import type { RecreatePlan } from '../migration/steps/recreate-v1.ts'
import { countOf } from '../migration/words.ts'
import { isSuspended, v1State } from '../v1/state.ts'
import { jobName, recordLeft, standingLines } from './cutover.ts'
import { goesOn } from './handover.ts'
import { titleOf } from './step-lines.ts'
import { printable } from './width.ts'

/** Asked before the first write; the answer follows on the same line. `end`: what the newest log tells of the training. */
export function rollbackQuestion(facts: Facts, end?: RunEnd): string {
  const removed = [facts, facts.twin].flatMap((side) =>
    side?.trainJob ? [`TrainJob ${side.trainJob.metadata.name} and its ${countOf(side.v2Pods.length, 'pod')}`] : [],
  )
  const deleted = removed.length > 0 ? `${removed.join(', ')} are deleted` : ''
  if (facts.v1 && !isSuspended(facts.v1)) {
    return [`${deleted}; v1 runs on as it is.`, 'Remove what runs beside v1?  [y/N] '].join('\n')
  }
  const place = end?.checkpoint?.place
  const seen = place ? ` (${placeText(place)} was the last one seen)` : ''
  return [
    `${deleted === '' ? '' : `${deleted}; then `}v1 is as it was before the hold.`,
    `v1 goes on from the last checkpoint it finds${seen}; what was trained since is trained again.`,
    'Go back to v1 now?  [y/N] ',
  ].join('\n')
}

/** The same where v1 is gone. */
export function recreateQuestion({ v2Pods, trainJob }: Facts, plan: RecreatePlan): string {
  const { kind, name, source, trainJobName } = plan
  const then = trainJob ? `TrainJob ${trainJobName} and its ${countOf(v2Pods.length, 'pod')} are deleted, then ` : ''
  const last = plan.suspendBefore === true ? 'v1 stays suspended, as it was' : 'v1 is resumed'
  return [
    `v1 was deleted: ${kind.kind} ${name} is made again from ${source}, suspended; ${then}${last}.`,
    'Not kept: owner references, finalizers, and marks by which Argo CD, Flux, Helm and others know their objects.',
    'v1 goes on from the last checkpoint it finds; what was trained since is trained again.',
    'Go back to v1 now?  [y/N] ',
  ].join('\n')
}

/** What a way back ends with: the line for stdout, words for stderr, and the exit code. */
export interface RollbackResult {
  readonly line: string
  readonly more: readonly string[]
  readonly exit: ExitCode
}

/**
 * The last words of a way back.
 * @param facts as they stand now
 * @param end what the newest log told of the training
 * @param words the reason of a halt, in one clause
 * @param exitOf the exit code of an error of the cluster
 * @param name how the program was called
 */
export function rollbackResult(
  way: WayBack,
  facts: Facts,
  plan: RollbackPlan,
  end: RunEnd | undefined,
  words: (halt: Halt) => string,
  exitOf: (halt: Halt) => ExitCode,
  name: string,
): RollbackResult {
  const job = `${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
  const next = (...commands: string[]) => ['Next:', ...commands.map((command) => `  ${command}`)]
  const status = `${name} status ${job}`
  switch (way.kind) {
    case 'back':
      return {
        line: `${jobName(plan)} is rolled back: ${printable([...way.says, ...v1Untouched(way.says, facts, plan)].join(', '))}${goesOn(way.says, end)}`,
        more: [...unseen(way.says, facts, plan), ...next(status, recordLeft(name, job))],
        exit: exitCode.ok,
      }
    case 'ended':
      return {
        line: `${jobName(plan)} was NOT rolled back: ${way.removed ? printable(way.says) : `v2 has finished (${printable(way.says)})`}, and v1 stays suspended`,
        more: next(status),
        exit: exitCode.no,
      }
    case 'stranded': {
      const { undoing } = way
      const queued = facts.trainJob ? undefined : v1Queued(facts, plan)
      if (queued !== undefined) {
        const line = `${jobName(plan)} is rolled back, and waits ${printable(queued)}`
        return { line, more: next(status), exit: exitCode.stranded }
      }
      const untouched =
        undoing.step.id === 'recreate-v1'
          ? !facts.v1
          : undoing.step.id === 'train-job' && facts.trainJob && facts.trainJob.metadata.deletionTimestamp === undefined
      return {
        line: `${jobName(plan)} was NOT rolled back: ${titleOf(undoing.step, true)} failed: ${printable(words(undoing))}`,
        more: [
          ...standingLines(facts, plan),
          ...next(
            `${name} rollback ${job}${fromFile(facts, plan)}${plan.rerun ? ' --rerun' : ''}   (goes on from here)`,
            status,
          ),
        ],
        exit:
          undoing.why === 'lost'
            ? exitCode.conflict
            : untouched && undoing.why === 'error'
              ? exitOf(undoing)
              : exitCode.stranded,
      }
    }
  }
}

/** A watch that broke has not told how v2's pods ended, v1's twin's where that was v2. */
function unseen(says: readonly string[], { lastSeen, twin, v1 }: Facts, { rerun }: RollbackPlan): string[] {
  const inPlace = says.some((said) => said.startsWith('v1'))
  const lost = lastSeen?.lost || (inPlace && twin?.lastSeen?.lost)
  if (!lost || rerun || !v1 || isSuspended(v1)) return []
  return [
    'note: nobody saw how v2’s pods ended when its TrainJob was deleted: if they had finished, v1 trains it all again',
  ]
}

/** What is to be said of a v1 job that nothing was to be done to. */
function v1Untouched(says: readonly string[], { v1 }: Facts, { suspendBefore }: RollbackPlan): string[] {
  if (says.some((said) => said.startsWith('v1'))) return []
  const ending = recordedEnding(v1)
  if (ending !== undefined) return [`v1 stays suspended: ${ending}`]
  const word = v1 && v1State(v1).word
  if (word && isFinished(word)) return [`v1 is ${word}`]
  return [suspendBefore === true ? 'v1 suspended as before' : 'v1 runs on']
}
