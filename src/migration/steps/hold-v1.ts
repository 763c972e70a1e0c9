import { isFinished } from '../../kube/job-state.ts'
import type { KubeObject } from '../../kube/object.ts'
import { v1State } from '../../v1/state.ts'
import type { Action } from '../action.ts'
import type { Facts, Plan, Progress, Subject } from '../facts.ts'
import { type Hold, hasRecordOnly, holdOf, readHold, recordedEnding, v1Annotations } from '../hold.ts'
import { isHeld, v1Workload } from '../queue.ts'
import type { Refusal, Step } from '../step.ts'
import { endingOf } from '../waits/ending.ts'
import { v1Gone } from '../waits/v1-gone.ts'
import { v1Restored } from '../waits/v1-restored.ts'
import { countOf } from '../words.ts'
import { deactivation, deadlinePassed, queuedJobChanged, reactivation } from './hold-queued.ts'

/** v1 is suspended and its pods are gone; the job object stays as the way back. From here on nothing runs until `start`. */
export const holdV1: Step = {
  id: 'hold',
  title: 'hold v1',
  describe({ kind, name, job, queue }) {
    const how = queue?.v1 ? 'is suspended by Kueue, as its Workload may have no quota' : 'is suspended'
    return `${kind.kind} ${name} ${how}; waits for its ${countOf(job.total, 'pod')} to be gone`
  },
  precondition(facts, plan) {
    const { v1 } = facts
    if (!v1 || v1.metadata.uid !== plan.uid) return { why: 'changed', reason: 'somebody deleted the v1 job' }
    const ending = endingOf(facts, plan)
    if (ending !== undefined) return { why: 'ended', reason: ending }
    return isHeld(facts, plan) ? suspendedByOthers(v1) : changedSince(v1, facts, plan)
  },
  forward(facts, plan) {
    if (!facts.v1 || isHeld(facts, plan)) return []
    return [hold(facts.v1, facts, plan), ...(plan.queue?.v1 ? deactivation(facts, plan) : [])]
  },
  verify: v1Gone,
  undo: releaseOrRecord,
  undone: v1Released,
  confirm: { before: ['v1Pods'], verify: ['v1', 'v1Pods', 'workloads'], undone: ['v1', 'workloads'] },
}

/** Gives v1 back what it had, but where it has ended by itself: that is written down instead, and it stays held. */
export function releaseOrRecord(facts: Facts, plan: Subject): readonly Action[] {
  const { v1 } = facts
  if (!v1 || v1.metadata.uid !== plan.uid) return []
  const ending = endingOf(facts, plan)
  if (ending !== undefined) return recordsEnding(v1) ? [recordEnding(v1, plan, ending)] : []
  return release(v1, facts, plan)
}

function suspendedByOthers(v1: KubeObject): Refusal | undefined {
  const read = readHold(v1, true)
  if (!read) return { why: 'changed', reason: 'somebody suspended the v1 job' }
  return 'stale' in read ? { why: 'changed', reason: `v1 is not as it was held: ${read.stale}` } : undefined
}

function changedSince(v1: KubeObject, facts: Facts, plan: Plan): Refusal | undefined {
  if (plan.queue?.v1 && !v1Workload(facts, plan.uid)) {
    return { why: 'changed', reason: 'Kueue has no Workload of the v1 job, and is about to make one' }
  }
  const late = deadlinePassed(v1, facts, plan)
  if (late !== undefined) return { why: 'failed', reason: late }
  const changed = plan.queue?.v1 ? queuedJobChanged(v1, facts, plan) : v1.metadata.generation !== plan.generation
  return changed ? { why: 'changed', reason: 'somebody changed the v1 job since it was converted' } : undefined
}

/** Suspends v1, and writes down in the same request what it was before; where Kueue is to suspend it, only the latter. */
function hold(v1: KubeObject, { v1Pods, v1Seen: seen }: Facts, plan: Plan): Action {
  const { generation, annotations: known = {} } = v1.metadata
  const { queue } = plan
  const record: Hold = {
    ...(plan.suspendBefore === false ? { suspend: false } : {}),
    ready: plan.readyBefore,
    ...(generation === undefined || queue?.v1 ? {} : { generation: generation + 1 }),
    ...(seen === undefined ? {} : { pods: v1Pods.length, since: seen.upTo }),
    ...(plan.migration === undefined ? {} : { migration: plan.migration }),
    ...(queue?.v1 ? { by: 'workload' } : {}),
    ...(queue?.waited ? { queued: true } : {}),
  }
  const stale = v1Annotations.ended in known ? { [v1Annotations.ended]: null } : {}
  const annotations = { [v1Annotations.held]: JSON.stringify(record), ...stale }
  const spec = queue?.v1 ? {} : { spec: { runPolicy: { suspend: true } } }
  return patchV1(v1, plan, { metadata: { annotations }, ...spec })
}

/** Gives v1 back the suspend it had, or its place in its queue, where a hold of ours stands; the record goes with it, also from a job that somebody else resumed. */
export function release(v1: KubeObject, facts: Facts, plan: Subject): readonly Action[] {
  if (plan.queue?.v1) return reactivation(v1, facts, plan)
  const annotations = { [v1Annotations.held]: null, [v1Annotations.ended]: null }
  if (hasRecordOnly(v1)) return [patchV1(v1, plan, { metadata: { annotations } })]
  const record = holdOf(v1)
  if (!record) return []
  return [patchV1(v1, plan, { metadata: { annotations }, spec: { runPolicy: { suspend: record.suspend ?? null } } })]
}

/** Whether v1 is again what it was before the hold; one that ended by itself stays held, and says so. */
export function v1Released(facts: Facts, plan: Subject): Progress {
  const { v1 } = facts
  const ending = endingOf(facts, plan)
  if (ending === undefined || !v1 || !isHeld(facts, plan)) return v1Restored(facts, plan)
  return recordsEnding(v1)
    ? { waiting: 'that v1 ended is not recorded yet' }
    : { done: `v1 stays suspended: ${ending}` }
}

/** A job whose own status tells its end, and one that nobody holds, need no record of it. */
function recordsEnding(v1: KubeObject): boolean {
  return holdOf(v1) !== undefined && recordedEnding(v1) === undefined && !isFinished(v1State(v1).word)
}

function recordEnding(v1: KubeObject, plan: Subject, ending: string): Action {
  return patchV1(v1, plan, { metadata: { annotations: { [v1Annotations.ended]: ending } } })
}

function patchV1(v1: KubeObject, { kind, namespace, name }: Subject, body: Record<string, unknown>): Action {
  const { uid, resourceVersion } = v1.metadata
  return { verb: 'patch', resource: kind.resource, namespace, name, body, unchanged: { uid, resourceVersion } }
}
