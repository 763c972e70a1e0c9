import { describe, expect, it } from 'vitest'
import { printJson } from './print-json.ts'

describe('JSON for people and programs', () => {
  it('is two spaces deep, or one line', () => {
    expect(printJson({ a: [1, 'é'] })).toBe('{\n  "a": [\n    1,\n    "é"\n  ]\n}')
    expect(printJson({ a: [1, 'é'] }, { oneLine: true })).toBe('{"a":[1,"é"]}')
  })

  it.each<[what: string, text: string, printed: string]>([
    ['a control', '\u001b[31m', '"\\u001b[31m"'],
    ['a line break', 'a\nb', '"a\\nb"'],
    ['a control of the second set', '\u009b31m', '"\\u009b31m"'],
    ['delete', '\u007f', '"\\u007f"'],
    ['a text direction', 'a\u202eb', '"a\\u202eb"'],
    ['a line separator', 'a\u2028b', '"a\\u2028b"'],
    ['a tag beyond U+FFFF', 'a\u{e0041}b', '"a\\udb40\\udc41b"'],
    ['a picture', '😀', '"😀"'],
  ])('escapes what a terminal obeys: %s', (_, text, printed) => {
    expect(printJson(text)).toBe(printed)
    expect(JSON.parse(printed)).toBe(text)
  })
})
