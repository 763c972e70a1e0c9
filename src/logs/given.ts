import { microseconds } from './line.ts'
import type { DatedText } from './split.ts'

/** seconds by which lines of one container may be out of order: its two streams are stamped before they are written */
const slack = 1

/**
 * What was given of one container's log, so that it can be read again from before its end without giving a line twice or
 * leaving one out. Times of the API have whole seconds, so the last ones are asked for again; what is known of them is
 * their lines by their exact time, and as many of each time are left out as were given. Holds the lines of the last seconds only.
 */
export class Given {
  /** how many lines of each time, by second */
  readonly #recent = new Map<number, Map<string, number>>()
  #skip = new Map<string, number>()
  #newest = Number.NEGATIVE_INFINITY
  #skipping = false

  /** RFC 3339 in whole seconds: where to ask from; undefined while no line with a time was given. */
  get since(): string | undefined {
    return Number.isFinite(this.#newest) ? new Date((this.#newest - slack) * 1000).toISOString() : undefined
  }

  /** The log is read again, from `since`. */
  reopened(): void {
    this.#skip = new Map()
    for (const lines of this.#recent.values()) {
      for (const [key, count] of lines) this.#skip.set(key, (this.#skip.get(key) ?? 0) + count)
    }
    this.#skipping = false
  }

  /** Whether lines that were given must come again in this reading, if it is of the same log. */
  get expecting(): boolean {
    return this.#skip.size > 0
  }

  /** Whether a line of the present reading was given before; counts nothing. */
  knows(line: DatedText): boolean {
    return (this.#skip.get(keyOf(line)) ?? 0) > 0
  }

  /** Whether a line of the present reading was not given before; it counts as given then. */
  isNew(line: DatedText): boolean {
    // the further pieces of a line go where its first one went
    if (line.continued) return !this.#skipping
    const key = keyOf(line)
    const known = this.#skip.get(key) ?? 0
    this.#skipping = known > 0
    if (known > 0) {
      this.#skip.set(key, known - 1)
      return false
    }
    this.#remember(line.time, key)
    return true
  }

  #remember(time: string | undefined, key: string): void {
    const second = time === undefined ? this.#newest : Math.floor(microseconds(time) / 1_000_000)
    const known = this.#newest - slack <= second && second <= this.#newest
    if (!known && Number.isFinite(second)) {
      // onward, or back by more than the slack: the node's clock was set
      this.#newest = second
      for (const old of this.#recent.keys()) if (old < second - slack) this.#recent.delete(old)
    }
    const lines = this.#recent.get(second)
    if (lines) lines.set(key, (lines.get(key) ?? 0) + 1)
    else this.#recent.set(second, new Map([[key, 1]]))
  }
}

function keyOf({ time, text }: DatedText): string {
  return time ?? `undated ${text}`
}
