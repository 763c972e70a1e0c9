import { isRecord, type KubeObject } from '../kube/object.ts'
import { badRequest, expired } from './failure.ts'
import type { Store } from './store.ts'

export interface Page {
  readonly items: readonly KubeObject[]
  /** of the list: resourceVersion, and how to go on */
  readonly metadata: object
}

/**
 * One page of a list. The next goes on behind its last key, in the objects as they are then; the token is good as long as the changes
 * since are remembered. Throws 410 when it is too old, 400 when it is none.
 * @param all what was selected, in the order of keys
 */
export function pageOf(store: Store, all: readonly KubeObject[], query: URLSearchParams): Page {
  const limit = Number(query.get('limit') ?? 0)
  const token = query.get('continue')
  const after = token ? readToken(token, store) : undefined
  const rest = after === undefined ? all : all.slice(firstAfter(all, after.key))
  const items = limit > 0 ? rest.slice(0, limit) : rest
  const last = items.at(-1)
  const version = after?.version ?? store.version
  const left = rest.length - items.length
  const more = left > 0 && last ? { continue: writeToken(version, keyOf(last)), remainingItemCount: left } : {}
  return { items, metadata: { resourceVersion: String(version), ...more } }
}

/** Where the objects behind a key begin. */
function firstAfter(all: readonly KubeObject[], key: string): number {
  let [low, high] = [0, all.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (keyOf(all[middle] as KubeObject) > key) high = middle
    else low = middle + 1
  }
  return low
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

function writeToken(version: number, key: string): string {
  return btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: key }))
}

function readToken(token: string, store: Store): { version: number; key: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(atob(token))
  } catch {
    throw badRequest(`continue key is not valid: ${token}`)
  }
  if (!isRecord(parsed) || typeof parsed['rv'] !== 'number') throw badRequest(`continue key is not valid: ${token}`)
  if (!store.remembers(parsed['rv'])) {
    const words = 'The provided continue parameter is too old to display a consistent list result.'
    throw expired(`${words} You must start a new list without the continue parameter.`)
  }
  return { version: parsed['rv'], key: String(parsed['start']) }
}
