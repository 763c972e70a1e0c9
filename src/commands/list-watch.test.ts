import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import {
  condition,
  heldV1,
  now,
  runningTrainJob,
  runningV1,
  torchRuntime,
  trainJob,
  v1Job,
} from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { runProgram } from '../cli/program.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { jobPairSchema } from '../present/list-schema.ts'

/** Runs a watch; `shown` waits until the output has grown and gives what is new, `end` presses Ctrl-C. */
function start(words: string[], cluster: FakeCluster, options: { tty?: boolean; now?: () => Date } = {}) {
  const abort = new AbortController()
  const world = fakeEnv({ cluster, now: () => now, signal: abort.signal, columns: 100, ...options })
  const running = runProgram(world.env, words)
  let seen = 0
  return {
    stderr: world.stderr,
    async shown(): Promise<string> {
      while (world.stdout().length === seen) await new Promise((resolve) => setImmediate(resolve))
      const fresh = world.stdout().slice(seen)
      seen = world.stdout().length
      return fresh
    },
    ended: () => running,
    async end(): Promise<number> {
      abort.abort()
      return await running
    },
  }
}

const done = (name: string) => v1Job(name, { conditions: [condition('Succeeded')] })
const failed = (name: string) => v1Job(name, { conditions: [condition('Failed')] })
const held = (name: string) => heldV1(name)
const complete = (name: string) => trainJob(name, { conditions: [condition('Complete')] })

describe('list -w', () => {
  it('prints all rows, then the changed ones below them, in a pipe; Ctrl-C ends it, exit 130', async () => {
    const cluster = new FakeCluster({
      objects: [runningV1('a-long-name'), runningV1('gpt'), torchRuntime()],
      namespace: 'nlp',
    })
    const { shown, end, stderr } = start(['list', '-w'], cluster)
    expect(await shown()).toBe(
      [
        'NAME          KIND         V1        V1-READY   V2   V2-READY   CLASS          MIGRATION    AGE',
        'a-long-name   PyTorchJob   Running   3/3        -    -          NeedsRuntime   NotStarted   60m',
        'gpt           PyTorchJob   Running   3/3        -    -          NeedsRuntime   NotStarted   60m',
        '',
      ].join('\n'),
    )
    cluster.put(runningTrainJob('gpt'))
    expect(await shown()).toBe(
      'gpt           PyTorchJob   Running   3/3        Running   3/3        NeedsRuntime   BothRun      60m\n',
    )
    cluster.remove(resources.pytorchJobs, 'nlp', 'a-long-name')
    expect(await shown()).toBe(
      'a-long-name   PyTorchJob   Deleted   3/3        -         -          NeedsRuntime   NotStarted   60m\n',
    )
    expect(await end()).toBe(130)
    expect(stderr()).toBe('')
  })

  it('does not call a job deleted whose partner of another name comes or goes, only the row of one of two partners that goes', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('gpt'), torchRuntime()], namespace: 'nlp' })
    const { shown, end } = start(['list', '-w', '--no-headers'], cluster)
    const row = (v1: string, v2: string, ready: string, phase: string) =>
      `gpt   PyTorchJob   ${v1}   3/3   ${v2}   ${ready}   NeedsRuntime   ${phase}   60m\n`
    const rows = async () => (await shown()).replaceAll(/ {3,}/g, '   ')
    expect(await rows()).toBe(row('Running', '-', '-', 'NotStarted'))
    cluster.put(runningTrainJob('gpt-v2'))
    expect(await rows()).toBe(row('Running', 'Running', '3/3', 'BothRun'))
    cluster.put(runningTrainJob('gpt'))
    expect(await rows()).toBe(row('Running', 'Running', '3/3', 'BothRun'))
    cluster.remove(resources.trainJobs, 'nlp', 'gpt-v2')
    expect(await rows()).toBe(row('Running', 'Deleted', '3/3', 'BothRun'))
    cluster.remove(resources.trainJobs, 'nlp', 'gpt')
    expect(await rows()).toBe(row('Running', '-', '-', 'NotStarted'))
    expect(await end()).toBe(130)
  })

  it('says in JSON which side of a row that is gone lives on', async () => {
    const objects = [runningV1('gpt'), runningTrainJob('gpt'), runningTrainJob('gpt-v2'), torchRuntime()]
    const cluster = new FakeCluster({ objects, namespace: 'nlp' })
    const { shown, end } = start(['list', '-w', '-o', 'json'], cluster)
    await shown()
    cluster.remove(resources.trainJobs, 'nlp', 'gpt')
    const gone = JSON.parse(await shown())
    expect(faultsOf(jobPairSchema, gone)).toEqual([])
    expect(gone).toMatchObject({ deleted: true, remains: 'v1', v1: { state: 'Running' }, v2: { name: 'gpt' } })
    await end()
  })

  it('prints a document a line with -o json', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert')], namespace: 'nlp' })
    const { shown, end } = start(['list', '-w', '-o', 'json'], cluster)
    expect(JSON.parse(await shown())).toMatchObject({ kind: 'JobPair', name: 'bert', phase: 'NotStarted' })
    cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
    const last = JSON.parse(await shown())
    expect(faultsOf(jobPairSchema, last)).toEqual([])
    expect(last).toMatchObject({ kind: 'JobPair', name: 'bert', deleted: true })
    await end()
  })

  it('draws in place on a terminal', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert')], namespace: 'nlp' })
    const { shown, end } = start(['list', '-w'], cluster, { tty: true })
    expect(await shown()).toContain('bert   PyTorchJob   Running')
    cluster.put(v1Job('gpt'))
    const fresh = await shown()
    expect(fresh).toContain('\u001b[')
    expect(fresh).toContain('gpt    PyTorchJob   Pending')
    expect(await end()).toBe(130)
  })

  it('keeps ages up to date on a terminal', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert')], namespace: 'nlp' })
    let time = now
    const { shown, end } = start(['list', '-w'], cluster, { tty: true, now: () => time })
    expect(await shown()).toContain('60m')
    time = new Date(now.getTime() + 86_400_000)
    expect(await shown()).toContain('25h')
    expect(await end()).toBe(130)
  })

  it('has an empty table to begin with', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const { shown, end } = start(['list', '-w'], cluster)
    await new Promise((resolve) => setTimeout(resolve, 10))
    cluster.put(runningV1('bert'))
    expect((await shown()).split('\n')[0]).toBe(
      'NAME   KIND         V1        V1-READY   V2   V2-READY   CLASS          MIGRATION    AGE',
    )
    await end()
  })

  it.each<[end: string, what: string, objects: KubeObject[], code: number, words: string]>([
    ['done', 'all have ended', [done('a'), held('b'), complete('b')], 0, '2 jobs have ended, none failed'],
    ['done', 'one of all that ended has failed', [done('a'), failed('b')], 1, '2 jobs have ended, failed: nlp/b'],
    ['failed', 'one has failed', [runningV1('a'), failed('b'), failed('c')], 1, 'failed: nlp/b and 1 more'],
    ['failed', 'none is left that could fail', [done('a')], 0, '1 job has ended, none failed'],
    ['done', 'there is none to wait for', [], 1, 'No v1 jobs or TrainJobs found in namespace nlp.'],
  ])('ends with --until %s when %s', async (end, _, objects, code, words) => {
    const cluster = new FakeCluster({ objects, namespace: 'nlp' })
    const outcome = await runVerb(['list', '-w', '--until', end], { cluster, now: () => now })
    expect([outcome.code, outcome.err]).toEqual([code, [words]])
  })

  it('waits with --until done for what runs, and for a held job whose TrainJob runs', async () => {
    const cluster = new FakeCluster({ objects: [held('a'), runningTrainJob('a'), torchRuntime()], namespace: 'nlp' })
    const { shown, ended, stderr } = start(['list', '-w', '--until', 'done'], cluster)
    await shown()
    cluster.put(complete('a'))
    expect(await ended()).toBe(0)
    expect(stderr()).toBe('1 job has ended, none failed\n')
  })

  it('knows --until only in a watch, exit 2', async () => {
    expect(await runVerb(['list', '--until', 'done'], { cluster: new FakeCluster() })).toEqual({
      code: 2,
      out: [],
      err: [
        'error: --until done says when a watch ends, and there is none',
        '       kubectl migrate list -w --until done',
      ],
    })
  })

  it.each(['yaml', 'name'])('refuses -o %s, which has no end, exit 2', async (format) => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    expect(await runVerb(['list', '-w', '-o', format], { cluster })).toEqual({
      code: 2,
      out: [],
      err: [
        `error: -o ${format} has no end in a watch`,
        '       -w with -o table, -o wide or -o json (one document a line)',
      ],
    })
  })
})

describe('status -w', () => {
  it('prints the whole answer after each change in a pipe; Ctrl-C ends it, exit 130', async () => {
    const cluster = new FakeCluster({ objects: [v1Job('bert', { roles: { Worker: 1 } })], namespace: 'nlp' })
    const { shown, end } = start(['status', 'bert', '-w'], cluster)
    expect((await shown()).split('\n')[2]).toBe('v1  PyTorchJob bert   ○ Pending 0/1   60m')
    cluster.put(v1Job('bert', { roles: { Worker: 1 }, suspend: true }))
    const fresh = (await shown()).split('\n')
    expect([fresh[0], fresh[3]]).toEqual(['', 'v1  PyTorchJob bert   ○ Suspending 0/1   60m'])
    expect(await end()).toBe(130)
  })

  it('draws in place on a terminal', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert')], namespace: 'nlp' })
    const { shown, end } = start(['status', '-w'], cluster, { tty: true })
    expect(await shown()).toContain('PyTorchJob      1      0         1')
    cluster.put(runningV1('gpt'))
    let drawn = ''
    while (!drawn.includes('PyTorchJob      2')) drawn = await shown()
    expect(drawn).toContain('\u001b[')
    expect(cluster.log.filter((line) => line === 'get /apis')).toEqual(['get /apis'])
    expect(await end()).toBe(130)
  })
})
