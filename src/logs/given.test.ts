import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Given } from './given.ts'
import { microseconds } from './line.ts'
import type { DatedText } from './split.ts'

const start = Date.parse('2026-01-01T00:00:00Z')

/** `steps` are microseconds from one line to the next; some go back a little, as two streams of a container do. */
function logOf(steps: readonly number[]): DatedText[] {
  let at = start * 1000
  return steps.map((step, number) => {
    at += step
    const fraction = String(at % 1_000_000).padStart(6, '0')
    return { time: `${new Date(at / 1000).toISOString().slice(0, 19)}.${fraction}000Z`, text: String(number) }
  })
}

/** What the API server and the kubelet answer: lines from a time in whole seconds on. */
function answer(log: readonly DatedText[], since: string | undefined): DatedText[] {
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Math.floor(Date.parse(since) / 1000) * 1_000_000
  return log.filter(({ time = '' }) => microseconds(time) >= from)
}

describe('Given', () => {
  it('asks from the second before the last line', () => {
    const given = new Given()
    expect(given.since).toBeUndefined()
    given.isNew({ time: '2026-01-01T00:00:09.9Z', text: 'a' })
    expect(given.since).toBe('2026-01-01T00:00:08.000Z')
    given.isNew({ time: '2026-01-01T01:00:10.000000001+01:00', text: 'b' })
    expect(given.since).toBe('2026-01-01T00:00:09.000Z')
  })

  it('gives every line once, in order, wherever the reading is cut and begun again', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 900 }) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 3_000_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: -400_000, max: 0 }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(fc.nat({ max: 70 }), { maxLength: 8 }), (steps, cuts) => {
        // never more than half a second before the newest
        let behind = 0
        const log = logOf(
          steps.map((delta) => {
            const allowed = delta < 0 ? -Math.min(-delta, 500_000 - behind) : delta
            behind = Math.max(0, behind - allowed)
            return allowed
          }),
        )
        const given = new Given()
        const got: string[] = []
        for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
          given.reopened()
          const lines = answer(log, given.since)
          for (const line of lines.slice(0, cut)) if (given.isNew(line)) got.push(line.text)
        }
        expect(got).toEqual(log.map(({ text }) => text))
      }),
    )
  })

  it('keeps lines of one time apart by their number', () => {
    const given = new Given()
    const line = { time: '2026-01-01T00:00:00Z', text: 'same' }
    expect([given.isNew(line), given.isNew(line)]).toEqual([true, true])
    given.reopened()
    expect([given.isNew(line), given.isNew(line), given.isNew(line)]).toEqual([false, false, true])
  })

  it('leaves nothing out where the node rotated the log away meanwhile', () => {
    const given = new Given()
    const [first, second] = logOf([0, 10])
    if (!first || !second) throw new Error('two lines')
    given.isNew(first)
    given.reopened()
    expect(given.isNew(second)).toBe(true)
  })

  it('leaves nothing out where the clock of the node was set back', () => {
    const given = new Given()
    given.isNew({ time: '2026-01-01T10:00:00Z', text: 'late' })
    given.isNew({ time: '2026-01-01T09:00:00Z', text: 'early' })
    expect(given.since).toBe('2026-01-01T08:59:59.000Z')
  })

  it('treats the pieces of a long line as its first one', () => {
    const given = new Given()
    const line = { time: '2026-01-01T00:00:00Z', text: 'long' }
    const piece = { time: undefined, text: 'er', continued: true } as const
    expect([given.isNew(line), given.isNew(piece)]).toEqual([true, true])
    given.reopened()
    expect([given.isNew(line), given.isNew(piece)]).toEqual([false, false])
  })
})
