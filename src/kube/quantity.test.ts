import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatQuantity, parseQuantity, sameQuantity } from './quantity.ts'

describe('quantities', () => {
  it.each([
    ['1', '1000m', true],
    [1, '1', true],
    ['1Gi', '1024Mi', true],
    ['1G', '1Gi', false],
    ['0.5', '500m', true],
    ['1e3', '1k', true],
    ['.5Gi', '512Mi', true],
    ['$CPU', '$CPU', true],
    ['$CPU', '1', false],
  ] as const)('%s and %s are the same: %s', (a, b, same) => {
    expect(sameQuantity(a, b)).toBe(same)
  })

  it.each(['', 'abc', '1 Gi', '1KiB', '--1', '.'])('%j is not a quantity', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
  })

  it.each([
    ['1n', 1n],
    ['1u', 1_000n],
    ['1m', 1_000_000n],
    ['1', 1_000_000_000n],
    ['1k', 1_000_000_000_000n],
    ['1Ki', 1_024_000_000_000n],
    ['1E', 10n ** 27n],
    ['1Ei', 2n ** 60n * 10n ** 9n],
    ['1e3', 10n ** 12n],
    ['1E3', 10n ** 12n],
    ['1e-3', 1_000_000n],
    ['+1', 1_000_000_000n],
    ['-1', -1_000_000_000n],
    ['-0.5', -500_000_000n],
    // what is smaller than a billionth is rounded up
    ['0.0000000001', 1n],
    ['1.', 1_000_000_000n],
  ])('%s is %s billionths', (text, amount) => {
    expect(parseQuantity(text)).toBe(amount)
  })

  it.each([
    ['1024Mi', '1Gi'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.1', '100m'],
    ['1G', '1000000000'],
    ['0', '0'],
    ['1.5Gi', '1536Mi'],
    ['100n', '100n'],
  ])('%s is written %s', (text, written) => {
    expect(formatQuantity(parseQuantity(text) ?? 0n)).toBe(written)
  })

  it('survives being formatted and parsed again', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 80n }), (amount) => {
        expect(parseQuantity(formatQuantity(amount))).toBe(amount)
      }),
    )
  })
})
