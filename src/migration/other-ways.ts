import { isWholeCopy, twinChanges } from '../convert/twin.ts'
import { isSuspended } from '../v1/state.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { conditionText, trueCondition } from './conditions.ts'
import { type Course, refuse } from './course.ts'
import type { Facts, Plan, Progress } from './facts.ts'
import type { Refused } from './guards/guard.ts'
import { readHold } from './hold.ts'
import { isOurs } from './ownership.ts'
import { isHeld, isStarted } from './queue.ts'
import type { Refusal, Step } from './step.ts'
import { trainJobDifference } from './steps/create-train-job.ts'
import { holdV1 } from './steps/hold-v1.ts'
import { observe } from './steps/observe.ts'
import { startV2 } from './steps/start-v2.ts'
import { stopTwin } from './steps/stop-twin.ts'
import { stepsBefore } from './steps-before.ts'
import { endingOf } from './waits/ending.ts'
import { unseenEnd } from './waits/v1-gone.ts'
import { v1Seen } from './waits/v1-seen.ts'
import { v2Well } from './waits/v2-ready.ts'
import { countOf } from './words.ts'

/** How a cutover goes where it does not stop v1 before v2 starts: its twin takes its place, or v2 starts first. */
export type Way = 'keep-name' | 'overlap'

/** Why a twin cannot take the place of its job: there is none, or it is another job than v1. */
export function promotionRefusal(
  twin: TrainJob | undefined,
  job: string,
): (Refused & { readonly code: string }) | undefined {
  if (!twin) return { code: 'no-twin', message: 'it has no twin', remedy: [`$0 start ${job}`] }
  const changes = twinChanges(twin)
  if (changes && isWholeCopy(changes)) return undefined
  const { isolate = {}, nodes, env = {}, command } = changes ?? {}
  const apart = Object.entries(isolate).flatMap(([name, how]) => (how === 'share' ? [] : [name]))
  const told = [
    ...(apart.length > 0 ? [`its volume ${apart.join(', ')} is kept apart`] : []),
    ...(nodes === undefined ? [] : ['it has fewer nodes']),
    ...(Object.keys(env).length > 0 ? ['it has env of its own'] : []),
    ...(command === undefined ? [] : ['it runs another command']),
  ]
  return {
    code: 'twin-not-whole',
    message: `its twin ${twin.metadata.name} is no whole copy: ${told.join(', ')}`,
    remedy: [`$0 cutover ${job}   (removes the twin and starts the TrainJob in its place)`],
  }
}

/** v1 is stopped for a twin that runs: only while it is well, as minutes may have passed at the question. */
const holdForTwin: Step = {
  ...holdV1,
  precondition: (facts, plan) =>
    holdV1.precondition(facts, plan) ?? (isHeld(facts, plan) ? undefined : twinUnwell(facts, plan)),
  confirm: { ...holdV1.confirm, before: ['v1Pods', 'trainJob', 'v2Pods'] },
}

function twinUnwell(facts: Facts, plan: Plan): Refusal | undefined {
  const { trainJob } = facts
  if (!trainJob || trainJob.metadata.deletionTimestamp !== undefined) {
    return { why: 'changed', reason: `somebody deleted its twin ${plan.trainJobName}` }
  }
  const progress = v2Well(facts, plan)
  if ('done' in progress) return undefined
  return { why: 'changed', reason: `its twin ${plan.trainJobName} is not well any more: ${reasonOf(progress)}` }
}

function reasonOf(progress: Exclude<Progress, { done: string }>): string {
  return 'waiting' in progress ? progress.waiting : 'failed' in progress ? progress.failed : progress.ended
}

/** The twin is v2 already: nothing is started, and a way back leaves it running beside v1, as it did before. */
const keepTwin: Step = {
  ...startV2,
  title: 'keep twin',
  describe: (plan) => `TrainJob ${plan.trainJobName} runs on, and is v2 now`,
  precondition: () => undefined,
  forward: () => [],
  undo: () => [],
  undone: () => ({ done: 'the twin runs on' }),
}

/** v2 runs and is well before v1 is stopped; it does not start where v1 has ended meanwhile, as it would train all of that again. */
const startBeside: Step = {
  ...startV2,
  describe: (plan) =>
    `TrainJob ${plan.trainJobName} is resumed while v1 runs; waits for ${countOf(plan.conversion.proof.v2.length, 'pod')} equal to the proof to run`,
  precondition(facts, plan) {
    const ending = facts.trainJob && isStarted(facts.trainJob, plan) ? undefined : endingOf(facts, plan)
    return ending === undefined ? undefined : { why: 'ended', reason: ending }
  },
  verify: v2Well,
  confirm: { ...startV2.confirm, before: ['v1', 'v1Pods'] },
}

/**
 * Decides the way of a job whose twin takes its place without a restart: v1 is held, and that is all.
 * @param over an earlier run said that it is done
 */
export function keepNameCourse(facts: Facts, plan: Plan, over: boolean): Course {
  const { v1, trainJob } = facts
  const name = plan.trainJobName
  const job = `${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
  const back = `$0 rollback ${job}   (removes the twin; v1 runs)`
  if (!trainJob || !isOurs(trainJob, plan)) return refuse('no-twin', 'it has no twin', [`$0 start ${job}`])
  const held = v1 !== undefined && isSuspended(v1)
  const record = v1 && readHold(v1)
  if (held && !record) return refuse('owner-suspended', 'its owner suspended v1', [`$0 status ${job}`])
  if (record && 'stale' in record) return refuse('held-changed', `v1 is held, and ${record.stale}`, [back])
  if (held && v1Seen(facts, plan) !== 'known') {
    const remedy = ['look at what it has written', `$0 rollback ${job} --rerun   (if it has not finished)`]
    return refuse('v1-unseen', `${unseenEnd}; the run that stopped it was killed`, remedy)
  }
  if (trainJob.metadata.deletionTimestamp !== undefined || trainJob.spec.suspend === true) {
    return refuse('twin-stopped', `its twin ${name} does not run`, [back])
  }
  const failed = trueCondition(trainJob, 'Failed')
  if (failed) return refuse('twin-failed', `its twin has failed: ${conditionText(failed)}`, [back])
  const difference = trainJobDifference(trainJob, plan)
  if (difference !== undefined) return refuse('trainjob-differs', difference, [back])
  const progress = v2Well(facts, plan)
  if (!('done' in progress)) {
    return refuse('twin-unhealthy', `its twin ${name} is not well: ${reasonOf(progress)}`, [`$0 status ${job}`, back])
  }
  if (held && over) return { already: `${name}: ${progress.done}; v1 is kept suspended` }
  return { steps: [holdForTwin, keepTwin, observe], resumes: held }
}

/**
 * The way of a job whose v2 starts before v1 stops, made of the usual one: undefined where that has another answer than to move it.
 * A v2 that runs beside v1 already was started by an earlier run of this very way.
 */
export function overlapCourse(facts: Facts, plan: Plan): Course | undefined {
  const { v1, trainJob, twin } = facts
  const runs = trainJob !== undefined && isOurs(trainJob, plan) && trainJob.spec.suspend !== true
  const usable = !trueCondition(trainJob, 'Failed') && trainJob?.metadata.deletionTimestamp === undefined
  if (!v1 || isSuspended(v1) || !usable || (runs && trainJobDifference(trainJob, plan) !== undefined)) return undefined
  const steps = [...stepsBefore(plan), ...(twin ? [stopTwin] : []), startBeside, holdV1, observe]
  return { steps, resumes: trainJob !== undefined }
}
