/** What the points of a series lie on. */
export type Axis = 'step' | 'epoch' | 'order'

/** Points kept of one series, whatever the length of the log: a curve has no more to say, and those left out cost nothing. */
const mostPoints = 1 << 14
/** Of them so large a share is of the first steps, all of which are kept: a twin that begins anew is still there when v1 has long gone on. */
const firstSteps = 1 / 4

/**
 * The values of one metric by step, in bounded memory: of a longer series a share of the steps is kept, chosen by the step
 * itself, so that two runs keep the same ones, and all of the first steps. A step that comes again after a restart has its later value.
 */
export class Series {
  readonly axis: Axis
  readonly #limit: number
  readonly #points = new Map<number, number>()
  #mask = 0
  #lastAt = Number.NaN
  #lastValue = 0
  #bad: number | undefined
  #badCount = 0

  constructor(axis: Axis, limit = mostPoints) {
    this.axis = axis
    this.#limit = limit
  }

  add(x: number, value: number): void {
    if (!Number.isFinite(value)) {
      this.#bad ??= x
      this.#badCount++
      return
    }
    this.#lastAt = x
    this.#lastValue = value
    if (!this.#keeps(x)) return
    this.#points.set(x, value)
    while (this.#points.size > this.#limit) {
      this.#mask = this.#mask * 2 + 1
      for (const had of this.#points.keys()) if (!this.#keeps(had)) this.#points.delete(had)
    }
  }

  #keeps(x: number): boolean {
    const isFirst = x >= 0 && x < this.#limit * firstSteps && Number.isInteger(x)
    return isFirst || kept(x, this.#mask)
  }

  get size(): number {
    return this.#points.size
  }

  /** whether every step was kept */
  get isWhole(): boolean {
    return this.#mask === 0
  }

  /** the newest finite point */
  get last(): readonly [x: number, value: number] | undefined {
    return Number.isNaN(this.#lastAt) ? undefined : [this.#lastAt, this.#lastValue]
  }

  /** values that were NaN or infinite, and where the first of them was */
  get notNumbers(): { readonly count: number; readonly first: number } | undefined {
    return this.#bad === undefined ? undefined : { count: this.#badCount, first: this.#bad }
  }

  at(x: number): number | undefined {
    return this.#points.get(x)
  }

  /** the points in the order of their steps */
  points(): readonly (readonly [x: number, value: number])[] {
    return [...this.#points].sort(([a], [b]) => a - b)
  }
}

/** Whether the step is of the share that a mask keeps: spread evenly, and the same in every run. */
function kept(x: number, mask: number): boolean {
  if (mask === 0) return true
  let hash = Math.imul(Math.round(x * 1e4) | 0, 0x9e3779b1)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) & mask) === 0
}
