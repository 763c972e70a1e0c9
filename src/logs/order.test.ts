import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { microseconds } from './line.ts'
import { TimeOrder } from './order.ts'

const line = (milliseconds: number, text = String(milliseconds)) => ({
  time: new Date(Date.UTC(2026, 0, 1) + milliseconds).toISOString(),
  text,
})

type Line = ReturnType<typeof line>

function drain(order: TimeOrder<string, Line>, now: number): string[] {
  const texts: string[] = []
  for (let next = order.next(now); next && 'line' in next; next = order.next(now)) texts.push(next.line.text)
  return texts
}

describe('TimeOrder', () => {
  it('waits for every log where it is patient', () => {
    const order = new TimeOrder<string, Line>(true)
    order.add('a', 0)
    order.add('b', 0)
    order.offer('a', [line(1), line(3)], 0)
    expect(order.next(1e9)).toBeUndefined()
    order.offer('b', [line(2)], 0)
    expect(drain(order, 0)).toEqual(['1', '2'])
    order.close('b')
    expect(drain(order, 0)).toEqual(['3'])
  })

  it('is not held up by a log that is quiet, but for a moment', () => {
    const order = new TimeOrder<string, Line>(false)
    order.add('a', 0)
    order.add('b', 0)
    order.opened('b', 0)
    order.offer('a', [line(5)], 10)
    expect(order.next(10)).toEqual({ wait: 290 })
    expect(drain(order, 300)).toEqual(['5'])
    // both have been quiet for long: a line goes as soon as one of the other could have come
    order.offer('a', [line(6)], 5000)
    expect(order.next(5000)).toEqual({ wait: 100 })
    order.offer('b', [line(4)], 5050)
    expect(drain(order, 5100)).toEqual(['4'])
  })

  it('lets all go that came at once, not one after the other', () => {
    const order = new TimeOrder<string, Line>(false)
    order.add('a', 0)
    order.add('b', 0)
    order.offer('a', [line(1), line(2), line(3)], 5000)
    expect(order.next(5000)).toEqual({ wait: 100 })
    expect(drain(order, 5100)).toEqual(['1', '2', '3'])
  })

  it('waits longer for a log that is still being opened', () => {
    const order = new TimeOrder<string, Line>(false)
    order.add('a', 0)
    order.add('b', 0)
    order.offer('a', [line(5)], 0)
    expect(order.next(1000)).toEqual({ wait: 1000 })
    order.opened('b', 1200)
    expect(order.next(1200)).toEqual({ wait: 300 })
  })

  it('counts what was offered and not taken', () => {
    const order = new TimeOrder<string, Line>(true)
    order.add('a', 0)
    order.offer('a', [line(0, 'abc'), line(1, 'de')], 0)
    expect(order.pending('a')).toBe(5)
    order.next(0)
    expect(order.pending('a')).toBe(2)
  })

  it('gives every line once, each log in its own order, the oldest of the first ones first', () => {
    const batches = fc.array(fc.array(fc.nat({ max: 50 }), { maxLength: 30 }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.array(batches, { minLength: 1, maxLength: 8 }), fc.boolean(), (logs, sorted) => {
        const order = new TimeOrder<number, Line & { log: number }>(true)
        const all = logs.map((log) => (sorted ? [log.flat().sort((a, b) => a - b)] : log))
        all.forEach((_, log) => void order.add(log, 0))
        const got: (Line & { log: number })[] = []
        const take = (): void => {
          for (let next = order.next(0); next && 'line' in next; next = order.next(0)) got.push(next.line)
        }
        const longest = Math.max(...all.map((log) => log.length))
        for (let round = 0; round < longest; round++) {
          all.forEach((log, number) => {
            order.offer(
              number,
              (log[round] ?? []).map((time) => ({ ...line(time), log: number })),
              0,
            )
            take()
          })
        }
        for (const number of all.keys()) order.close(number)
        take()
        for (const [number, log] of all.entries()) {
          expect(got.filter((one) => one.log === number).map(({ text }) => text)).toEqual(log.flat().map(String))
        }
        if (sorted) {
          const times = got.map(({ time }) => microseconds(time))
          expect(times).toEqual([...times].sort((a, b) => a - b))
        }
      }),
    )
  })
})

describe('microseconds', () => {
  it.each([
    ['2026-01-01T00:00:00Z', 0],
    ['2026-01-01T00:00:00.000001Z', 1],
    ['2026-01-01T00:00:00.1Z', 100_000],
    ['2026-01-01T00:00:00.12345Z', 123_450],
    ['2026-01-01T00:00:00.123456789Z', 123_456],
    ['2026-01-01T02:00:00.000002000+02:00', 2],
    ['2026-01-01T02:00:00.5+02:00', 500_000],
    ['2026-01-01T02:00:00+02:00', 0],
    ['2026-01-01T00:00:01.000001Z', 1_000_001],
  ])('reads %s', (time, expected) => {
    expect(microseconds(time) - Date.UTC(2026, 0, 1) * 1000).toBe(expected)
  })

  it.each([
    '',
    'yesterday',
    '2026-99-01T00:00:00Z',
    '2026-99-01T00:00:00.123456789Z',
    '2026-01-01T00:00:00.12x456789Z',
  ])('puts what is no time first: %j', (time) => {
    expect(microseconds(time)).toBe(Number.NEGATIVE_INFINITY)
  })
})
