import { describe, expect, it } from 'vitest'
import { floatKey, parseInteger, resolvePlain } from './yaml-scalar.ts'

// test/unit/manifests/testdata/scalars.yaml has what kubectl makes of a hundred scalars; here stands what it cannot show

describe('an unquoted scalar', () => {
  const refused: [string, unknown][] = [
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['0x20000000000001', 0x20000000000001n],
    ['-0x20000000000001', -0x20000000000001n],
    ['18446744073709551616', 18446744073709551616n],
    ['09007199254740993', 9007199254740993n],
    ['.inf', Number.POSITIVE_INFINITY],
    ['+.Inf', Number.POSITIVE_INFINITY],
    ['-.INF', Number.NEGATIVE_INFINITY],
    ['.nan', Number.NaN],
  ]
  for (const [text, value] of refused) {
    it(`${text} is a number that JSON cannot carry: ${value}`, () => {
      expect(resolvePlain(text)).toEqual(value)
    })
  }

  it('that is an integer of more than 64 bits in another base is a string, as for Go', () => {
    expect(resolvePlain('0xffffffffffffffff')).toBe(0xffffffffffffffffn)
    expect(resolvePlain('0x10000000000000000')).toBe('0x10000000000000000')
    expect(parseInteger('0x10000000000000000')).toBeUndefined()
  })

  it('never is minus zero', () => {
    for (const text of ['-0', '-0.0', '-00', '-0x0', '-08e-999']) expect(resolvePlain(text)).toBe(0)
  })
})

describe('a key that is a float', () => {
  // strconv.FormatFloat(f, 'g', -1, 32) of Go 1.26
  const keys: [number, string][] = [
    [1.1, '1.1'],
    [12.3456789, '12.345679'],
    [16777217, '1.6777216e+07'],
    [123456, '123456'],
    [1234567, '1.234567e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [-2.5, '-2.5'],
    [1e21, '1e+21'],
  ]
  for (const [value, text] of keys) {
    it(`${value} becomes ${text}`, () => {
      expect(floatKey(value)).toBe(text)
    })
  }
})
