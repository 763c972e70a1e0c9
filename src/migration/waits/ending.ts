import type { Facts, Subject } from '../facts.ts'
import { v1Ending } from './v1-ending.ts'
import { v2FinishedAsItWent } from './v2-finished.ts'

/** How the training ended by itself, undefined while it has not: v1 did, or v2 when it was about to be removed. It is never run again. */
export function endingOf(facts: Facts, plan: Subject): string | undefined {
  return v1Ending(facts, plan) ?? v2FinishedAsItWent(facts, plan)
}
