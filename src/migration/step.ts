import type { Action } from './action.ts'
import type { Facts, Plan, Progress, Subject } from './facts.ts'

/** Parts of the facts that can be read afresh. */
export type Part =
  | 'v1'
  | 'v1Pods'
  | 'runtime'
  | 'trainJob'
  | 'jobSet'
  | 'jobs'
  | 'v2Pods'
  | 'extras'
  | 'service'
  | 'snapshot'
  | 'twin'
  | 'workloads'

/** All that must be gone before v2 is. */
export const v2Parts: readonly Part[] = ['trainJob', 'jobSet', 'jobs', 'v2Pods', 'extras', 'service', 'snapshot']

/** A step as events and outcomes name it. */
export type StepName = { readonly id: Step['id'] | 'manifest'; readonly title: string }

/** Why a step must not act. `changed`: somebody else changed an object; `ended`: v1 finished by itself; `failed`: to act would do harm. */
export interface Refusal {
  readonly why: 'changed' | 'ended' | 'failed'
  readonly reason: string
}

/**
 * One step of moving a job. All members are pure and asked again whenever the facts change, so that a step whose work
 * is done already, by an earlier run or by a write whose answer was lost, has no actions left.
 */
export interface Step<P extends Subject = Plan> {
  readonly id:
    | 'runtime'
    | 'train-job'
    | 'extras'
    | 'preview'
    | 'hold'
    | 'start'
    | 'observe'
    | 'delete-v1'
    | 'recreate-v1'
    | 'start-twin'
    | 'observe-twin'
    | 'stop-twin'
  /** two or three words for the screen */
  readonly title: string
  /** one sentence for --dry-run: what is done and waited for */
  describe(plan: P): string
  /** why it must not act now; asked right before each write */
  precondition(facts: Facts, plan: P): Refusal | undefined
  /** writes that are still to be made */
  forward(facts: Facts, plan: P): readonly Action[]
  /** whether it has had its effect */
  verify(facts: Facts, plan: P): Progress
  /** writes that take it back; none where nothing is to be taken back */
  undo(facts: Facts, plan: P): readonly Action[]
  /** whether it is taken back */
  undone(facts: Facts, plan: P): Progress
  /** read afresh before the first write, and before `verify` or `undone` is believed: a watch may lag behind what another client has just done */
  readonly confirm?: {
    readonly before?: readonly Part[]
    readonly verify?: readonly Part[]
    readonly undone?: readonly Part[]
  }
  /** how long `verify` must hold from its first success, in milliseconds */
  lasts?(plan: P): number
}
