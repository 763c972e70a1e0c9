import { describe, expect, it } from 'vitest'
import { Problem } from '../problem.ts'
import { parseRequestTimeout } from './request-timeout.ts'

describe('--request-timeout', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['0', undefined],
    ['0s', undefined],
    ['1', 1000],
    ['90', 90_000],
    ['1s', 1000],
    ['1.5s', 1500],
    ['.5s', 500],
    ['500ms', 500],
    ['2m', 120_000],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['1us', 1],
    ['10000h', undefined],
  ])('%s is %s ms', (text, milliseconds) => {
    expect(parseRequestTimeout(text)).toBe(milliseconds)
  })

  it.each(['soon', '-1', '-1s', '1 s', '1d', '1s2', 's', '1,5s', '0x10'])(
    '%s is refused with the right spelling',
    (text) => {
      expect(() => parseRequestTimeout(text)).toThrow(Problem)
      expect(() => parseRequestTimeout(text)).toThrow(`--request-timeout ${text} is not a duration`)
    },
  )
})
