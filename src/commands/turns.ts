import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { Announcer } from '../execute/announcer.ts'
import type { Observer } from '../execute/observer.ts'
import type { Turn } from '../migration/announcement.ts'
import type { Subject } from '../migration/facts.ts'
import type { ExecutionEvent } from '../migration/outcome.ts'
import type { StepName } from '../migration/step.ts'
import { describeError } from '../present/errors.ts'
import { noteTo } from './screen.ts'

/** Tells the turns of a migration on both objects as they come. */
export interface Turns {
  /** The step is about to write: what it comes to is news. */
  begins(step: StepName): void
  take(event: ExecutionEvent): void
  /** How it ended; resolves when all is told. */
  end(turn: Turn | undefined, says: string): Promise<void>
}

const turnsOf: Readonly<Partial<Record<StepName['id'], Turn>>> = { hold: 'Held', start: 'Started' }

/** Turns as Events on the cluster; one that cannot be written is told on stderr, once. */
export function watchTurns(
  env: Env,
  cluster: Cluster,
  { observer, plan }: { readonly observer: Observer; readonly plan: Subject },
): Turns {
  const announcer = new Announcer(cluster, observer, plan, env, (error) => {
    const forbidden = failedWith(error, 'forbidden')
    const why = forbidden ? 'you may not create events.events.k8s.io' : describeError(error, env.name).lines[0]
    noteTo(env)(`no Event tells of this on the jobs: ${why}`)
  })
  const begun = new Set<StepName['id']>()
  return {
    begins: ({ id }) => void begun.add(id),
    take(event) {
      const turn = turnsOf[event.step.id]
      if (event.type === 'done' && !event.undoing && turn && begun.has(event.step.id))
        announcer.announce(turn, event.says)
    },
    async end(turn, says) {
      if (turn) announcer.announce(turn, says)
      await announcer.flush()
    },
  }
}
