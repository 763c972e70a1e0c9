import { compareValues } from '../../compare/live.ts'
import { queueLabel } from '../../kube/kueue.ts'
import { resources } from '../../kube/resources.ts'
import { annotations, type TrainJob } from '../../v2/trainjob.ts'
import type { Action } from '../action.ts'
import type { Facts, Plan, Progress } from '../facts.ts'
import { isOurs } from '../ownership.ts'
import { withGate } from '../queue.ts'
import { type Step, v2Parts } from '../step.ts'
import { v1Gone } from '../waits/v1-gone.ts'
import { v2Ending } from '../waits/v2-ending.ts'
import { v2GoneAndTold } from '../waits/v2-gone.ts'
import { someOf } from '../words.ts'

/** The TrainJob is there under the job's own name, suspended: nothing runs, but the operators render it. */
export const createTrainJob: Step = {
  id: 'train-job',
  title: 'TrainJob',
  describe: ({ trainJobName: name, queue }) =>
    queue?.v2
      ? `TrainJob ${name} is made, suspended, and kept out of its queue by a gate: it runs nothing`
      : `TrainJob ${name} is made, suspended: it runs nothing`,
  precondition({ trainJob }, plan) {
    if (!trainJob || isOurs(trainJob, plan)) return undefined
    return { why: 'changed', reason: `somebody made a TrainJob ${plan.trainJobName}` }
  },
  forward: ({ trainJob }, plan) =>
    trainJob ? [] : [{ verb: 'create', resource: resources.trainJobs, object: suspendedTrainJob(plan) }],
  verify({ trainJob }, plan) {
    if (!trainJob) return { waiting: 'the TrainJob is not there yet' }
    const difference = trainJobDifference(trainJob, plan)
    if (difference !== undefined) return { failed: difference }
    const queue = trainJob.metadata.labels?.[queueLabel]
    if (queue !== undefined && !plan.queue?.v2)
      return { failed: `Kueue has put the TrainJob into queue ${queue}, and may start it` }
    return {
      done:
        trainJob.spec.suspend === true ? `${plan.trainJobName} is there, suspended` : `${plan.trainJobName} is there`,
    }
  },
  undo: removeTrainJob,
  undone: trainJobRemoved,
  confirm: { undone: v2Parts },
}

/** As createTrainJob, of one that starts as soon as there is quota for it: only once v1 has stopped. */
export const createQueuedTrainJob: Step = {
  ...createTrainJob,
  describe: ({ trainJobName: name }) =>
    `TrainJob ${name} is made, and Kueue starts it when there is quota: it cannot be looked at before`,
  precondition(facts, plan) {
    if (facts.trainJob) return createTrainJob.precondition(facts, plan)
    const gone = v1Gone(facts, plan)
    if ('done' in gone) return undefined
    if ('ended' in gone) return { why: 'ended', reason: gone.ended }
    return { why: 'changed', reason: 'failed' in gone ? gone.failed : gone.waiting }
  },
}

/** The TrainJob as it is made: it also records whether v1 ran, so that an interrupted cutover can be gone on with. */
export function suspendedTrainJob({
  conversion,
  suspendBefore,
  queue,
  migration = 'made-when-it-begins',
}: Plan): TrainJob {
  const { trainJob } = conversion
  const { metadata } = trainJob
  const record = {
    [annotations.sourceSuspended]: String(suspendBefore === true),
    [annotations.migration]: migration,
  }
  const gate = queue?.v2 && queue.gates ? withGate(trainJob) : {}
  return {
    ...trainJob,
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...record, ...gate } },
    spec: { ...trainJob.spec, suspend: true },
  }
}

/**
 * How a live TrainJob differs from what the conversion gives: a webhook or a pruned field, or v1 has changed. `suspend` aside,
 * and patches of other managers (Kueue's webhook adds one to every TrainJob).
 */
export function trainJobDifference(trainJob: TrainJob, { conversion }: Plan): string | undefined {
  const { suspend: _, ...expected } = conversion.trainJob.spec
  const ours = new Set(expected.runtimePatches?.map(({ manager }) => manager))
  const runtimePatches = trainJob.spec.runtimePatches?.filter(({ manager }) => ours.has(manager))
  const differences = compareValues(expected, { ...trainJob.spec, runtimePatches })
  if (differences.length === 0) return undefined
  const told = differences.map(({ path, v1, v2 }) => `spec.${path} is ${v2}, not ${v1}`)
  return `the TrainJob is not what v1 converts to: ${someOf(told)}`
}

/**
 * Deletes our TrainJob and nobody else's, and not one that has finished in the meantime. The executor deletes in the background: with foreground deletion Trainer v2.3.0
 * makes the JobSet, and its pods, again as long as the TrainJob waits for the old ones.
 */
export function removeTrainJob(facts: Facts, plan: Plan): readonly Action[] {
  const { trainJob } = facts
  if (!trainJob || !isOurs(trainJob, plan) || trainJob.metadata.deletionTimestamp !== undefined) return []
  if (v2Ending(facts, plan) !== undefined) return []
  const { namespace, trainJobName: name } = plan
  const { uid, resourceVersion } = trainJob.metadata
  const unchanged = { uid, resourceVersion }
  return [{ verb: 'delete', resource: resources.trainJobs, namespace, name, unchanged }]
}

/** Whether nothing of v2 is left; what finished with success stays, and with it v1 stays stopped. */
export function trainJobRemoved(facts: Facts, plan: Plan): Progress {
  const ending = facts.trainJob && !facts.lastSeen?.removed ? v2Ending(facts, plan) : undefined
  return ending === undefined ? v2GoneAndTold(facts) : { ended: ending }
}
