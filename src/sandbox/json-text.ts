import { isRecord, type KubeObject } from '../kube/object.ts'

/** Worked out once of each object: stored objects are never changed in place. */
function ofEach<T>(make: (object: object) => T): (object: object) => T {
  const known = new WeakMap<object, T>()
  return (object) => {
    const found = known.get(object)
    if (found !== undefined) return found
    const made = make(object)
    known.set(object, made)
    return made
  }
}

const textOf = ofEach((object) => JSON.stringify(object))

/** An item of a list of built-in objects: of what kind it is stands on the list. */
export const withoutKind = ofEach((object) => {
  const { apiVersion: _, kind: __, ...rest } = object as KubeObject
  return rest
})

/** An answer as it is sent; the text of what is listed is kept for the next list. */
export function jsonText(body: unknown): string {
  if (!isRecord(body) || !Array.isArray(body['items'])) return JSON.stringify(body)
  const { items, ...rest } = body
  const texts = (items as unknown[]).map((item) => (isRecord(item) ? textOf(item) : JSON.stringify(item)))
  return JSON.stringify({ ...rest, items: [] }).replace(/\]\}$/, () => `${texts.join(',')}]}`)
}
