import { type Resource, resources } from '../kube/resources.ts'
import { candidateNames, type Pair, pairJobs } from './pairs.ts'
import type { JobRow } from './rows.ts'

/** How far one list has been read. */
interface Progress {
  readonly rows: JobRow[]
  /** the last row; absent: nothing was read yet, and `done` tells whether more may come */
  at?: JobRow
  done: boolean
}

/** What of a TrainJob tells with which v1 jobs it may go. */
export type TrainJobLink = Pick<JobRow, 'name' | 'source'>

/**
 * Rows of several lists that are read at once, each in the API server's order: by namespace, then name. Gives those of namespaces that
 * every list has passed, so that no pair is torn, and the first of the namespace they are in to whoever knows all its TrainJobs.
 */
export class EarlyRows {
  readonly #lists: ReadonlyMap<Resource, Progress>
  readonly #given = new Set<JobRow>()
  #stopped = false
  #isLong = false
  #begin: () => void = () => undefined
  /** resolves when every list has given rows or has none */
  readonly begun = new Promise<void>((resolve) => {
    this.#begin = resolve
  })

  constructor(read: readonly Resource[]) {
    this.#lists = new Map(read.map((resource) => [resource, { rows: [], done: false }]))
  }

  /** Lists are not read in that order any more: nothing is given from now on. */
  stop(): void {
    this.#stopped = true
  }

  /** A list has a full page: before that nothing is given, as all that there is may be here already, and is one table. */
  long(): void {
    this.#isLong = true
  }

  add(resource: Resource, ...rows: readonly JobRow[]): void {
    const list = this.#lists.get(resource)
    const last = rows.at(-1)
    if (!list || !last) return
    list.rows.push(...rows)
    list.at = last
    if (this.#frontier()) this.#begin()
  }

  end(resource: Resource): void {
    const list = this.#lists.get(resource)
    if (list) list.done = true
    if (this.#frontier()) this.#begin()
  }

  /** Rows of the next namespaces that are whole, as far as `wanted` goes on taking them; each row is given once. */
  take(wanted: (rows: readonly JobRow[]) => boolean): JobRow[] {
    const frontier = this.#frontier()
    if (!frontier) return []
    const limit = keyOf(frontier)
    const byNamespace = new Map<string, JobRow[]>()
    for (const row of this.#left()) {
      const key = keyOf(row)
      if (key >= limit) continue
      const same = byNamespace.get(key)
      if (same) same.push(row)
      else byNamespace.set(key, [row])
    }
    const taken: JobRow[] = []
    for (const key of [...byNamespace.keys()].sort()) {
      const rows = byNamespace.get(key) ?? []
      if (!wanted(rows)) break
      taken.push(...rows)
    }
    return this.#give(taken)
  }

  /** The first namespace that a list is in, where others may have given nothing yet. */
  get leading(): string | undefined {
    const [first] = [...this.#lists.values()]
      .flatMap(({ at, done }) => (done || !at ? [] : at))
      .sort((a, b) => (isBefore(a, b) ? -1 : 1))
    return this.#stopped || !this.#isLong ? undefined : first?.namespace
  }

  /** The namespace the lists are in, whose rows are not all read. */
  get current(): string | undefined {
    return this.#frontier()?.namespace
  }

  /**
   * The first rows of that namespace, up to the first that a TrainJob may go with which was not read yet, or the first TrainJob whose v1
   * job was not.
   * @param trainJobs all of that namespace; undefined: unknown, and nothing is given unless all were read
   * @param fewest pairs: with less nothing is given
   */
  takeFirst(trainJobs: readonly TrainJobLink[] | undefined, fewest = 1): JobRow[] {
    const frontier = this.#frontier()
    const list = this.#lists.get(resources.trainJobs)
    const all = list?.done ? list.rows : trainJobs
    if (!frontier || !all) return []
    const { namespace, name: last } = frontier
    const passed = this.#left().filter((row) => row.namespace === namespace && row.name <= last)
    const of = (isV2: boolean) => passed.filter(({ kind }) => (kind === 'TrainJob') === isV2)
    const claimed = new Set(
      all
        .filter((row) => row.name > last && !('namespace' in row && row.namespace !== namespace))
        .flatMap(candidateNames),
    )
    const isSure = ({ v1, v2 }: Pair) =>
      v1 ? !claimed.has(v1.name) : v2 !== undefined && candidateNames(v2).every((name) => name <= last)
    const pairs = pairJobs(of(false), of(true))
    const unsure = pairs.filter((pair) => !isSure(pair)).map(nameOf)
    const end = unsure.reduce((first, name) => (name < first ? name : first), '\uffff')
    const sure = pairs.filter((pair) => nameOf(pair) < end)
    if (sure.length < fewest) return []
    return this.#give([...new Set(sure.flatMap(({ v1, v2 }) => [...(v1 ? [v1] : []), ...(v2 ? [v2] : [])]))])
  }

  #give(rows: JobRow[]): JobRow[] {
    for (const row of rows) this.#given.add(row)
    return rows
  }

  #left(): JobRow[] {
    return [...this.#lists.values()].flatMap(({ rows }) => rows.filter((row) => !this.#given.has(row)))
  }

  /** The row that no list which goes on is behind; undefined where one has not begun, or none goes on. */
  #frontier(): JobRow | undefined {
    if (this.#stopped || !this.#isLong) return undefined
    let frontier: JobRow | undefined
    for (const { at, done } of this.#lists.values()) {
      if (done) continue
      if (at === undefined) return undefined
      if (frontier === undefined || isBefore(at, frontier)) frontier = at
    }
    return frontier
  }
}

function nameOf({ v1, v2 }: Pair): string {
  return (v1 ?? v2)?.name ?? ''
}

/** What the API server's keys are sorted by: a namespace and the slash after it (`a-b/` before `a/`). */
function keyOf({ namespace }: JobRow): string {
  return `${namespace}/`
}

function isBefore(a: JobRow, b: JobRow): boolean {
  return keyOf(a) < keyOf(b) || (a.namespace === b.namespace && a.name < b.name)
}
