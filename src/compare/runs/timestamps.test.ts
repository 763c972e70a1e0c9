import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../test/unit/run-logs.ts'
import { headOf } from './timestamps.ts'

describe('the head of a line', () => {
  it.each([
    ['2026-08-01T10:00:00.123456789Z loss=1', '2026-08-01T10:00:00.123Z', 1, 'loss=1'],
    ['2026-08-01T12:00:00+02:00 loss=1', '2026-08-01T10:00:00.000Z', 1000, 'loss=1'],
    ['[pod/bert-0/pytorch] 2026-08-01T10:00:00Z loss=1', '2026-08-01T10:00:00.000Z', 1000, 'loss=1'],
    ['[pod/bert-0/pytorch] loss=1', undefined, 1000, 'loss=1'],
    ['2026-08-01 10:00:00,250 INFO loss=1', '2026-08-01T10:00:00.250Z', 1, '2026-08-01 10:00:00,250 INFO loss=1'],
    ['[2026/08/01 10:00:00] loss=1', '2026-08-01T10:00:00.000Z', 1000, '[2026/08/01 10:00:00] loss=1'],
    ['loss=1', undefined, 1000, 'loss=1'],
  ])('%s', (line, time, resolution, words) => {
    const head = headOf(line)
    const shown = head.time === undefined ? undefined : new Date(Math.floor(head.time)).toISOString()
    expect([shown, head.resolution, line.slice(head.from)]).toEqual([time, resolution, words])
  })
})

describe('time by the clock of the lines', () => {
  it('gives the time of a step, and how long the first one took', () => {
    const at = (seconds: number) => new Date(Date.UTC(2026, 7, 1) + seconds * 1000).toISOString().replace('Z', '500Z')
    const lines = Array.from({ length: 10 }, (_, step) => `${at(60 + step * 2)} step=${step} loss=1`)
    const facts = factsOf([`${at(0)} hello`, ...lines].join('\n'))
    const clock = facts.series.find(({ by }) => by === 'clock')
    expect([clock?.metric, clock?.series.points().map(([, value]) => value)]).toEqual(['step time', Array(9).fill(2)])
    expect((facts.firstStepTime ?? 0) - (facts.firstTime ?? 0)).toBe(60_000)
  })

  it('waits long enough where lines say whole seconds only', () => {
    const lines = Array.from(
      { length: 60 },
      (_, step) => `2026-08-01T10:00:${String(step).padStart(2, '0')}Z step=${step} loss=1`,
    )
    const clock = factsOf(lines.join('\n')).series.find(({ by }) => by === 'clock')
    expect(clock?.series.points()).toEqual([
      [20, 1],
      [40, 1],
    ])
  })
})
