import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving } from '../../test/unit/run-moving.ts'
import { parseWords } from '../cli/parse.ts'
import { resources } from '../kube/resources.ts'
import { describeError } from '../present/errors.ts'
import { jobHistorySchema } from '../present/history-schema.ts'
import { command } from './status.ts'

function world(logs = {}): FakeCluster {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')], logs })
  startOperators(cluster)
  return cluster
}

async function status(words: string, cluster: FakeCluster) {
  const { env, stdout, stderr } = fakeEnv({ cluster })
  const { positionals, flags } = parseWords(words.split(' '), command.flags)
  const given = { positionals, flags, connection: {}, allNamespaces: false, verbosity: 0 }
  const code = await command.run(env, given).catch((error) => {
    const told = describeError(error, env.name)
    env.err.write(`${told.lines.join('\n')}\n`)
    return told.exit
  })
  return { code, lines: stdout().split('\n'), stderr: stderr() }
}

/** Without what differs from run to run. */
const plain = (line: string) => line.replaceAll(/ uid \S+| at \d+|v1-pytorch-\w+/g, '').trimEnd()

describe('status --history', () => {
  it('tells each run, each write and what came of it, also when the jobs are gone', async () => {
    const cluster = world()
    await runMoving('cutover job bert --yes --observe 0 --reason canary', cluster)
    await runMoving('rollback job bert --yes', cluster)
    cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
    const { code, lines } = await status('pytorchjob/bert --history', cluster)
    expect(code).toBe(0)
    const time = '2026-01-01T00:00:0\\d'
    const told = lines.map((line) => plain(line).replaceAll(new RegExp(`${time}Z`, 'g'), 'TIME'))
    expect(told.slice(0, 2)).toEqual([
      'nlp/bert   PyTorchJob   migration 1: rolled back',
      '  TIME cutover by jane, version development: canary',
    ])
    expect(told).toContain('    TIME hold            done   3 pods gone, v1 kept suspended')
    expect(told).toContain('    TIME hold            intent patch pytorchjobs.kubeflow.org nlp/bert')
    expect(told).toContain('  TIME rollback by jane, version development')
    expect(told).toContain('    TIME back train-job  done   TrainJob removed')
    expect(told.join('\n')).not.toContain('no result is known')
  })

  it('is a document with -o json, as its schema says', async () => {
    const logs = { 'bert-master-0/pytorch': '2026-01-01T00:00:00Z saved checkpoint at step 48200\n' }
    const cluster = world(logs)
    await runMoving('cutover job bert --yes --reason canary', cluster)
    await runMoving('rollback job bert --yes', cluster)
    const { lines } = await status('bert --history -o json', cluster)
    const document = JSON.parse(lines.join('\n'))
    expect(faultsOf(jobHistorySchema, document)).toEqual([])
    expect(document.migrations).toMatchObject([
      { state: 'returned', runs: [{ verb: 'cutover', reason: 'canary' }, { verb: 'rollback' }] },
    ])
  })

  it('says where a run was killed before it knew what came of its write', async () => {
    const cluster = world()
    await runMoving('cutover job bert --yes --observe 0', cluster, {
      killed: { write: resources.pytorchJobs, when: 'after' },
    })
    const { lines } = await status('bert --history', cluster)
    expect(lines[0]).toBe('nlp/bert   PyTorchJob   migration 1: under way, or killed on the way')
    expect(lines.slice(-2)).toEqual([
      expect.stringMatching(/ hold {12}intent no result is known: the cluster alone tells$/),
      '',
    ])
  })

  it.each([
    ['bert --history', 1, 'error: nothing is recorded of nlp/bert: no cutover began to write\n'],
    ['--history', 2, 'error: --history is about one job: which one?\n'],
  ])('%s without a record, or a name', async (words, code, message) => {
    const answer = await status(words, world())
    expect([answer.code, answer.stderr.slice(0, message.length)]).toEqual([code, message])
  })
})
