import type { Cluster } from '../cluster/cluster.ts'
import type { ProcessIdentity } from '../env.ts'
import { resources } from '../kube/resources.ts'
import { announcements, type Turn } from '../migration/announcement.ts'
import type { Subject } from '../migration/facts.ts'
import type { Observer } from './observer.ts'

interface World {
  readonly self: ProcessIdentity
  now(): Date
}

/**
 * Tells the turns of a migration as Kubernetes Events on both objects, one after the other and beside the migration itself: one that
 * cannot be written stops nothing, and is told once.
 */
export class Announcer {
  readonly #cluster: Cluster
  readonly #observer: Observer
  readonly #subject: Subject
  readonly #world: World
  readonly #tellFailure: (error: unknown) => void
  #trainJobUid: string | undefined
  #queue: Promise<void> = Promise.resolve()
  #failed = false

  constructor(cluster: Cluster, observer: Observer, subject: Subject, world: World, failed: (error: unknown) => void) {
    this.#cluster = cluster
    this.#observer = observer
    this.#subject = subject
    this.#world = world
    this.#tellFailure = failed
    this.#look()
  }

  announce(turn: Turn, says: string): void {
    this.#look()
    const { self, now } = this.#world
    const unique = crypto.randomUUID().slice(0, 13).replace('-', '')
    const about = { turn, says, now: now(), instance: `${self.user}@${self.host}`, unique }
    for (const event of announcements(this.#subject, this.#trainJobUid, about)) {
      this.#queue = this.#queue.then(async () => {
        if (this.#failed) return
        try {
          await this.#cluster.create(resources.newEvents, event)
        } catch (error) {
          this.#failed = true
          this.#tellFailure(error)
        }
      })
    }
  }

  /** Resolves when all that was announced is written, or could not be. */
  async flush(): Promise<void> {
    await this.#queue
  }

  /** A TrainJob that is gone is still the one an Event is about. */
  #look(): void {
    this.#trainJobUid = this.#observer.facts.trainJob?.metadata.uid ?? this.#trainJobUid
  }
}
