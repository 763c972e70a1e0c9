import type { Env } from '../env.ts'
import { takeBack } from '../execute/executor.ts'
import type { Turn } from '../migration/announcement.ts'
import type { Facts } from '../migration/facts.ts'
import type { WayBack } from '../migration/outcome.ts'
import type { MigrationState } from '../migration/record.ts'
import type { RollbackPlan } from '../migration/rollback.ts'
import type { Step } from '../migration/step.ts'
import { v2FinishedAsItWent } from '../migration/waits/v2-finished.ts'
import { type HaltWords, type Moving, onScreen } from './moving.ts'

/** Half of a way back would be a job of which neither side runs. */
const notInterrupted =
  'Ctrl-C: a way back that has begun goes on to its end. Ctrl-C again ends it at once; the same command then goes on from there.'

/** Takes steps back to their end, and tells of each; Ctrl-C is answered, not obeyed. */
export async function goBack<P extends RollbackPlan>(
  env: Env,
  words: HaltWords['words'],
  moving: Moving<P>,
  steps: readonly Step<P>[],
): Promise<WayBack> {
  return await onScreen(env, words, moving, async (running, screen) => {
    const tell = (): void => {
      screen.pause()
      env.err.write(`${notInterrupted}\n`)
    }
    env.signal.addEventListener('abort', tell, { once: true })
    try {
      return await takeBack(steps, { ...running, agree: async () => undefined })
    } finally {
      env.signal.removeEventListener('abort', tell)
    }
  })
}

/** The way back of a job whose v2 finished while its TrainJob went: v1 was not resumed. */
export function endedAsItWent(way: WayBack, facts: Facts, plan: RollbackPlan): WayBack {
  const says = way.kind === 'back' && !plan.rerun ? v2FinishedAsItWent(facts, plan) : undefined
  return says === undefined ? way : { kind: 'ended', says, removed: true }
}

/**
 * What the record says then; undefined: somebody else has it, and nothing is written over.
 * @param queued v1 is back in its queue, and only has to wait for quota
 */
export function stateAfter(way: WayBack, queued = false): MigrationState | undefined {
  switch (way.kind) {
    case 'back':
      return 'returned'
    case 'ended':
      return way.removed ? 'ended' : 'moved'
    case 'stranded':
      if (way.undoing.why === 'lost') return undefined
      return queued ? 'returned' : 'stranded'
  }
}

/** What is told of it on both objects. */
export function turnOf(way: WayBack): Turn | undefined {
  if (way.kind === 'stranded') return way.undoing.why === 'lost' ? undefined : 'Stranded'
  if (way.kind === 'ended') return way.removed ? 'Ended' : undefined
  return 'RolledBack'
}
