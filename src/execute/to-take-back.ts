import type { Subject } from '../migration/facts.ts'
import type { Halt } from '../migration/outcome.ts'
import { standingHold } from '../migration/queue.ts'
import type { StepName } from '../migration/step.ts'
import { unseenEnd } from '../migration/waits/v1-gone.ts'
import { v1Seen } from '../migration/waits/v1-seen.ts'
import { isPassing } from './halt.ts'
import type { Observer } from './observer.ts'

/** What it takes to look back at how v1 stopped. */
interface LookingBack {
  readonly observer: Observer
  readonly plan: Subject
  /** milliseconds the cluster may stay away */
  readonly timeout: number
  readonly elapsed: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** milliseconds the API server gets to tell what became of pods */
const readingBack = 10_000

/**
 * What is taken back of the steps that have taken effect, the last first, and why. Where nobody knows whether v1 has finished, it stays
 * held: it was not told while it was waited for, or the watch broke then and the API server does not tell any more.
 */
export async function toTakeBack<S extends StepName>(
  effective: readonly S[],
  halt: Halt,
  looking: LookingBack,
): Promise<{ readonly steps: readonly S[]; readonly halt: Halt }> {
  const steps = effective.toReversed()
  const broke = halt.step.id === 'hold' && looking.observer.blind
  if (halt.reason !== unseenEnd && !(broke && (await isUnseen(looking)))) return { steps, halt }
  return { steps: steps.filter(({ id }) => id !== 'hold'), halt: { why: 'ended', step: halt.step, reason: unseenEnd } }
}

/** Whether the cluster answers, and tells no more how v1's pods ended. */
async function isUnseen({ observer, plan, timeout, elapsed, sleep }: LookingBack): Promise<boolean> {
  const deadline = elapsed() + timeout
  for (;;) {
    try {
      await observer.refresh(['v1', 'v1Pods', 'workloads'])
      const hold = standingHold(observer.facts, plan)
      if (hold) await observer.readBack(hold, sleep(readingBack))
      return v1Seen(observer.facts, plan) !== 'known'
    } catch (error) {
      // who cannot look cannot take back either, and says why
      if (!isPassing(error) || elapsed() > deadline) return false
      await sleep(1000)
    }
  }
}
