import { expect, it, vi } from 'vitest'
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

it('makes no error of a text that is not there', () => {
  const parse = vi.spyOn(JSON, 'parse')
  expect(parseJson('')).toBeUndefined()
  expect(parse).not.toHaveBeenCalled()
  parse.mockRestore()
})
