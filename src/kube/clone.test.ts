import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clone, equalJson, stableJson, withoutNulls } from './clone.ts'

describe('a deep copy', () => {
  it('equals its original and shares nothing with it', () => {
    const original = { list: [{ a: 1 }], map: { b: null }, text: 'c' }
    const copy = clone(original)
    expect(copy).toEqual(original)
    expect(copy.list).not.toBe(original.list)
    expect(copy.list[0]).not.toBe(original.list[0])
    expect(copy.map).not.toBe(original.map)
  })

  it('keeps a key that an object has by birth', () => {
    const copy = clone(JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}')) as Record<string, unknown>
    expect(Object.entries(copy)).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', 2],
    ])
  })
})

describe('a copy without nulls', () => {
  it('drops members that are null or undefined, at any depth, and keeps items of lists', () => {
    const original = { a: null, b: undefined, c: { d: null, e: 0 }, f: [null, { g: null }], h: '' }
    const before = structuredClone(original)
    expect(withoutNulls(original)).toEqual({ c: { e: 0 }, f: [null, {}], h: '' })
    const whole = { c: { e: 0 }, f: [null, {}] }
    expect(withoutNulls(whole)).toBe(whole)
    expect(original).toEqual(before)
  })
})

describe('equality of JSON', () => {
  it.each([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [[1, 2], [2, 1], false],
    [{ a: undefined }, {}, true],
    [{ a: null }, {}, false],
    [{}, [], false],
    ['1', 1, false],
    [undefined, undefined, true],
    [{ a: { b: [{ c: 1, d: 2 }] } }, { a: { b: [{ d: 2, c: 1 }] } }, true],
  ])('%j and %j: %s', (a, b, equal) => {
    expect(equalJson(a, b)).toBe(equal)
  })

  it('writes keys in order, so that equal values are equal texts', () => {
    expect(stableJson({ b: [1, { d: 1, c: null }], a: undefined, é: 'x' })).toBe('{"b":[1,{"c":null,"d":1}],"é":"x"}')
  })

  it('writes keys that are numbers in the same order as others', () => {
    expect(stableJson({ b: { 9: 1, 10: 2, '-': 3 }, __proto__: undefined })).toBe('{"b":{"-":3,"10":2,"9":1}}')
  })

  it('writes texts that parse to what was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(stableJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
