import { failedWith } from '../cluster/errors.ts'
import type { Halt } from '../migration/outcome.ts'
import type { StepName } from '../migration/step.ts'
import { JournalLost } from './journal-lost.ts'

/** Why a step must not begin. */
export type Stop = Pick<Halt, 'why' | 'reason'>

/** Ends a walk of steps. */
export class Halted extends Error {
  override readonly name = 'Halted'
  readonly halt: Halt

  constructor(halt: Halt) {
    super(halt.reason)
    this.halt = halt
  }
}

/** What an error means for the step it came up in. */
export function haltOf(error: unknown, step: StepName): Halt {
  if (error instanceof Halted) return error.halt
  if (error instanceof JournalLost) return { why: 'lost', step, reason: error.message }
  return { why: 'error', step, reason: '', error }
}

/** The write was refused because the object is another one than the facts say. */
export function isOutdated(error: unknown): boolean {
  return failedWith(error, 'conflict', 'alreadyExists', 'notFound')
}

/** Time alone may cure it. */
export function isPassing(error: unknown): boolean {
  if (failedWith(error, 'internal')) return error.failure.status >= 500
  if (failedWith(error, 'webhook')) return error.failure.outcome === 'unreachable'
  return failedWith(error, 'timeout', 'unreachable', 'tooManyRequests', 'protocol', 'conflict')
}
