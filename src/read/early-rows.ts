import type { Resource } from '../kube/resources.ts'
import type { JobRow } from './rows.ts'

/** How far one list has been read. */
interface Progress {
  readonly rows: JobRow[]
  /** key of the last row's namespace; absent: nothing was read yet, and `done` tells whether more may come */
  at?: string
  done: boolean
}

/**
 * Rows of several lists that are read at once, each in the API server's order: by namespace, then name. Gives those of namespaces that
 * every list has passed, so that no pair is torn.
 */
export class EarlyRows {
  readonly #lists: ReadonlyMap<Resource, Progress>
  readonly #given = new Set<string>()
  #stopped = false

  constructor(resources: readonly Resource[]) {
    this.#lists = new Map(resources.map((resource) => [resource, { rows: [], done: false }]))
  }

  /** Lists are not read in that order any more: nothing is given from now on. */
  stop(): void {
    this.#stopped = true
  }

  add(resource: Resource, rows: readonly JobRow[]): void {
    const list = this.#lists.get(resource)
    const last = rows.at(-1)
    if (!list || !last) return
    list.rows.push(...rows)
    list.at = keyOf(last)
  }

  end(resource: Resource): void {
    const list = this.#lists.get(resource)
    if (list) list.done = true
  }

  /** Rows of the next namespaces that are whole, as far as `wanted` goes on taking them; each row is given once. */
  take(wanted: (rows: readonly JobRow[]) => boolean): JobRow[] {
    const limit = this.#limit()
    if (limit === undefined) return []
    const byNamespace = new Map<string, JobRow[]>()
    for (const { rows } of this.#lists.values()) {
      for (const row of rows) {
        const key = keyOf(row)
        if (key >= limit || this.#given.has(key)) continue
        const same = byNamespace.get(key)
        if (same) same.push(row)
        else byNamespace.set(key, [row])
      }
    }
    const taken: JobRow[] = []
    for (const key of [...byNamespace.keys()].sort()) {
      const rows = byNamespace.get(key) ?? []
      if (!wanted(rows)) break
      this.#given.add(key)
      taken.push(...rows)
    }
    return taken
  }

  /** What every namespace that is whole is below; undefined where none is. */
  #limit(): string | undefined {
    if (this.#stopped) return undefined
    let limit = '\uffff'
    for (const { at, done } of this.#lists.values()) {
      if (done) continue
      if (at === undefined) return undefined
      if (at < limit) limit = at
    }
    return limit
  }
}

/** What the API server's keys are sorted by: a namespace and the slash after it (`a-b/` before `a/`). */
function keyOf({ namespace }: JobRow): string {
  return `${namespace}/`
}
