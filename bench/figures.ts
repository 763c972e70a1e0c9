/** What several runs of one thing came to. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @throws RangeError when there is nothing to sum up */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const [min, max] = [sorted.at(0), sorted.at(-1)]
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (min === undefined || max === undefined || low === undefined || high === undefined) {
    throw new RangeError('no measurement')
  }
  return { median: (low + high) / 2, min, max }
}

/** Ours divided by theirs, pair by pair: what slowed the machine down slowed both of a pair. */
export function pairwise(ours: readonly number[], theirs: readonly number[]): Spread {
  return spreadOf(ours.flatMap((value, at) => value / (theirs[at] ?? Number.NaN)))
}

/** One measured figure beside the bound it must hold, both in `unit`. */
export interface Verdict {
  readonly name: string
  readonly value: number
  /** the most it may be; absent: told only */
  readonly bound?: number
  readonly unit: '' | 's' | 'MB' | '%'
}

export function isOver({ value, bound }: Verdict): boolean {
  return bound !== undefined && !(value <= bound)
}

/** `ratio 0.97, at most 1.0: OK` */
export function verdictText(verdict: Verdict): string {
  const { name, value, bound, unit } = verdict
  const figure = (number: number) => `${number.toFixed(unit === 'MB' ? 0 : 2)}${unit && ` ${unit}`}`
  if (bound === undefined) return `${name} ${figure(value)}`
  return `${name} ${figure(value)}, at most ${figure(bound)}: ${isOver(verdict) ? 'OVER' : 'OK'}`
}

/** Seconds as people read them: `63 ms (59-80)`, `4.12 s (3.98-4.40)`. */
export function durationText({ median, min, max }: Spread): string {
  if (median < 1) {
    const [middle, low, high] = [median, min, max].map((seconds) => Math.round(seconds * 1000))
    return `${middle} ms (${low}-${high})`
  }
  return `${median.toFixed(2)} s (${min.toFixed(2)}-${max.toFixed(2)})`
}

/** `0.97 (0.81-1.20)` */
export function ratioText({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`
}
