import { describe, expect, it } from 'vitest'
import { judgeCurve, judgeSpeed } from './judge.ts'
import { Series } from './series.ts'

function series(count: number, value: (x: number) => number, from = 0): Series {
  const made = new Series('step')
  for (let x = from; x < from + count; x++) made.add(x, value(x))
  return made
}
const falling = (x: number) => 10 - x / 100

describe('a curve', () => {
  it.each<[string, Series, Series, object]>([
    ['the same', series(1000, falling), series(1000, falling), { verdict: 'match', difference: 0, shared: 1000 }],
    [
      'with noise that means nothing',
      series(1000, falling),
      series(1000, (x) => falling(x) + (x % 2 === 0 ? 0.5 : -0.5)),
      { verdict: 'match', shared: 1000 },
    ],
    [
      'that drifts away at the end',
      series(1000, falling),
      series(1000, (x) => falling(x) + (x >= 950 ? 0.5 : 0)),
      { verdict: 'differs', difference: 0.5 / 9.99, why: 'most in steps 950 to 999' },
    ],
    [
      'with too few shared steps',
      series(100, falling),
      series(100, falling, 95),
      { verdict: 'inconclusive', shared: 5, why: '5 shared, 10 needed' },
    ],
    [
      'with none',
      series(100, falling),
      series(100, falling, 100),
      { verdict: 'inconclusive', shared: 0, why: 'no common steps' },
    ],
    [
      'that becomes NaN on one side',
      series(100, falling),
      series(100, (x) => (x >= 90 ? Number.NaN : falling(x))),
      { verdict: 'differs', why: 'v2 is NaN from step 90, 10 times' },
    ],
    [
      'that becomes NaN where the other side never was',
      series(50, falling),
      series(100, (x) => (x >= 90 ? Number.NaN : falling(x))),
      { verdict: 'inconclusive', why: 'v2 is NaN from step 90, 10 times' },
    ],
    [
      'that becomes NaN on both sides',
      series(100, () => Number.NaN),
      series(100, () => Number.NaN),
      { verdict: 'inconclusive', why: 'NaN on both sides, at step 0 and 0' },
    ],
    [
      'that is constant, and the same',
      series(50, () => 0.001),
      series(50, () => 0.001),
      { verdict: 'match', difference: 0 },
    ],
    ['that is constant, and twice as high', series(50, () => 0.001), series(50, () => 0.002), { verdict: 'differs' }],
    ['of zeros', series(50, () => 0), series(50, () => 0), { verdict: 'match', difference: 0 }],
  ])('%s', (_name, v1, v2, judgement) => {
    expect(judgeCurve(v1, v2, 0.01, 10)).toMatchObject(judgement)
  })
})

describe('a speed', () => {
  it.each<[string, Series, Series, object]>([
    ['within the tolerance', series(50, () => 1), series(50, () => 1.04), { verdict: 'match', v1: 1, v2: 1.04 }],
    ['beyond it', series(50, () => 1), series(50, () => 1.06), { verdict: 'differs' }],
    ['beyond it, faster', series(50, () => 1), series(50, () => 0.5), { verdict: 'differs', difference: -0.5 }],
    [
      'does not count how the run warmed up',
      series(100, () => 1),
      series(100, (x) => (x < 10 ? 60 : 1)),
      { verdict: 'match', v2: 1, shared: 90 },
    ],
    [
      'is compared over the steps both were at',
      series(1000, (x) => (x < 100 ? 1 : 3)),
      series(100, () => 1),
      { verdict: 'match', v1: 1, v2: 1 },
    ],
    [
      'is compared over all steps when v2 went on where v1 ended, which is said',
      series(100, () => 1),
      series(100, () => 1, 100),
      { verdict: 'match', why: 'of different steps' },
    ],
    [
      'of two values says nothing',
      series(2, () => 1),
      series(50, () => 1),
      { verdict: 'inconclusive', why: '2 values, 3 needed' },
    ],
  ])('%s', (_name, v1, v2, judgement) => {
    expect(judgeSpeed(v1, v2, 0.05, 3)).toMatchObject(judgement)
  })
})
