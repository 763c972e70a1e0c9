import { hash as digest } from 'node:crypto'
import { stableJson } from './clone.ts'

/** Hashes of the last few values, by their JSON as it comes: jobs of one shape ask for the same hash again and again. */
const recent = new Map<string, string>()
const mostRecent = 64

/** SHA-256 of a JSON value, 64 lower-case hex digits; key order and undefined members do not matter. */
export function hashJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  const known = recent.get(text)
  if (known !== undefined) return known
  const hash = hashText(stableJson(value))
  const oldest = recent.size >= mostRecent ? recent.keys().next().value : undefined
  if (oldest !== undefined) recent.delete(oldest)
  recent.set(text, hash)
  return hash
}

/** SHA-256 of a text, 64 lower-case hex digits. */
export function hashText(text: string): string {
  return digest('sha256', text)
}
