import type { Pod } from '../../kube/pod.ts'
import { isSuspended } from '../../v1/state.ts'
import { trueCondition } from '../conditions.ts'
import type { Facts, Progress, Subject } from '../facts.ts'
import { isHeld, reactivated } from '../queue.ts'
import { countOf } from '../words.ts'
import { endingOf } from './ending.ts'
import { v1Seen } from './v1-seen.ts'

/** Why a job that nobody watched is not taken for unfinished. */
export const unseenEnd = 'nobody saw how its pods ended when it was stopped, so it may have finished'

/** How long the slowest of them may take to end. */
function graceText(pods: readonly Pod[]): string {
  const seconds = pods
    .map(({ spec }) => spec.terminationGracePeriodSeconds)
    .filter((grace) => typeof grace === 'number')
  return seconds.length === 0 ? '' : ` (grace period ${Math.max(...seconds)} s)`
}

/** Whether v1 has stopped for good: its operator says Suspended, which it does after deleting the pods, and none is left. */
export function v1Gone(facts: Facts, plan: Subject): Progress {
  if (!facts.v1 || facts.v1.metadata.uid !== plan.uid) return { failed: 'somebody deleted the v1 job' }
  const ending = endingOf(facts, plan)
  if (ending) return { ended: ending }
  if (!isHeld(facts, plan)) return { failed: plan.queue?.v1 ? reactivated : 'somebody resumed v1' }
  if (!isSuspended(facts.v1)) return { waiting: 'Kueue has not suspended it yet' }
  const left = facts.v1Pods.map((pod) => pod.metadata.name ?? '').sort()
  const total = plan.job.total
  if (left.length > 0) {
    const names = left.length > 3 ? `${left.slice(0, 3).join(', ')}, …` : left.join(', ')
    return { waiting: `${left.length} of ${countOf(total, 'pod')} still terminate${graceText(facts.v1Pods)}: ${names}` }
  }
  const seen = v1Seen(facts, plan)
  if (seen === 'lost') return { ended: unseenEnd }
  if (seen === 'reading') return { waiting: 'how its last pods ended is not told yet' }
  if (!trueCondition(facts.v1, 'Suspended'))
    return { waiting: 'Training Operator has not confirmed the suspension yet' }
  return { done: `${countOf(total, 'pod')} gone, v1 kept suspended` }
}
