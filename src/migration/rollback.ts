import { queueLabel } from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { shellWord } from '../kube/text.ts'
import { isSuspended } from '../v1/state.ts'
import type { Action } from './action.ts'
import { wayBack } from './course.ts'
import type { Facts, Progress, Subject } from './facts.ts'
import type { Refused } from './guards/guard.ts'
import { hasRecordOnly, readHold, recordedEnding, v1Annotations } from './hold.ts'
import { isOurs } from './ownership.ts'
import { isHeld } from './queue.ts'
import { type Step, v2Parts } from './step.ts'
import { release, releaseOrRecord, v1Released } from './steps/hold-v1.ts'
import { removeTwin, twinGone } from './steps/stop-twin.ts'
import { unseenEnd } from './waits/v1-gone.ts'
import { v1Restored } from './waits/v1-restored.ts'
import { v1Seen } from './waits/v1-seen.ts'
import { twinFinished, v2Finished } from './waits/v2-finished.ts'
import { v2GoneAndTold } from './waits/v2-gone.ts'
import { countOf } from './words.ts'

/** A job that goes back to v1. */
export interface RollbackPlan extends Subject {
  /** also where the training has finished already, on either side */
  readonly rerun: boolean
  /** file with the manifest of a v1 job that is gone, where one was named */
  readonly from?: string
}

/** What is to be done to go back: the steps are taken back in this order. already: nothing is left to do. */
export type RollbackCourse =
  | { readonly steps: readonly Step<RollbackPlan>[] }
  | { readonly already: string }
  | { readonly refused: Refused & { readonly code: string } }

/** Decides the way back of a job as it stands, whatever left it so: a cutover that is done, or one that was killed anywhere. */
export function rollbackCourse(facts: Facts, plan: RollbackPlan): RollbackCourse {
  const { v1, trainJob } = facts
  const { namespace, name, trainJobName, rerun } = plan
  const again = `$0 rollback ${plan.kind.kind.toLowerCase()}/${name} -n ${namespace} --rerun`
  const hold = v1 && readHold(v1, isSuspended(v1) || isHeld(facts, plan) || recordLeft(v1, plan))
  const ours = trainJob !== undefined && isOurs(trainJob, plan)
  const twin = facts.twin?.trainJob
  const ourTwin = twin !== undefined && isOurs(twin, plan)
  if (!ours && !hold && !ourTwin && (trainJob || !v1 || !hasRecordOnly(v1)))
    return { already: nothingLeft(facts, plan) }
  if (hold && 'stale' in hold)
    return refuse('held-changed', `v1 is held, and ${hold.stale}`, wayBack(facts, plan, true))
  if (trainJob && !ours) {
    const message = `the TrainJob ${trainJobName} was not made from this ${plan.kind.kind}, and v1 would run beside it`
    return refuse('trainjob-exists', message, [`$0 status trainjob/${trainJobName} -n ${namespace}`])
  }
  // a promoted twin is v2, whatever it is called
  const finished = hold && !trainJob && facts.twin ? twinFinished(facts) : v2Finished(facts)
  if (finished !== undefined && !rerun) {
    const message = `v2 has finished (${finished}): v1 would train it all again`
    return refuse('v2-complete', message, [`${again}   (if that is meant)`])
  }
  if (hold && !rerun && v1Seen(facts, plan) !== 'known') {
    const remedy = ['look at what it has written', `${again}   (if it has not finished)`]
    return refuse('v1-unseen', `${unseenEnd}; the run that stopped it was killed`, remedy)
  }
  const ending = recordedEnding(v1)
  if (ending !== undefined && !ours && !rerun) {
    const message = `it ended while it was held (${ending}): resumed, v1 would train it all again`
    return refuse('v1-ended', message, [`${again}   (if that is meant)`])
  }
  // one that an earlier run had deleted may not be gone yet
  const twinGoes = ourTwin || (facts.twin !== undefined && twin === undefined)
  return { steps: [...(twinGoes ? [removeTwinStep] : []), ...wholeWayBack] }
}

/**
 * Whether v1 may be made again: v2 is its own, and has not finished. What nobody can tell any more is not guessed: a TrainJob that is gone may
 * have finished before.
 */
export function recreateRefusal(
  facts: Facts,
  plan: RollbackPlan & { readonly manifest: KubeObject },
): (Refused & { readonly code: string }) | undefined {
  const { trainJob } = facts
  const { namespace, trainJobName, rerun } = plan
  const again = `$0 rollback ${plan.kind.kind.toLowerCase()}/${plan.name} -n ${namespace}${fromFile(facts, plan)} --rerun`
  if (trainJob && !isOurs(trainJob, plan)) {
    const message = `the TrainJob ${trainJobName} was not made from this ${plan.kind.kind}, and v1 would run beside it`
    return { code: 'trainjob-exists', message, remedy: [`$0 status trainjob/${trainJobName} -n ${namespace}`] }
  }
  if (trainJob && plan.manifest.metadata.labels?.[queueLabel] !== undefined) {
    const message = 'v1 would be made with its queue again, and Kueue may start it while v2 still runs'
    const first = `kubectl delete trainjob ${trainJobName} -n ${namespace}`
    return { code: 'queued-twice', message, remedy: [`${first}   (v2 stops first)`, `${again}   (then)`] }
  }
  if (rerun) return undefined
  const finished = v2Finished(facts)
  if (finished !== undefined) {
    const message = `v2 has finished (${finished}): v1 would train it all again`
    return { code: 'v2-complete', message, remedy: [`${again}   (if that is meant)`] }
  }
  if (plan.sawStop === false) {
    const message = `${unseenEnd}; the run that stopped it was killed`
    return {
      code: 'v1-unseen',
      message,
      remedy: ['look at what it has written', `${again}   (if it has not finished)`],
    }
  }
  if (trainJob) return undefined
  const message = 'v1 and its TrainJob are both gone: whether the training had finished is not known'
  return { code: 'v2-unknown', message, remedy: ['look at what it has written', `${again}   (if it has not finished)`] }
}

/** The flag that names the manifest of a v1 job, as long as that is gone. */
export function fromFile({ v1 }: Facts, { from }: RollbackPlan): string {
  return v1 || from === undefined ? '' : ` --from ${shellWord(from)}`
}

/** A run that was killed while it gave v1 back to its queue, or before it took it out, has left its record behind. */
function recordLeft({ metadata }: KubeObject, { queue }: RollbackPlan): boolean {
  return queue?.v1 === true && metadata.annotations?.[v1Annotations.held] !== undefined
}

function nothingLeft(facts: Facts, plan: RollbackPlan): string {
  return isHeld(facts, plan) ? 'v1 is suspended by its owner, not by a cutover' : 'v1 is not held'
}

function refuse(code: string, message: string, remedy: readonly string[]): RollbackCourse {
  return { refused: { code, message, remedy } }
}

/** The twin goes as well: v1 alone runs. */
const removeTwinStep: Step<RollbackPlan> = {
  id: 'stop-twin',
  title: 'remove twin',
  describe: () => 'the twin is deleted; waits for its JobSet, Jobs, pods and Service to be gone',
  ...onlyBack(),
  undo: (facts, plan) => (finishedInPlace(facts, plan) === undefined ? removeTwin(facts, plan) : []),
  undone(facts, plan) {
    const finished = finishedInPlace(facts, plan)
    return finished === undefined ? twinGone(facts) : { ended: finished }
  },
  confirm: { undone: ['twin'] },
}

/** A twin that took v1's place is v2, and stays when it has finished. */
function finishedInPlace(facts: Facts, plan: RollbackPlan): string | undefined {
  return plan.rerun || !isHeld(facts, plan) ? undefined : twinFinished(facts)
}

/** The TrainJob goes, and everything it owns. */
const removeV2: Step<RollbackPlan> = {
  id: 'train-job',
  title: 'remove v2',
  describe: ({ trainJobName }) =>
    `TrainJob ${trainJobName} is deleted; waits for its JobSet, Jobs, pods and Service to be gone`,
  ...onlyBack(),
  undo: removal,
  undone(facts, { rerun }) {
    const finished = facts.trainJob && !facts.lastSeen?.removed && !rerun ? v2Finished(facts) : undefined
    return finished === undefined ? v2GoneAndTold(facts) : { ended: finished }
  },
  confirm: { undone: v2Parts },
}

function removal(facts: Facts, plan: RollbackPlan): readonly Action[] {
  const { trainJob } = facts
  const { namespace, trainJobName: name, rerun } = plan
  if (!trainJob || !isOurs(trainJob, plan) || trainJob.metadata.deletionTimestamp !== undefined) return []
  if (!rerun && v2Finished(facts) !== undefined) return []
  const { uid, resourceVersion } = trainJob.metadata
  return [{ verb: 'delete', resource: resources.trainJobs, namespace, name, unchanged: { uid, resourceVersion } }]
}

/** v1 is what it was before the hold. */
const resumeV1: Step<RollbackPlan> = {
  id: 'hold',
  title: 'resume v1',
  describe(plan) {
    const pods = countOf(plan.readyBefore, 'pod')
    return `${plan.kind.kind} ${plan.name} is as it was before the hold; waits for ${pods} to run`
  },
  ...onlyBack(),
  undo(facts, plan) {
    const { v1 } = facts
    if (!plan.rerun) return releaseOrRecord(facts, plan)
    return v1 && v1.metadata.uid === plan.uid ? release(v1, facts, plan) : []
  },
  undone: (facts, plan) => (plan.rerun ? v1Restored(facts, plan) : v1Released(facts, plan)),
  confirm: { undone: ['v1', 'v1Pods', 'workloads'] },
}

/** From wherever a cutover was left: steps whose work is done find nothing to write. */
export const wholeWayBack: readonly Step<RollbackPlan>[] = [removeV2, resumeV1]

/** What a step has that nobody walks forward. */
function onlyBack(): Pick<Step<RollbackPlan>, 'precondition' | 'forward' | 'verify'> {
  const verify = (): Progress => ({ failed: 'this step only leads back' })
  return { precondition: () => undefined, forward: () => [], verify }
}
