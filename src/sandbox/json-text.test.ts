import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonText, withoutKind } from './json-text.ts'

describe('the text of answers', () => {
  it.each([
    ['an object', { kind: 'Pod', metadata: { name: 'x' } }],
    ['an empty list', { kind: 'PodList', metadata: {}, items: [] }],
    ['text that a replacement would read', { kind: 'PodList', items: [{ a: "$& $' $1 ]}" }, { b: ']}' }] }],
    ['items that are no objects', { items: [1, null, 'x', [2]] }],
    ['no object', ['x']],
  ])('is that of its JSON: %s', (_, body) => {
    expect(JSON.parse(jsonText(body))).toEqual(body)
    expect(JSON.parse(jsonText(body))).toEqual(body)
  })

  it('is that of its JSON, whatever is listed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.dictionary(fc.string(), fc.string()),
        (items, metadata) => {
          const list = { kind: 'List', metadata, items }
          expect(JSON.parse(jsonText(list))).toEqual(JSON.parse(JSON.stringify(list)))
        },
      ),
    )
  })

  it('leaves out of which kind an item is', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }
    expect(withoutKind(pod)).toEqual({ metadata: { name: 'x' } })
    expect(withoutKind(pod)).toBe(withoutKind(pod))
  })
})
