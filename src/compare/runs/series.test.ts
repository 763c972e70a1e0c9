import { describe, expect, it } from 'vitest'
import { Series } from './series.ts'

const long = (from: number, to: number, limit = 64) => {
  const series = new Series('step', limit)
  for (let x = from; x < to; x++) series.add(x, x)
  return series
}

describe('a series', () => {
  it('keeps a bounded share of the steps, spread over all of them, and the newest value', () => {
    const series = long(0, 10_000)
    const places = series.points().map(([x]) => x)
    expect(series.size).toBeLessThanOrEqual(64)
    expect(series.size).toBeGreaterThan(16)
    expect(series.isWhole).toBe(false)
    expect(series.last).toEqual([9999, 9999])
    expect([0, 1, 2, 3].map((quarter) => places.some((x) => Math.floor(x / 2500) === quarter))).toEqual(
      Array(4).fill(true),
    )
  })

  it('keeps the same steps in runs of other lengths, so that they can be compared', () => {
    const [short, all] = [long(3000, 6000), long(0, 10_000)]
    const inside = all.points().filter(([x]) => x >= 3000 && x < 6000)
    expect(inside.length).toBeGreaterThan(0)
    expect(inside.every(([x]) => short.at(x) === x)).toBe(true)
  })

  it('keeps each of the first steps, at which a twin is that begins anew, and parts of an epoch in bounds', () => {
    const series = long(0, 10_000)
    expect(series.points().slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, at) => [at, at]))
    const epochs = new Series('epoch', 64)
    for (let at = 0; at < 10_000; at++) epochs.add(at / 1000, at)
    expect(epochs.size).toBeLessThanOrEqual(64)
  })

  it('counts what is no number and does not keep it', () => {
    const series = new Series('step')
    series.add(1, 0.5)
    series.add(2, Number.NaN)
    series.add(3, Number.POSITIVE_INFINITY)
    expect([series.size, series.last, series.notNumbers]).toEqual([1, [1, 0.5], { count: 2, first: 2 }])
  })
})
