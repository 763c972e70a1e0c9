import type { Halt } from '../migration/outcome.ts'
import { asConnected } from './as-connected.ts'
import { pad } from './width.ts'

/**
 * What to type where the operators did not take the suspended TrainJob up in time: nothing but their own pods tells why.
 * @param again the same command
 * @param name how the program was called
 */
export function operatorsToSee({ why, step }: Halt, again: string, name: string): string[] {
  if (why !== 'timeout' || step.id !== 'preview') return []
  const look = asConnected('kubectl get pods -A | grep -e trainer -e jobset', name)
  const widest = Math.max(look.length, again.length)
  return [`${pad(look, widest)}   (do the controllers run?)`, `${pad(again, widest)}   (when they do)`]
}
