import { resources } from '../../kube/resources.ts'
import type { Action } from '../action.ts'
import type { Facts, Progress, Subject } from '../facts.ts'
import { isOurs } from '../ownership.ts'
import { isHeld } from '../queue.ts'
import type { Step } from '../step.ts'
import { twinFinished, twinFinishedAsItWent } from '../waits/v2-finished.ts'
import { v2GoneAndTold } from '../waits/v2-gone.ts'
import { holdForV2 } from './hold-for-v2.ts'

/**
 * The twin is gone before v1 is stopped: v1 trains on while the twin's pods take their time to end, so that the gap between
 * the sides is no longer for it. A twin that is removed is not brought back: it was there to compare. A whole copy that finished as it went
 * has done the job's work: then nothing else is done.
 */
export const stopTwin: Step = {
  id: 'stop-twin',
  title: 'stop twin',
  describe: () => 'the twin is deleted, for good; waits for its JobSet, Jobs, pods and Service to be gone',
  precondition(facts, plan) {
    const twin = facts.twin?.trainJob
    if (twin && !isOurs(twin, plan)) return { why: 'changed', reason: 'somebody made another twin' }
    const finished = twinFinished(facts)
    if (finished !== undefined) return { why: 'changed', reason: `its twin has finished meanwhile (${finished})` }
    // what will not be held is not robbed of its twin
    return holdForV2.precondition(facts, plan)
  },
  forward: removeTwin,
  verify(facts, plan) {
    const finished = twinFinishedAsItWent(facts, plan)
    if (finished === undefined) return twinGone(facts)
    return isHeld(facts, plan) ? { ended: finished } : { failed: `${finished}: it has trained the whole job` }
  },
  undo: () => [],
  undone: () => ({ done: 'the twin is not brought back' }),
  confirm: { before: ['v1', ...(holdForV2.confirm?.before ?? [])], verify: ['twin'] },
}

/** Deletes our twin and nobody else's, in the background as every TrainJob. */
export function removeTwin({ twin }: Facts, plan: Subject): readonly Action[] {
  const trainJob = twin?.trainJob
  if (!trainJob || !isOurs(trainJob, plan) || trainJob.metadata.deletionTimestamp !== undefined) return []
  const { name = '', uid, resourceVersion } = trainJob.metadata
  const unchanged = { uid, resourceVersion }
  return [{ verb: 'delete', resource: resources.trainJobs, namespace: plan.namespace, name, unchanged }]
}

/** Whether nothing of the twin is left, and it is told how its pods ended. */
export function twinGone({ twin }: Facts): Progress {
  const gone = twin ? v2GoneAndTold(twin) : { done: '' }
  return 'done' in gone ? { done: 'twin removed' } : gone
}
