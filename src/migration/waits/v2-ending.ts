import { rankFinder } from '../../compare/live.ts'
import { successOf } from '../../convert/success.ts'
import type { ModelPod } from '../../kube/model-pod.ts'
import { trueCondition } from '../conditions.ts'
import type { Facts, Plan } from '../facts.ts'
import { rankName } from '../words.ts'

/**
 * How v2 finished with success, undefined while it has not: the TrainJob says so, or the pods that decide the job have
 * succeeded. What becomes of the others does not matter then: workers may well fail when their master has gone, and v1
 * counts such a job as Succeeded too. A training that finished is never run again, so nothing rolls it back.
 */
export function v2Ending(facts: Facts, plan: Plan): string | undefined {
  if (trueCondition(facts.trainJob, 'Complete')) return 'TrainJob is Complete'
  const { job, proof } = plan.conversion
  const success = successOf(job)
  if (success.by === 'all') return undefined
  const decides = ({ role, index }: ModelPod): boolean => {
    if (success.by === 'any') return true
    return role === success.role && (success.by !== 'first' || index === 0)
  }
  const deciding = proof.v1.flatMap((pod, rank) => (decides(pod) ? [rank] : []))
  const rankOf = rankFinder(proof.v2)
  const succeeded = new Set(
    [...facts.v2Pods, ...facts.ended].filter(({ status }) => status?.phase === 'Succeeded').map((pod) => rankOf(pod)),
  )
  const done = deciding.filter((rank) => succeeded.has(rank))
  const enough = success.by === 'any' ? done.length > 0 : deciding.length > 0 && done.length === deciding.length
  return enough ? `${rankName(done[0] ?? 0, plan)} succeeded, which decides the job` : undefined
}
