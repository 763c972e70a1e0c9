import type { Cluster } from '../cluster/cluster.ts'
import { type KubeEvent, newestFirst } from '../kube/event.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import { type KindInfo, kindInfo } from '../v1/kinds.ts'
import { trainJobState } from '../v2/state.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { type Gap, Gaps, settle } from './gaps.ts'
import { originalOf, twinSuffix } from './pairs.ts'
import type { JobReference } from './reference.ts'
import { findJob, noSuchJob, type ResolvedJob } from './resolve.ts'
import { belongs, sourceOf } from './rows.ts'

/** Both sides of one job as they stood within one moment of reading. */
export interface Snapshot {
  readonly namespace: string
  /** the v1 job's name, or the TrainJob's where there is no v1 job */
  readonly name: string
  readonly kind?: KindInfo
  readonly v1?: KubeObject
  /** pods of this v1 job; with no v1 job, whatever pods carry its name */
  readonly v1Pods: readonly Pod[]
  /** the TrainJob under the job's own name, else its twin `NAME-v2` */
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
 * Reads both sides of one job in two rounds of parallel requests, whatever the number of its pods: at most 8 when the
 * kind is given, five more (one for each other kind) when it is not. What may not be read ends in `gaps`; only the
 * objects themselves must be readable. Throws as resolveJob does, but a TrainJob alone is a job as well. `verb` is what
 * the suggestions tell to type.
 */
export async function readSnapshot(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
  verb = 'status',
): Promise<Snapshot> {
  if (reference.kind === 'TrainJob') return await fromTrainJob(cluster, reference.name, namespace, verb)
  const { name } = reference
  const twinName = `${name}${twinSuffix}`
  const gaps = new Gaps()
  const [job, named, twin, parts] = await settle(
    findJob(cluster, reference, namespace, verb),
    findTrainJob(cluster, name, namespace, gaps),
    findTrainJob(cluster, twinName, namespace, gaps),
    readParts(cluster, name, [name, twinName], namespace, gaps),
  )
  if (!job && reference.kind === undefined && named) return await fromTrainJob(cluster, name, namespace, verb)
  if (!job) throw await noSuchJob(cluster, reference, namespace, { verb, v1Only: false })
  const [trainJob, second] = [named, twin].filter((candidate) => candidate && mayBelong(candidate, job))
  return assemble(cluster, { namespace, name, job, trainJob, twin: second, parts, gaps })
}

async function fromTrainJob(cluster: Cluster, name: string, namespace: string, verb: string): Promise<Snapshot> {
  const trainJob = await cluster.find<TrainJob>(resources.trainJobs, namespace, name)
  if (!trainJob) throw await noSuchJob(cluster, { kind: 'TrainJob', name }, namespace, { verb, v1Only: false })
  const gaps = new Gaps()
  const job = await findSource(cluster, trainJob, namespace, gaps)
  const v1Name = job?.object.metadata.name ?? name
  const parts = await readParts(cluster, v1Name, [name], namespace, gaps)
  return assemble(cluster, { namespace, name: v1Name, job, trainJob, parts, gaps })
}

/** The v1 job a TrainJob came from: the recorded one, else the one of its name, else the one it is the twin of. */
async function findSource(cluster: Cluster, trainJob: TrainJob, namespace: string, gaps: Gaps) {
  const name = trainJob.metadata.name ?? ''
  const source = sourceOf(trainJob)
  const candidates: JobReference[] = source
    ? [source]
    : [...new Set([name, originalOf(name)])].map((candidate) => ({ name: candidate }))
  for (const candidate of candidates) {
    const info = kindInfo(candidate.kind ?? 'PyTorchJob')
    const job = info && (await gaps.optional(info.resource, namespace, () => findJob(cluster, candidate, namespace)))
    if (job) return job
  }
  return undefined
}

interface Parts {
  readonly v1Pods: readonly Pod[]
  readonly v2Pods: readonly Pod[]
  readonly events: readonly KubeEvent[]
}

interface Found {
  readonly namespace: string
  readonly name: string
  readonly job?: ResolvedJob | undefined
  readonly trainJob?: TrainJob | undefined
  readonly twin?: TrainJob | undefined
  readonly parts: Parts
  readonly gaps: Gaps
}

async function assemble(cluster: Cluster, found: Found): Promise<Snapshot> {
  const { namespace, name, job, trainJob, parts, gaps } = found
  const v2Name = trainJob?.metadata.name ?? name
  const [jobSet, more] = await settle(
    trainJob && gaps.optional(resources.jobSets, namespace, () => cluster.find(resources.jobSets, namespace, v2Name)),
    // a TrainJob whose Jobs are all ready has nothing to explain, and one request more is its log's
    v2Name === name || (trainJob && isSettled(trainJob)) ? [] : readEvents(cluster, v2Name, namespace, gaps),
  )
  const uid = job?.object.metadata.uid
  return {
    namespace,
    name,
    kind: job?.kind,
    v1: job?.object,
    v1Pods: parts.v1Pods.filter((pod) => uid === undefined || belongs(pod, uid)),
    trainJob,
    twin: found.twin,
    link: trainJob && job ? linkOf(trainJob, job.object) : undefined,
    jobSet,
    v2Pods: trainJob ? parts.v2Pods.filter((pod) => pod.metadata.labels?.[podLabels.jobSet] === v2Name) : [],
    events: [...parts.events, ...more].sort(newestFirst),
    gaps: gaps.all,
  }
}

function findTrainJob(cluster: Cluster, name: string, namespace: string, gaps: Gaps): Promise<TrainJob | undefined> {
  return gaps.optional(resources.trainJobs, namespace, () =>
    cluster.find<TrainJob>(resources.trainJobs, namespace, name),
  )
}

async function readParts(
  cluster: Cluster,
  v1Name: string,
  jobSets: readonly string[],
  namespace: string,
  gaps: Gaps,
): Promise<Parts> {
  const [v1Pods, v2Pods, events] = await settle(
    readPods(cluster, `${podLabels.v1Job}=${v1Name}`, namespace, gaps),
    readPods(cluster, `${podLabels.jobSet} in (${jobSets.join(',')})`, namespace, gaps),
    readEvents(cluster, v1Name, namespace, gaps),
  )
  return { v1Pods, v2Pods, events }
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
  return source.uid === undefined || source.uid === v1.metadata.uid ? 'recorded' : 'name'
}
