import { isRecord, type KubeObject } from '../kube/object.ts'
import { remembered } from './remembered.ts'

/** Stored objects are never changed in place. */
const textOf = remembered((object: object) => JSON.stringify(object))

/** An item of a list of built-in objects: of what kind it is stands on the list. */
export const withoutKind = remembered((object: object) => {
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
