import type { StepName } from './step.ts'

/** Why a run did not get to its end. */
export interface Halt {
  readonly why: 'failed' | 'timeout' | 'interrupted' | 'declined' | 'changed' | 'ended' | 'error' | 'lost'
  readonly step: StepName
  /** one clause; for `error` the words come from the error */
  readonly reason: string
  readonly error?: unknown
  /** milliseconds that were not enough, for `timeout` */
  readonly limit?: number
  /** what the container that failed said last */
  readonly lastLines?: readonly string[]
}

/** How a run ended. `done`: at its end, and `says` tells what is true now. */
export type Outcome =
  | { readonly kind: 'done'; readonly says: string }
  /** all that was done is taken back; `stopped`: v1 had been stopped, and `says` tells how it was put back */
  | { readonly kind: 'undone'; readonly halt: Halt; readonly stopped: boolean; readonly says: readonly string[] }
  /** somebody else took the migration over: nothing was taken back */
  | { readonly kind: 'stopped'; readonly halt: Halt }
  /** taking back failed: `undoing` says where and why */
  | { readonly kind: 'stranded'; readonly halt: Halt; readonly stopped: boolean; readonly undoing: Halt }

/** How a way back ended. `ended`: v2 had finished, which is not taken back; `stranded`: where and why it stopped half-way. */
export type WayBack =
  | { readonly kind: 'back'; readonly says: readonly string[] }
  /** removed: the TrainJob is gone */
  | { readonly kind: 'ended'; readonly says: string; readonly removed?: true }
  | { readonly kind: 'stranded'; readonly undoing: Halt }

/** What happens, as it happens; `undoing` tells the way back from the way there. Times are milliseconds. */
export type ExecutionEvent = { readonly step: StepName; readonly undoing: boolean } & (
  | { readonly type: 'started' }
  | { readonly type: 'waiting'; readonly reason: string; readonly elapsed: number; readonly limit: number }
  | { readonly type: 'done'; readonly says: string; readonly took: number }
  | { readonly type: 'failed'; readonly halt: Halt; readonly took: number }
)
