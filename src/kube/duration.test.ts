import { describe, expect, it } from 'vitest'
import { formatClock, formatDuration, parseAge, parseDuration } from './duration.ts'

describe('durations', () => {
  it.each([
    ['15m', 900_000],
    ['2m', 120_000],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['500ms', 500],
    ['0', 0],
    ['', undefined],
    ['15', undefined],
    ['15 m', undefined],
    ['m', undefined],
    ['-5m', undefined],
    ['5d', undefined],
  ])('%j is %s milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it.each([
    ['7d', 604_800_000],
    ['36h', 129_600_000],
    ['1d12h', undefined],
    ['d', undefined],
  ])('as an age %j is %s milliseconds', (text, milliseconds) => {
    expect(parseAge(text)).toBe(milliseconds)
  })

  it.each([
    [0, '0.0 s'],
    [412, '0.4 s'],
    [11_200, '11.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1m 00s'],
    [245_000, '4m 05s'],
    [3_720_000, '1h 02m'],
  ])('%d milliseconds took %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })

  it.each([
    [0, '0:00'],
    [41_900, '0:41'],
    [900_000, '15:00'],
    [3_661_000, '1:01:01'],
  ])('%d milliseconds on the clock are %s', (milliseconds, text) => {
    expect(formatClock(milliseconds)).toBe(text)
  })
})
