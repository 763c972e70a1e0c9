import type { Facts, Plan } from './facts.ts'
import { isStarted } from './queue.ts'
import type { Refusal, Step } from './step.ts'
import { createExtras } from './steps/create-extras.ts'
import { createRuntime } from './steps/create-runtime.ts'
import { createTrainJob } from './steps/create-train-job.ts'
import { preview } from './steps/preview.ts'

/** Everything up to the hold changes nothing that runs. */
export function stepsBefore({ conversion, queue }: Plan): readonly Step[] {
  if (startsByItself(queue)) return [createRuntime]
  return [createRuntime, createTrainJob, ...(conversion.extras.length > 0 ? [createExtras] : []), preview]
}

/** Whether Kueue starts the TrainJob as soon as there is one. */
export function startsByItself(queue: Plan['queue']): boolean {
  return queue?.v2 === true && !queue.gates
}

/**
 * What of all that was prepared is no longer so: minutes may have passed since, at a question or in a hook, and a v1 that is stopped for a
 * TrainJob that cannot be started loses what it has trained since its last checkpoint. Undefined while all stands, and where v2 runs already.
 */
export function unprepared(facts: Facts, plan: Plan): Refusal | undefined {
  const { trainJob, runtime } = facts
  if (trainJob && isStarted(trainJob, plan)) return undefined
  if (!runtime) return { why: 'changed', reason: 'somebody deleted its TrainingRuntime' }
  const gone = !trainJob || trainJob.metadata.deletionTimestamp !== undefined
  if (gone && !startsByItself(plan.queue)) return { why: 'changed', reason: 'somebody deleted the TrainJob' }
  for (const step of stepsBefore(plan)) {
    const refusal = step.precondition(facts, plan)
    if (refusal) return refusal
    const progress = step.verify(facts, plan)
    if ('done' in progress) continue
    const reason = 'waiting' in progress ? progress.waiting : 'failed' in progress ? progress.failed : progress.ended
    return { why: 'changed', reason: `what was prepared is no longer as it was: ${reason}` }
  }
  return undefined
}
