import type { Cluster } from '../cluster/cluster.ts'
import type { KubeEvent } from '../kube/event.ts'
import { hasLabel } from '../kube/label-selector.ts'
import type { Pod } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import { creationFailed, type TrainJobEvidence } from '../v2/state.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { Gaps, settle } from './gaps.ts'
import { belongs, type JobRow, type OpenJob, settledRow, slimPod } from './rows.ts'
import { podLabels } from './snapshot.ts'

/** Up to so many names go into one label selector; with more, pods of all jobs are read and the others left out. */
const namesInSelector = 100

/** More namespaces than this are not asked one by one for what may not be listed in all at once. */
export const manyNamespaces = 100

/**
 * Rows of open jobs, settled by pods and events: one paged list of pods a side and one of events, whatever the number of
 * jobs, and none for a side that has nothing open. What may not be read is a gap, and its jobs keep their open state.
 */
export async function settleOpenJobs(
  cluster: Cluster,
  open: readonly OpenJob[],
  namespace: string | undefined,
  gaps: Gaps,
): Promise<ReadonlyMap<JobRow, JobRow>> {
  const trainJobs = open.filter(({ row }) => row.kind === 'TrainJob')
  const v1Jobs = open.filter(({ row }) => row.kind !== 'TrainJob')
  const [v1Pods, v2Pods, refusals] = await settle(
    podsOf(cluster, v1Jobs, podLabels.v1Job, namespace, gaps),
    podsOf(cluster, trainJobs, podLabels.jobSet, namespace, gaps),
    refusalsOf(cluster, trainJobs.filter(nothingWritten), namespace, gaps),
  )
  const settled = new Map<JobRow, JobRow>()
  for (const job of open) {
    const pods = job.row.kind === 'TrainJob' ? v2Pods : v1Pods
    const read = pods.get(keyOf(job.row))
    const found = read ?? []
    const refusal = found.length === 0 && nothingWritten(job) ? refusals.get(keyOf(job.row)) : undefined
    if (saysItRuns(job) && !found.some((pod) => belongs(pod, job.row.uid))) continue
    if (read || refusal) settled.set(job.row, settledRow(job, { pods: read, refusal }))
  }
  return settled
}

/** Pods by job, without the jobs whose pods may not be read: where that is so of all namespaces, each is asked for its own. */
async function podsOf(
  cluster: Cluster,
  jobs: readonly OpenJob[],
  label: string,
  namespace: string | undefined,
  gaps: Gaps,
): Promise<ReadonlyMap<string, Pod[]>> {
  const scope = namespace ?? onlyNamespace(jobs)
  const within = new Gaps()
  const pods = await podsWithin(cluster, jobs, label, scope, within)
  const namespaces = new Set(jobs.map(({ row }) => row.namespace))
  if (within.all.length === 0 || scope !== undefined || namespaces.size > manyNamespaces) {
    for (const gap of within.all) gaps.add(gap)
    return pods
  }
  const each = [...namespaces].map((one) => {
    const own = jobs.filter(({ row }) => row.namespace === one)
    return podsWithin(cluster, own, label, one, gaps)
  })
  return new Map((await settle(...each)).flatMap((found) => [...found]))
}

async function podsWithin(
  cluster: Cluster,
  jobs: readonly OpenJob[],
  label: string,
  namespace: string | undefined,
  gaps: Gaps,
): Promise<ReadonlyMap<string, Pod[]>> {
  const pods = new Map<string, Pod[]>(jobs.map(({ row }) => [keyOf(row), []]))
  if (jobs.length === 0) return pods
  const labelSelector = selectorOf(label, jobs)
  const read = await gaps.optional(resources.pods, namespace, async () => {
    for await (const { items } of cluster.pages<Pod>(resources.pods, { namespace, labelSelector })) {
      for (const pod of items) {
        pods.get(`${pod.metadata.namespace}/${pod.metadata.labels?.[label]}`)?.push(slimPod(pod))
      }
    }
    return true
  })
  return read ? pods : new Map()
}

function selectorOf(label: string, jobs: readonly OpenJob[]): string {
  const names = new Set(jobs.map(({ row }) => row.name))
  return names.size <= namesInSelector ? hasLabel(label, ...names) : label
}

function onlyNamespace(jobs: readonly OpenJob[]): string | undefined {
  const [first, second] = new Set(jobs.map(({ row }) => row.namespace))
  return second === undefined ? first : undefined
}

/** The newest word of Trainer's controller on why it could not make a JobSet, by job. */
async function refusalsOf(
  cluster: Cluster,
  jobs: readonly OpenJob[],
  namespace: string | undefined,
  gaps: Gaps,
): Promise<ReadonlyMap<string, NonNullable<TrainJobEvidence['refusal']>>> {
  const refusals = new Map<string, KubeEvent>()
  if (jobs.length === 0) return refusals
  const fieldSelector = `reason=${creationFailed}`
  const scope = namespace ?? onlyNamespace(jobs)
  const uids = new Map(jobs.map(({ row }) => [keyOf(row), row.uid]))
  await gaps.optional(resources.events, scope, async () => {
    for await (const { items } of cluster.pages<KubeEvent>(resources.events, { namespace: scope, fieldSelector })) {
      for (const event of items) {
        const { namespace, name, uid } = event.involvedObject
        const key = `${namespace}/${name}`
        if (uids.has(key) && (uid === undefined || uid === uids.get(key))) refusals.set(key, event)
      }
    }
  })
  return refusals
}

/** Its own status is the only word there is where no pod has the labels of this release's operator. */
function saysItRuns({ row }: OpenJob): boolean {
  return row.state.word === 'Running'
}

/** Its operator has written nothing of Jobs: it is new, older than Trainer 2.1, or its JobSet could not be made. */
function nothingWritten({ row, object }: OpenJob): boolean {
  return row.kind === 'TrainJob' && ((object as TrainJob).status?.jobsStatus ?? []).length === 0
}

function keyOf({ namespace, name }: JobRow): string {
  return `${namespace}/${name}`
}
