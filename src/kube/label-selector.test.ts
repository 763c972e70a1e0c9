import { describe, expect, it } from 'vitest'
import { hasLabel } from './label-selector.ts'

const long = 'x'.repeat(64)

describe('the selector of what is labelled', () => {
  it.each<[values: string[], selector: string]>([
    [['bert'], 'app=bert'],
    [['bert', 'bert-v2'], 'app in (bert,bert-v2)'],
    [['x'.repeat(63)], `app=${'x'.repeat(63)}`],
    [['bert', long], 'app=bert'],
    [[long], 'app,!app'],
    [[], 'app,!app'],
  ])('with %j', (values, selector) => {
    expect(hasLabel('app', ...values)).toBe(selector)
  })
})
