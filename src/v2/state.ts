import { type JobState, livePods, progress, type RoleState, roleOfPods } from '../kube/job-state.ts'
import type { Condition } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import type { RoleShape } from './shape.ts'
import type { TrainJob } from './trainjob.ts'

/** What is known of a TrainJob beside the object; each part that is absent leaves more of the state open. */
export interface TrainJobEvidence {
  /** from its JobSet or runtime; absent: desired numbers are not known */
  readonly shape?: readonly RoleShape[]
  /** pods of its JobSet */
  readonly pods?: readonly Pod[]
  /** the newest event TrainJobResourcesCreationFailed, where it still holds */
  readonly refusal?: { readonly reason?: string; readonly message?: string }
}

type JobsStatus = NonNullable<NonNullable<TrainJob['status']>['jobsStatus']>[number]

/** The event that alone tells of a JobSet nobody could make (Trainer v2.3.0, pkg/controller/trainjob_controller.go). */
export const creationFailed = 'TrainJobResourcesCreationFailed'

/**
 * What a TrainJob does. Its conditions do not tell: there is none while it runs, `Suspended` (status False) stays the last
 * one after a resume, and none is written when the JobSet cannot be made. So spec.suspend, the Complete and Failed
 * conditions, status.jobsStatus (which counts Jobs, not pods) and the evidence decide, in this order.
 */
export function trainJobState(trainJob: TrainJob, evidence: TrainJobEvidence = {}): JobState {
  const { shape, refusal } = evidence
  const pods = evidence.pods && currentPods(evidence.pods)
  const { conditions = [], jobsStatus = [] } = trainJob.status ?? {}
  const roles = rolesOf(jobsStatus, shape, pods)
  const held = (type: string) => conditions.find((condition) => condition.type === type && condition.status === 'True')
  if (trainJob.metadata.deletionTimestamp !== undefined) return { word: 'Terminating', roles, open: false }
  for (const word of ['Complete', 'Failed'] as const) {
    const condition = held(word)
    if (condition) return { word, roles, open: false, ...detail(condition) }
  }
  if (refusal) return { word: 'Blocked', roles, open: false, reason: refusal.reason, message: refusal.message }
  const unseen = jobsStatus.length === 0
  if (trainJob.spec.suspend === true) {
    const alive = pods ? livePods(pods).length > 0 : jobsStatus.some(({ active = 0 }) => active > 0)
    if (alive) return { word: 'Suspending', roles, open: false }
    return { word: 'Suspended', roles, open: unseen, since: held('Suspended')?.lastTransitionTime }
  }
  const found = progress(roles, pods ?? [])
  if (found.word === 'Running' || (!pods && everyJobReady(jobsStatus))) return { word: 'Running', roles, open: false }
  return { ...found, roles, open: pods === undefined }
}

function rolesOf(
  jobsStatus: readonly JobsStatus[],
  shape: readonly RoleShape[] | undefined,
  pods: readonly Pod[] | undefined,
): RoleState[] {
  const names = shape?.map(({ role }) => role) ?? jobsStatus.map(({ name }) => name)
  if (pods && names.length === 0) names.push(...new Set(pods.map(replicatedJobOf)))
  return names.map((role) => {
    const size = shape?.find((entry) => entry.role === role)
    const jobs = jobsStatus.find(({ name }) => name === role)
    if (pods) {
      const found = roleOfPods(
        role,
        size?.pods,
        pods.filter((pod) => replicatedJobOf(pod) === role),
      )
      // a JobSet that completed takes the pods of its other Jobs away
      const done = (jobs?.succeeded ?? 0) > 0 && (jobs?.succeeded ?? 0) >= (size?.jobs ?? 1)
      return done ? { ...found, succeeded: size?.pods ?? found.succeeded } : found
    }
    return roleOfJobs(role, size, jobs)
  })
}

/** Pods counted from Jobs: certain when all Jobs of the role are ready, done or have no pods at all. */
function roleOfJobs(role: string, size: RoleShape | undefined, jobs: JobsStatus | undefined): RoleState {
  const { ready = 0, succeeded = 0, active = 0 } = jobs ?? {}
  const count = size?.jobs ?? Math.max(1, ready + succeeded)
  const perJob = size && size.pods / size.jobs
  const known = active <= ready || active === 0
  return {
    role,
    desired: size?.pods,
    ready: !known ? undefined : ready === 0 ? 0 : perJob === undefined ? undefined : perJob * Math.min(ready, count),
    succeeded: perJob === undefined ? 0 : perJob * Math.min(succeeded, count),
  }
}

function everyJobReady(jobsStatus: readonly JobsStatus[]): boolean {
  return (
    jobsStatus.length > 0 &&
    jobsStatus.every(({ ready = 0, succeeded = 0, active = 0 }) => ready + succeeded > 0 && ready >= active)
  )
}

/** The newest pod of each index of each Job: a Job keeps failed pods beside their successors. */
function currentPods(pods: readonly Pod[]): Pod[] {
  const newest = new Map<string, Pod>()
  for (const pod of pods) {
    const labels = pod.metadata.labels ?? {}
    const index = labels['batch.kubernetes.io/job-completion-index'] ?? pod.metadata.name
    const place = `${replicatedJobOf(pod)} ${labels['jobset.sigs.k8s.io/job-index'] ?? ''} ${index}`
    const other = newest.get(place)
    if (!other || created(pod) >= created(other)) newest.set(place, pod)
  }
  return [...newest.values()]
}

function created(pod: Pod): number {
  return Date.parse(pod.metadata.creationTimestamp ?? '') || 0
}

/** Replicated job of a TrainJob's pod; empty where its label is gone. */
export function replicatedJobOf(pod: Pod): string {
  return pod.metadata.labels?.['jobset.sigs.k8s.io/replicatedjob-name'] ?? ''
}

function detail(condition: Condition): Pick<JobState, 'reason' | 'message' | 'since'> {
  return { reason: condition.reason, message: condition.message, since: condition.lastTransitionTime }
}
