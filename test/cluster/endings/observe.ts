import type { Cluster } from '../../../src/cluster/cluster.ts'
import { rankFinder } from '../../../src/compare/live.ts'
import type { Conversion } from '../../../src/convert/convert.ts'
import type { KubeObject } from '../../../src/kube/object.ts'
import type { Pod } from '../../../src/kube/pod.ts'
import { type Resource, resources } from '../../../src/kube/resources.ts'
import { v1Labels } from '../../../src/v1/labels.ts'
import { v1State } from '../../../src/v1/state.ts'
import { v2Labels } from '../../../src/v2/pods.ts'
import { trainJobState } from '../../../src/v2/state.ts'
import type { TrainJob } from '../../../src/v2/trainjob.ts'
import { type Api, messageOf } from '../api.ts'
import { life } from '../stages.ts'
import type { Ending, PodEnding } from './ending.ts'
import { drainedConditions, endedStatus, statusAfter } from './kubelet.ts'
import type { Blow, Deletion, Scenario } from './scenarios.ts'

/** How long a pod that an event is for is waited for, in seconds: longer than a Job waits before its third attempt. */
const patience = 40
/** Seconds without news after which a scenario is over: longer than a Job waits before its second attempt, and than operators take on a busy machine. */
const usualQuiet = 45

const sleep = (seconds: number) => new Promise((wake) => setTimeout(wake, seconds * 1000))

/** One of the two jobs of a scenario, as watches see it. */
export class Side {
  readonly #places: ReadonlySet<string>
  readonly #placeOf: (pod: Pod) => string | undefined
  readonly #pods = new Map<string, Pod>()
  readonly #restarts = new Map<string, Map<string, number>>()
  readonly resource: Resource
  readonly name: string
  readonly namespace: string
  #job: KubeObject | undefined
  #lastNews = Date.now()

  constructor({ job, trainJob, proof }: Conversion, version: 'v1' | 'v2') {
    const { pairs } = proof.comparison
    this.#places = new Set(pairs.map(({ label }) => label))
    this.resource = version === 'v1' ? job.info.resource : resources.trainJobs
    this.name = version === 'v1' ? job.name : (trainJob.metadata.name ?? '')
    this.namespace = job.namespace
    const rankOf = rankFinder(pairs.map(({ v2 }) => v2))
    this.#placeOf = (pod) => {
      if (version === 'v1') return pairs.find(({ v1 }) => v1.name === pod.metadata.name)?.label
      const rank = rankOf(pod)
      return rank === undefined ? undefined : pairs[rank]?.label
    }
  }

  /** What a watch told of a pod of this job. */
  seePod(type: string, pod: Pod): void {
    const { uid = '' } = pod.metadata
    const place = this.#placeOf(pod)
    if (place === undefined) throw new Error(`${pod.metadata.name} is not predicted`)
    this.#lastNews = Date.now()
    const restarts = this.#restarts.get(place) ?? new Map<string, number>()
    this.#restarts.set(place, restarts.set(uid, Math.max(restarts.get(uid) ?? 0, restartsOf(pod))))
    if (type === 'DELETED') this.#pods.delete(uid)
    else this.#pods.set(uid, pod)
  }

  seeJob(job: KubeObject): void {
    const before = this.state
    this.#job = job
    if (this.state !== before) this.#lastNews = Date.now()
  }

  get state(): string {
    if (!this.#job) return 'absent'
    const pods = [...this.#pods.values()]
    const { word } =
      this.#job.kind === 'TrainJob' ? trainJobState(this.#job as TrainJob, { pods }) : v1State(this.#job, pods)
    if (word === 'Complete') return 'Succeeded'
    return word === 'Succeeded' || word === 'Failed' || word === 'Suspended' ? word : 'Running'
  }

  /** The pods of a place, newest last. */
  podsOf(place: string): Pod[] {
    const made = [...(this.#restarts.get(place)?.keys() ?? [])]
    return made.flatMap((uid) => this.#pods.get(uid) ?? [])
  }

  /** The pod of a place, where it runs. */
  running(place: string): Pod | undefined {
    return this.podsOf(place).find(
      ({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase === 'Running',
    )
  }

  get allRun(): boolean {
    return [...this.#places].every((place) => this.running(place))
  }

  get noneRuns(): boolean {
    return [...this.#places].every((place) => !this.running(place))
  }

  get quietSeconds(): number {
    return (Date.now() - this.#lastNews) / 1000
  }

  ending(): Ending {
    const pods = [...this.#places].sort().map((place): [string, PodEnding] => {
      const pods = this.podsOf(place)
      const restarts = [...(this.#restarts.get(place)?.values() ?? [])]
      const phase = pods.at(-1)?.status?.phase ?? 'gone'
      const kept = pods.length > 1
      return [
        place,
        {
          phase,
          recreated: Math.max(0, restarts.length - 1),
          restarts: restarts.reduce((sum, count) => sum + count, 0),
          kept,
        },
      ]
    })
    return { state: this.state, pods: Object.fromEntries(pods) }
  }
}

function restartsOf(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount = 0 }) => restartCount))
}

/** Feeds the sides from watches of the namespace until the signal aborts. */
export async function watchSides(
  door: Cluster,
  namespace: string,
  sides: readonly Side[],
  signal: AbortSignal,
): Promise<void> {
  const find = (v1: boolean, name: string) =>
    sides.find((side) => (side.resource.kind !== 'TrainJob') === v1 && side.name === name)
  const see = (type: string, pod: Pod) => {
    const { [v1Labels.jobName]: v1, [v2Labels.jobSetName]: v2 } = pod.metadata.labels ?? {}
    find(v1 !== undefined, v1 ?? v2 ?? '')?.seePod(type, pod)
  }
  const each = async <T extends KubeObject>(resource: Resource, see: (type: string, object: T) => void) => {
    for await (const event of door.watch<T>(resource, { namespace, signal })) {
      if (event.type !== 'RESYNC') see(event.type, event.object)
      else for (const object of event.items) see('ADDED', { ...object, kind: resource.kind })
    }
  }
  const kinds = [...new Set(sides.map(({ resource }) => resource))]
  await Promise.all([
    each<Pod & KubeObject>(resources.pods, see),
    ...kinds.map((resource) =>
      each(resource, (_type, job) => {
        find(resource.kind !== 'TrainJob', job.metadata.name ?? '')?.seeJob(job)
      }),
    ),
  ])
}

/** Lets a scenario happen to one side and returns what became of it. */
export async function play(api: Api, scenario: Scenario, side: Side): Promise<Ending> {
  await until(side, () => side.allRun, 300, 'all pods run')
  for (const event of scenario.events) {
    if ('seconds' in event) await sleep(event.seconds)
    else if ('suspend' in event) await suspend(api, side, event.suspend)
    else if ('deleted' in event) await remove(api, side, event)
    else await strike(api, side, event)
  }
  const quiet = scenario.quiet ?? usualQuiet
  await until(side, () => side.quietSeconds >= quiet, 300, 'nothing more happens')
  return side.ending()
}

async function until(side: Side, holds: () => boolean, seconds: number, what: string): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !holds(); await sleep(0.25)) {
    if (Date.now() > end) {
      throw new Error(
        `${side.resource.kind} ${side.name}: not in ${seconds} s: ${what}: ${JSON.stringify(side.ending())}`,
      )
    }
  }
}

async function suspend(api: Api, side: Side, value: boolean): Promise<void> {
  const { group, version, plural } = side.resource
  const path = `/apis/${group}/${version}/namespaces/${side.namespace}/${plural}/${side.name}`
  const spec = side.resource.kind === 'TrainJob' ? { suspend: value } : { runPolicy: { suspend: value } }
  await patch(api, path, { spec })
  await until(side, () => (value ? side.noneRuns : side.allRun), 300, value ? 'no pod runs' : 'all pods run')
}

/**
 * Deletes a running pod whose program takes three seconds to end: like the kubelet, tells how it ended before the pod goes
 * (kubernetes v1.36.3, pkg/kubelet/status/status_manager.go canBeDeleted).
 */
async function remove(api: Api, side: Side, event: Deletion): Promise<void> {
  const pod = await next(side, event.pod, undefined)
  if (pod === undefined) return
  const { name, uid } = pod.metadata
  const path = `/api/v1/namespaces/${side.namespace}/pods/${name}`
  const newest = () => side.podsOf(event.pod).find(({ metadata }) => metadata.uid === uid)
  const usual = event.deleted === 143
  await patch(api, path, { metadata: { annotations: { [life.stopSeconds]: usual ? '3' : '20' } } })
  if (event.drained === true) await patch(api, `${path}/status`, { status: { conditions: drainedConditions(pod) } })
  await api.request('DELETE', path, { preconditions: { uid } })
  if (!usual) {
    await sleep(3)
    const left = newest()
    if (left) await patch(api, `${path}/status`, { status: endedStatus(left, event.deleted) })
  }
  await waitWhile(() => newest() !== undefined, 20)
}

/** Ends a pod, and its successors where the event says so; what no longer runs is left alone. */
async function strike(api: Api, side: Side, event: Blow): Promise<void> {
  let last: Pod | undefined
  const times = 'exit' in event ? (event.times ?? 1) : 1
  for (let left = times; left > 0; left--) {
    const pod = await next(side, event.pod, last)
    if (pod === undefined) return
    last = pod
    const path = `/api/v1/namespaces/${side.namespace}/pods/${pod.metadata.name}`
    await patch(api, `${path}/status`, { status: statusAfter(pod, event) })
    if ('lost' in event) await api.request('DELETE', path, { gracePeriodSeconds: 0 })
    await waitWhile(() => same(side.running(event.pod), pod), 20)
  }
}

/** The running pod of a place that is not the last one any more; undefined where the job is over or none comes. */
async function next(side: Side, place: string, last: Pod | undefined): Promise<Pod | undefined> {
  for (const end = Date.now() + patience * 1000; Date.now() < end; await sleep(0.25)) {
    const pod = side.running(place)
    if (pod && !same(pod, last)) return pod
    if (side.state !== 'Running' && side.quietSeconds > 5) return undefined
  }
  return undefined
}

function same(one: Pod | undefined, other: Pod | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.metadata.uid === other.metadata.uid &&
    restartsOf(one) === restartsOf(other)
  )
}

async function waitWhile(holds: () => boolean, seconds: number): Promise<void> {
  for (const end = Date.now() + seconds * 1000; holds() && Date.now() < end; ) await sleep(0.1)
}

async function patch(api: Api, path: string, body: object): Promise<void> {
  const answer = await api.request('PATCH', path, body, 'application/merge-patch+json')
  // a pod may go while it is being struck
  if (answer.status >= 300 && answer.status !== 404) throw new Error(`${path}: ${messageOf(answer)}`)
}
