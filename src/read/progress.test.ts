import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeLog } from '../../test/unit/fake-cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { LogSource } from '../logs/line.ts'
import { readProgress } from './progress.ts'

const source: LogSource = {
  side: 'v1',
  namespace: 'nlp',
  pod: 'bert-master-0',
  container: 'pytorch',
  role: 'master',
  rank: 0,
  uid: 'uid-bert-master-0',
}

function progressOf(log: string | FakeLog, limit?: AbortSignal) {
  const cluster = new FakeCluster({ logs: { 'bert-master-0/pytorch': log } })
  return readProgress(cluster, source, new AbortController().signal, limit)
}

describe('how far a run is by the end of a log', () => {
  it('is its last step, or else its last epoch, and the loss at it', async () => {
    expect(await progressOf('step 10 loss 2.5\nstep 20 loss 2.25\n')).toEqual({ axis: 'step', at: 20, loss: 2.25 })
    expect(await progressOf('Epoch 3 loss=0.5\n')).toEqual({ axis: 'epoch', at: 3, loss: 0.5 })
  })

  it('is not known of a log that tells nothing', async () => {
    expect(await progressOf('hello\n')).toBeUndefined()
  })

  it('is not waited for where the node hangs', async () => {
    const limit = new AbortController()
    const hangs: FakeLog = async function* (_, signal) {
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
      limit.abort()
      await aborted
      yield* []
      throw new ClusterError({ kind: 'aborted' })
    }
    expect(await progressOf(hangs, limit.signal)).toBeUndefined()
  })
})
