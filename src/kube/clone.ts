import { remembered } from './remembered.ts'

const ownValue = { enumerable: true, configurable: true, writable: true }

/** A deep copy of JSON data. structuredClone does the same an order of magnitude slower. */
export function clone<T>(value: T): T {
  if (Array.isArray(value)) return value.map(clone) as T
  if (typeof value === 'object' && value !== null) {
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(value)) setMember(copy, key, clone((value as Record<string, unknown>)[key]))
    return copy as T
  }
  return value
}

function setMember(object: Record<string, unknown>, key: string, value: unknown): void {
  // assigning to this key would set the object's prototype instead
  if (key === '__proto__') Object.defineProperty(object, key, { ...ownValue, value })
  else object[key] = value
}

/** A value in which members that are null are absent, as the API server reads manifests; items of lists stay. What has none is not copied. */
export function withoutNulls<T>(value: T): T {
  return hasNulls(value) ? copiedWithoutNulls(value) : value
}

function hasNulls(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => item !== null && hasNulls(item))
  if (typeof value !== 'object' || value === null) return false
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key]
    if (item === null || item === undefined || hasNulls(item)) return true
  }
  return false
}

function copiedWithoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copiedWithoutNulls) as T
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key]
    if (item !== null && item !== undefined) setMember(copy, key, copiedWithoutNulls(item))
  }
  return copy as T
}

/** Whether two JSON values are equal; the order of object keys does not matter, the order of lists does. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => equalJson(item, b[at]))
    )
  }
  return contains(a, b) && hasNoMore(b, a)
}

/** Whether every member of `whole` that is there is equal in `part`'s object; undefined members are not there. */
function contains(whole: object, part: object): boolean {
  return Object.keys(whole).every((key) => {
    const item = (whole as Record<string, unknown>)[key]
    return item === undefined || equalJson(item, (part as Record<string, unknown>)[key])
  })
}

/** Whether a member that is there in one is there in the other. */
function hasNoMore(object: object, than: object): boolean {
  return Object.keys(object).every(
    (key) =>
      (object as Record<string, unknown>)[key] === undefined ||
      (Object.hasOwn(than, key) && (than as Record<string, unknown>)[key] !== undefined),
  )
}

/** JSON text with sorted keys and without undefined members: what hashes are made of. */
export function stableJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`
  let text = '{'
  for (const key of Object.keys(value).sort()) {
    const item = (value as Record<string, unknown>)[key]
    if (item !== undefined) text += `${text === '{' ? '' : ','}${quoted(key)}:${stableJson(item)}`
  }
  return `${text}}`
}

/** Texts as JSON has them. */
const quoted = remembered((text) => JSON.stringify(text), 2000)
