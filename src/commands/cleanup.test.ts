import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { type FakeEnvOptions, fakeEnv } from '../../test/unit/fake-env.ts'
import { trainJob, v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving } from '../../test/unit/run-moving.ts'
import { parseWords } from '../cli/parse.ts'
import { resources } from '../kube/resources.ts'
import { describeError } from '../present/errors.ts'
import { command } from './cleanup.ts'

const later = () => new Date('2026-03-20T12:00:00Z')

async function cleanup(words: string, cluster: FakeCluster, options: FakeEnvOptions = {}) {
  const { env, stdout, stderr } = fakeEnv({ columns: 200, now: later, ...options, cluster })
  const before = cluster.log.length
  const all = words.includes('-A')
  const { positionals, flags } = parseWords(
    words.split(' ').filter((word) => word !== '' && word !== '-A'),
    command.flags,
  )
  const given = { positionals, flags, connection: {}, allNamespaces: all, verbosity: 0 }
  const code = await command.run(env, given).catch((error) => {
    const told = describeError(error, env.name)
    env.err.write(`${told.lines.join('\n')}\n`)
    return told.exit
  })
  const writes = cluster.log.slice(before).filter((line) => /^(create|patch|delete) /.test(line))
  return { code, stdout: stdout(), stderr: stderr(), writes }
}

const names = (cluster: FakeCluster) =>
  [resources.trainingRuntimes, resources.leases, resources.configMaps, resources.secrets]
    .flatMap((resource) => cluster.all(resource))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`)

const record = 'migration-pytorchjob-bert-uid-v1-b-1'
const runtime = 'v1-pytorch-01ed374c0f'

/** A world of one job that was cut over, and rolled back unless told otherwise. */
async function world(after: 'rollback' | 'finalize' | 'nothing' = 'rollback', options: FakeClusterOptions = {}) {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')], ...options })
  startOperators(cluster)
  expect((await runMoving('cutover job bert --yes --observe 0', cluster)).code).toBe(0)
  if (after !== 'nothing') {
    const more = after === 'finalize' ? ' --even-if-unproven' : ''
    expect((await runMoving(`${after} job bert --yes${more}`, cluster)).code).toBe(0)
  }
  return cluster
}

describe('cleanup', () => {
  it('deletes runtimes nobody uses, and records and manifests of what came back', async () => {
    const cluster = await world()
    const ran = await cleanup('--yes', cluster)
    expect(ran.stderr.split('\n').map((line) => line.replace(/ {3}\d+d\S* {3}/, '   AGE   '))).toEqual([
      '2 leftovers:',
      `  ConfigMap and Secret nlp/${record}   AGE   rolled back: v1 is what it was before`,
      `  ${`TrainingRuntime nlp/${runtime}`.padEnd(`ConfigMap and Secret nlp/${record}`.length)}   AGE   no TrainJob refers to it`,
      '',
    ])
    expect(ran.stdout.split('\n')).toEqual([
      `deleted ConfigMap and Secret nlp/${record}`,
      `deleted TrainingRuntime nlp/${runtime}`,
      '',
    ])
    expect(ran.writes).toEqual([
      `delete secrets nlp ${record}`,
      `delete configmaps nlp ${record}`,
      `delete trainingruntimes.trainer.kubeflow.org nlp ${runtime}`,
    ])
    expect([ran.code, names(cluster)]).toEqual([0, []])
    expect((await cleanup('--yes', cluster)).stderr).toBe('nothing is left over\n')
  })

  it.each<[after: 'finalize' | 'nothing', words: string, left: string[]]>([
    ['nothing', '--yes --records', [`TrainingRuntime ${runtime}`, `ConfigMap ${record}`, `Secret ${record}`]],
    ['finalize', '--yes', [`TrainingRuntime ${runtime}`, `ConfigMap ${record}`, `Secret ${record}`]],
    ['finalize', '--yes --records', [`TrainingRuntime ${runtime}`]],
  ])('keeps what is in use, and the ways back: after %s, %s', async (after, words, left) => {
    const cluster = await world(after)
    expect((await cleanup(words, cluster)).code).toBe(0)
    expect(names(cluster)).toEqual(left)
  })

  it('keeps what is young, what somebody applied, and what somebody changed', async () => {
    const cluster = await world()
    const [made = expect.fail('no runtime')] = cluster.all(resources.trainingRuntimes)
    const copy = (name: string, metadata: object) =>
      cluster.put({ ...made, metadata: { ...made.metadata, name, uid: undefined, ...metadata } })
    const { annotations } = made.metadata
    const applied = 'kubectl.kubernetes.io/last-applied-configuration'
    copy('own-name', {})
    copy('a-01ed374c0f', { annotations: { ...annotations, [applied]: '{}' } })
    copy('b-01ed374c0f', { generation: 2 })
    copy('c-01ed374c0f', { creationTimestamp: '2026-03-19T12:00:00Z' })
    copy('d-01ed374c0f', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } })
    copy('e-01ed374c0f', { annotations: {} })
    await cleanup('--yes', cluster)
    expect(cluster.all(resources.trainingRuntimes).map(({ metadata }) => metadata.name)).toEqual([
      'a-01ed374c0f',
      'b-01ed374c0f',
      'c-01ed374c0f',
      'd-01ed374c0f',
      'e-01ed374c0f',
      'own-name',
    ])
  })

  it('looks again before a runtime goes: a TrainJob may have come', async () => {
    const cluster = await world()
    const come = cluster.onChange(({ type, resource }) => {
      if (type !== 'DELETED' || resource !== resources.configMaps) return
      come()
      const spec = { runtimeRef: { name: runtime, kind: 'TrainingRuntime' }, suspend: true }
      cluster.put({
        apiVersion: 'trainer.kubeflow.org/v1alpha1',
        kind: 'TrainJob',
        metadata: { name: 'new', namespace: 'nlp' },
        spec,
      })
    })
    const ran = await cleanup('--yes', cluster)
    expect(ran.stdout).toContain(`kept TrainingRuntime nlp/${runtime}: TrainJob new refers to it now\n`)
    expect([ran.code, cluster.all(resources.trainingRuntimes).length]).toEqual([0, 1])
  })

  it('takes the lock of a killed run of this machine at once, and nobody else’s', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    await runMoving('cutover job bert --yes --observe 0', cluster, {
      killed: { write: resources.trainJobs, when: 'before' },
    })
    const [lease = expect.fail('no lease')] = cluster.all(resources.leases)
    const spec = { ...(lease['spec'] as object), renewTime: '2026-03-20T11:00:00.000000Z' }
    cluster.put({ ...lease, spec })
    const holder = JSON.stringify({ user: 'joe', host: 'elsewhere', pid: 1, place: 'x', started: '1', token: 't' })
    const annotations = { 'kubectl-migrate.dev/holder': holder }
    cluster.put({ ...lease, spec, metadata: { name: 'migration-gpt', namespace: 'nlp', annotations } })
    cluster.put({ ...lease, spec, metadata: { name: 'somebody', namespace: 'nlp' } })
    const ran = await cleanup('--yes --older-than 2h', cluster, { isAlive: () => false })
    expect(cluster.all(resources.leases).map(({ metadata }) => metadata.name)).toEqual(['migration-gpt', 'somebody'])
    expect(ran.stdout).toContain('deleted Lease nlp/migration-bert\n')
  })

  it('keeps the manifest of a finalized job that a rollback takes up meanwhile', async () => {
    const cluster = await world('finalize')
    const list = cluster.list.bind(cluster)
    cluster.list = async (resource, options) => {
      const read = await list(resource, options)
      cluster.list = list
      const [found = expect.fail('no record')] = cluster.all(resources.configMaps)
      cluster.put({ ...found, metadata: { ...found.metadata, labels: { ...found.metadata.labels, taken: 'up' } } })
      return read as never
    }
    const ran = await cleanup('--yes --records', cluster)
    expect(ran.stdout).toContain(`kept ConfigMap and Secret nlp/${record}: somebody changed it meanwhile\n`)
    expect(names(cluster)).toContain(`Secret ${record}`)
  })

  it.each([
    ['a moment ago', '2026-03-20T11:59:58.000000Z', true],
    ['hours ago by another clock', '2026-03-20T05:00:00.000000Z', true],
    ['yesterday', '2026-03-19T11:00:00.000000Z', false],
  ])(
    'keeps the lock of a run on another machine that renewed it %s, whatever --older-than says',
    async (_, renewTime, kept) => {
      const cluster = new FakeCluster({ namespace: 'nlp' })
      const holder = JSON.stringify({ user: 'joe', host: 'elsewhere', pid: 1, place: 'x', started: '1', token: 't' })
      cluster.put({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'migration-gpt', namespace: 'nlp', annotations: { 'kubectl-migrate.dev/holder': holder } },
        spec: { holderIdentity: 'joe@elsewhere pid 1', leaseDurationSeconds: 30, renewTime },
      })
      const ran = await cleanup('--yes --older-than 0', cluster)
      expect([ran.code, cluster.all(resources.leases).length]).toEqual([0, kept ? 1 : 0])
    },
  )

  it('takes the suspended TrainJob of a preview that was killed, as soon as no preview can last so long', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const labels = { 'kubectl-migrate.dev/preview': 'true' }
    const put = (name: string, metadata: object, suspend = true) =>
      cluster.put({ ...trainJob(name, { suspend }), metadata: { name, namespace: 'nlp', ...metadata } })
    put('killed', { labels, creationTimestamp: '2026-03-20T11:49:00Z' })
    put('under-way', { labels, creationTimestamp: '2026-03-20T11:51:00Z' })
    put('resumed', { labels, creationTimestamp: '2026-03-20T11:49:00Z' }, false)
    put('somebodys', { creationTimestamp: '2026-03-20T11:49:00Z' })
    const ran = await cleanup('--yes', cluster)
    expect(ran.stderr).toContain('  TrainJob nlp/killed   11m   a preview that was killed made it\n')
    expect([ran.code, ran.stdout]).toEqual([0, 'deleted TrainJob nlp/killed\n'])
    expect(cluster.all(resources.trainJobs).map(({ metadata }) => metadata.name)).toEqual([
      'resumed',
      'somebodys',
      'under-way',
    ])
  })

  it('keeps a record that cannot be read, and says so', async () => {
    const cluster = await world()
    const [found = expect.fail('no record')] = cluster.all(resources.configMaps)
    cluster.put({ ...found, data: { ...(found['data'] as object), log: '' } })
    const ran = await cleanup('--yes', cluster)
    expect(ran.stderr).toContain(
      `note: ConfigMap nlp/${record}: it is truncated or was edited: its checksum differs: it is kept\n`,
    )
    expect(cluster.all(resources.configMaps)).toHaveLength(1)
  })

  it.each([
    ['y\n', 0, 0],
    ['n\n', 1, 4],
    ['', 1, 4],
  ])('asks on a terminal, once it has shown the list: %j', async (input, code, left) => {
    const cluster = await world()
    const before = names(cluster).length
    const ran = await cleanup('', cluster, { tty: true, input })
    expect(ran.stderr).toMatch(/^2 leftovers:\n[\s\S]*Delete them now\? {2}\[y\/N\]/)
    expect([ran.code, names(cluster).length]).toEqual([code, left === 0 ? 0 : before])
  })

  it.each(['client', 'server'])('deletes nothing in a dry run (%s)', async (how) => {
    const cluster = await world()
    const before = names(cluster)
    const ran = await cleanup(`--dry-run=${how}`, cluster)
    expect([ran.code, names(cluster)]).toEqual([0, before])
    expect(ran.stdout).toContain(how === 'client' ? '2 leftovers:' : `would delete TrainingRuntime nlp/${runtime}`)
    expect(ran.stderr).toContain(`dry run (${how}): nothing was written\n`)
  })

  it('is refused whole where the user may not delete one kind of it', async () => {
    const cluster = await world('rollback', {
      forbid: ({ verb, resource }) => verb === 'delete' && resource === 'secrets',
    })
    const ran = await cleanup('--yes', cluster)
    expect(ran.stderr).toContain('error: nothing is cleaned up: you may not delete secrets in namespace nlp\n')
    expect(ran.stderr).toContain('kubectl migrate preflight --print-rbac=platform -n nlp')
    expect([ran.code, ran.writes]).toEqual([1, []])
  })

  it('wants --yes where there is no terminal, with all that says what goes', async () => {
    const ran = await cleanup('-A --records --older-than 30d', new FakeCluster({ namespace: 'nlp' }))
    expect(ran.stderr.split('\n')).toEqual([
      'error: cleanup asks before it deletes objects, and there is no terminal to ask on',
      '       kubectl migrate cleanup -A --older-than 30d --records --dry-run=client',
      '       kubectl migrate cleanup -A --older-than 30d --records --yes',
      '',
    ])
  })

  it.each([
    ['bert --yes', 'cleanup takes no name, and "bert" is one'],
    ['--older-than long --yes', '--older-than cannot be "long": it takes an age'],
    ['', 'cleanup asks before it deletes objects, and there is no terminal to ask on'],
  ])('%s is wrong usage', async (words, said) => {
    const ran = await cleanup(words, new FakeCluster({ namespace: 'nlp' }))
    expect([ran.code, ran.stderr.split('\n')[0]]).toEqual([2, `error: ${said}`])
  })
})
