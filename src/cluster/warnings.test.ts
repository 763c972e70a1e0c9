import { describe, expect, it } from 'vitest'
import { warningTexts } from './warnings.ts'

describe('warningTexts', () => {
  it.each([
    ['no header', undefined, []],
    ['one', '299 - "unknown field \\"spec.x\\""', ['unknown field "spec.x"']],
    ['several in one header', '299 - "a, b", 299 - "c"', ['a, b', 'c']],
    ['several headers', ['299 - "a"', '299 - "b"'], ['a', 'b']],
    ['with an agent and a date', '299 "agent" "a" "Wed, 21 Oct 2015 07:28:00 GMT"', ['a']],
    ['a backslash', '299 - "a\\\\b"', ['a\\b']],
    ["codes of caches are not the API server's", '110 anderson/1.3.37 "Response is stale", 299 - "a"', ['a']],
    ['UTF-8', Buffer.from('299 - "größe 模型"').toString('latin1'), ['größe 模型']],
    ['nonsense', 'oh dear', []],
  ])('%s', (_, header, texts) => {
    expect(warningTexts(header)).toEqual(texts)
  })
})
