import { expect, it } from 'vitest'
import { labelValueFault } from './label-value.ts'

it.each(['', 'a', 'A.b_c-1', '1', 'x'.repeat(63)])('%j is the value of a label', (value) => {
  expect(labelValueFault(value)).toBeUndefined()
})

it.each(['a b', 'org/train', '-a', 'a-', '_a', 'a.', 'ä', 'x'.repeat(64), 'a\n', 1, true])('%j is none', (value) => {
  expect(labelValueFault(value)).toBe(`is no value of a label: ${JSON.stringify(value)}`)
})
