import type { Facts, Seen, Subject } from '../facts.ts'
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
  return toldAlive(hold.pods, hold.since, seen) > v1Pods.length ? 'reading' : 'known'
}

/** How many pods live by what was told of those that came and went, of so many that lived at a resource version. */
export function toldAlive(pods: number, since: string, { added, deleted }: Pick<Seen, 'added' | 'deleted'>): number {
  const after = (versions: readonly string[]) => versions.filter((version) => BigInt(version) > BigInt(since)).length
  return pods + after(added) - after(deleted)
}
