import { type Condition, isRecord, type KubeObject } from './object.ts'

/** The label by which Kueue's jobs name their queue. */
export const queueLabel = 'kueue.x-k8s.io/queue-name'

/** The label by which a Workload names the job it stands for, by uid (Kueue v0.19.2, pkg/controller/constants). */
export const jobUidLabel = 'kueue.x-k8s.io/job-uid'

/** Comma-separated gates that keep a job out of its queue; they can be removed, not added (Kueue v0.19.2, pkg/util/webhook). */
export const gateAnnotation = 'kueue.x-k8s.io/admission-gated-by'

/** The gate of a TrainJob that is not to start yet. */
export const cutoverGate = 'kubectl-migrate.dev/cutover'

/** What Kueue writes into pod templates when it admits a job (Kueue v0.19.2, pkg/controller/jobframework/reconciler.go). */
export const injectedKeys = {
  labels: ['kueue.x-k8s.io/podset', 'kueue.x-k8s.io/local-queue-name', 'kueue.x-k8s.io/cluster-queue-name'],
  annotations: ['kueue.x-k8s.io/workload'],
} as const

/** Whether a Workload may have quota: false is how people, and a hold, take it away (Workload.spec.active, default true). */
export function isActive(workload: KubeObject): boolean {
  const spec = workload['spec']
  return !(isRecord(spec) && spec['active'] === false)
}

/** Whether Kueue lets the job of a Workload run (Kueue v0.19.2, apis/kueue/v1beta2/workload_types.go WorkloadAdmitted). */
export function isAdmitted(workload: KubeObject): boolean {
  return conditionOf(workload, 'Admitted')?.status === 'True'
}

/** Whether a Workload holds quota, admitted or waiting for its admission checks (ibid. WorkloadQuotaReserved). */
export function hasQuota(workload: KubeObject): boolean {
  return conditionOf(workload, 'QuotaReserved')?.status === 'True'
}

/** Why Kueue has closed a Workload for good; undefined while it has not. */
export function closingOf(workload: KubeObject): string | undefined {
  const { status, message } = conditionOf(workload, 'Finished') ?? {}
  return status === 'True' ? (message ?? 'its Workload is finished') : undefined
}

/** Why a Workload has no quota, in Kueue's words; undefined where it says nothing. */
export function queueWords(workload: KubeObject): string | undefined {
  const { status, message } = conditionOf(workload, 'QuotaReserved') ?? {}
  return status === 'True' ? undefined : message
}

/** Why Kueue keeps a job from running. */
export interface QueueState {
  /** waits: for quota, or for an admission check. evicted: it had quota, and lost it. inactive: its Workload may have none */
  readonly word: 'waits' | 'evicted' | 'inactive'
  /** its LocalQueue */
  readonly queue?: string
  /** name of its Workload */
  readonly workload: string
  /** in Kueue's words */
  readonly message?: string
}

/** What a Workload says of a job that does not run; undefined where Kueue lets it run, or has closed it, or a cutover keeps it out. */
export function queueStateOf(workload: KubeObject): QueueState | undefined {
  const { name = '' } = workload.metadata
  const spec = isRecord(workload['spec']) ? workload['spec'] : {}
  const about = { workload: name, ...(typeof spec['queueName'] === 'string' && { queue: spec['queueName'] }) }
  // Evicted goes back to False when quota is reserved again (Kueue v0.19.2, pkg/workload/workload.go)
  const evicted = conditionOf(workload, 'Evicted')
  const eviction = evicted?.status === 'True' ? evicted.message : undefined
  if (closingOf(workload) !== undefined || gatesOf(workload).includes(cutoverGate)) return undefined
  if (!isActive(workload)) return { word: 'inactive', ...about, message: eviction }
  if (isAdmitted(workload)) return undefined
  if (eviction !== undefined) return { word: 'evicted', ...about, message: eviction }
  return { word: 'waits', ...about, message: queueWords(workload) ?? checkWords(workload) }
}

/** What an admission check is waiting for that keeps quota from becoming an admission. */
function checkWords(workload: KubeObject): string | undefined {
  const { status, message } = conditionOf(workload, 'Admitted') ?? {}
  return status === 'False' && hasQuota(workload) ? message : undefined
}

/** Gates of a job, in order. */
export function gatesOf({ metadata }: KubeObject): string[] {
  return (metadata.annotations?.[gateAnnotation] ?? '').split(',').flatMap((gate) => gate.trim() || [])
}

function conditionOf(workload: KubeObject, type: string): Condition | undefined {
  const status = workload['status']
  const conditions = isRecord(status) && Array.isArray(status['conditions']) ? status['conditions'] : []
  return (conditions as Condition[]).find((condition) => condition.type === type)
}
