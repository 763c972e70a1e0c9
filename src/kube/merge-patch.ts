import { clone } from './clone.ts'
import { isRecord } from './object.ts'

/** What a JSON merge patch (RFC 7386) makes of a value; neither is changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return clone(patch)
  const result: Record<string, unknown> = isRecord(target) ? clone(target) : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}
