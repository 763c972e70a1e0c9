import { describe, expect, it } from 'vitest'
import { seedFor } from '../../../scripts/test-run/seed.ts'

describe('the seed of random tests', () => {
  it.each([
    ['of a commit', '00000ff3cc8fbe4f2c0a4b1d5a3cbd0e7f1a9b2c', 0xff],
    ['of a commit, at most', 'fffffff3cc8fbe4f2c0a4b1d5a3cbd0e7f1a9b2c', 2 ** 28 - 1],
    ['outside of a git checkout', undefined, 1],
    ['where git says something else', 'HEAD', 1],
  ])('%s', (_, commit, seed) => {
    expect(seedFor(commit)).toBe(seed)
  })
})
