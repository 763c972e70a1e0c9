import type { V1Job } from '../v1/job.ts'
import { isSuspended } from '../v1/state.ts'
import { annotations, type TrainJob } from '../v2/trainjob.ts'
import { conditionText, trueCondition } from './conditions.ts'
import type { Facts, Plan, Subject } from './facts.ts'
import type { Refused } from './guards/guard.ts'
import { holdOf, readHold } from './hold.ts'
import { isOurs } from './ownership.ts'
import { isHeld, isStarted, type Queueing, v1Workload } from './queue.ts'
import type { Step } from './step.ts'
import { createExtras } from './steps/create-extras.ts'
import { createQueuedTrainJob, trainJobDifference } from './steps/create-train-job.ts'
import { holdForV2 } from './steps/hold-for-v2.ts'
import { holdV1 } from './steps/hold-v1.ts'
import { observe } from './steps/observe.ts'
import { startV2 } from './steps/start-v2.ts'
import { stopTwin } from './steps/stop-twin.ts'
import { startsByItself, stepsBefore } from './steps-before.ts'
import { unseenEnd } from './waits/v1-gone.ts'
import { v1Seen } from './waits/v1-seen.ts'
import { v2Ready } from './waits/v2-ready.ts'

/**
 * What is to be done with a job as it stands. resumes: an earlier run began it, and its work is kept.
 * already: nothing is left to do.
 */
export type Course =
  | { readonly steps: readonly Step[]; readonly resumes: boolean }
  | { readonly already: string }
  | { readonly refused: Refused & { readonly code: string } }

/**
 * What moves the job; a twin beside it makes room first. Where Kueue starts a TrainJob as soon as there is one, it is made when v1 is held, and nothing but its pods can be looked at.
 */
function stepsAfter({ twin }: Facts, { conversion, queue }: Plan): readonly Step[] {
  const hold = [...(twin ? [stopTwin] : []), holdForV2]
  if (!startsByItself(queue)) return [...hold, startV2, observe]
  return [...hold, createQueuedTrainJob, ...(conversion.extras.length > 0 ? [createExtras] : []), startV2, observe]
}

/**
 * Decides the way of a job that passed the guards. A TrainJob made from this very v1 job is a half-done cutover, and is gone
 * on with where that is safe; all steps are walked again then, those that are done find nothing to write.
 * @param within how long after its resume an earlier run could still have rolled the TrainJob back, in milliseconds; minus infinity: it said
 * that it is done
 */
export function courseOf(facts: Facts, plan: Plan, within: number): Course {
  const { v1, trainJob } = facts
  const held = isHeld(facts, plan)
  const record = v1 && readHold(v1, held || isSuspended(v1))
  const byOwner = held && record === undefined
  const waits = trainJob !== undefined && !isStarted(trainJob, plan)
  if (held && (!trainJob || waits) && v1Seen(facts, plan) !== 'known') return unseen(plan)
  const before = stepsBefore(plan)
  const after = stepsAfter(facts, plan)
  // what stands is taken back too, whichever step fails
  const all =
    held && record ? [holdForV2, ...before, ...after.filter((step) => step !== holdForV2)] : [...before, ...after]
  if (!trainJob || !isOurs(trainJob, plan)) {
    if (record && 'stale' in record)
      return refuse('held-changed', `v1 is held, and ${record.stale}`, wayBack(facts, plan, held))
    if (byOwner && startsByItself(plan.queue)) return refuse('kueue-gate', ...cannotWait)
    return { steps: byOwner ? before : all, resumes: record !== undefined }
  }
  if (trainJob.metadata.deletionTimestamp !== undefined) {
    return refuse('trainjob-deleting', `its TrainJob is being deleted`, ['run the same command again when it is gone'])
  }
  const failed = trueCondition(trainJob, 'Failed')
  if (failed)
    return refuse('v2-failed', `its TrainJob has failed: ${conditionText(failed)}`, wayBack(facts, plan, held))
  const complete = trueCondition(trainJob, 'Complete') !== undefined
  const comesBack = !held && plan.queue?.v1 === true && v1 !== undefined && isSuspended(v1)
  if (!held && !waits && !comesBack) {
    if (!complete) return bothRun(facts, plan)
    return refuse('v2-complete', 'its TrainJob is Complete, but v1 runs again', keepV2(facts, plan))
  }
  if (comesBack && complete) return { steps: [holdV1], resumes: true }
  if (complete) return { already: 'the TrainJob is Complete, v1 is kept suspended' }
  const changed = trainJobDifference(trainJob, plan)
  if (changed !== undefined) return refuse('trainjob-differs', changed, wayBack(facts, plan, held))
  const wasSuspended = trainJob.metadata.annotations?.[annotations.sourceSuspended] === 'true'
  if (wasSuspended && held && waits) {
    return { already: 'its owner suspended v1, and the TrainJob is suspended as well' }
  }
  if (wasSuspended) {
    const why = 'the TrainJob was made while the owner had v1 suspended, and one of them was resumed since'
    return refuse('owner-resumed', why, wayBack(facts, plan, held))
  }
  if (byOwner && waits) {
    return refuse('owner-suspended', 'its owner suspended v1 while it was being moved', wayBack(facts, plan, false))
  }
  if (record && 'stale' in record)
    return refuse('held-changed', `v1 is held, and ${record.stale}`, wayBack(facts, plan, held))
  const over = within === Number.NEGATIVE_INFINITY
  const resumedAt = resumeTime(trainJob)
  const outlived = resumedAt !== undefined && facts.now.getTime() - resumedAt > within
  if (!(outlived || (over && !waits))) return { steps: all, resumes: true }
  return comesBack ? { steps: [holdV1], resumes: true } : runningSince(facts, plan, over)
}

/**
 * What spec.runPolicy.suspend of v1 was before any hold of ours: as it is now, but where a hold stands, as that recorded it. Where
 * Kueue suspends the job, true only if somebody took it out of its queue.
 */
export function suspendBefore(
  v1: V1Job,
  facts: Pick<Facts, 'v1' | 'workloads'>,
  queue?: Queueing,
): boolean | undefined {
  if (queue?.v1) {
    const held = isHeld(facts, { uid: v1.object.metadata.uid ?? '', queue })
    return held && !readHold(v1.object, true) ? true : undefined
  }
  const hold = holdOf(v1.object)
  return hold ? hold.suspend : v1.runPolicy.suspend
}

/** When a TrainJob was resumed, in milliseconds since 1970; undefined while it is suspended or does not say. */
export function resumeTime(trainJob: TrainJob): number | undefined {
  if (trainJob.spec.suspend === true) return undefined
  const condition = trainJob.status?.conditions?.find(({ type, status }) => type === 'Suspended' && status === 'False')
  const time = Date.parse(condition?.lastTransitionTime ?? '')
  return Number.isNaN(time) ? undefined : time
}

/**
 * A TrainJob that outlived the time in which a run rolls back is nobody's to take away; its state is told. Where a run said that it is done,
 * what became of v2 since is told, too, and is no reason to say otherwise: pods that are replaced or restarted are its own affair.
 */
function runningSince(facts: Facts, plan: Plan, over: boolean): Course {
  const progress = v2Ready(facts, plan)
  if ('done' in progress) return { already: `${progress.done}; v1 is kept suspended` }
  const reason = 'waiting' in progress ? progress.waiting : 'failed' in progress ? progress.failed : progress.ended
  if (over) return { already: `now ${reason}; v1 is kept suspended` }
  return refuse('v2-unhealthy', `it is cut over, but v2 is not well: ${reason}`, wayBack(facts, plan, true))
}

/** A run that was killed between the hold and the start took along what it had seen. */
function unseen({ kind, namespace, name }: Plan): Course {
  const again = `$0 rollback ${kind.kind.toLowerCase()}/${name} -n ${namespace} --rerun   (v1 goes on, if it has not finished)`
  return refuse('v1-unseen', `${unseenEnd}; the run that stopped it was killed`, ['look at what it has written', again])
}

function bothRun(facts: Facts, plan: Plan): Course {
  const keepOne = [`${removeV2(plan)}   (keeps v1)`, ...keepV2(facts, plan)]
  return refuse('both-run', 'v1 and its TrainJob both run', keepOne)
}

/** Its Workload is inactive, and nobody here did that. */
const cannotWait = [
  'its owner took it out of its queue, and a TrainJob could not be kept out',
  ['put it back into its queue first, or update Kueue to v0.19, which honours admission-gated-by'],
] as const

/** A course that is not taken: a guard’s code, why in one clause, and commands that help. */
export function refuse(code: string, message: string, remedy: readonly string[]): Course {
  return { refused: { code, message, remedy } }
}

function keepV2(facts: Facts, plan: Plan): string[] {
  return [`${stopping(facts, plan, true)}   (keeps v2)`]
}

/** The commands that lead back to v1 by hand, as things stand: what is gone is not to be deleted. */
export function wayBack(facts: Facts, plan: Subject, held: boolean): string[] {
  const back = plan.queue?.v1 ? 'v1 goes back to its queue' : 'v1 runs again'
  const resume = held && plan.suspendBefore !== true ? [`${stopping(facts, plan, false)}   (${back})`] : []
  return [...(facts.trainJob ? [removeV2(plan)] : []), ...resume]
}

/** The command that stops v1, or lets it run again. */
function stopping(facts: Facts, { kind, namespace, name, uid, queue }: Subject, stops: boolean): string {
  const workload = queue?.v1 ? v1Workload(facts, uid)?.metadata.name : undefined
  return workload === undefined
    ? `kubectl patch ${kind.resource.plural} ${name} -n ${namespace} --type merge -p '{"spec":{"runPolicy":{"suspend":${stops}}}}'`
    : `kubectl patch workload ${workload} -n ${namespace} --type merge -p '{"spec":{"active":${!stops}}}'`
}

function removeV2({ namespace, trainJobName }: Subject): string {
  return `kubectl delete trainjob ${trainJobName} -n ${namespace}`
}
