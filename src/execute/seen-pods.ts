import type { WatchEvent } from '../cluster/cluster.ts'
import type { Seen } from '../migration/facts.ts'

/** What a watch told of v1's pods, by the resource versions of its events: whether each that came was seen to go. */
export class SeenPods {
  /** nothing after it was missed; empty where something was */
  since = ''
  readonly added = new Set<string>()
  readonly deleted = new Set<string>()
  #upTo = ''

  /** The pods were listed at this version. */
  readUpTo(resourceVersion: string): void {
    this.since ||= resourceVersion
    this.#raise(resourceVersion)
  }

  count({ type, object }: Exclude<WatchEvent, { type: 'RESYNC' }>): void {
    const { resourceVersion = '' } = object.metadata
    if (!/^\d+$/.test(resourceVersion)) return
    if (type === 'ADDED') this.added.add(resourceVersion)
    if (type === 'DELETED') this.deleted.add(resourceVersion)
    this.#raise(resourceVersion)
  }

  get facts(): Seen | undefined {
    const { since, added, deleted } = this
    return /^\d+$/.test(since) ? { since, upTo: this.#upTo, added, deleted } : undefined
  }

  /** A watch may lag behind a list. */
  #raise(resourceVersion: string): void {
    if (!/^\d+$/.test(resourceVersion)) return
    if (BigInt(resourceVersion) > BigInt(this.#upTo || 0)) this.#upTo = resourceVersion
  }
}
