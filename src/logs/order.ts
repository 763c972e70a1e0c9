import { microseconds } from './line.ts'

/** milliseconds a line may wait for one of another source that is older but on its way */
const hold = 100
/** milliseconds after which a source that says nothing has nothing to say, for now */
const quiet = 300
/** the same while its log is being opened */
const opening = 2000

/** A stream of lines as the merge sees it: what it has to offer, or since when nothing. */
interface Source<S, T> {
  readonly key: S
  readonly lines: T[]
  readonly times: number[]
  /** milliseconds: when each line came */
  readonly came: number[]
  /** characters of the lines not taken */
  size: number
  /** of the first line not taken */
  at: number
  /** milliseconds: since when it has no line */
  since: number
  opened: boolean
  closed: boolean
  place: number
}

/** What can be done now: a line is next, or one may be next after so many milliseconds, or there is nothing until more comes. */
export type Next<S, T> = { readonly line: T; readonly source: S } | { readonly wait: number } | undefined

/**
 * Merges streams by time: the order within a stream is kept whatever its times, and of the streams' first lines the oldest goes
 * first. With `patient` it waits until every stream has a line or is closed: files, and logs that end. Otherwise a stream that is
 * quiet holds the others up for a moment only, which is enough for what has been written to arrive.
 */
export class TimeOrder<S, T extends { readonly time: string; readonly text: string }> {
  readonly #patient: boolean
  readonly #sources = new Map<S, Source<S, T>>()
  /** a heap of sources by their first line */
  readonly #ready: Source<S, T>[] = []
  readonly #empty = new Set<Source<S, T>>()
  #places = 0

  constructor(patient: boolean) {
    this.#patient = patient
  }

  /** A stream that is about to come; `now` in milliseconds, as for all that follows. */
  add(source: S, now: number): void {
    const added: Source<S, T> = {
      key: source,
      lines: [],
      times: [],
      came: [],
      size: 0,
      at: 0,
      since: now,
      opened: false,
      closed: false,
      place: this.#places++,
    }
    this.#sources.set(source, added)
    this.#empty.add(added)
  }

  /** Its log is open: what it has will come at once. */
  opened(source: S, now: number): void {
    const found = this.#sources.get(source)
    if (!found || found.opened) return
    found.opened = true
    if (this.#empty.has(found)) found.since = now
  }

  offer(source: S, lines: readonly T[], now: number): void {
    const found = this.#sources.get(source)
    if (!found || lines.length === 0) return
    for (const line of lines) {
      found.lines.push(line)
      found.times.push(microseconds(line.time))
      found.came.push(now)
      found.size += line.text.length
    }
    found.opened = true
    if (this.#empty.delete(found)) this.#push(found)
  }

  /** No more comes of it. */
  close(source: S): void {
    const found = this.#sources.get(source)
    if (!found) return
    found.closed = true
    this.#empty.delete(found)
    if (found.at >= found.lines.length) this.#sources.delete(source)
  }

  /** Characters offered and not taken. */
  pending(source: S): number {
    return this.#sources.get(source)?.size ?? 0
  }

  next(now: number): Next<S, T> {
    const [first] = this.#ready
    if (!first) return undefined
    const wait = this.#waitFor(first, now)
    if (wait === undefined) return undefined
    if (wait > 0) return { wait }
    return { line: this.#take(first, now), source: first.key }
  }

  /** Milliseconds until the first line may go; undefined for as long as it takes. */
  #waitFor(first: Source<S, T>, now: number): number | undefined {
    if (this.#empty.size === 0) return 0
    if (this.#patient) return undefined
    let until = (first.came[first.at] ?? now) + hold
    for (const { since, opened } of this.#empty) until = Math.max(until, since + (opened ? quiet : opening))
    return until - now
  }

  #take(first: Source<S, T>, now: number): T {
    const line = first.lines[first.at] as T
    first.at += 1
    first.size -= line.text.length
    if (first.at < first.lines.length) {
      // what is taken is let go of now and then, as shifting an array costs its length
      if (first.at > 1000 && first.at * 2 > first.lines.length) {
        first.lines.splice(0, first.at)
        first.times.splice(0, first.at)
        first.came.splice(0, first.at)
        first.at = 0
      }
      this.#sink()
      return line
    }
    first.lines.length = 0
    first.times.length = 0
    first.came.length = 0
    first.since = now
    first.at = 0
    const last = this.#ready.pop()
    if (last && last !== first) {
      this.#ready[0] = last
      this.#sink()
    }
    if (first.closed) this.#sources.delete(first.key)
    else this.#empty.add(first)
    return line
  }

  #push(source: Source<S, T>): void {
    const heap = this.#ready
    let at = heap.push(source) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || !before(source, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = source
  }

  /** The first has another key than before. */
  #sink(): void {
    const heap = this.#ready
    const [source] = heap
    if (!source) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      let child = heap[left]
      let place = left
      const right = heap[left + 1]
      if (child && right && before(right, child)) {
        child = right
        place = left + 1
      }
      if (!child || before(source, child)) break
      heap[at] = child
      at = place
    }
    heap[at] = source
  }
}

function before<S, T>(a: Source<S, T>, b: Source<S, T>): boolean {
  const [one = 0, other = 0] = [a.times[a.at], b.times[b.at]]
  return one === other ? a.place < b.place : one < other
}
