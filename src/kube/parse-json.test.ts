import { expect, it } from 'vitest'
import { parseJson } from './parse-json.ts'

it.each<[text: string, value: unknown]>([
  ['{"a": [1, "b"]}', { a: [1, 'b'] }],
  ['null', null],
  ['""', ''],
  ['0', 0],
  ['', undefined],
  ['{"a": [1', undefined],
  ['{} {}', undefined],
  ['NaN', undefined],
])('of %j: %j', (text, value) => {
  expect(parseJson(text)).toEqual(value)
})
