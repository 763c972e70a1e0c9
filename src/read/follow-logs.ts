import type { Cluster } from '../cluster/cluster.ts'
import { hasLabel } from '../kube/label-selector.ts'
import type { Pod } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import type { LogLine, LogSource, Side } from '../logs/line.ts'
import { type PlaceOf, placesInV1, placesInV2 } from '../logs/places.ts'
import { type LogSelection, sourcesOf } from '../logs/selection.ts'
import { v2Labels } from '../v2/pods.ts'
import type { LogStart } from './container-log.ts'
import { FollowedPod, followContainer } from './followed-pod.ts'
import { JobEnds } from './job-ends.ts'
import { LogMerge } from './log-merge.ts'
import { type LogGap, turns } from './logs.ts'
import { podLabels, type Snapshot, trainJobNames } from './snapshot.ts'

export interface FollowOptions extends LogStart {
  readonly signal: AbortSignal
  /** milliseconds */
  now(): number
  /** ends early when the signal aborts */
  sleep(milliseconds: number): Promise<void>
  gap(gap: LogGap): void
  /** a pod runs on although the jobs have ended: its log is left */
  left(source: LogSource): void
}

/** milliseconds of silence after the jobs' end until pods that run on are left; so many times at most */
const afterEnd = 5000
const longestEnd = 6

/**
 * The logs of both sides from their start, or from where `options` say, and on as they are written: of the pods there are and of those
 * that come, across restarts, cut connections and moved jobs, until the jobs have ended and their pods with them. By time, as far
 * as what is on its way is known; within a container always in its order, no line left out and none given twice. Throws
 * ClusterError `aborted` when the signal does.
 */
export async function* followLogs(
  cluster: Cluster,
  snapshot: Snapshot,
  selection: LogSelection,
  options: FollowOptions,
): AsyncGenerator<LogLine> {
  const stop = new AbortController()
  const following = new Following(cluster, snapshot, selection, options, stop.signal)
  following.begin()
  try {
    yield* following.lines()
  } finally {
    stop.abort()
  }
}

/** The pods of both sides that were seen, their logs in one stream, and whether more may come. */
class Following {
  readonly #cluster: Cluster
  readonly #snapshot: Snapshot
  readonly #selection: LogSelection
  readonly #options: FollowOptions
  readonly #signal: AbortSignal
  readonly #merge: LogMerge
  readonly #ends: JobEnds
  readonly #turn = turns()
  /** by uid */
  readonly #pods = new Map<string, FollowedPod>()
  /** whose pods that were there at the beginning are known */
  readonly #listed = new Set<Side>()
  /** both jobs have ended: no pod will come any more */
  #settled = false
  /** what still runs is left from now on */
  #left = false
  #taken = 0

  constructor(
    cluster: Cluster,
    snapshot: Snapshot,
    selection: LogSelection,
    options: FollowOptions,
    stop: AbortSignal,
  ) {
    const { now, sleep, signal } = options
    this.#cluster = cluster
    this.#snapshot = snapshot
    this.#selection = selection
    this.#options = options
    this.#signal = AbortSignal.any([signal, stop])
    this.#merge = new LogMerge({ patient: false, now, sleep, signal })
    this.#ends = new JobEnds(cluster, snapshot)
  }

  /** Watches the pods of both sides and the ends of both jobs, each failure of which is that of the whole. */
  begin(): void {
    const { name } = this.#snapshot
    const names = trainJobNames(this.#snapshot)
    const watching = [
      this.#watchPods('v1', hasLabel(podLabels.v1Job, name), v1Places(this.#snapshot)),
      this.#watchPods('v2', hasLabel(podLabels.jobSet, ...names), v2Places(this.#cluster, this.#snapshot)),
      this.#ends.watch(this.#signal, () => this.#settle()),
    ]
    for (const one of watching) one.catch((error) => this.#merge.fail(error))
  }

  async *lines(): AsyncGenerator<LogLine> {
    for await (const line of this.#merge.lines(() => !this.#settled)) {
      this.#taken += 1
      yield line
    }
  }

  async #watchPods(side: Side, labelSelector: string, places: Places): Promise<void> {
    const { namespace } = this.#snapshot
    const { sleep } = this.#options
    const mine = new Set<string>()
    const goneOf = (uid: string) => this.#pods.get(uid)?.gone(sleep)
    const asked = { namespace, labelSelector, signal: this.#signal }
    for await (const event of this.#cluster.watch<Pod>(resources.pods, asked)) {
      const objects = event.type === 'RESYNC' ? event.items : [event.object]
      const present = new Set(objects.map(({ metadata }) => metadata.uid ?? ''))
      if (event.type === 'RESYNC') for (const uid of mine) if (!present.has(uid)) goneOf(uid)
      for (const object of objects) {
        const { uid = '' } = object.metadata
        mine.add(uid)
        this.#follow(side, object, await places(object))
        if (event.type === 'DELETED') goneOf(uid)
      }
      this.#listed.add(side)
      this.#settle()
      this.#merge.wake()
    }
  }

  /** Reads the logs of a pod that is new, and tells those that read one that is not how it is by now. */
  #follow(side: Side, object: Pod, placeOf: PlaceOf): void {
    const { uid = '' } = object.metadata
    const known = this.#pods.get(uid)
    if (known) {
      known.update(object)
      return
    }
    const pod = new FollowedPod(object, this.#signal)
    this.#pods.set(uid, pod)
    if (this.#left) pod.leave()
    // only of pods that were there is less than all wanted
    const { sinceSeconds, sinceTime, tailLines }: LogStart = this.#listed.has(side) ? {} : this.#options
    const start = { sinceSeconds, sinceTime, tailLines }
    for (const source of sourcesOf(side, object, placeOf, this.#selection)) {
      const how = { ...this.#options, ...start, signal: this.#signal, turn: this.#turn }
      this.#merge.add(source, (opened) => followContainer(this.#cluster, source, pod, { ...how, opened }))
    }
  }

  /** Once both jobs have ended: begins to wait for the rest of the logs. */
  #settle(): void {
    if (this.#settled || this.#listed.size < 2 || !this.#ends.ended) return
    this.#settled = true
    this.#leave().catch((error) => this.#merge.fail(error))
    this.#merge.wake()
  }

  /** Leaves what still runs when nothing was written for a while. */
  async #leave(): Promise<void> {
    for (let round = 0, before = -1; round < longestEnd && before !== this.#taken; round++) {
      before = this.#taken
      await this.#options.sleep(afterEnd)
    }
    this.#left = true
    for (const pod of this.#pods.values()) pod.leave()
    this.#merge.wake()
  }
}

type Places = (pod: Pod) => Promise<PlaceOf>

function v1Places({ kind, v1 }: Snapshot): Places {
  const places = placesInV1(kind, v1)
  return async () => places
}

/** The JobSet may be younger than the following: it is read when the first pod of it comes. */
function v2Places(cluster: Cluster, snapshot: Snapshot): Places {
  const known = new Map<string, Promise<PlaceOf>>()
  const { jobSet, namespace } = snapshot
  if (jobSet) known.set(jobSet.metadata.name ?? '', Promise.resolve(placesInV2(jobSet)))
  return (pod) => {
    const name = pod.metadata.labels?.[v2Labels.jobSetName] ?? ''
    const present = known.get(name)
    if (present) return present
    const read = cluster.find(resources.jobSets, namespace, name).then(
      (found) => placesInV2(found),
      // ranks are a help: pods are followed without
      () => placesInV2(undefined),
    )
    known.set(name, read)
    return read
  }
}
