import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions, type FakeLog } from '../../test/unit/fake-cluster.ts'
import type { FakeEnvOptions } from '../../test/unit/fake-env.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import {
  condition,
  ended,
  heldV1,
  runningTrainJob,
  runningV1,
  v1Job,
  v1Pod,
  v2Pod,
  waiting,
} from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { Pod } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import { logLineSchema } from '../present/log-schema.ts'

const written = (second: number, text: string): string => `2026-01-01T00:00:0${second}.000000000Z ${text}\n`

const logs = {
  'bert-master-0/pytorch': written(1, 'v1 starts') + written(4, 'loss=0.5'),
  'bert-worker-0/pytorch': written(2, 'worker starts'),
  'bert-v2-node-0-0-x7k2p/pytorch': written(3, '\u001b[32mv2 starts\u001b[0m'),
}
const objects = [
  runningV1('bert', { roles: { Master: 1, Worker: 1 } }),
  v1Pod('bert', 'master', 0),
  v1Pod('bert', 'worker', 0),
  runningTrainJob('bert-v2'),
  v2Pod('bert-v2', 0),
]

function run(words: string, cluster: FakeClusterOptions = {}, env: FakeEnvOptions = {}) {
  const fake = new FakeCluster({ objects, logs, ...cluster })
  return runVerb(`logs ${words} -n nlp`.split(' '), { cluster: withNamespace(fake), ...env })
}

/** The fake knows one namespace only: that of -n is the test's. */
function withNamespace(cluster: FakeCluster): FakeCluster {
  return Object.assign(cluster, { namespace: 'nlp' })
}

describe('logs', () => {
  it('is one stream by time', async () => {
    expect(await run('bert')).toEqual({
      code: 0,
      out: [
        'v1 0 master | v1 starts',
        'v1 1 worker | worker starts',
        'v2 0 node   | v2 starts',
        'v1 0 master | loss=0.5',
      ],
      err: [],
    })
  })

  it('has colours on a terminal, and no roles where it is narrow', async () => {
    const { out } = await run('bert', {}, { tty: true, color: true, columns: 40 })
    expect(out).toEqual([
      '\u001b[33mv1\u001b[39m \u001b[32m0\u001b[39m │ v1 starts',
      '\u001b[33mv1\u001b[39m \u001b[35m1\u001b[39m │ worker starts',
      '\u001b[36mv2\u001b[39m \u001b[32m0\u001b[39m │ \u001b[32mv2 starts\u001b[0m\u001b[0m',
      '\u001b[33mv1\u001b[39m \u001b[32m0\u001b[39m │ loss=0.5',
    ])
  })

  describe('as a whole', () => {
    const pods = [v1Pod('bert', 'worker', 1, { status: waiting('ImagePullBackOff') })]
    const all = {
      objects: [...objects, ...pods],
      logs: {
        ...logs,
        'bert-worker-0/pytorch': `${written(2, 'épоха 1 │ 損失=0.5 \u001b[2J\u0007')}${written(5, ' 10%|█\r 20%|██')}`,
      },
    }
    const screen = async (words: string, env: FakeEnvOptions) => {
      const { out, err } = await run(words, all, { tty: true, ...env })
      return [...out, '--', ...err].join('\n').replaceAll('\u001b', '^')
    }

    it('on 200 columns, in colour', async () => {
      expect(await screen('bert', { columns: 200, color: true })).toMatchInlineSnapshot(`
        "^[33mv1^[39m ^[32m0 master^[39m │ v1 starts
        ^[33mv1^[39m ^[35m1 worker^[39m │ épоха 1 │ 損失=0.5 \\e[2J\\u{0007}
        ^[36mv2^[39m ^[32m0 node  ^[39m │ ^[32mv2 starts^[0m^[0m
        ^[33mv1^[39m ^[32m0 master^[39m │ loss=0.5
        ^[33mv1^[39m ^[35m1 worker^[39m │  20%|██
        --
        note: not started yet, so there is no log of v1 rank 2 (bert-worker-1): ImagePullBackOff (-f waits for it)"
      `)
    })

    it('on 80 columns, with times', async () => {
      expect(await screen('bert --timestamps', { columns: 80 })).toMatchInlineSnapshot(`
        "v1 0 master │ 2026-01-01T00:00:01.000000000Z v1 starts
        v1 1 worker │ 2026-01-01T00:00:02.000000000Z épоха 1 │ 損失=0.5 \\e[2J\\u{0007}
        v2 0 node   │ 2026-01-01T00:00:03.000000000Z v2 starts
        v1 0 master │ 2026-01-01T00:00:04.000000000Z loss=0.5
        v1 1 worker │ 2026-01-01T00:00:05.000000000Z  20%|██
        --
        note: not started yet, so there is no log of v1 rank 2 (bert-worker-1): ImagePullBackOff (-f waits for it)"
      `)
    })

    it('on 80 columns, in ASCII: what a program writes stays as it is', async () => {
      expect(await screen('bert', { columns: 80, unicode: false })).toMatchInlineSnapshot(`
        "v1 0 master | v1 starts
        v1 1 worker | épоха 1 │ 損失=0.5 \\e[2J\\u{0007}
        v2 0 node   | v2 starts
        v1 0 master | loss=0.5
        v1 1 worker |  20%|██
        --
        note: not started yet, so there is no log of v1 rank 2 (bert-worker-1): ImagePullBackOff (-f waits for it)"
      `)
    })
  })

  it('is data as its schema says', async () => {
    const { out } = await run('bert -o json')
    expect(out.flatMap((line) => faultsOf(logLineSchema, JSON.parse(line)))).toEqual([])
    expect(out.length).toBe(4)
  })

  it('is narrowed by side, rank and time', async () => {
    expect((await run('bert --side v2')).out).toEqual(['v2 0 node | v2 starts'])
    expect((await run('pytorchjob/bert --rank 1-7')).out).toEqual(['v1 1 worker | worker starts'])
    expect((await run('job bert --since-time 2026-01-01T00:00:04Z')).out).toEqual(['v1 0 master | loss=0.5'])
    expect((await run('bert --rank 1 -o json')).out.map((line) => JSON.parse(line))).toEqual([
      {
        side: 'v1',
        role: 'worker',
        rank: 1,
        pod: 'bert-worker-0',
        container: 'pytorch',
        time: '2026-01-01T00:00:02.000000000Z',
        text: 'worker starts',
      },
    ])
  })

  it.each<[string, string]>([
    ['bert --rank x', '--rank "x" is none: 0, 0,2 or 0-7'],
    ['bert --since soon', '--since "soon" is no duration: 30s, 15m, 2h'],
    ['bert --since 0s', '--since "0s" is no duration: 30s, 15m, 2h'],
    ['bert --since-time yesterday', '--since-time "yesterday" is no time of RFC 3339: 2026-01-31T08:00:00Z'],
    ['bert --since 1m --since-time 2026-01-01T00:00:00Z', '--since or --since-time, not both'],
    ['bert --tail 1.5', '--tail 1.5 is no number of lines'],
    ['bert -f -p', '-f goes with what runs, and -p with what ran before'],
    ['bert --force', '--force goes with --save DIR'],
    ['bert --save out -o json', '--save has a format of its own: it takes neither -o nor --timestamps'],
    ['bert -c absent', 'no pod of nlp/bert has a container absent'],
  ])('refuses `%s`', async (words, what) => {
    const { code, out, err } = await run(words)
    expect([code, out, err[0]]).toEqual([2, [], `error: ${what}`])
  })

  it('wants a name', async () => {
    const { code, err } = await runVerb(['logs'], {})
    expect([code, err]).toEqual([
      2,
      ['error: logs of which job?', '       kubectl migrate logs NAME', '       kubectl migrate list'],
    ])
  })

  it('says which ranks there are where none is meant', async () => {
    expect(await run('bert --rank 7')).toEqual({
      code: 1,
      out: [],
      err: [
        'error: nothing is selected: no pod of nlp/bert is of this side and rank',
        '       there are ranks 0 to 1: 2 pods of v1, 1 of v2',
        '       kubectl migrate status bert -n nlp',
        '       kubectl migrate logs bert -n nlp -f   (waits for pods)',
      ],
    })
  })

  it.each(['', ' -f'])('of a name that no label can have finds no pods%s', async (more) => {
    const long = 'x'.repeat(64)
    const over = v1Job(long, { conditions: [condition('Failed')] })
    const { code, err } = await run(`${long}${more}`, { objects: [over] })
    expect([code, err[0]]).toEqual(
      more === '' ? [1, `error: nlp/${long} has no pods now, so no logs`] : [0, 'note: no pods yet: waiting for them'],
    )
  })

  it('says that logs go with their pods', async () => {
    const { code, err } = await run('bert', { objects: [heldV1('bert')] })
    expect([code, err[0]]).toEqual([1, 'error: nlp/bert has no pods now, so no logs'])
  })

  it('shows the rest where something cannot be read, and says what', async () => {
    const pods = [
      v1Pod('bert', 'master', 0),
      v1Pod('bert', 'worker', 0, { status: waiting('ImagePullBackOff') }),
      v1Pod('bert', 'worker', 1),
      v1Pod('bert', 'worker', 2),
    ]
    expect(
      await run('bert', {
        objects: [runningV1('bert', { roles: { Master: 1, Worker: 3 } }), ...pods],
        forbid: ({ resource, name }) => resource === 'pods/log' && name === 'bert-worker-2',
      }),
    ).toEqual({
      code: 0,
      out: ['v1 0 master | v1 starts', 'v1 0 master | loss=0.5'],
      err: [
        'note: not started yet, so there is no log of v1 rank 1 (bert-worker-0): ImagePullBackOff (-f waits for it)',
        'note: gone before the log was read to its end: v1 rank 2 (bert-worker-1)',
        'note: you may not read pods/log in namespace nlp: without v1 rank 3 (bert-worker-2)',
      ],
    })
  })

  it('fails where nothing may be read', async () => {
    const { code, out, err } = await run('bert', { forbid: ({ resource }) => resource === 'pods/log' })
    expect([code, out]).toEqual([3, []])
    expect(err[0]).toBe(
      'note: you may not read pods/log in namespace nlp: without v1 rank 0 (bert-master-0), v1 rank 1 (bert-worker-0), v2 rank 0 (bert-v2-node-0-0-x7k2p)',
    )
    expect(err[1]).toMatch(/^error: .*pods\/log/)
  })

  it('saves instead of showing, and says how much', async () => {
    expect(await run('bert --save out')).toEqual({ code: 0, out: [], err: ['saved 4 lines in 3 files of out'] })
    const { code, err } = await run('bert --save out', {}, { files: { 'out/mine': '' } })
    expect([code, err[0]]).toEqual([2, 'error: out is not empty'])
  })
})

describe('logs -f', () => {
  /** Waits until the log is followed, and says when to go on. */
  function scripted(script: (cluster: FakeCluster, query: { follow?: boolean }) => AsyncIterable<string>) {
    const holder: { cluster?: FakeCluster } = {}
    const log: FakeLog = (query) => {
      if (!holder.cluster) throw new Error('no cluster yet')
      return script(holder.cluster, query)
    }
    return { holder, log }
  }

  it('takes up pods that come, and ends with the jobs', async () => {
    const { holder, log } = scripted(async function* (cluster, { follow }) {
      yield written(1, 'one')
      if (!follow) return
      cluster.put(v1Pod('bert', 'worker', 0, { status: ended(0) }))
      yield written(2, 'two')
      cluster.put(v1Pod('bert', 'master', 0, { status: ended(0) }))
      cluster.put(runningV1('bert', { roles: { Master: 1, Worker: 1 }, conditions: succeeded }))
    })
    const cluster = new FakeCluster({
      namespace: 'nlp',
      objects: [runningV1('bert', { roles: { Master: 1, Worker: 1 } }), v1Pod('bert', 'master', 0)],
      logs: { 'bert-master-0/pytorch': log, 'bert-worker-0/pytorch': written(3, 'a worker') },
    })
    holder.cluster = cluster
    const { code, out, err } = await runVerb(['logs', 'bert', '-f'], { cluster })
    expect([code, err]).toEqual([0, []])
    expect([...out].sort()).toEqual(['v1 0 master | one', 'v1 0 master | two', 'v1 1 worker | a worker'])
  })

  it('tells a pod apart from the one of its name before it: v1 makes the same names again', async () => {
    const texts = [written(1, 'first pod'), written(5, 'second pod')]
    const again = (uid: string) => {
      const pod = v1Pod('bert', 'master', 0)
      return { ...pod, metadata: { ...pod.metadata, uid } }
    }
    const cluster = new FakeCluster({
      namespace: 'nlp',
      objects: [runningV1('bert', { roles: { Master: 1 } }), again('uid-1')],
      logs: {
        'bert-master-0/pytorch': async function* () {
          const text = texts.shift()
          yield text ?? ''
          if (texts.length === 1) {
            cluster.remove(resources.pods, 'nlp', 'bert-master-0')
            cluster.put(again('uid-2'))
          } else cluster.put(runningV1('bert', { roles: { Master: 1 }, conditions: succeeded }))
        },
      },
    })
    const { code, out } = await runVerb(['logs', 'bert', '-f'], { cluster })
    expect([code, out]).toEqual([0, ['v1 0 master | first pod', 'v1 0 master | second pod']])
  })

  it('says what it waits for', async () => {
    const interruption = new AbortController()
    const cluster = (...pods: Pod[]) =>
      new FakeCluster({
        namespace: 'nlp',
        objects: [runningV1('bert', { roles: { Master: 1, Worker: 2 } }), ...pods],
        logs,
      })
    setTimeout(() => interruption.abort(), 50)
    const { signal } = interruption
    const status = waiting('ImagePullBackOff')
    const pods = [v1Pod('bert', 'worker', 0, { status }), v1Pod('bert', 'worker', 1, { status })]
    expect(await runVerb(['logs', 'bert', '-f'], { cluster: cluster(...pods), signal })).toEqual({
      code: 130,
      out: [],
      err: ['note: waiting for v1 rank 1 (bert-worker-0), v1 rank 2 (bert-worker-1) to start: ImagePullBackOff'],
    })
    expect(await runVerb(['logs', 'bert', '-f'], { cluster: cluster(), signal })).toEqual({
      code: 130,
      out: [],
      err: ['note: no pods yet: waiting for them'],
    })
  })

  it('does not wait for the end of jobs whose logs may not be read', async () => {
    const forbid: FakeClusterOptions['forbid'] = ({ resource }) => resource === 'pods/log'
    const cluster = new FakeCluster({ namespace: 'nlp', objects, logs, forbid })
    const { code, out, err } = await runVerb(['logs', 'bert', '-f'], { cluster })
    expect([code, out]).toEqual([3, []])
    expect(err[0]).toMatch(/^note: you may not read pods\/log in namespace nlp: without /)
    expect(err[1]).toMatch(/^error: .*pods\/log/)
  })

  it('follows the rest where one log may not be read', async () => {
    const forbid: FakeClusterOptions['forbid'] = ({ resource, name }) =>
      resource === 'pods/log' && name === 'bert-worker-0'
    const cluster = new FakeCluster({
      namespace: 'nlp',
      objects: [
        runningV1('bert', { roles: { Master: 1, Worker: 1 }, conditions: succeeded }),
        v1Pod('bert', 'master', 0, { status: ended(0) }),
        v1Pod('bert', 'worker', 0, { status: ended(0) }),
      ],
      logs,
      forbid,
    })
    expect(await runVerb(['logs', 'bert', '-f'], { cluster })).toEqual({
      code: 0,
      out: ['v1 0 master | v1 starts', 'v1 0 master | loss=0.5'],
      err: ['note: you may not read pods/log in namespace nlp: without v1 rank 1 (bert-worker-0)'],
    })
  })

  it('ends at once where the jobs have ended already', async () => {
    const cluster = new FakeCluster({
      namespace: 'nlp',
      objects: [
        runningV1('bert', { roles: { Master: 1 }, conditions: succeeded }),
        v1Pod('bert', 'master', 0, { status: ended(0) }),
      ],
      logs,
    })
    expect(await runVerb(['logs', 'bert', '-f'], { cluster })).toEqual({
      code: 0,
      out: ['v1 0 master | v1 starts', 'v1 0 master | loss=0.5'],
      err: [],
    })
  })

  it('leaves pods that run on after their job, and says so', async () => {
    const cluster = new FakeCluster({
      namespace: 'nlp',
      objects: [runningV1('bert', { roles: { Master: 1 }, conditions: succeeded }), v1Pod('bert', 'master', 0)],
      logs: {
        'bert-master-0/pytorch': async function* (_query, signal) {
          yield written(1, 'still here')
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
        },
      },
    })
    expect(await runVerb(['logs', 'bert', '-f'], { cluster })).toEqual({
      code: 0,
      out: ['v1 0 master | still here'],
      err: ['note: the jobs have ended; still running, and not followed any more: bert-master-0'],
    })
  })

  it('ends with 130 at Ctrl-C, and keeps what it saved', async () => {
    const interruption = new AbortController()
    const cluster = new FakeCluster({
      namespace: 'nlp',
      objects: [runningV1('bert', { roles: { Master: 1 } }), v1Pod('bert', 'master', 0)],
      logs: {
        'bert-master-0/pytorch': async function* () {
          yield written(1, 'one')
          setTimeout(() => interruption.abort(), 20)
          await new Promise(() => undefined)
        },
      },
    })
    const { signal } = interruption
    expect(await runVerb(['logs', 'bert', '-f', '--save', 'out'], { cluster, signal })).toEqual({
      code: 130,
      out: [],
      err: ['saved 1 line in 1 file of out, not to the end'],
    })
    expect(cluster.all(resources.pods)).toHaveLength(1)
  })
})

const succeeded = [{ type: 'Succeeded', status: 'True' as const }]
