import type { Facts } from '../facts.ts'
import { type FinalizePlan, v2Idle } from '../finalize.ts'
import { readHold } from '../hold.ts'
import { isOurs } from '../ownership.ts'
import type { Refusal, Step } from '../step.ts'

/** v1 is deleted: the only step nothing takes back. A job of its name with another uid is somebody's new one, and stays. */
export const deleteV1: Step<FinalizePlan> = {
  id: 'delete-v1',
  title: 'delete v1',
  describe: ({ kind, name, secret }) => `${kind.kind} ${name} is deleted; only its manifest stays, in Secret ${secret}`,
  precondition: (facts, plan) => (stands(facts, plan) ? unfit(facts, plan) : undefined),
  forward(facts, plan) {
    const { v1 } = facts
    if (!v1 || !stands(facts, plan) || v1.metadata.deletionTimestamp !== undefined) return []
    const { kind, namespace, name } = plan
    const { uid, resourceVersion } = v1.metadata
    return [{ verb: 'delete', resource: kind.resource, namespace, name, unchanged: { uid, resourceVersion } }]
  },
  verify(facts, plan) {
    if (!stands(facts, plan)) return { done: `v1 deleted (${plan.proof}); its manifest is in Secret ${plan.secret}` }
    const { finalizers = [] } = facts.v1?.metadata ?? {}
    return { waiting: `v1 is being deleted${finalizers.length > 0 ? `: ${finalizers.join(', ')} still keeps it` : ''}` }
  },
  undo: () => [],
  undone: () => ({ done: '' }),
  confirm: { before: ['v1', 'trainJob', 'jobSet', 'v2Pods'], verify: ['v1'] },
}

function stands({ v1 }: Facts, { uid }: FinalizePlan): boolean {
  return v1 !== undefined && v1.metadata.uid === uid
}

/** What somebody may have done between the question and the deletion. */
function unfit(facts: Facts, plan: FinalizePlan): Refusal | undefined {
  const { v1, trainJob } = facts
  if (!v1 || v1.metadata.deletionTimestamp !== undefined) return undefined
  const hold = readHold(v1)
  if (!hold || 'stale' in hold) return { why: 'changed', reason: 'v1 is no longer as it was held' }
  if (!trainJob || !isOurs(trainJob, plan)) return { why: 'changed', reason: 'somebody deleted the TrainJob' }
  const idle = v2Idle(facts)
  return idle === undefined ? undefined : { why: 'changed', reason: idle }
}
