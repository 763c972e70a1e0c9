import type { ListedPair } from '../present/list.ts'
import { classWords } from './list-filter.ts'

type Key = (pair: ListedPair) => string

const created: Key = ({ v1, v2 }) => (v1 ?? v2)?.created ?? ''

/** What to sort by, and the paths people know from `kubectl get --sort-by`. */
const keys: Readonly<Record<string, Key>> = {
  namespace: ({ namespace }) => namespace,
  name: ({ name }) => name,
  kind: ({ v1, v2 }) => (v1 ?? v2)?.kind ?? '',
  v1: ({ v1 }) => v1?.state ?? '',
  v2: ({ v2 }) => v2?.state ?? '',
  class: ({ v1 }) => (v1?.class === undefined ? '' : String(classWords.indexOf(v1.class))),
  migration: ({ phase }) => phase,
  age: created,
  '.metadata.name': ({ name }) => name,
  '.metadata.namespace': ({ namespace }) => namespace,
  '.metadata.creationTimestamp': created,
}

export const sortWords: readonly string[] = Object.keys(keys)

/** Pairs by one key, then by namespace, name and kind; `age` has the youngest first. */
export function sortPairs(pairs: readonly ListedPair[], by: string | undefined): ListedPair[] {
  const key = by === undefined || by === 'namespace' ? undefined : keys[by]
  const direction = by === 'age' ? -1 : 1
  const compare = (a: ListedPair, b: ListedPair) =>
    (key ? direction * order(key(a), key(b)) : 0) ||
    order(keyOf(a), keyOf(b)) ||
    order(a.name, b.name) ||
    order(keys['kind']?.(a) ?? '', keys['kind']?.(b) ?? '')
  return [...pairs].sort(compare)
}

/** As the API server's keys are sorted, in whose order rows come: `a-b/` before `a/`. */
function keyOf({ namespace }: ListedPair): string {
  return `${namespace}/`
}

/** By code units, as the API server sorts names. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
