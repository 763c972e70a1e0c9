import {
  closingOf,
  cutoverGate,
  gateAnnotation,
  gatesOf,
  isActive,
  isAdmitted,
  queueLabel,
  queueWords,
} from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Resource } from '../kube/resources.ts'
import { isSuspended } from '../v1/state.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import type { Facts, Progress, Subject } from './facts.ts'
import { type Hold, readHold } from './hold.ts'
import { ownedBy } from './ownership.ts'

/** What Kueue has to do with a job, decided before the first write. */
export interface Queueing {
  /** the API its Workloads are served as */
  readonly workloads: Resource
  /** LocalQueue; absent where the job names none */
  readonly name?: string
  /** it starts and suspends the v1 job: a hold goes through its Workload */
  readonly v1: boolean
  /** it will start the TrainJob */
  readonly v2: boolean
  /** it honours gates: a TrainJob can be made, and looked at, without being started */
  readonly gates: boolean
  /** it marks every TrainJob it sees: by that one without a Workload is told from one that Kueue will never start */
  readonly marks: boolean
  /** milliseconds a TrainJob may wait for quota, and v1 after it; absent: as long as the step may take */
  readonly patience?: number
  /** v1 had no quota either when it was moved: a TrainJob that waits for it is what v1 was */
  readonly waited: boolean
}

/** Whoever did it: people, or Kueue, which makes an active Workload in place of one that is deleted. */
export const reactivated = 'the Workload of v1 is active again, so Kueue would run it'

/** By which Kueue's webhook marks every TrainJob it sees (Kueue v0.17.0 to v0.19.2, pkg/controller/jobs/trainjob). */
const kueueManager = 'kueue.x-k8s.io/manager'

/** The Workload of v1; of several, one that may have quota. */
export function v1Workload({ workloads }: Pick<Facts, 'workloads'>, uid: string): KubeObject | undefined {
  const owned = workloads.filter((workload) => ownedBy(workload, uid))
  return owned.find(isActive) ?? owned[0]
}

/**
 * Whether v1 will not run until somebody says so: suspended, or, where Kueue decides that, with a Workload that may have no
 * quota. A job that Kueue suspended because there is no room is not held: it runs when there is.
 */
export function isHeld(
  facts: Pick<Facts, 'v1' | 'workloads'>,
  { uid, queue }: Pick<Subject, 'uid' | 'queue'>,
): boolean {
  if (!facts.v1) return false
  if (!queue?.v1) return isSuspended(facts.v1)
  const workload = v1Workload(facts, uid)
  return workload !== undefined && !isActive(workload)
}

/**
 * The record of a hold that stands, also where its Workload is deactivated already and Kueue has not come to suspend the job yet.
 */
export function standingHold(
  facts: Pick<Facts, 'v1' | 'workloads'>,
  subject: Pick<Subject, 'uid' | 'queue'>,
): Hold | undefined {
  const read = facts.v1 && readHold(facts.v1, isSuspended(facts.v1) || isHeld(facts, subject))
  return read && 'hold' in read ? read.hold : undefined
}

/** Whether nothing of ours keeps a TrainJob from running: it may wait in its queue all the same. */
export function isStarted(trainJob: TrainJob, { queue }: Pick<Subject, 'queue'>): boolean {
  if (gatesOf(trainJob).includes(cutoverGate)) return false
  const queued = queue?.v2 ?? trainJob.metadata.labels?.[queueLabel] !== undefined
  return queued || trainJob.spec.suspend !== true
}

/** The annotations that keep a TrainJob out of its queue, beside gates that it has already. */
export function withGate(trainJob: TrainJob): Record<string, string> {
  return { [gateAnnotation]: [...gatesOf(trainJob), cutoverGate].join(',') }
}

/** The patch that lets it in; gates of others stay. */
export function withoutGate(trainJob: TrainJob): Record<string, unknown> {
  const left = gatesOf(trainJob).filter((gate) => gate !== cutoverGate)
  return { metadata: { annotations: { [gateAnnotation]: left.length > 0 ? left.join(',') : null } } }
}

/** What a TrainJob waits for in its queue, or why it never leaves it; undefined where Kueue has let it go, or has no say. */
export function v2Queued(
  facts: Facts,
  { queue }: Pick<Subject, 'queue'>,
): Exclude<Progress, { done: string }> | undefined {
  const { trainJob } = facts
  const within = queue?.patience
  if (!queue?.v2 || !trainJob) return undefined
  const patches = trainJob.spec.runtimePatches ?? []
  if (queue.marks && !patches.some(({ manager }) => manager === kueueManager)) {
    return {
      failed: `Kueue's webhook has not marked the TrainJob (${kueueManager}): it is older than v0.17, or TrainJobs are not in its integrations`,
    }
  }
  if (trainJob.spec.suspend !== true) return undefined
  const workload = facts.workloads.find((candidate) => ownedBy(candidate, trainJob.metadata.uid))
  if (!workload) return { waiting: 'Kueue has made no Workload of the TrainJob yet', within }
  const closing = closingOf(workload)
  if (closing !== undefined) return { failed: `Kueue cannot start the TrainJob: ${closing}` }
  if (!isActive(workload)) return { failed: `somebody deactivated the TrainJob's Workload ${workload.metadata.name}` }
  if (isAdmitted(workload)) return { waiting: 'Kueue has admitted it, and not started it yet' }
  return { waiting: `${queueTitle(queue)}: ${waitingWords(workload)}`, within }
}

/** Whether Kueue has a gated TrainJob in its books, and leaves it alone: then it can be looked at as long as one likes. */
export function v2Gated(facts: Facts, plan: Pick<Subject, 'queue'>): Progress {
  const queued = v2Queued(facts, plan)
  if (!queued || 'failed' in queued || 'ended' in queued)
    return queued ?? { failed: 'Kueue started the TrainJob in spite of its gate' }
  const known = facts.workloads.some((workload) => ownedBy(workload, facts.trainJob?.metadata.uid))
  return known ? { done: 'kept out of its queue' } : { waiting: queued.waiting }
}

/** What v1 waits for that is back in its queue, and without quota; undefined where it is not. */
export function v1Queued(facts: Facts, plan: Subject): string | undefined {
  const { v1 } = facts
  if (!plan.queue?.v1 || !v1 || !isSuspended(v1) || isHeld(facts, plan)) return undefined
  const workload = v1Workload(facts, plan.uid)
  return `${queueTitle(plan.queue)}: ${workload ? waitingWords(workload) : 'Kueue has made no Workload of it yet'}`
}

/** Why a job does not run that Kueue may run. */
function waitingWords(workload: KubeObject): string {
  if (isAdmitted(workload)) return 'Kueue has admitted it, and not started it yet'
  const words = queueWords(workload)
  // what was so before we changed it
  const stale = words === undefined || words.includes(cutoverGate) || words === 'The workload is deactivated'
  return stale ? 'Kueue has not looked at it yet' : words
}

/** `queue team`, or what there is to say of a job without one. */
function queueTitle({ name }: Pick<Queueing, 'name'>): string {
  return name === undefined ? 'in no queue' : `in queue ${name}`
}
