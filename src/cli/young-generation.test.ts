import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { keepYoungGenerationSmall } from './young-generation.ts'

const mebibyte = 1024 * 1024

describe('what V8 is told', () => {
  afterEach(() => vi.useRealTimers())

  it('is not to grow while semi-spaces have 8 MB', () => {
    vi.useFakeTimers()
    const told: string[] = []
    let young = mebibyte
    keepYoungGenerationSmall({ youngBytes: () => young, setFlag: (flag) => told.push(flag) })
    const toldAt = (bytes: number): string[] => {
      young = bytes
      vi.advanceTimersByTime(500)
      return told.splice(0)
    }
    expect(toldAt(8 * mebibyte)).toEqual([])
    expect(toldAt(16 * mebibyte)).toEqual(['--semi-space-growth-factor=1'])
    expect(toldAt(2 * mebibyte)).toEqual(['--semi-space-growth-factor=2'])
    expect(toldAt(16 * mebibyte)).toEqual(['--semi-space-growth-factor=1'])
  })
})

/** The largest young generation of a process that holds on to what it makes for a while, in bytes. */
function largestYoung(before: string): number {
  const script = `
    import { setTimeout } from 'node:timers/promises'
    import { keepYoungGenerationSmall, thisHeap } from ${JSON.stringify(new URL('young-generation.ts', import.meta.url).href)}
    ${before}
    let largest = 0
    const held = []
    for (let round = 0; round < 300; round++) {
      for (let at = 0; at < 1500; at++) held[(round * 1500 + at) % 50000] = { at, values: [at, at, at, at] }
      await setTimeout(5)
      largest = Math.max(largest, thisHeap.youngBytes())
    }
    console.log(largest)`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return Number(stdout)
}

describe('the V8 of this Node', { timeout: 60_000 }, () => {
  it('stays at semi-spaces of 8 MB, and by itself does not', () => {
    expect(largestYoung('')).toBe(2 * 16 * mebibyte)
    expect(largestYoung('keepYoungGenerationSmall(thisHeap)')).toBe(2 * 8 * mebibyte)
  })
})
