import type { Cluster, ListPage, WatchEvent } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { type KubeEvent, newestFirst } from '../kube/event.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { extraResource } from '../kube/resources.ts'
import type { Action } from '../migration/action.ts'
import type { Facts } from '../migration/facts.ts'
import type { Hold } from '../migration/hold.ts'
import { ownedBy } from '../migration/ownership.ts'
import type { Handover } from '../migration/resume.ts'
import type { Part } from '../migration/step.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { LastSeenSide, noteEnd } from './last-seen.ts'
import { SeenPods } from './seen-pods.ts'
import {
  all,
  factsOf,
  namedSource,
  only,
  type SideName,
  type Source,
  type SourceName,
  sideOf,
  sourcesOf,
  type Target,
  takeGone,
  takeList,
  takeObject,
  workloadSource,
} from './watched.ts'

/** What of the world an observer needs. */
export interface ObserverWorld {
  readonly now: () => Date
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** milliseconds until an optional watch that broke begins again */
const watchedAgain = 2000

/**
 * Keeps the facts of one job current: lists once, then watches. The answer of a write is a fact at once; what a watch tells of
 * that object from before the write is passed over.
 */
export class Observer {
  readonly #cluster: Cluster
  readonly #target: Target
  readonly #now: () => Date
  readonly #sleep: (milliseconds: number) => Promise<void>
  readonly #sources: Readonly<Record<SourceName, Source>>
  readonly #extras: readonly Source[]
  readonly #twin: Readonly<Record<SideName, Source>> | undefined
  /** of v1, and of the TrainJob as soon as its uid is known */
  readonly #workloads: Source[] = []
  #following: AbortSignal | undefined
  /** pods of both sides, and of the twin, that were seen to have ended, by uid */
  readonly #ended = new Map<string, Pod>()
  readonly #twinEnded = new Map<string, Pod>()
  readonly #lastSeen: LastSeenSide
  readonly #twinSeen: LastSeenSide | undefined
  /** of v1's pods */
  readonly #seen = new SeenPods()
  #handover: Handover | undefined
  #wake: (() => void)[] = []
  #version = 0
  #failure: unknown

  constructor(cluster: Cluster, target: Target, { now, sleep }: ObserverWorld) {
    this.#cluster = cluster
    this.#target = target
    this.#now = now
    this.#sleep = sleep
    this.#sources = sourcesOf(target)
    this.#lastSeen = new LastSeenSide(this.#sources)
    this.#twin = target.twin === undefined ? undefined : sideOf(target.namespace, target.twin)
    this.#twinSeen = this.#twin && new LastSeenSide(this.#twin)
    this.#extras = (target.extras ?? []).map(({ kind, metadata }) =>
      namedSource(extraResource({ kind }), target.namespace, metadata.name ?? ''),
    )
    this.#attend(target.uid)
  }

  /** Reads everything once, in parallel; throws the first ClusterError after all requests have ended. */
  async read(): Promise<void> {
    await this.#readAll(this.#all)
    // of a TrainJob that was there already
    await this.#readAll(this.#workloads.slice(1))
    // what is made while it is read may be found without its owner: a child first, its owner is there by then
    const { trainJob, jobSet, service } = factsOf(this.#sources)
    const orphans =
      (service !== undefined && !ownedBy(service, jobSet?.metadata.uid)) ||
      (jobSet !== undefined && !ownedBy(jobSet, trainJob?.metadata.uid))
    if (orphans) for (const part of ['service', 'jobSet', 'trainJob'] as const) await this.refresh([part])
  }

  async #readAll(sources: readonly Source[]): Promise<void> {
    const results = await Promise.allSettled(sources.map((source) => this.#list(source)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** Watches until the signal aborts. A watch that cannot go on is told by `changedSince`. */
  follow(signal: AbortSignal): void {
    this.#following = signal
    for (const side of this.#sides) side.begin()
    for (const source of this.#all) {
      if (source.resourceVersion !== undefined) void this.#watch(source, signal)
    }
  }

  /** Reads these parts again, as the server has them now. */
  async refresh(parts: readonly Part[]): Promise<void> {
    const sources = parts.flatMap((part) => {
      if (part === 'extras') return this.#extras
      if (part === 'workloads') return this.#workloads
      return part === 'twin' ? Object.values(this.#twin ?? {}) : [this.#sources[part]]
    })
    await Promise.all(sources.map((source) => this.#list(source)))
  }

  /** Takes the answer of a write as a fact. */
  note(action: Action, stored: KubeObject | undefined): void {
    if (action.verb === 'delete' && action.resource === this.#sources.trainJob.resource) {
      const side = action.name === this.#target.twin ? this.#twinSeen : this.#lastSeen
      side?.remove()
    }
    if (!stored) return
    const matches = ({ resource, name }: Source) =>
      resource === action.resource && (name === undefined || name === stored.metadata.name)
    const source = this.#all.find(matches)
    if (source) this.#put(source, stored)
  }

  /** Takes what a log told as a fact. */
  noteHandover(more: Handover): void {
    this.#handover = { ...this.#handover, ...more }
    this.#tell()
  }

  /** Name of the TrainJob that is observed beside the job's own. */
  get twin(): string | undefined {
    return this.#target.twin
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version
  }

  /** Whether watching came to an end: the facts are as old as the last `refresh`. */
  get blind(): boolean {
    return this.#failure !== undefined
  }

  /** Resolves as soon as there is a newer version; rejects when the cluster can no longer be watched. */
  async changedSince(version: number): Promise<void> {
    if (this.#failure === undefined && this.#version === version) {
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  get #sides(): readonly LastSeenSide[] {
    return this.#twinSeen ? [this.#lastSeen, this.#twinSeen] : [this.#lastSeen]
  }

  get #all(): readonly Source[] {
    return [...Object.values(this.#sources), ...this.#extras, ...Object.values(this.#twin ?? {}), ...this.#workloads]
  }

  get facts(): Facts {
    const { v1, v1Pods, runtime, events, jobEvents } = this.#sources
    const { trainJobName } = this.#target
    const prefix = `${trainJobName}-`
    return {
      now: this.#now(),
      v1: only(v1),
      v1Pods: this.#ofJob(all<Pod>(v1Pods)),
      runtime: only<TrainingRuntime>(runtime),
      ...factsOf(this.#sources),
      extras: this.#extras.flatMap((source) => all(source)),
      ...(this.#twin && {
        twin: {
          ...factsOf(this.#twin),
          extras: [],
          lastSeen: this.#twinSeen?.facts,
          ended: [...this.#twinEnded.values()],
        },
      }),
      workloads: this.#workloads.flatMap((source) => all(source)),
      lastSeen: this.#lastSeen.facts,
      ended: [...this.#ended.values()],
      handover: this.#handover,
      v1Seen: this.#seen.facts,
      events: [
        ...all<KubeEvent>(events),
        ...all<KubeEvent>(jobEvents).filter(({ involvedObject }) => involvedObject.name?.startsWith(prefix)),
      ].sort(newestFirst),
    }
  }

  async #list(source: Source): Promise<void> {
    try {
      const { items, resourceVersion } = await this.#cluster.list(source.resource, source.options)
      source.resourceVersion ??= resourceVersion
      this.#replace(source, items, resourceVersion)
      if (source === this.#sources.v1Pods) this.#seen.readUpTo(resourceVersion, this.#ofJob(items))
    } catch (error) {
      if (!(source.optional && failedWith(error, 'forbidden'))) throw error
    }
  }

  /** Follows a source until the signal aborts; what is shown poorer without it is watched again, from a new list, whatever ended that. */
  async #watch(source: Source, signal: AbortSignal): Promise<void> {
    const { resource, options } = source
    let { resourceVersion } = source
    for (;;) {
      try {
        for await (const event of this.#cluster.watch(resource, { ...options, resourceVersion, signal })) {
          this.#take(source, event)
        }
        return
      } catch (error) {
        if (signal.aborted) return
        if (!source.optional) return this.#break(source, error)
        if (failedWith(error, 'forbidden')) return this.#replace(source, [])
        resourceVersion = undefined
        await this.#sleep(watchedAgain)
      }
    }
  }

  #break(source: Source, error: unknown): void {
    this.#failure = error
    for (const side of this.#sides) side.lose(source)
    this.#tell()
  }

  /** Reads again what became of v1's pods since they were held, for a run that goes on where another was killed. */
  async readBack(hold: Hold, limit: Promise<void>): Promise<void> {
    const source = this.#sources.v1Pods
    await this.#seen.readBack(this.#cluster, source, hold, limit, (event) => this.#take(source, event))
  }

  /** The same of the TrainJob that a killed run deleted, or of the twin. */
  async readBackRemoved(which: 'v2' | 'twin', since: string, limit: Promise<void>): Promise<void> {
    const side = which === 'twin' ? this.#twinSeen : this.#lastSeen
    await side?.readBack(this.#cluster, since, limit, (source, pod) => this.#recordEnd(source, pod))
  }

  /** Pods of another job that had the name are not counted: they are not this job's. */
  #countSeen(source: Source, event: Exclude<WatchEvent, { type: 'RESYNC' }>): void {
    if (source === this.#sources.v1Pods && ownedBy(event.object, this.#target.uid)) this.#seen.count(event)
  }

  #ofJob<T extends KubeObject>(pods: readonly T[]): readonly T[] {
    return pods.filter((pod) => ownedBy(pod, this.#target.uid))
  }

  /** What became of pods meanwhile that the new list no longer has, nobody will tell. */
  #beginAnew(source: Source, { items, resourceVersion }: ListPage): void {
    if (source === this.#sources.v1Pods) {
      this.#seen.beginAnew(resourceVersion, this.#ofJob(items), (uid) => this.#ended.has(uid))
    }
    for (const side of this.#sides)
      side.beginAnew(source, items, (uid) => this.#ended.has(uid) || this.#twinEnded.has(uid))
  }

  #take(source: Source, event: WatchEvent): void {
    if (event.type !== 'RESYNC') this.#countSeen(source, event)
    else this.#beginAnew(source, event)
    if (event.type === 'RESYNC') this.#replace(source, event.items, event.resourceVersion)
    else if (event.type === 'DELETED') this.#drop(source, event.object)
    else this.#put(source, event.object)
  }

  #drop(source: Source, object: KubeObject): void {
    this.#recordEnd(source, object)
    for (const side of this.#sides) side.see(source, object, true)
    takeGone(source, object)
    this.#tell()
  }

  #replace(source: Source, items: readonly KubeObject[], version?: string): void {
    for (const object of takeList(source, items, version)) this.#heed(source, object)
    this.#tell()
  }

  #put(source: Source, object: KubeObject): void {
    if (!takeObject(source, object)) return
    this.#heed(source, object)
    this.#tell()
  }

  #heed(source: Source, object: KubeObject): void {
    if (source === this.#sources.trainJob) this.#attend(object.metadata.uid)
    if (this.#following && !this.blind) for (const side of this.#sides) side.see(source, object)
    this.#recordEnd(source, object)
  }

  /** Looks at the Workloads of this job too; a watch without a version begins with a list. */
  #attend(uid: string | undefined): void {
    const { workloads, namespace } = this.#target
    if (!workloads || uid === undefined) return
    const source = workloadSource(workloads, namespace, uid)
    if (this.#workloads.some(({ options }) => options.labelSelector === source.options.labelSelector)) return
    this.#workloads.push(source)
    if (this.#following) void this.#watch(source, this.#following)
  }

  #recordEnd(source: Source, object: KubeObject): void {
    const ofTwin = source === this.#twin?.v2Pods
    if (!ofTwin && source !== this.#sources.v1Pods && source !== this.#sources.v2Pods) return
    noteEnd(ofTwin ? this.#twinEnded : this.#ended, object as Pod)
  }

  #tell(): void {
    this.#version++
    const wake = this.#wake
    this.#wake = []
    for (const resolve of wake) resolve()
  }
}
