import type { Condition, KubeObject } from '../kube/object.ts'
import type { EnvVar, PodTemplate, Resources } from '../kube/pod.ts'

/** batch/v1 Job template inside a JobSet: the fields this project reads and writes; others pass through. */
export interface JobTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: {
    parallelism?: number
    completions?: number
    backoffLimit?: number
    activeDeadlineSeconds?: number
    successPolicy?: { rules: { succeededIndexes?: string; succeededCount?: number }[] }
    podFailurePolicy?: { rules: unknown[] }
    podReplacementPolicy?: string
    template: PodTemplate
    [field: string]: unknown
  }
}

/** jobset.x-k8s.io/v1alpha2 ReplicatedJob (JobSet v0.12.0, api/jobset/v1alpha2/jobset_types.go). */
export interface ReplicatedJob {
  name: string
  replicas?: number
  template: JobTemplate
  [field: string]: unknown
}

export interface JobSetSpec {
  replicatedJobs: ReplicatedJob[]
  successPolicy?: { operator: 'All' | 'Any'; targetReplicatedJobs?: string[] }
  suspend?: boolean
  [field: string]: unknown
}

export interface MLPolicy {
  numNodes?: number
  torch?: Record<string, unknown>
  mpi?: Record<string, unknown>
  jax?: Record<string, unknown>
  xgboost?: Record<string, unknown>
  flux?: Record<string, unknown>
}

/** trainer.kubeflow.org/v1alpha1 (Cluster)TrainingRuntime (Trainer v2.3.0, pkg/apis/trainer/v1alpha1/trainingruntime_types.go). */
export interface TrainingRuntime extends KubeObject {
  kind: 'TrainingRuntime' | 'ClusterTrainingRuntime'
  spec: {
    mlPolicy?: MLPolicy
    podGroupPolicy?: Record<string, unknown>
    template: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
      spec: JobSetSpec
    }
  }
}

export interface Trainer {
  image?: string
  command?: string[]
  args?: string[]
  env?: EnvVar[]
  numNodes?: number
  resourcesPerNode?: Resources
  numProcPerNode?: number | string
}

/** One entry of spec.runtimePatches (Trainer v2.2 and v2.3). */
export interface RuntimePatch {
  manager: string
  trainingRuntimeSpec: {
    template: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
      spec?: { replicatedJobs: { name: string; template: Record<string, unknown> }[] }
    }
  }
  [field: string]: unknown
}

/** trainer.kubeflow.org/v1alpha1 TrainJob (Trainer v2.3.0, pkg/apis/trainer/v1alpha1/trainjob_types.go). */
export interface TrainJob extends KubeObject {
  kind: 'TrainJob'
  spec: {
    runtimeRef: { name: string; kind?: 'TrainingRuntime' | 'ClusterTrainingRuntime'; apiGroup?: string }
    trainer?: Trainer
    runtimePatches?: RuntimePatch[]
    suspend?: boolean
    managedBy?: string
    activeDeadlineSeconds?: number
    [field: string]: unknown
  }
  status?: {
    conditions?: Condition[]
    jobsStatus?: {
      name: string
      ready?: number
      succeeded?: number
      failed?: number
      active?: number
      suspended?: number
    }[]
    [field: string]: unknown
  }
}

/** The label on a Job template that says which of a runtime's jobs spec.trainer applies to (Trainer v2.3.0, pkg/constants). */
export const ancestorLabel = 'trainer.kubeflow.org/trainjob-ancestor-step'

/** The container of a trainer job that spec.trainer applies to. */
export const trainerContainer = 'node'

/** The label on a twin that names its v1 job: how it is found whatever it is called. */
export const twinLabel = 'kubectl-migrate.dev/twin-of'

/** The label by which leftovers of a preview that was killed are found. */
export const previewLabel = 'kubectl-migrate.dev/preview'

/** Whether a TrainJob runs beside its v1 job, to be compared with it. */
export function isTwin({ metadata }: KubeObject): boolean {
  return metadata.labels?.[twinLabel] !== undefined
}

/** On a JobSet: the queue of Volcano that its PodGroup is in (volcano.sh/apis v1.14.0, scheduling/v1beta1 QueueNameAnnotationKey). */
export const queueAnnotation = 'scheduling.volcano.sh/queue-name'

/** Volcano's queue for PodGroups that name none. */
export const usualQueue = 'default'

/** Annotations this project writes on the TrainJobs and runtimes it makes. */
export const annotations = {
  /** `PyTorchJob/NAME` */
  source: 'kubectl-migrate.dev/source',
  sourceUid: 'kubectl-migrate.dev/source-uid',
  /** SHA-256 of the v1 object's spec, 64 hex digits */
  sourceHash: 'kubectl-migrate.dev/source-hash',
  /** `true` when the v1 job was suspended by its owner before a cutover, else `false` */
  sourceSuspended: 'kubectl-migrate.dev/source-suspended',
  version: 'kubectl-migrate.dev/version',
  /** id of the migration that made it: only that one takes it for its own */
  migration: 'kubectl-migrate.dev/migration',
  /** of a twin: JSON of in what it differs from its v1 job (src/convert/twin.ts) */
  twin: 'kubectl-migrate.dev/twin',
  /** JSON list of what somebody accepted of the conversion: {code, reason, approver, expires} */
  accepted: 'kubectl-migrate.dev/accepted',
  /** on a runtime: SHA-256 of its spec, 64 hex digits */
  contentHash: 'kubectl-migrate.dev/content-hash',
  /** on a runtime: what it is, for people */
  description: 'kubectl-migrate.dev/description',
} as const
