import { conditionText, trueCondition } from './conditions.ts'
import { type Course, refuse, resumeTime } from './course.ts'
import type { Facts, Plan } from './facts.ts'
import { isOurs } from './ownership.ts'
import { trainJobDifference } from './steps/create-train-job.ts'
import { observeTwin, startTwin } from './steps/start-twin.ts'
import { stepsBefore } from './steps-before.ts'
import { v2Well } from './waits/v2-ready.ts'

/**
 * Decides what is to be done for a twin that passed the guards. One made by this very migration is gone on with where an earlier
 * run could still have taken it back, and is left alone otherwise.
 * @param within how long after its resume an earlier run could still have taken the twin back, in milliseconds
 */
export function startCourse(facts: Facts, plan: Plan, within: number): Course {
  const { trainJob } = facts
  const steps = [...stepsBefore(plan), startTwin, observeTwin]
  if (!trainJob || !isOurs(trainJob, plan)) return { steps, resumes: false }
  if (trainJob.metadata.deletionTimestamp !== undefined) {
    return refuse('trainjob-deleting', 'its twin is being deleted', ['run the same command again when it is gone'])
  }
  const failed = trueCondition(trainJob, 'Failed')
  if (failed) return refuse('twin-failed', `its twin has failed: ${conditionText(failed)}`, [removeTwin(plan)])
  if (trueCondition(trainJob, 'Complete')) return { already: `${plan.trainJobName} is Complete; v1 runs on` }
  if (trainJobDifference(trainJob, plan) !== undefined) {
    const message = `its twin ${plan.trainJobName} was made otherwise than it would be made now`
    return refuse('twin-differs', message, [removeTwin(plan), 'then start it anew'])
  }
  const since = facts.now.getTime() - (resumeTime(trainJob) ?? facts.now.getTime())
  if (trainJob.spec.suspend === true || since <= within) return { steps, resumes: true }
  const progress = v2Well(facts, plan)
  if ('done' in progress) return { already: `${plan.trainJobName}: ${progress.done}; v1 runs on` }
  const reason = 'waiting' in progress ? progress.waiting : 'failed' in progress ? progress.failed : progress.ended
  return refuse('twin-unhealthy', `its twin ${plan.trainJobName} runs, but not well: ${reason}`, [removeTwin(plan)])
}

function removeTwin({ kind, namespace, name }: Plan): string {
  return `$0 rollback ${kind.kind.toLowerCase()}/${name} -n ${namespace}   (removes the twin; v1 runs on)`
}
