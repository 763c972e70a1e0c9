const ownValue = { enumerable: true, configurable: true, writable: true }

/** A deep copy of JSON data. structuredClone does the same an order of magnitude slower. */
export function clone<T>(value: T): T {
  if (Array.isArray(value)) return value.map(clone) as T
  if (typeof value === 'object' && value !== null) {
    const copy: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(value)) {
      // assigning to this key would set the copy's prototype instead
      if (key === '__proto__') Object.defineProperty(copy, key, { ...ownValue, value: clone(item) })
      else copy[key] = clone(item)
    }
    return copy as T
  }
  return value
}

/** A deep copy in which members that are null are absent, as the API server reads manifests; items of lists stay. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, item]) => item !== null && item !== undefined)
  return Object.fromEntries(members.map(([key, item]) => [key, withoutNulls(item)])) as T
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
  return contains(a, b) && contains(b, a)
}

/** Whether every member of `whole` that is there is equal in `part`'s object; undefined members are not there. */
function contains(whole: object, part: object): boolean {
  return Object.entries(whole).every(
    ([key, item]) => item === undefined || equalJson(item, (part as Record<string, unknown>)[key]),
  )
}

/** JSON text with sorted keys and without undefined members: what hashes are made of. */
export function stableJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`
  let text = ''
  for (const key of Object.keys(value).sort()) {
    const item = (value as Record<string, unknown>)[key]
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${stableJson(item)}`
  }
  return `{${text}}`
}
