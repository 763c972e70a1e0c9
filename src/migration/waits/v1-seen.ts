import type { Facts, Subject } from '../facts.ts'
import { standingHold } from '../queue.ts'

/**
 * Whether it is known how v1's pods ended after its hold. A pod that is gone tells nothing any more, and a job that was suspended
 * is not Succeeded even when its pods were: only who saw each of them go knows that none had ended by itself. reading: some
 * that are gone were not told of yet; lost: they never will be, as the API server has forgotten (it keeps minutes).
 */
export function v1Seen(facts: Facts, plan: Subject): 'known' | 'reading' | 'lost' {
  const { v1Pods, v1Seen: seen } = facts
  const hold = standingHold(facts, plan)
  if (hold?.since === undefined || hold.pods === undefined || plan.sawStop) return 'known'
  if (!seen || BigInt(seen.since) > BigInt(hold.since)) return 'lost'
  const since = BigInt(hold.since)
  const after = (versions: ReadonlySet<string>) => [...versions].filter((version) => BigInt(version) > since).length
  return hold.pods + after(seen.added) - after(seen.deleted) > v1Pods.length ? 'reading' : 'known'
}
