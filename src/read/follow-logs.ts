import type { Cluster } from '../cluster/cluster.ts'
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
  const signal = AbortSignal.any([options.signal, stop.signal])
  const merge = new LogMerge({ patient: false, now: options.now, sleep: options.sleep, signal: options.signal })
  const ends = new JobEnds(cluster, snapshot)
  const pods = new Map<string, FollowedPod>()
  const turn = turns()
  const listed = new Set<Side>()
  let settled = false
  let left = false
  let taken = 0

  const settle = (): void => {
    if (settled || listed.size < 2 || !ends.ended) return
    settled = true
    const leave = async (): Promise<void> => {
      for (let round = 0, before = -1; round < longestEnd && before !== taken; round++) {
        before = taken
        await options.sleep(afterEnd)
      }
      left = true
      for (const pod of pods.values()) pod.leave()
      merge.wake()
    }
    leave().catch((error) => merge.fail(error))
    merge.wake()
  }

  const follow = (side: Side, object: Pod, placeOf: PlaceOf): void => {
    const uid = object.metadata.uid ?? ''
    const known = pods.get(uid)
    if (known) {
      known.update(object)
      return
    }
    const pod = new FollowedPod(object, signal)
    pods.set(uid, pod)
    if (left) pod.leave()
    // only of pods that were there is less than all wanted
    const start: LogStart = listed.has(side) ? {} : options
    for (const source of sourcesOf(side, object, placeOf, selection)) {
      const { sinceSeconds, sinceTime, tailLines } = start
      merge.add(source, (opened) =>
        followContainer(cluster, source, pod, { ...options, sinceSeconds, sinceTime, tailLines, signal, turn, opened }),
      )
    }
  }

  const watchPods = async (side: Side, labelSelector: string, places: Places): Promise<void> => {
    const { namespace } = snapshot
    const mine = new Set<string>()
    for await (const event of cluster.watch<Pod>(resources.pods, { namespace, labelSelector, signal })) {
      const objects = event.type === 'RESYNC' ? event.items : [event.object]
      const present = new Set(objects.map(({ metadata }) => metadata.uid ?? ''))
      if (event.type === 'RESYNC') for (const uid of mine) if (!present.has(uid)) pods.get(uid)?.gone(options.sleep)
      for (const object of objects) {
        mine.add(object.metadata.uid ?? '')
        follow(side, object, await places(object))
        if (event.type === 'DELETED') pods.get(object.metadata.uid ?? '')?.gone(options.sleep)
      }
      listed.add(side)
      settle()
      merge.wake()
    }
  }

  const watching = [
    watchPods('v1', `${podLabels.v1Job}=${snapshot.name}`, v1Places(snapshot)),
    watchPods('v2', `${podLabels.jobSet} in (${trainJobNames(snapshot).join(',')})`, v2Places(cluster, snapshot)),
    ends.watch(signal, settle),
  ]
  for (const one of watching) one.catch((error) => merge.fail(error))
  try {
    for await (const line of merge.lines(() => !settled)) {
      taken += 1
      yield line
    }
  } finally {
    stop.abort()
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
