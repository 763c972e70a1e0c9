import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeLog } from '../../test/unit/fake-cluster.ts'
import type { LogQuery } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import type { LogLine, LogSource } from '../logs/line.ts'
import { type LogGap, logSources, type ReadLogsOptions, readLogs } from './logs.ts'
import { readSnapshot } from './snapshot.ts'

const source = (rank: number, side: 'v1' | 'v2' = 'v1'): LogSource => ({
  side,
  role: 'worker',
  rank,
  namespace: 'nlp',
  pod: `bert-worker-${rank}`,
  uid: `uid-${rank}`,
  container: 'pytorch',
})

/** A line as the kubelet writes it, so many milliseconds after the year's start. */
const written = (milliseconds: number, text: string): string =>
  `${new Date(Date.UTC(2026, 0, 1) + milliseconds).toISOString()} ${text}\n`

async function read(cluster: FakeCluster, sources: LogSource[], options: Partial<ReadLogsOptions> = {}) {
  const gaps: LogGap[] = []
  const lines: LogLine[] = []
  for await (const line of readLogs(cluster, sources, {
    signal: new AbortController().signal,
    sleep: async () => undefined,
    gap: (gap) => void gaps.push(gap),
    ...options,
  })) {
    lines.push(line)
  }
  return { lines, gaps, texts: lines.map(({ rank, text }) => `${rank} ${text}`) }
}

const unreachable = (): ClusterError =>
  new ClusterError({ kind: 'unreachable', server: 'https://fake', code: 'ECONNRESET', reason: 'cut', sent: true })

/** A log on a node that cuts the connection after so many characters of each answer. */
function cutting(lines: readonly string[], cuts: readonly number[]): FakeLog {
  const remaining = [...cuts]
  return async function* (query: LogQuery) {
    const from = query.sinceTime === undefined ? 0 : Math.floor(Date.parse(query.sinceTime) / 1000) * 1000
    const text = lines.filter((line) => Date.parse(line.slice(0, 24)) >= from).join('')
    const cut = remaining.shift()
    if (cut === undefined) yield text
    else {
      yield text.slice(0, cut)
      throw unreachable()
    }
  }
}

describe('readLogs', () => {
  it('merges logs by time and asks for each once', async () => {
    const cluster = new FakeCluster({
      logs: {
        'bert-worker-0/pytorch': written(1, 'a') + written(3, 'c'),
        'bert-worker-1/pytorch': written(2, 'b') + written(4, 'd'),
      },
    })
    const { texts, gaps, lines } = await read(cluster, [source(0), source(1, 'v2')])
    expect(texts).toEqual(['0 a', '1 b', '0 c', '1 d'])
    expect(gaps).toEqual([])
    expect(lines[1]).toEqual({
      side: 'v2',
      role: 'worker',
      rank: 1,
      pod: 'bert-worker-1',
      container: 'pytorch',
      time: '2026-01-01T00:00:00.002Z',
      text: 'b',
    })
    expect(cluster.log).toEqual(['get pods/log nlp bert-worker-0/pytorch', 'get pods/log nlp bert-worker-1/pytorch'])
  })

  it('reads on where a connection is cut, at whatever character, without a line lost or given twice', async () => {
    const log = fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 1, maxLength: 20 })
    // two cuts in a row without a line between them are as many as are borne
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(log, cuts, async (steps, cut) => {
        let at = 0
        const lines = steps.map((step, number) => {
          at += step
          return written(at, `line ${number}`)
        })
        const cluster = new FakeCluster({ logs: { 'bert-worker-0/pytorch': cutting(lines, cut) } })
        const { texts, gaps } = await read(cluster, [source(0)])
        expect(gaps).toEqual([])
        expect(texts).toEqual(lines.map((_, number) => `0 line ${number}`))
      }),
    )
  })

  it('tells what cannot be read and reads the rest', async () => {
    const refused = (status: number, message: string): FakeLog =>
      async function* () {
        yield* []
        throw new ClusterError({ kind: 'internal', status, message, verb: 'get', resource: 'pods/log' })
      }
    const cluster = new FakeCluster({
      logs: {
        'bert-worker-0/pytorch': written(1, 'a'),
        'bert-worker-2/pytorch': refused(400, 'container "pytorch" in pod "p" is waiting to start: ContainerCreating'),
        'bert-worker-3/pytorch': refused(500, 'dial tcp 10.0.0.1:10250: i/o timeout'),
        'bert-worker-4/pytorch': refused(400, 'previous terminated container "pytorch" in pod "p" not found'),
        'bert-worker-5/pytorch': written(2, 'b'),
      },
      forbid: ({ resource, name }) => resource === 'pods/log' && name === 'bert-worker-5',
    })
    const { texts, gaps } = await read(
      cluster,
      [0, 1, 2, 3, 4, 5].map((rank) => source(rank)),
    )
    expect(texts).toEqual(['0 a'])
    expect(gaps.map(({ source: { rank }, why }) => `${rank} ${why}`).sort()).toEqual([
      '1 gone',
      '2 not started',
      '3 unreadable',
      '4 no previous',
      '5 forbidden',
    ])
  })

  it('fails as a whole where it is not about one log', async () => {
    const cluster = new FakeCluster({
      logs: {
        'bert-worker-0/pytorch': written(1, 'a'),
        'bert-worker-1/pytorch': async function* () {
          yield* []
          throw new ClusterError({ kind: 'unauthenticated', server: 'https://fake', message: 'Unauthorized' })
        },
      },
    })
    await expect(read(cluster, [source(0), source(1)])).rejects.toMatchObject({ failure: { kind: 'unauthenticated' } })
  })

  it('takes what it missed from the previous log where the container was started again meanwhile', async () => {
    const first = written(1, 'a') + written(2, 'b') + written(3, 'last words')
    const again = written(5, 'begins') + written(6, 'goes on')
    let reading = 0
    const cluster = new FakeCluster({
      logs: {
        'bert-worker-0/pytorch': async function* ({ previous }) {
          reading += 1
          if (previous) yield first
          else if (reading === 1) {
            yield written(1, 'a') + written(2, 'b')
            throw unreachable()
          } else yield again
        },
      },
    })
    expect((await read(cluster, [source(0)])).texts).toEqual(['0 a', '0 b', '0 last words', '0 begins', '0 goes on'])
    expect(cluster.log.slice(1)).toEqual([
      'get pods/log nlp bert-worker-0/pytorch sinceTime=2025-12-31T23:59:59.000Z',
      'get pods/log nlp bert-worker-0/pytorch previous=true sinceTime=2025-12-31T23:59:59.000Z',
    ])
  })

  it('does not go behind --tail when it reads on after a cut', async () => {
    const lines = [1, 2, 3, 4].map((time) => written(time, `line ${time}`))
    let reading = 0
    const cluster = new FakeCluster({
      logs: {
        'bert-worker-0/pytorch': async function* () {
          reading += 1
          yield lines.slice(reading === 1 ? 2 : 0, reading === 1 ? 3 : 4).join('')
          if (reading === 1) throw unreachable()
        },
      },
    })
    expect((await read(cluster, [source(0)], { tailLines: 1 })).texts).toEqual(['0 line 3', '0 line 4'])
    expect(reading).toBe(2)
  })

  it('looks again at a line without an end: a node that died cuts in order', async () => {
    const answers = [`${written(1, 'a')}2026-01-01T00:00:00.002Z hal`, written(1, 'a') + written(2, 'half')]
    const cluster = new FakeCluster({
      logs: {
        'bert-worker-0/pytorch': async function* () {
          yield answers.shift() ?? 'asked too often'
        },
      },
    })
    expect((await read(cluster, [source(0)])).texts).toEqual(['0 a', '0 half'])
  })

  it('gives the last line of a program that ended without a line break', async () => {
    const cluster = new FakeCluster({
      logs: { 'bert-worker-0/pytorch': `${written(1, 'a')}2026-01-01T00:00:00.002Z end` },
    })
    expect((await read(cluster, [source(0)])).texts).toEqual(['0 a', '0 end'])
    expect(cluster.log).toEqual([
      'get pods/log nlp bert-worker-0/pytorch',
      'get pods/log nlp bert-worker-0/pytorch sinceTime=2025-12-31T23:59:59.000Z',
    ])
  })

  it('passes on where to begin, and leaves out what whole seconds of the API give too much', async () => {
    const log = written(100, 'a') + written(600, 'b')
    const cluster = new FakeCluster({ logs: { 'bert-worker-0/pytorch': log } })
    const { texts } = await read(cluster, [source(0)], {
      sinceTime: '2026-01-01T00:00:00.5Z',
      tailLines: 7,
      previous: true,
    })
    expect(texts).toEqual(['0 b'])
    expect(cluster.log).toEqual([
      'get pods/log nlp bert-worker-0/pytorch previous=true sinceTime=2026-01-01T00:00:00.5Z tailLines=7',
    ])
  })

  it('stops reading when nobody takes lines any more', async () => {
    let stopped = false
    const cluster = new FakeCluster({
      logs: {
        'bert-worker-0/pytorch': async function* (_query, signal) {
          for (let at = 0; !signal.aborted; at++) {
            yield written(at, 'x'.repeat(1000))
            await new Promise((resolve) => setImmediate(resolve))
          }
          stopped = true
        },
      },
    })
    const options = { signal: new AbortController().signal, sleep: async () => undefined, gap: () => undefined }
    for await (const line of readLogs(cluster, [source(0)], options)) {
      expect(line.text).toHaveLength(1000)
      break
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(stopped).toBe(true)
  })
})

describe('logSources', () => {
  it('are the training containers of both sides, v1 first, by rank', async () => {
    const pod = (name: string, labels: Record<string, string>): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'nlp', uid: name, labels },
      spec: { containers: [{ name: 'proxy' }, { name: 'pytorch' }] },
    })
    const v1 = (type: string, index: number) =>
      pod(`bert-${type}-${index}`, {
        'training.kubeflow.org/job-name': 'bert',
        'training.kubeflow.org/replica-type': type,
        'training.kubeflow.org/replica-index': String(index),
      })
    const objects: KubeObject[] = [
      {
        apiVersion: 'kubeflow.org/v1',
        kind: 'PyTorchJob',
        metadata: { name: 'bert', namespace: 'nlp' },
        spec: { pytorchReplicaSpecs: { Master: { replicas: 1 }, Worker: { replicas: 11 } } },
      },
      {
        apiVersion: 'trainer.kubeflow.org/v1alpha1',
        kind: 'TrainJob',
        metadata: { name: 'bert-v2', namespace: 'nlp' },
        spec: { runtimeRef: { name: 'torch-distributed' } },
      },
      v1('worker', 10),
      v1('worker', 1),
      v1('master', 0),
      pod('bert-v2-node-0-1-abcde', {
        'jobset.sigs.k8s.io/jobset-name': 'bert-v2',
        'jobset.sigs.k8s.io/replicatedjob-name': 'node',
        'jobset.sigs.k8s.io/job-index': '0',
        'batch.kubernetes.io/job-completion-index': '1',
      }),
    ]
    const snapshot = await readSnapshot(new FakeCluster({ objects }), { name: 'bert' }, 'nlp', 'logs')
    const words = (selection: Parameters<typeof logSources>[1]) =>
      logSources(snapshot, selection).map(
        ({ side, rank, pod: name, container }) => `${side} ${rank} ${name} ${container}`,
      )
    expect(words({ containers: [] })).toEqual([
      'v1 0 bert-master-0 pytorch',
      'v1 2 bert-worker-1 pytorch',
      'v1 11 bert-worker-10 pytorch',
      'v2 1 bert-v2-node-0-1-abcde proxy',
    ])
    expect(words({ containers: ['proxy'], side: 'v2' })).toEqual(['v2 1 bert-v2-node-0-1-abcde proxy'])
  })
})
