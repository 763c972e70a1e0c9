import type { KubeObject } from '../../kube/object.ts'
import { isSuspended } from '../../v1/state.ts'
import type { Action } from '../action.ts'
import type { Plan } from '../facts.ts'
import type { Step } from '../step.ts'
import { v1Ending } from '../waits/v1-ending.ts'
import { v1Gone } from '../waits/v1-gone.ts'
import { v1Restored } from '../waits/v1-restored.ts'
import { countOf } from '../words.ts'

/** v1 is suspended and its pods are gone; the job object stays as the way back. From here on nothing runs until `start`. */
export const holdV1: Step = {
  id: 'hold',
  title: 'hold v1',
  describe: (plan) =>
    `${plan.kind.kind} ${plan.name} is suspended; waits for its ${countOf(plan.conversion.job.total, 'pod')} to be gone`,
  precondition(facts, plan) {
    const { v1 } = facts
    if (!v1 || v1.metadata.uid !== plan.uid) return { why: 'changed', reason: 'somebody deleted the v1 job' }
    const ending = v1Ending(facts, plan)
    if (ending !== undefined) return { why: 'ended', reason: ending }
    if (v1.metadata.generation !== plan.generation && !isSuspended(v1)) {
      return { why: 'changed', reason: 'somebody changed the v1 job since it was converted' }
    }
    return undefined
  },
  forward: ({ v1 }, plan) => (v1 && !isSuspended(v1) ? [suspend(v1, plan, true)] : []),
  verify: v1Gone,
  undo(facts, plan) {
    const { v1 } = facts
    if (v1Ending(facts, plan) !== undefined) return []
    const held = v1 && v1.metadata.uid === plan.uid && isSuspended(v1) && plan.suspendBefore !== true
    return held ? [suspend(v1, plan, plan.suspendBefore ?? null)] : []
  },
  undone(facts, plan) {
    const ending = v1Ending(facts, plan)
    const kept = ending !== undefined && facts.v1 !== undefined && isSuspended(facts.v1)
    return kept ? { done: `v1 stays suspended: ${ending}` } : v1Restored(facts, plan)
  },
  confirm: { verify: ['v1', 'v1Pods'] },
}

function suspend(v1: KubeObject, { kind, namespace, name }: Plan, value: boolean | null): Action {
  const { uid, resourceVersion } = v1.metadata
  const body = { spec: { runPolicy: { suspend: value } } }
  return { verb: 'patch', resource: kind.resource, namespace, name, body, unchanged: { uid, resourceVersion } }
}
