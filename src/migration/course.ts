import type { V1Job } from '../v1/job.ts'
import { isSuspended } from '../v1/state.ts'
import { annotations, type TrainJob } from '../v2/trainjob.ts'
import { conditionText, trueCondition } from './conditions.ts'
import type { Facts, Plan, Subject } from './facts.ts'
import type { Refused } from './guards/guard.ts'
import { holdOf, readHold } from './hold.ts'
import { isOurs } from './ownership.ts'
import type { Step } from './step.ts'
import { createExtras } from './steps/create-extras.ts'
import { createRuntime } from './steps/create-runtime.ts'
import { createTrainJob, trainJobDifference } from './steps/create-train-job.ts'
import { holdV1 } from './steps/hold-v1.ts'
import { observe } from './steps/observe.ts'
import { preview } from './steps/preview.ts'
import { startV2 } from './steps/start-v2.ts'
import { stopTwin } from './steps/stop-twin.ts'
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

/** Everything up to the hold changes nothing that runs. */
export function stepsBefore({ conversion }: Plan): readonly Step[] {
  return [createRuntime, createTrainJob, ...(conversion.extras.length > 0 ? [createExtras] : []), preview]
}

/** What moves the job; a twin beside it makes room first. */
function stepsAfter({ twin }: Facts): readonly Step[] {
  return [...(twin?.trainJob ? [stopTwin] : []), holdV1, startV2, observe]
}

/**
 * Decides the way of a job that passed the guards. A TrainJob made from this very v1 job is a half-done cutover, and is gone
 * on with where that is safe; all steps are walked again then, those that are done find nothing to write.
 * @param within how long after its resume an earlier run could still have rolled the TrainJob back, in milliseconds; minus infinity: it said
 * that it is done
 */
export function courseOf(facts: Facts, plan: Plan, within: number): Course {
  const { v1, trainJob } = facts
  const held = v1 !== undefined && isSuspended(v1)
  const record = v1 && readHold(v1)
  const byOwner = held && record === undefined
  if (held && (!trainJob || trainJob.spec.suspend === true) && v1Seen(facts, plan) !== 'known') return unseen(plan)
  const before = stepsBefore(plan)
  if (!trainJob || !isOurs(trainJob, plan)) {
    if (record && 'stale' in record)
      return refuse('held-changed', `v1 is held, and ${record.stale}`, wayBack(plan, held))
    return { steps: byOwner ? before : [...before, ...stepsAfter(facts)], resumes: record !== undefined }
  }
  if (trainJob.metadata.deletionTimestamp !== undefined) {
    return refuse('trainjob-deleting', `its TrainJob is being deleted`, ['run the same command again when it is gone'])
  }
  const failed = trueCondition(trainJob, 'Failed')
  if (failed) return refuse('v2-failed', `its TrainJob has failed: ${conditionText(failed)}`, wayBack(plan, held))
  const complete = trueCondition(trainJob, 'Complete') !== undefined
  if (!held && trainJob.spec.suspend !== true) {
    return complete ? refuse('v2-complete', 'its TrainJob is Complete, but v1 runs again', keepV2(plan)) : bothRun(plan)
  }
  if (complete) return { already: 'the TrainJob is Complete, v1 is kept suspended' }
  const changed = trainJobDifference(trainJob, plan)
  if (changed !== undefined) return refuse('trainjob-differs', changed, wayBack(plan, held))
  const wasSuspended = trainJob.metadata.annotations?.[annotations.sourceSuspended] === 'true'
  if (wasSuspended && held && trainJob.spec.suspend === true) {
    return { already: 'its owner suspended v1, and the TrainJob is suspended as well' }
  }
  if (wasSuspended) {
    const why = 'the TrainJob was made while the owner had v1 suspended, and one of them was resumed since'
    return refuse('owner-resumed', why, wayBack(plan, held))
  }
  if (byOwner && trainJob.spec.suspend === true) {
    return refuse('owner-suspended', 'its owner suspended v1 while it was being moved', wayBack(plan, false))
  }
  if (record && 'stale' in record) return refuse('held-changed', `v1 is held, and ${record.stale}`, wayBack(plan, held))
  const over = within === Number.NEGATIVE_INFINITY
  if (over && trainJob.spec.suspend !== true) return runningSince(facts, plan, over)
  const resumedAt = resumeTime(trainJob)
  if (resumedAt !== undefined && facts.now.getTime() - resumedAt > within) return runningSince(facts, plan, over)
  return { steps: [...before, ...stepsAfter(facts)], resumes: true }
}

/** What spec.runPolicy.suspend of v1 was before any hold of ours: as it is now, but where a hold stands, as that recorded it. */
export function suspendBefore(v1: V1Job): boolean | undefined {
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
  return refuse('v2-unhealthy', `it is cut over, but v2 is not well: ${reason}`, wayBack(plan, true))
}

/** A run that was killed between the hold and the start took along what it had seen. */
function unseen({ kind, namespace, name }: Plan): Course {
  const again = `$0 rollback ${kind.kind.toLowerCase()}/${name} -n ${namespace} --rerun   (v1 goes on, if it has not finished)`
  return refuse('v1-unseen', `${unseenEnd}; the run that stopped it was killed`, ['look at what it has written', again])
}

function bothRun(plan: Plan): Course {
  return refuse('both-run', 'v1 and its TrainJob both run', keepOne(plan))
}

export function refuse(code: string, message: string, remedy: readonly string[]): Course {
  return { refused: { code, message, remedy } }
}

function keepOne(plan: Plan): string[] {
  return [`${removeV2(plan)}   (keeps v1)`, ...keepV2(plan)]
}

function keepV2({ kind, namespace, name }: Plan): string[] {
  return [
    `kubectl patch ${kind.resource.plural} ${name} -n ${namespace} --type merge -p '{"spec":{"runPolicy":{"suspend":true}}}'   (keeps v2)`,
  ]
}

/** The commands that lead back to v1 by hand. */
export function wayBack(plan: Subject, held: boolean): string[] {
  const { kind, namespace, name } = plan
  const resume = `kubectl patch ${kind.resource.plural} ${name} -n ${namespace} --type merge -p '{"spec":{"runPolicy":{"suspend":false}}}'`
  return [removeV2(plan), ...(held && plan.suspendBefore !== true ? [`${resume}   (v1 runs again)`] : [])]
}

function removeV2({ namespace, trainJobName }: Subject): string {
  return `kubectl delete trainjob ${trainJobName} -n ${namespace}`
}
