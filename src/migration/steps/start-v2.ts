import { resources } from '../../kube/resources.ts'
import { isStarted, withoutGate } from '../queue.ts'
import { type Step, v2Parts } from '../step.ts'
import { v1Gone } from '../waits/v1-gone.ts'
import { v2Ready } from '../waits/v2-ready.ts'
import { countOf } from '../words.ts'
import { removeTrainJob, trainJobRemoved } from './create-train-job.ts'

/** The TrainJob is resumed, and its real pods are the proved ones, all of them running. */
export const startV2: Step = {
  id: 'start',
  title: 'start v2',
  describe: (plan) =>
    `TrainJob ${plan.trainJobName} ${plan.queue?.v2 ? 'is let into its queue' : 'is resumed'}; waits for ${countOf(plan.conversion.proof.v2.length, 'pod')} equal to the proof to run`,
  precondition(facts, plan) {
    if (!facts.trainJob || isStarted(facts.trainJob, plan)) return undefined
    const gone = v1Gone(facts, plan)
    if ('done' in gone) return undefined
    if ('ended' in gone) return { why: 'ended', reason: gone.ended }
    return { why: 'changed', reason: 'failed' in gone ? gone.failed : gone.waiting }
  },
  forward({ trainJob }, plan) {
    if (!trainJob || isStarted(trainJob, plan)) return []
    const { namespace, trainJobName: name } = plan
    const { uid, resourceVersion } = trainJob.metadata
    const unchanged = { uid, resourceVersion }
    const body = plan.queue?.v2 ? withoutGate(trainJob) : { spec: { suspend: false } }
    return [{ verb: 'patch', resource: resources.trainJobs, namespace, name, body, unchanged }]
  },
  verify: v2Ready,
  undo: removeTrainJob,
  undone: trainJobRemoved,
  confirm: { undone: v2Parts },
}
