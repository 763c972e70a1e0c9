import type { JobClass } from '../convert/class-words.ts'
import { creatorOf, seriesOf } from '../kube/creator.ts'
import { gpusOfContainers } from '../kube/gpus.ts'
import type { JobState } from '../kube/job-state.ts'
import { queueLabel } from '../kube/kueue.ts'
import { isRecord, type KubeObject, type ObjectMeta } from '../kube/object.ts'
import type { Container, Pod } from '../kube/pod.ts'
import { readHold, recordedEnding } from '../migration/hold.ts'
import { readRestored } from '../migration/restored.ts'
import { type KindInfo, kindInfo } from '../v1/kinds.ts'
import { v1State } from '../v1/state.ts'
import type { RoleShape } from '../v2/shape.ts'
import { type TrainJobEvidence, trainJobState } from '../v2/state.ts'
import { annotations, isTwin, type TrainJob } from '../v2/trainjob.ts'

/** The v1 job a TrainJob records as its source. */
export interface Source {
  readonly kind: KindInfo['kind']
  readonly name: string
  readonly uid?: string
  /** a cutover made the TrainJob, not a person with what `convert` prints */
  readonly moved?: true
}

/** What a table row, a number and a pair need of one job: of 10,000 jobs no more than this is kept. */
export interface JobRow {
  readonly kind: KindInfo['kind'] | 'TrainJob'
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** of the job it was made again in place of, after that had been deleted */
  readonly formerUid?: string
  /** RFC 3339 */
  readonly created?: string
  readonly state: JobState
  /** v1: a cutover stopped it, and it was not given back; `ended`: it had ended by itself at that moment */
  readonly held?: 'held' | 'ended'
  /** LocalQueue of Kueue */
  readonly queue?: string
  /** TrainJob: `ClusterTrainingRuntime/torch-distributed` */
  readonly runtime?: string
  readonly source?: Source
  /** TrainJob: `start` made it to run beside its v1 job */
  readonly twin?: true
  /** GPUs its pods ask for together; absent where nothing says so */
  readonly gpus?: number
  /** of a v1 job, where it was asked for */
  readonly class?: JobClass
  /** who made it, in words */
  readonly creator: string
  /** of a run of many: what their names have in common */
  readonly series?: string
}

/** A row whose own status leaves its state open, with what is needed to say it once its pods are known. */
export interface OpenJob {
  readonly row: JobRow
  /** what status and replicas the object had, nothing else of it */
  readonly object: KubeObject
  readonly shape?: readonly RoleShape[]
  /** seconds its pods have to end, where they are told */
  readonly grace?: number
}

/** The row of a v1 job, and the object slimmed to what its state needs. */
export function v1Row(job: KubeObject): { row: JobRow; slim: KubeObject; grace?: number } {
  const slim = slimV1(job)
  return {
    row: {
      ...identity(job),
      formerUid: readRestored(job)?.uid,
      kind: job.kind as KindInfo['kind'],
      state: v1State(slim),
      held: heldBy(job),
      gpus: gpusOfV1(job),
    },
    slim,
    grace: longestGrace(replicasOf(job).map(([, replica]) => podSpecOf(replica))),
  }
}

/** The row of a TrainJob, and the object slimmed to what its state needs. */
export function trainJobRow(
  trainJob: TrainJob,
  shape: readonly RoleShape[] | undefined,
  gpus?: number,
): { row: JobRow; slim: KubeObject } {
  const slim = slimTrainJob(trainJob)
  return {
    row: {
      ...identity(trainJob),
      kind: 'TrainJob',
      state: trainJobState(slim, { shape }),
      runtime: runtimeOf(trainJob),
      source: sourceOf(trainJob),
      ...(isTwin(trainJob) && { twin: true }),
      gpus,
    },
    slim,
  }
}

/** The row again, now that pods or events are known. */
export function settledRow(open: OpenJob, evidence: Omit<TrainJobEvidence, 'shape'>): JobRow {
  const { row, object, shape } = open
  const state =
    row.kind === 'TrainJob'
      ? trainJobState(object as TrainJob, { ...evidence, shape })
      : v1State(
          object,
          evidence.pods?.filter((pod) => belongs(pod, row.uid)),
        )
  return { ...row, state }
}

/** Whether the hold of a cutover stands, whatever was changed of the job since. */
export function heldBy(v1: KubeObject): JobRow['held'] {
  if (readHold(v1) === undefined) return undefined
  return recordedEnding(v1) === undefined ? 'held' : 'ended'
}

/** `ClusterTrainingRuntime/torch-distributed` */
export function runtimeOf({ spec }: TrainJob): string {
  const { kind = 'ClusterTrainingRuntime', name } = spec?.runtimeRef ?? { name: '' }
  return `${kind}/${name}`
}

/** What a TrainJob says it was made from; undefined when it says nothing readable. */
export function sourceOf(trainJob: KubeObject): Source | undefined {
  const [kind = '', name = ''] = trainJob.metadata.annotations?.[annotations.source]?.split('/') ?? []
  const info = kindInfo(kind)
  if (!info || name === '') return undefined
  const { [annotations.sourceUid]: uid, [annotations.migration]: migration } = trainJob.metadata.annotations ?? {}
  return { kind: info.kind, name, uid, ...(migration !== undefined && { moved: true as const }) }
}

/** Whether a pod is of the job with this uid; one nobody owns any more is taken to be. */
export function belongs(pod: Pod, uid: string): boolean {
  const owners = pod.metadata.ownerReferences ?? []
  return owners.length === 0 || owners.some((owner) => owner.uid === uid)
}

/** A pod without what its state does not need: managed fields, spec, volumes. */
export function slimPod(pod: Pod): Pod {
  const { name, namespace, creationTimestamp, deletionTimestamp, labels, ownerReferences } = pod.metadata
  return {
    apiVersion: pod.apiVersion,
    kind: pod.kind,
    metadata: { name, namespace, creationTimestamp, deletionTimestamp, labels, ownerReferences },
    spec: { containers: [] },
    status: pod.status,
  }
}

function identity({ metadata }: KubeObject) {
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    created: metadata.creationTimestamp,
    queue: metadata.labels?.[queueLabel],
    creator: creatorOf(metadata),
    series: seriesOf(metadata),
  }
}

/** Of all replicas; one whose number is not written counts once, as v1 takes it. */
function gpusOfV1(job: KubeObject): number {
  return replicasOf(job).reduce((sum, [, replica]) => {
    const containers = podSpecOf(replica)?.['containers']
    const count = isRecord(replica) && typeof replica['replicas'] === 'number' ? replica['replicas'] : 1
    return sum + count * gpusOfContainers(containers as Container[] | undefined)
  }, 0)
}

function podSpecOf(replica: unknown): Record<string, unknown> | undefined {
  const template = isRecord(replica) ? replica['template'] : undefined
  const spec = isRecord(template) ? template['spec'] : undefined
  return isRecord(spec) ? spec : undefined
}

/** The most seconds that pods of these specs have to end; undefined where none tells. */
export function longestGrace(specs: readonly (Readonly<Record<string, unknown>> | undefined)[]): number | undefined {
  const told = specs.flatMap((spec) => {
    const grace = spec?.['terminationGracePeriodSeconds']
    return typeof grace === 'number' ? grace : []
  })
  return told.length === 0 ? undefined : Math.max(...told)
}

function replicasOf(job: KubeObject): [role: string, replica: unknown][] {
  const spec = isRecord(job['spec']) ? job['spec'] : {}
  const replicas = spec[kindInfo(job.kind)?.specKey ?? '']
  return isRecord(replicas) ? Object.entries(replicas) : []
}

function slimMeta({ deletionTimestamp }: ObjectMeta): ObjectMeta {
  return deletionTimestamp === undefined ? {} : { deletionTimestamp }
}

function slimV1(job: KubeObject): KubeObject {
  const spec = isRecord(job['spec']) ? job['spec'] : {}
  const key = kindInfo(job.kind)?.specKey ?? ''
  const policy = spec['runPolicy']
  const roles = replicasOf(job)
  return {
    apiVersion: job.apiVersion,
    kind: job.kind,
    metadata: slimMeta(job.metadata),
    spec: {
      runPolicy: { suspend: isRecord(policy) ? policy['suspend'] : undefined },
      [key]: Object.fromEntries(
        roles.map(([role, replica]) => [role, { replicas: isRecord(replica) ? replica['replicas'] : undefined }]),
      ),
    },
    status: job['status'],
  }
}

function slimTrainJob({ apiVersion, kind, metadata, spec, status }: TrainJob): TrainJob {
  const { conditions, jobsStatus } = status ?? {}
  return {
    apiVersion,
    kind,
    metadata: slimMeta(metadata),
    spec: { runtimeRef: spec.runtimeRef, suspend: spec.suspend },
    status: { conditions, jobsStatus },
  }
}
