import type { Cluster, WatchEvent } from '../cluster/cluster.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { hasEnded } from '../kube/pod-state.ts'
import type { LastSeen } from '../migration/facts.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import type { SideName, Source } from './watched.ts'

const parts = ['trainJob', 'jobSet', 'jobs', 'v2Pods'] as const

/** Keeps what was seen of a TrainJob when it is gone: what decides it, and of which pods nobody has told yet how they ended. */
export class LastSeenSide {
  readonly #sources: Readonly<Record<SideName, Source>>
  #trainJob: TrainJob | undefined
  #jobSet: KubeObject | undefined
  readonly #jobs = new Map<string, KubeObject>()
  readonly #untold = new Set<string>()
  readonly #told = new Set<string>()
  #lost = false
  #removed = false

  constructor(sources: Readonly<Record<SideName, Source>>) {
    this.#sources = sources
  }

  /** From here on a watch tells of all that is there. */
  begin(): void {
    for (const name of parts)
      for (const object of this.#sources[name].objects.values()) this.see(this.#sources[name], object)
  }

  /** An object as it stands, or as a watch told that it was when it went. */
  see(source: Source, object: KubeObject, gone = false): void {
    const { uid = '' } = object.metadata
    const part = parts.find((name) => this.#sources[name] === source)
    if (part === 'trainJob') this.#trainJob = object as TrainJob
    if (part === 'jobSet') this.#jobSet = object
    if (part === 'jobs') this.#jobs.set(uid, object)
    if (part !== 'v2Pods') return
    if (gone) this.#told.add(uid)
    if (gone) this.#untold.delete(uid)
    else if (!this.#lost && !this.#told.has(uid)) this.#untold.add(uid)
  }

  /** This run had it deleted: what ends from now on ends as it goes, though it may be seen for a moment longer. */
  remove(): void {
    this.#removed = true
  }

  /** The watch of a source broke: nobody will tell any more of pods that are gone. */
  lose(source: Source): void {
    if (source !== this.#sources.v2Pods) return
    this.#lost ||= this.#untold.size > 0
    this.#untold.clear()
  }

  /** A watch had to begin anew with this list: of pods that are gone meanwhile nobody tells, but of those that had been seen to have ended. */
  beginAnew(source: Source, items: readonly KubeObject[], hasEnded: (uid: string) => boolean): void {
    if (source !== this.#sources.v2Pods) return
    const there = new Set(items.map(({ metadata }) => metadata.uid))
    for (const uid of this.#untold) {
      if (there.has(uid)) continue
      this.#lost ||= !hasEnded(uid)
      this.#untold.delete(uid)
    }
  }

  /**
   * Reads again what became of it since a resource version, for a run that goes on where another was killed. The API server remembers some
   * minutes; where it does not any more, or does not answer within the time, that is lost.
   * @param tell is told of every object
   */
  async readBack(
    cluster: Cluster,
    since: string,
    limit: Promise<void>,
    tell: (source: Source, object: KubeObject) => void,
  ) {
    const reading = new AbortController()
    const take = (source: Source, event: WatchEvent): void => {
      if (event.type === 'RESYNC') this.#lost = true
      else {
        tell(source, event.object)
        this.see(source, event.object, event.type === 'DELETED')
      }
      if (this.#lost || this.#isWhole()) reading.abort()
    }
    const follow = async (source: Source): Promise<void> => {
      const { options, resource } = source
      const events = cluster.watch(resource, { ...options, resourceVersion: since, signal: reading.signal })
      for await (const event of events) take(source, event)
    }
    const told = Promise.all(parts.map((name) => follow(this.#sources[name])))
    try {
      await Promise.race([told, limit])
    } catch (error) {
      if (!reading.signal.aborted) throw error
    } finally {
      reading.abort()
      told.catch(() => undefined)
    }
    const present = new Set([...this.#sources.v2Pods.objects.values()].map(({ metadata }) => metadata.uid ?? ''))
    this.#lost ||= !this.#isWhole() && present.size === 0
    for (const uid of this.#untold) if (!present.has(uid)) this.#untold.delete(uid)
  }

  /** Whether all its pods were told of to their end, as many as its Jobs have. */
  #isWhole(): boolean {
    const { replicatedJobs, suspend } = specOf(this.#jobSet)
    if (!Array.isArray(replicatedJobs)) return false
    const wanted = replicatedJobs.reduce(
      (sum: number, job) => sum + numberOr(isRecord(job) ? job['replicas'] : 1, 1),
      0,
    )
    const pods = [...this.#jobs.values()].reduce((sum, job) => sum + numberOr(specOf(job)['parallelism'], 1), 0)
    return this.#jobs.size >= wanted && this.#untold.size === 0 && (suspend === true || this.#told.size >= pods)
  }

  get facts(): LastSeen {
    const jobs = [...this.#jobs.values()]
    return {
      trainJob: this.#trainJob,
      jobSet: this.#jobSet,
      jobs,
      untold: this.#untold.size,
      lost: this.#lost,
      removed: this.#removed,
    }
  }
}

/** Keeps a pod as it was first seen to have ended. */
export function noteEnd(ended: Map<string, Pod>, pod: Pod): void {
  const { uid } = pod.metadata
  if (hasEnded(pod) && uid !== undefined && !ended.has(uid)) ended.set(uid, pod)
}

function specOf(object: KubeObject | undefined): Record<string, unknown> {
  return isRecord(object?.['spec']) ? object['spec'] : {}
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
