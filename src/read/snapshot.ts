import type { Cluster } from '../cluster/cluster.ts'
import { type KubeEvent, newestFirst } from '../kube/event.ts'
import type { QueueState } from '../kube/kueue.ts'
import { hasLabel } from '../kube/label-selector.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import { holdOf } from '../migration/hold.ts'
import type { MigrationRecord } from '../migration/record.ts'
import { readRestored } from '../migration/restored.ts'
import { Problem } from '../problem.ts'
import { type KindInfo, kindInfo } from '../v1/kinds.ts'
import { trainJobState } from '../v2/state.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { type Gap, Gaps, settle } from './gaps.ts'
import { originalOf, twinSuffix } from './pairs.ts'
import { readQueuesOf } from './queue-states.ts'
import { readRecords } from './records.ts'
import type { JobReference } from './reference.ts'
import { findJob, noSuchJob, type ResolvedJob } from './resolve.ts'
import { belongs, sourceOf } from './rows.ts'
import { readTwins } from './twins.ts'
import { reactivatedWorkload } from './workloads.ts'

/** Both sides of one job as they stood within one moment of reading. */
export interface Snapshot {
  readonly namespace: string
  /** the v1 job's name, or the TrainJob's where there is no v1 job */
  readonly name: string
  readonly kind?: KindInfo
  readonly v1?: KubeObject
  /** pods of this v1 job; with no v1 job, whatever pods carry its name */
  readonly v1Pods: readonly Pod[]
  /** the TrainJob under the job's own name, else its twin `NAME-v2`, else one that records that it is */
  readonly trainJob?: TrainJob
  /** the twin, where a TrainJob under the job's own name exists as well */
  readonly twin?: TrainJob
  /** whether the TrainJob records that it came from this very v1 job, or the names alone say so */
  readonly link?: 'recorded' | 'name'
  readonly jobSet?: KubeObject
  /** pods of `trainJob` */
  readonly v2Pods: readonly Pod[]
  /** Warning events about the v1 job, the TrainJob and the JobSet, newest first */
  readonly events: readonly KubeEvent[]
  /** of the migration that holds v1, where it was asked for */
  readonly record?: MigrationRecord
  /** the Workload by which Kueue may run v1 although it is held, where that was asked for */
  readonly reactivated?: string
  /** why Kueue keeps either side from running, where that was asked for */
  readonly queued: { readonly v1?: QueueState; readonly v2?: QueueState }
  readonly gaps: readonly Gap[]
}

/** What the TrainJob of a pair is called, or may be called once it is made. */
export function trainJobNames({ name, trainJob }: Snapshot): string[] {
  return trainJob ? [trainJob.metadata.name ?? ''] : [name, `${name}${twinSuffix}`]
}

/** Labels that lead from a pod to its job: Training Operator v1.9.4 pkg/apis/kubeflow.org/v1/common_types.go, JobSet v0.12.0 api/jobset/v1alpha2. */
export const podLabels = {
  v1Job: 'training.kubeflow.org/job-name',
  jobSet: 'jobset.sigs.k8s.io/jobset-name',
} as const

/**
 * Reads both sides of one job in two rounds of parallel requests, whatever the number of its pods: first the objects of the name, then
 * what belongs to those that are there. At most 8 requests when the kind of a v1 job is given, and five more, one for each other
 * kind, when it is not: no request asks several kinds at once, and a name that two kinds have must be told. What may not be read
 * ends in `gaps`; only the objects themselves must be readable. Throws as resolveJob does, but a TrainJob alone is a job as
 * well. `verb` is what the suggestions tell to type. `recorded`: the record of the migration that holds v1 belongs to it, in the place of
 * Warning events where the TrainJob has nothing to explain; a job that waits in a queue takes one request more.
 */
export async function readSnapshot(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
  verb = 'status',
  recorded = false,
): Promise<Snapshot> {
  const { kind, name } = reference
  const gaps = new Gaps()
  if (kind === 'TrainJob') {
    const trainJob = await cluster.find<TrainJob>(resources.trainJobs, namespace, name)
    if (!trainJob) throw await noSuchJob(cluster, reference, namespace, { verb, v1Only: false })
    return await fromTrainJob(cluster, trainJob, sourcesOf(trainJob), namespace, gaps, recorded)
  }
  const [job, named, twin] = await settle(
    findJob(cluster, reference, namespace, verb),
    findTrainJob(cluster, name, namespace, gaps),
    findTrainJob(cluster, `${name}${twinSuffix}`, namespace, gaps),
  )
  if (!job && kind === undefined && named) {
    // that no v1 job has the name is known by now
    const sources = sourcesOf(named).filter((source) => source.name !== name)
    return await fromTrainJob(cluster, named, sources, namespace, gaps, recorded)
  }
  if (!job) throw await noSuchJob(cluster, reference, namespace, { verb, v1Only: false })
  const [trainJob, second] = [named, twin].filter((candidate) => candidate && mayBelong(candidate, job))
  if (!trainJob) {
    const other = await findTwin(cluster, job, namespace, gaps)
    return await assemble(cluster, {
      namespace,
      name,
      job,
      trainJob: other,
      gaps,
      recorded,
      queues: recorded,
      searched: true,
    })
  }
  return await assemble(cluster, { namespace, name, job, trainJob, twin: second, gaps, recorded, queues: recorded })
}

async function fromTrainJob(
  cluster: Cluster,
  trainJob: TrainJob,
  sources: readonly JobReference[],
  namespace: string,
  gaps: Gaps,
  queues: boolean,
): Promise<Snapshot> {
  const job = await findSource(cluster, sources, namespace, gaps)
  const name = job?.object.metadata.name ?? trainJob.metadata.name ?? ''
  return await assemble(cluster, { namespace, name, job, trainJob, gaps, queues })
}

/** The v1 jobs a TrainJob may have come from: the recorded one, else the one of its name, then the one it is the twin of. */
function sourcesOf(trainJob: TrainJob): JobReference[] {
  const name = trainJob.metadata.name ?? ''
  const source = sourceOf(trainJob)
  return source ? [source] : [...new Set([name, originalOf(name)])].map((candidate) => ({ name: candidate }))
}

async function findSource(cluster: Cluster, sources: readonly JobReference[], namespace: string, gaps: Gaps) {
  for (const source of sources) {
    const info = kindInfo(source.kind ?? 'PyTorchJob')
    const job = info && (await gaps.optional(info.resource, namespace, () => findJob(cluster, source, namespace)))
    if (job) return job
  }
  return undefined
}

interface Found {
  readonly namespace: string
  readonly name: string
  readonly job?: ResolvedJob | undefined
  readonly trainJob?: TrainJob | undefined
  readonly twin?: TrainJob | undefined
  readonly gaps: Gaps
  readonly recorded?: boolean
  /** whether Kueue keeps it from running is wanted */
  readonly queues?: boolean
  /** its TrainJob took a request more to find: where it is not settled, its events are read and not v1's */
  readonly searched?: boolean
}

async function assemble(cluster: Cluster, found: Found): Promise<Snapshot> {
  const { namespace, name, job, trainJob, gaps } = found
  const v2Name = trainJob?.metadata.name ?? name
  const hold = found.recorded ? holdOf(job?.object) : undefined
  const settled = trainJob !== undefined && isSettled(trainJob)
  const explained = settled ? hold?.migration !== undefined : found.searched === true && trainJob !== undefined
  const [v1Pods, v2Pods, events, more, jobSet, record, reactivated, queued] = await settle(
    readPods(cluster, hasLabel(podLabels.v1Job, name), namespace, gaps),
    trainJob ? readPods(cluster, hasLabel(podLabels.jobSet, v2Name), namespace, gaps) : [],
    explained ? [] : readEvents(cluster, name, namespace, gaps),
    // a TrainJob whose Jobs are all ready has nothing to explain, and one request more is its log's
    v2Name === name || settled ? [] : readEvents(cluster, v2Name, namespace, gaps),
    trainJob && gaps.optional(resources.jobSets, namespace, () => cluster.find(resources.jobSets, namespace, v2Name)),
    hold?.migration === undefined
      ? undefined
      : recordOf(cluster, namespace, job?.object.metadata.uid, hold.migration, gaps),
    found.recorded && job ? reactivatedWorkload(cluster, job.object, gaps) : undefined,
    found.queues ? readQueuesOf(cluster, namespace, gaps, { v1: job?.object, trainJob }) : {},
  )
  const uid = job?.object.metadata.uid
  return {
    namespace,
    name,
    kind: job?.kind,
    v1: job?.object,
    v1Pods: v1Pods.filter((pod) => uid === undefined || belongs(pod, uid)),
    trainJob,
    twin: found.twin,
    link: trainJob && job ? linkOf(trainJob, job.object) : undefined,
    jobSet,
    v2Pods,
    events: [...events, ...more].filter((event) => isAbout(event, job)).sort(newestFirst),
    record,
    reactivated,
    queued,
    gaps: gaps.all,
  }
}

/** Undefined as well for a record that cannot be read: what stands is told without, and --history says why. */
async function recordOf(cluster: Cluster, namespace: string, uid: string | undefined, id: string, gaps: Gaps) {
  const read = () =>
    readRecords(cluster, namespace, uid).catch((error) => {
      if (error instanceof Problem) return []
      throw error
    })
  const records = await gaps.optional(resources.configMaps, namespace, read)
  return records?.find(({ record }) => record.id === id)?.record
}

function findTrainJob(cluster: Cluster, name: string, namespace: string, gaps: Gaps): Promise<TrainJob | undefined> {
  return gaps.optional(resources.trainJobs, namespace, () =>
    cluster.find<TrainJob>(resources.trainJobs, namespace, name),
  )
}

/** The twin of this very job under a name of its own: `start --suffix`. */
async function findTwin(cluster: Cluster, job: ResolvedJob, namespace: string, gaps: Gaps) {
  const { name = '' } = job.object.metadata
  const read = () => readTwins(cluster, namespace, name)
  const twins = (await gaps.optional(resources.trainJobs, namespace, read)) ?? []
  return twins.find((twin) => mayBelong(twin, job) && linkOf(twin, job.object) === 'recorded')
}

async function readPods(cluster: Cluster, labelSelector: string, namespace: string, gaps: Gaps): Promise<Pod[]> {
  const read = () => cluster.list<Pod>(resources.pods, { namespace, labelSelector, pageSize: 0 })
  return (await gaps.optional(resources.pods, namespace, read))?.items ?? []
}

async function readEvents(cluster: Cluster, name: string, namespace: string, gaps: Gaps): Promise<KubeEvent[]> {
  const fieldSelector = `involvedObject.name=${name},type=Warning`
  const read = () => cluster.list<KubeEvent>(resources.events, { namespace, fieldSelector, pageSize: 0 })
  return (await gaps.optional(resources.events, namespace, read))?.items ?? []
}

/** False for an event about a v1 job of another kind that has the same name. */
function isAbout({ involvedObject }: KubeEvent, job: ResolvedJob | undefined): boolean {
  const other = kindInfo(involvedObject.kind ?? '')
  return !other || !job || other.kind === job.kind.kind
}

function isSettled(trainJob: TrainJob): boolean {
  const { word } = trainJobState(trainJob)
  return word === 'Running' || word === 'Complete'
}

/** False only for a TrainJob that names another v1 job as its source. */
function mayBelong(trainJob: TrainJob, job: ResolvedJob): boolean {
  const source = sourceOf(trainJob)
  return !source || (source.kind === job.kind.kind && source.name === job.object.metadata.name)
}

function linkOf(trainJob: TrainJob, v1: KubeObject): 'recorded' | 'name' {
  const source = sourceOf(trainJob)
  if (source?.kind !== v1.kind || source.name !== v1.metadata.name) return 'name'
  const uids = [undefined, v1.metadata.uid, readRestored(v1)?.uid]
  return uids.includes(source.uid) ? 'recorded' : 'name'
}
