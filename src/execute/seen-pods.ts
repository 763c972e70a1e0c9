import type { Cluster, WatchEvent } from '../cluster/cluster.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Seen } from '../migration/facts.ts'
import type { Hold } from '../migration/hold.ts'
import { toldAlive } from '../migration/waits/v1-seen.ts'
import type { Source } from './watched.ts'

type Told = Exclude<WatchEvent, { type: 'RESYNC' }>

/** What a watch told of v1's pods, by uid: whether each that came was seen to go. */
export class SeenPods {
  /** nothing after it was missed; empty where something was */
  #since = ''
  /** resource version at which each came, so far as it was told or is in no list before: 0 of those that were there from the beginning */
  readonly #came = new Map<string, string>()
  readonly #went = new Map<string, string>()
  #upTo = ''

  /** The pods were listed at this version. */
  readUpTo(resourceVersion: string, pods: readonly KubeObject[]): void {
    const first = this.#since === ''
    if (first) this.#since = resourceVersion
    this.#list(pods, first ? '0' : resourceVersion)
    this.#raise(resourceVersion)
  }

  count({ type, object }: Told): void {
    const { uid, resourceVersion } = object.metadata
    if (uid === undefined || !isNumber(resourceVersion)) return
    if (type === 'ADDED') this.#came.set(uid, resourceVersion)
    else if (type === 'MODIFIED' && !this.#came.has(uid)) this.#came.set(uid, '0')
    if (type === 'DELETED') this.#went.set(uid, resourceVersion)
    this.#raise(resourceVersion)
  }

  /**
   * The watch had to begin anew with this list. Nothing was missed where each pod is there still, by its uid, or had been seen to have
   * ended before; how another ended nobody has seen. A job that is held gets no new pods, of which one could have come and gone meanwhile.
   */
  beginAnew(resourceVersion: string, pods: readonly KubeObject[], hasEnded: (uid: string) => boolean): void {
    const there = new Set(pods.map(({ metadata }) => metadata.uid))
    const gone = [...this.#came.keys()].filter((uid) => !this.#went.has(uid) && !there.has(uid))
    if (!isNumber(resourceVersion) || !gone.every(hasEnded)) this.#since = ''
    for (const uid of gone) this.#went.set(uid, resourceVersion)
    this.#list(pods, resourceVersion)
    this.#raise(resourceVersion)
  }

  /**
   * Reads again what became of the pods since they were held. The API server remembers some minutes; where it does not any more, or
   * does not answer within the time, nothing is known of them.
   * @param take is told of every event
   */
  async readBack(
    cluster: Cluster,
    { resource, options, objects }: Source,
    { since, pods }: Hold,
    limit: Promise<void>,
    take: (event: Told) => void,
  ): Promise<void> {
    if (since === undefined || pods === undefined) return
    const reading = new AbortController()
    // what is replayed brings pods back that are gone, until it tells that they went
    const living = objects.size
    const events = cluster.watch(resource, { ...options, resourceVersion: since, signal: reading.signal })
    const told = async (): Promise<void> => {
      for await (const event of events) {
        if (event.type === 'RESYNC') return
        take(event)
        if (toldAlive(pods, since, this.#versions) <= living) break
      }
      this.#since = since
    }
    try {
      if (pods > living) await Promise.race([told(), limit])
      else this.#since = since
    } finally {
      reading.abort()
    }
  }

  get facts(): Seen | undefined {
    const since = this.#since
    return isNumber(since) ? { since, upTo: this.#upTo, ...this.#versions } : undefined
  }

  get #versions() {
    return { added: [...this.#came.values()], deleted: [...this.#went.values()] }
  }

  #list(pods: readonly KubeObject[], resourceVersion: string): void {
    for (const { metadata } of pods) {
      if (metadata.uid !== undefined && !this.#came.has(metadata.uid)) this.#came.set(metadata.uid, resourceVersion)
    }
  }

  /** A watch may lag behind a list. */
  #raise(resourceVersion: string): void {
    if (!isNumber(resourceVersion)) return
    if (BigInt(resourceVersion) > BigInt(this.#upTo || 0)) this.#upTo = resourceVersion
  }
}

function isNumber(version: string | undefined): version is string {
  return version !== undefined && /^\d+$/.test(version)
}
