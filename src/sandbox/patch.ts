import { applyPatch, type Operation } from 'rfc6902'
import { clone } from '../kube/clone.ts'
import { isRecord } from '../kube/object.ts'
import { patchUndone, unmergeable } from './failure.ts'
import { goText } from './go-json.ts'
import { followed, type Schema } from './schema.ts'

/** JSON patch (RFC 6902); throws 422 where an operation cannot be done. */
export function jsonPatch(target: unknown, patch: readonly unknown[]): unknown {
  const result = clone(target)
  if (!isDone(result, patch as Operation[])) throw patchUndone()
  return result
}

function isDone(result: unknown, patch: Operation[]): boolean {
  try {
    return applyPatch(result, patch).every((error) => error === null)
  } catch {
    // the library throws at a path that is none
    return false
  }
}

/**
 * Strategic merge patch of a built-in kind: lists merge by the key their schema names. Understands $patch (delete, replace), $retainKeys
 * and $deleteFromPrimitiveList; $setElementOrder orders nothing here, as new items stand at the end.
 * Source: k8s.io/apimachinery v0.36.3, pkg/util/strategicpatch/patch.go.
 */
export function strategicPatch(schema: Schema, target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  if (patch['$patch'] === 'replace') return without(patch, ['$patch'])
  if (patch['$patch'] === 'delete') return {}
  if (patch['$patch'] !== undefined && patch['$patch'] !== 'merge') {
    throw unmergeable(`unknown patch type: ${goText(patch['$patch'])} in map: ${goText(patch)}`)
  }
  const base = isRecord(target) ? target : {}
  const kept = Array.isArray(patch['$retainKeys']) ? (patch['$retainKeys'] as unknown[]) : undefined
  const result: Record<string, unknown> = kept
    ? Object.fromEntries(Object.entries(base).filter(([key]) => kept.includes(key)))
    : { ...base }
  const { properties = {}, additionalProperties } = followed(schema)
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const field = key.slice(key.indexOf('/') + 1)
      const gone = Array.isArray(value) ? (value as unknown[]) : []
      if (Array.isArray(result[field]))
        result[field] = (result[field] as unknown[]).filter((item) => !gone.includes(item))
    }
    if (key.startsWith('$')) continue
    const part = properties[key] ?? (isRecord(additionalProperties) ? (additionalProperties as Schema) : {})
    if (value === null) delete result[key]
    else if (Array.isArray(value)) result[key] = patchList(part, result[key], value)
    else result[key] = strategicPatch(part, result[key], value)
  }
  return result
}

function patchList(given: Schema, target: unknown, patch: readonly unknown[]): unknown {
  const schema = followed(given)
  const key = schema['x-kubernetes-patch-merge-key']
  const merges = schema['x-kubernetes-patch-strategy']?.split(',').includes('merge') ?? false
  const before = Array.isArray(target) ? (target as unknown[]) : []
  if (!merges) return patch
  if (key === undefined) return [...before, ...patch.filter((item) => !before.includes(item))]
  const result = patch.some((item) => isRecord(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1)
    ? []
    : [...before]
  for (const item of patch) {
    if (!isRecord(item) || (item['$patch'] === 'replace' && Object.keys(item).length === 1)) continue
    if (item[key] === undefined) {
      throw unmergeable(`map: ${goText(item)} does not contain declared merge key: ${key}`)
    }
    const at = result.findIndex((other) => isRecord(other) && other[key] === item[key])
    if (item['$patch'] === 'delete') {
      if (at >= 0) result.splice(at, 1)
    } else if (at < 0) result.push(without(item, ['$patch']))
    else result[at] = strategicPatch(schema.items ?? {}, result[at], item)
  }
  return result
}

function without(value: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
}
