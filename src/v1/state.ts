import { type JobState, livePods, progress, type RoleState, roleOfPods } from '../kube/job-state.ts'
import { type Condition, isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { type KindInfo, kindInfo } from './kinds.ts'
import { v1Labels } from './labels.ts'

interface V1Status {
  readonly conditions: readonly Condition[]
  readonly replicas: Readonly<Record<string, unknown>>
}

/**
 * What a v1 job does: by spec.runPolicy.suspend, its conditions and its pods, never by the State column alone.
 * Without `pods` the counts are those of status.replicaStatuses, where `active` counts running pods, ready or not.
 * `pods` must be those of this job. Source: Training Operator v1.9.4, pkg/core/status.go, pkg/controller.v1/common/job.go.
 */
export function v1State(job: KubeObject, pods?: readonly Pod[]): JobState {
  const status = readStatus(job)
  const roles = rolesOf(job, status, pods)
  const held = (type: string) =>
    status.conditions.find((condition) => condition.type === type && condition.status === 'True')
  if (job.metadata.deletionTimestamp !== undefined) return { word: 'Terminating', roles, open: false }
  for (const word of ['Failed', 'Succeeded'] as const) {
    const condition = held(word)
    if (condition) return { word, roles, open: false, ...detail(condition) }
  }
  if (isSuspended(job)) {
    const condition = held('Suspended')
    const alive = pods ? livePods(pods).length > 0 : roles.some(({ ready = 0 }) => ready > 0)
    if (alive || !condition) return { word: 'Suspending', roles, open: pods === undefined }
    return { word: 'Suspended', roles, open: false, since: condition.lastTransitionTime }
  }
  const found = progress(roles, pods ?? [])
  if (found.word === 'Running') return { ...found, roles, open: false }
  const restarting = found.word !== 'Blocked' ? held('Restarting') : undefined
  return {
    ...(restarting ? { word: 'Restarting' as const, reason: restarting.reason, message: restarting.message } : found),
    roles,
    open: pods === undefined,
  }
}

/** Whether the job's owner (or a queue) wants it suspended. */
export function isSuspended(job: KubeObject): boolean {
  const spec = job['spec']
  const policy = isRecord(spec) ? spec['runPolicy'] : undefined
  return isRecord(policy) && policy['suspend'] === true
}

function rolesOf(job: KubeObject, status: V1Status, pods: readonly Pod[] | undefined): RoleState[] {
  const info = kindInfo(job.kind)
  const spec = job['spec']
  const replicas = info && isRecord(spec) ? spec[info.specKey] : undefined
  if (!info || !isRecord(replicas)) return []
  return ordered(info, Object.keys(replicas)).map((role) => {
    const desired = countOf(info, role, replicas[role])
    if (pods)
      return roleOfPods(
        role,
        desired,
        pods.filter((pod) => roleOfPod(pod) === role.toLowerCase()),
      )
    const counts = status.replicas[role]
    const count = (key: string) => (isRecord(counts) && typeof counts[key] === 'number' ? counts[key] : 0)
    return { role, desired, ready: count('active'), succeeded: count('succeeded') }
  })
}

/** Role of a v1 pod, lower case; empty where its label is gone. mpi-operator has it in another label (v0.8.2, pkg/controller/mpi_job_controller.go). */
export function roleOfPod({ metadata: { labels = {} } }: Pod): string {
  return labels[v1Labels.replicaType] ?? labels[v1Labels.jobRole] ?? ''
}

/** The kind's own order first, then names the kind does not know (TFJob and MPIJob admit any). */
function ordered(info: KindInfo, roles: readonly string[]): string[] {
  const rank = (role: string) => {
    const at = info.replicaNames.findIndex((name) => name.toLowerCase() === role.toLowerCase())
    return at < 0 ? info.replicaNames.length : at
  }
  return [...roles].sort((a, b) => rank(a) - rank(b))
}

function countOf(info: KindInfo, role: string, replica: unknown): number {
  const written = isRecord(replica) ? replica['replicas'] : undefined
  if (typeof written === 'number') return written
  return info.kind === 'MPIJob' && role.toLowerCase() === 'worker' ? 0 : 1
}

function readStatus(job: KubeObject): V1Status {
  const status = isRecord(job['status']) ? job['status'] : {}
  const conditions = Array.isArray(status['conditions']) ? (status['conditions'] as Condition[]) : []
  return { conditions, replicas: isRecord(status['replicaStatuses']) ? status['replicaStatuses'] : {} }
}

function detail(condition: Condition): Pick<JobState, 'reason' | 'message' | 'since'> {
  return { reason: condition.reason, message: condition.message, since: condition.lastTransitionTime }
}
