import { describe, expect, it } from 'vitest'
import type { Pod } from '../kube/pod.ts'
import { parseRanks, sourcesOf } from './selection.ts'

describe('parseRanks', () => {
  const ranks = (text: string) => {
    const set = parseRanks(text)
    return set && Array.from({ length: 12 }, (_, rank) => rank).filter((rank) => set.has(rank))
  }
  it.each([
    ['0', [0]],
    ['1,3', [1, 3]],
    ['2-4', [2, 3, 4]],
    ['0, 8 - 10', [0, 8, 9, 10]],
    ['5-5', [5]],
  ])('reads %s', (text, expected) => {
    expect(ranks(text)).toEqual(expected)
  })

  it.each(['', ',', 'a', '-1', '3-1', '1-', '1.5', '0,', '99999999', '1--2'])('refuses %j', (text) => {
    expect(parseRanks(text)).toBeUndefined()
  })
})

describe('sourcesOf', () => {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bert-master-0', namespace: 'nlp', uid: 'u' },
    spec: { initContainers: [{ name: 'init' }], containers: [{ name: 'proxy' }, { name: 'pytorch' }] },
  }
  const containers = (rank: number | undefined, selection: Parameters<typeof sourcesOf>[3]) =>
    sourcesOf('v1', pod, () => ({ role: 'master', rank, container: 'pytorch' }), selection).map(
      ({ container }) => container,
    )

  it('is the training container unless others are named', () => {
    expect(containers(0, { containers: [] })).toEqual(['pytorch'])
    expect(containers(0, { containers: ['proxy', 'init', 'absent'] })).toEqual(['init', 'proxy'])
  })

  it('is narrowed by side and rank; a pod without a rank is in none', () => {
    expect(containers(0, { containers: [], side: 'v2' })).toEqual([])
    expect(containers(0, { containers: [], ranks: parseRanks('1') })).toEqual([])
    expect(containers(1, { containers: [], ranks: parseRanks('1') })).toEqual(['pytorch'])
    expect(containers(undefined, { containers: [], ranks: parseRanks('0') })).toEqual([])
  })
})
