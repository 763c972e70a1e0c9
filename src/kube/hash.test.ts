import { describe, expect, it } from 'vitest'
import { hashJson } from './hash.ts'

describe('the hash of a JSON value', () => {
  it('is SHA-256 of its sorted text', () => {
    expect(hashJson({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
    expect(hashJson({ b: 1, a: [2] })).toBe('63c9663de90ee828bbda6cd9acf02d0c653986c1ec25aa239920641edc9a1de5')
  })

  it('does not depend on the order of keys or on undefined members', () => {
    expect(hashJson({ a: 1, b: 2, c: undefined })).toBe(hashJson({ b: 2, a: 1 }))
  })

  it('depends on the order of a list, and on every value', () => {
    const hashes = [[1, 2], [2, 1], [1], ['1', '2'], null, {}, [], ''].map(hashJson)
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})
