import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import type { LogSource } from '../logs/line.ts'
import { readLiveRun } from './live-run.ts'

const options = { patterns: [], signal: new AbortController().signal }
const source = (rank: number): LogSource => ({
  ...{ side: 'v2', role: 'node', rank, namespace: 'nlp', pod: `bert-${rank}`, uid: `u${rank}`, container: 'node' },
})
const full = 'step=1 loss=2 step_time=1\nstep=2 loss=1 step_time=1\n'

async function read(logs: Readonly<Record<string, string>>, ranks: readonly number[], forbid = '') {
  const cluster = new FakeCluster({ logs, forbid: ({ name }) => name === forbid })
  const found = await readLiveRun(cluster, ranks.map(source), options)
  return {
    logs: found.logs.map(({ name, facts }) => `${name}: ${facts.series.length}`),
    gaps: found.gaps.map(({ source: { pod }, why }) => `${pod}: ${why}`),
    unread: found.unread,
    asked: cluster.log.length,
  }
}

describe('the logs of a live run', () => {
  it('are those of the first rank, when it tells enough', async () => {
    const logs = { 'bert-0/node': full, 'bert-1/node': full, 'bert-2/node': full }
    expect(await read(logs, [0, 1, 2])).toEqual({ logs: ['bert-0: 2'], gaps: [], unread: 2, asked: 1 })
  })

  it('are those of all ranks, when the first one says nothing', async () => {
    const logs = { 'bert-0/node': 'hello\n', 'bert-1/node': full }
    expect(await read(logs, [0, 1])).toEqual({ logs: ['bert-0: 0', 'bert-1: 2'], gaps: [], unread: 0, asked: 2 })
  })

  it('lack those that may not be read and those of pods that are gone, and say so', async () => {
    const logs = { 'bert-0/node': full, 'bert-2/node': full }
    expect(await read(logs, [0, 1, 2], 'bert-0')).toEqual({
      logs: ['bert-2: 2'],
      gaps: ['bert-0: forbidden', 'bert-1: gone'],
      unread: 0,
      asked: 3,
    })
  })
})
