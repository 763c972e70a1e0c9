import type { Plan } from './facts.ts'

/** `1 pod`, `3 pods`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** The items as far as `most` go, and how many are left out. */
export function someOf(items: readonly string[], most = 3): string {
  return items.length > most ? `${items.slice(0, most).join(', ')} and ${items.length - most} more` : items.join(', ')
}

/** `rank 2 (worker-1)`: the number and v1's name for the pod. */
export function rankName(rank: number, { conversion }: Plan): string {
  const v1 = conversion.proof.v1[rank]
  return v1 ? `rank ${rank} (${v1.role}-${v1.index})` : `rank ${rank}`
}
