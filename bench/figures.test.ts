import { describe, expect, it } from 'vitest'
import { durationText, isOver, pairwise, ratioText, spreadOf, verdictText } from './figures.ts'

describe('figures of a bench', () => {
  it.each([
    { values: [3], spread: { median: 3, min: 3, max: 3 } },
    { values: [10, 2, 9], spread: { median: 9, min: 2, max: 10 } },
    { values: [4, 1, 3, 2], spread: { median: 2.5, min: 1, max: 4 } },
  ])('$values come to $spread', ({ values, spread }) => {
    expect(spreadOf(values)).toEqual(spread)
  })

  it('nothing measured is an error, not a zero', () => {
    expect(() => spreadOf([])).toThrow(RangeError)
  })

  it('divides pair by pair: a slow minute of the machine does not count against one side', () => {
    expect(pairwise([1, 10, 1], [2, 20, 2])).toEqual({ median: 0.5, min: 0.5, max: 0.5 })
  })

  it.each([
    { value: 2, bound: 2, over: false },
    { value: 2.001, bound: 2, over: true },
    { value: Number.NaN, bound: 2, over: true },
    { value: 9, bound: undefined, over: false },
  ])('$value with the bound $bound is over it: $over', ({ value, bound, over }) => {
    expect(isOver({ name: 'ratio', unit: '', value, bound })).toBe(over)
  })

  it('are told in a line', () => {
    expect(verdictText({ name: 'ratio', unit: '', value: 0.974, bound: 1 })).toBe('ratio 0.97, at most 1.00: OK')
    expect(verdictText({ name: 'memory', unit: 'MB', value: 245.4, bound: 200 })).toBe(
      'memory 245 MB, at most 200 MB: OVER',
    )
    expect(verdictText({ name: 'time', unit: 's', value: 1.5 })).toBe('time 1.50 s')
    expect(durationText({ median: 0.0631, min: 0.059, max: 0.08 })).toBe('63 ms (59-80)')
    expect(durationText({ median: 4.123, min: 3.98, max: 4.4 })).toBe('4.12 s (3.98-4.40)')
    expect(ratioText({ median: 0.9712, min: 0.8, max: 1.2 })).toBe('0.97 (0.80-1.20)')
  })
})
