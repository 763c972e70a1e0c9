import type { ListedJob, ListedPair } from '../present/list.ts'

/** A pair is the same one as long as its two objects are of these names. */
export function keyOf({ namespace, name, v1, v2 }: ListedPair): string {
  return `${namespace}/${v1?.kind ?? ''}/${name}/${v1 && v2 && v2.name !== name ? v2.name : ''}`
}

/** Rows that are new or say something else than before, then those that are gone; both by their keys. */
export function changesOf(before: ReadonlyMap<string, ListedPair>, now: ReadonlyMap<string, ListedPair>): ListedPair[] {
  const changed = [...now].flatMap(([key, pair]) => {
    const old = before.get(key)
    return old && JSON.stringify(old) === JSON.stringify(pair) ? [] : pair
  })
  const rows = rowsByObject(now.values())
  const gone = [...before].flatMap(([key, pair]) => (now.has(key) ? [] : goneRow(pair, rows)))
  return [...changed, ...gone]
}

/** What is told of a row that is no more; nothing where the rows that its objects are in now show what came or went. */
function goneRow(pair: ListedPair, rows: ReadonlyMap<string, readonly ListedPair[]>): ListedPair[] {
  const rowsOf = (side: ListedJob | undefined) => (side && rows.get(objectOf(pair, side))) ?? []
  const [v1Rows, v2Rows] = [rowsOf(pair.v1), rowsOf(pair.v2)]
  const [first] = v1Rows
  if (!first) return v2Rows.length > 0 ? [] : [{ ...pair, deleted: true }]
  // of several TrainJobs of one v1 job one has gone: its other rows do not tell
  const partnerGone = pair.v2 && v2Rows.length === 0 && v1Rows.every(({ v2 }) => v2)
  return partnerGone ? [{ ...pair, v1: first.v1, deleted: true, remains: 'v1' }] : []
}

function rowsByObject(pairs: Iterable<ListedPair>): Map<string, ListedPair[]> {
  const rows = new Map<string, ListedPair[]>()
  for (const pair of pairs) {
    for (const side of [pair.v1, pair.v2]) {
      const key = side && objectOf(pair, side)
      if (key !== undefined) rows.set(key, [...(rows.get(key) ?? []), pair])
    }
  }
  return rows
}

function objectOf({ namespace }: ListedPair, { kind, name }: ListedJob): string {
  return `${kind}/${namespace}/${name}`
}
