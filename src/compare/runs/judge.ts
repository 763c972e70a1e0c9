import type { Series } from './series.ts'

export type RowVerdict = 'match' | 'differs' | 'inconclusive'

/** What two series say when they are held against each other. */
export interface Judgement {
  readonly verdict: RowVerdict
  /** the values shown: at the last shared point, or medians */
  readonly v1?: number
  readonly v2?: number
  /** fraction, with the sign of v2 - v1 */
  readonly difference?: number
  /** points both have; of a speed, the values of the side that has fewer */
  readonly shared: number
  /** where the values shown are, of a curve */
  readonly at?: number
  readonly why?: string
}

/** A curve is compared in so many windows of steps, so that the noise of single steps says little and a drift much. */
const windows = 20
/** A curve that covers less than this share of its level is flat: its range says nothing. */
const flat = 0.05

/**
 * Two curves: the mean of each window of shared steps, the largest difference against the range that both cover there.
 * Fewer shared steps than `least` are no answer; a NaN on one side only is a difference.
 */
export function judgeCurve(v1: Series, v2: Series, tolerance: number, least: number): Judgement {
  const shared = v1.points().filter(([x]) => v2.at(x) !== undefined)
  const pairs = shared.map(([x, value]): Pair => [x, value, v2.at(x) ?? value])
  const last = pairs.at(-1)
  const base: Judgement = {
    verdict: 'inconclusive',
    shared: pairs.length,
    ...(last ? { at: last[0], v1: last[1], v2: last[2] } : ends(v1, v2)),
  }
  const bad = notNumbers(v1, v2)
  if (bad) return { ...base, ...bad }
  if (pairs.length < least) {
    const why = pairs.length === 0 ? `no common ${v1.axis}s` : `${pairs.length} shared, ${least} needed`
    return { ...base, why }
  }
  const worst = worstWindow(pairs)
  const verdict = Math.abs(worst.difference) <= tolerance ? 'match' : 'differs'
  const where = worst.from === worst.to ? `at ${v1.axis} ${worst.from}` : `in ${v1.axis}s ${worst.from} to ${worst.to}`
  return { ...base, verdict, difference: worst.difference, ...(verdict === 'differs' ? { why: `most ${where}` } : {}) }
}

type Pair = readonly [x: number, v1: number, v2: number]
type Point = readonly [x: number, value: number]

function worstWindow(pairs: readonly Pair[]): { difference: number; from: number; to: number } {
  let [low, high, level] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const [, a, b] of pairs) {
    low = Math.min(low, a, b)
    high = Math.max(high, a, b)
    level = Math.max(level, Math.abs(a), Math.abs(b))
  }
  const scale = pairs.length === 1 ? Math.max(level, Number.MIN_VALUE) : Math.max(high - low, level * flat)
  const count = Math.min(windows, pairs.length)
  let worst = { difference: 0, from: pairs[0]?.[0] ?? 0, to: pairs.at(-1)?.[0] ?? 0 }
  for (let window = 0; window < count; window++) {
    const from = Math.floor((window * pairs.length) / count)
    const to = Math.floor(((window + 1) * pairs.length) / count)
    let sum = 0
    for (let at = from; at < to; at++) {
      const [, a = 0, b = 0] = pairs[at] ?? []
      sum += b - a
    }
    const difference = scale === 0 ? 0 : sum / (to - from) / scale
    if (Math.abs(difference) > Math.abs(worst.difference)) {
      worst = { difference, from: pairs[from]?.[0] ?? 0, to: pairs[to - 1]?.[0] ?? 0 }
    }
  }
  return worst
}

function notNumbers(v1: Series, v2: Series): Pick<Judgement, 'verdict' | 'why'> | undefined {
  const [bad1, bad2] = [v1.notNumbers, v2.notNumbers]
  if (bad1 && bad2)
    return { verdict: 'inconclusive', why: `NaN on both sides, at ${v1.axis} ${bad1.first} and ${bad2.first}` }
  const [bad, name, other] = bad1 ? [bad1, 'v1', v2] : [bad2, 'v2', v1]
  if (!bad) return undefined
  const why = `${name} is NaN from ${v1.axis} ${bad.first}, ${bad.count} ${bad.count === 1 ? 'time' : 'times'}`
  // where the other side never was, it might have been NaN as well
  const wasThere = bad.first <= (other.last?.[0] ?? Number.NEGATIVE_INFINITY)
  return { verdict: wasThere ? 'differs' : 'inconclusive', why }
}

function ends(v1: Series, v2: Series): Pick<Judgement, 'v1' | 'v2'> {
  return { ...value('v1', v1.last?.[1]), ...value('v2', v2.last?.[1]) }
}

function value<K extends 'v1' | 'v2'>(name: K, number: number | undefined): { [key in K]?: number } {
  return (number === undefined ? {} : { [name]: number }) as { [key in K]?: number }
}

/**
 * Two speeds: medians over the steps both were at, without the first tenth, in which a run warms up. Where they were never
 * at the same steps (v2 went on from v1's checkpoint) all steps count, and it is said.
 */
export function judgeSpeed(v1: Series, v2: Series, tolerance: number, least: number): Judgement {
  const [all1, all2] = [v1.points(), v2.points()]
  const low = Math.max(all1[0]?.[0] ?? 0, all2[0]?.[0] ?? 0)
  const high = Math.min(all1.at(-1)?.[0] ?? 0, all2.at(-1)?.[0] ?? 0)
  const within = ([x]: Point) => x >= low && x <= high
  let some1: readonly Point[] = all1.filter(within)
  let some2: readonly Point[] = all2.filter(within)
  const apart = some1.length < least || some2.length < least
  if (apart) {
    some1 = all1
    some2 = all2
  }
  const [warm1, warm2] = [some1, some2].map(withoutWarmUp) as [number[], number[]]
  const shared = Math.min(warm1.length, warm2.length)
  if (shared < least) {
    return {
      verdict: 'inconclusive',
      shared,
      ...ends(v1, v2),
      why: `${shared} ${shared === 1 ? 'value' : 'values'}, ${least} needed`,
    }
  }
  const [a, b] = [median(warm1), median(warm2)]
  return { ...judgeNumbers(a, b, tolerance), shared, ...(apart ? { why: `of different ${v1.axis}s` } : {}) }
}

function withoutWarmUp(points: readonly Point[]): number[] {
  return points.slice(points.length >= 20 ? Math.floor(points.length / 10) : 0).map(([, number]) => number)
}

/** Two numbers, against the first of them. */
export function judgeNumbers(v1: number, v2: number, tolerance: number | undefined): Judgement {
  const difference = v1 === v2 ? 0 : (v2 - v1) / Math.abs(v1)
  const verdict = Math.abs(difference) <= (tolerance ?? Number.POSITIVE_INFINITY) ? 'match' : 'differs'
  return { verdict, v1, v2, shared: 1, ...(Number.isFinite(difference) ? { difference } : {}) }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
