import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving } from '../../test/unit/run-moving.ts'
import type { ConnectionFlags } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { type MigrationRecord, parseRecord, recordData } from '../migration/record.ts'
import { isSuspended } from '../v1/state.ts'
import { annotations } from '../v2/trainjob.ts'

const uid = '1a2b3c4d-0000-4000-8000-000000000000'

function world(options: FakeClusterOptions = {}, v1: KubeObject = v1Job('bert')): FakeCluster {
  const job = { ...v1, metadata: { ...v1.metadata, uid } }
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [job], ...options })
  startOperators(cluster)
  return cluster
}

const run = (verb: 'cutover' | 'rollback', words: string, cluster: FakeCluster, connection?: ConnectionFlags) =>
  runMoving(`${verb} ${words}`, cluster, { connection })

const go = 'job bert --yes --observe 0'

const stored = (cluster: FakeCluster): KubeObject[] =>
  cluster.all(resources.configMaps).filter(({ metadata }) => metadata.name?.startsWith('migration-'))

function records(cluster: FakeCluster): MigrationRecord[] {
  return stored(cluster).map((object) => {
    const record = parseRecord(object)
    return 'unreadable' in record ? expect.fail(record.unreadable) : record
  })
}

const told = ({ entries }: MigrationRecord): string[] =>
  entries.map(({ run: at, step, back, what }) => `${at} ${step}${back ? ' back' : ''} ${what}`)

const v1Of = (cluster: FakeCluster) => cluster.all(resources.pytorchJobs)[0] ?? expect.fail('v1 is gone')

/** Changes what is stored of the record, as somebody with kubectl would. */
function spoil(cluster: FakeCluster, change: (data: Record<string, string>) => Record<string, string>): void {
  for (const object of stored(cluster)) {
    cluster.put({ ...object, data: change(object['data'] as Record<string, string>) })
  }
}

describe('the record of a migration', () => {
  it('is written before and after each act, in few writes', async () => {
    const cluster = world()
    const { code, writes } = await run('cutover', go, cluster)
    const record = 'configmaps nlp migration-pytorchjob-bert-1a2b3c4d-1'
    expect([code, writes]).toEqual([
      0,
      [
        'create leases.coordination.k8s.io nlp migration-bert',
        `create ${record}`,
        'create secrets nlp migration-pytorchjob-bert-1a2b3c4d-1',
        `patch ${record}`,
        expect.stringMatching(/^create trainingruntimes/),
        `patch ${record}`,
        'create trainjobs.trainer.kubeflow.org nlp bert',
        `patch ${record}`,
        `patch ${record}`,
        'patch pytorchjobs.kubeflow.org nlp bert',
        `patch ${record}`,
        // renewed, as the world's clock goes on by the time its log takes
        'patch leases.coordination.k8s.io nlp migration-bert',
        `patch ${record}`,
        'patch trainjobs.trainer.kubeflow.org nlp bert',
        `patch ${record}`,
        `patch ${record}`,
        'delete leases.coordination.k8s.io nlp migration-bert',
      ],
    ])
    expect(writes.length).toBeLessThanOrEqual(17)
  })

  it('tells who did what, why, when and to which object', async () => {
    const cluster = world()
    // both connections are this one cluster
    cluster.close = () => undefined
    await run('cutover', `${go} --reason canary`, cluster, { as: 'ops' })
    await run('rollback', 'job bert --yes', cluster)
    const [record = expect.fail('no record')] = records(cluster)
    expect(record).toMatchObject({
      kind: 'PyTorchJob',
      namespace: 'nlp',
      name: 'bert',
      uid,
      attempt: 1,
      state: 'returned',
      before: { ready: 3 },
      runs: [
        { verb: 'cutover', actor: 'jane, impersonated by jane', reason: 'canary' },
        { verb: 'rollback', actor: 'jane' },
      ],
    })
    const whole = (step: string) => ['intent', 'acted', 'done'].map((what) => `${step} ${what}`)
    expect(told(record)).toEqual([
      ...['0 manifest intent', '0 manifest acted'],
      ...['0 runtime', '0 train-job'].flatMap(whole),
      '0 preview done',
      ...['0 hold', '0 start'].flatMap(whole),
      '0 observe done',
      ...['1 train-job back', '1 hold back'].flatMap(whole),
    ])
    const hold = record.entries.find(({ step, what }) => step === 'hold' && what === 'intent')
    expect(hold?.writes).toEqual([
      expect.stringMatching(new RegExp(`^patch pytorchjobs.* nlp/bert uid ${uid} at \\d+$`)),
    ])
  })

  it('holds no manifest; the untouched v1 object is in a Secret beside it', async () => {
    const cluster = world()
    const before = v1Of(cluster)
    await run('cutover', go, cluster)
    expect(JSON.stringify(stored(cluster))).not.toContain('reg.example.com')
    const [secret] = cluster.all(resources.secrets)
    expect(secret).toMatchObject({ immutable: true, metadata: { name: stored(cluster)[0]?.metadata.name } })
    expect(secret?.metadata.ownerReferences).toBeUndefined()
    const { 'manifest.json': manifest = '' } = (secret?.['data'] ?? {}) as Record<string, string>
    expect(Buffer.from(manifest, 'base64').toString()).toBe(JSON.stringify(before))
  })

  it('is a new one for each attempt: what came back may be moved again', async () => {
    const cluster = world()
    await run('cutover', go, cluster)
    await run('rollback', 'job bert --yes', cluster)
    expect((await run('cutover', go, cluster)).code).toBe(0)
    const [first, second] = records(cluster)
    expect([first?.state, first?.attempt, second?.state, second?.attempt]).toEqual(['returned', 1, 'moved', 2])
    expect(first?.id).not.toBe(second?.id)
    expect(cluster.all(resources.trainJobs)[0]?.metadata.annotations?.[annotations.migration]).toBe(second?.id)
  })

  it('is begun before anything else, so that a user who may write nothing has changed nothing', async () => {
    const cluster = world({ forbid: ({ verb }) => verb === 'create' || verb === 'patch' || verb === 'delete' })
    const { code, stderr } = await run('cutover', go, cluster)
    expect(stderr).toContain('nothing was changed')
    expect([code, cluster.all(resources.trainJobs), isSuspended(v1Of(cluster))]).toEqual([1, [], false])
  })

  it('is refused with a manifest that no Secret can keep: then there would be no way back', async () => {
    const v1 = v1Job('bert')
    const large = { ...v1, metadata: { ...v1.metadata, annotations: { notes: 'x'.repeat(1_100_000) } } }
    const cluster = world({}, large)
    const { code, stderr, writes } = await run('cutover', go, cluster)
    expect(stderr).toMatch(/error: the v1 job has \d+ bytes, and a Secret cannot keep it\n/)
    expect(stderr).toContain('nothing was changed')
    expect([code, writes.filter((line) => !/leases/.test(line)), stored(cluster)]).toEqual([1, [], []])
  })

  it('whose lock the cluster refuses ends the run, which says that nothing was changed', async () => {
    const cluster = world()
    const create = cluster.create.bind(cluster)
    cluster.create = async (resource, ...rest) => {
      if (resource !== resources.leases) return (await create(resource, ...rest)) as never
      const message = 'unable to create new content in namespace nlp because it is being terminated'
      throw new ClusterError({ kind: 'admission', verb: 'create', resource: 'leases', namespace: 'nlp', message })
    }
    const { code, stderr, writes } = await run('cutover', go, cluster)
    expect(stderr).toContain(
      'error: namespace nlp is being deleted: the cluster makes nothing new in it\n' +
        '       refused: to create leases in namespace nlp\n       nothing was changed\n',
    )
    expect([code, writes]).toEqual([3, []])
  })
})

describe('a record that says nothing for sure', () => {
  const spoilt: [what: string, why: string, change: (data: Record<string, string>) => Record<string, string>][] = [
    ['truncated', 'truncated or was edited', (data) => ({ ...data, log: (data['log'] ?? '').slice(0, -40) })],
    [
      'cut by a whole line',
      'truncated or was edited',
      (data) => ({ ...data, log: (data['log'] ?? '').replace(/.*\n$/, '') }),
    ],
    ['of a newer version', 'a newer version wrote it (schema 2)', (data) => ({ ...data, schema: '2' })],
    ['emptied', 'it has no schema version', () => ({})],
  ]
  it.each(spoilt.flatMap((each) => [[...each, 'cutover'] as const, [...each, 'rollback'] as const]))(
    '%s: it is refused, and nothing is written',
    async (_, why, change, verb) => {
      const cluster = world()
      await run('cutover', go, cluster)
      spoil(cluster, change)
      const { code, stderr, writes } = await run(verb, 'job bert --yes', cluster)
      expect(stderr).toContain(`error: the record of this migration cannot be read: `)
      expect(stderr).toContain(why)
      expect(stderr).toContain('kubectl delete configmap migration-pytorchjob-bert-1a2b3c4d-1 -n nlp')
      expect([code, writes]).toEqual([1, []])
    },
  )

  it('deleted: cutover names the way back, and that goes by the objects alone', async () => {
    const cluster = world()
    await run('cutover', go, cluster)
    for (const { metadata } of stored(cluster)) cluster.remove(resources.configMaps, 'nlp', metadata.name ?? '')
    const refused = await run('cutover', go, cluster)
    expect(refused.stderr).toContain('is not cut over: an earlier run moved it, and the record of that is gone')
    expect(refused.stderr).toContain('kubectl migrate rollback pytorchjob/bert -n nlp')
    expect([refused.code, refused.writes]).toEqual([1, []])
    const back = await run('rollback', 'job bert --yes', cluster)
    expect(back.stderr).toContain('note: the record of its cutover is gone')
    expect([back.code, isSuspended(v1Of(cluster)), records(cluster).map(({ state }) => state)]).toEqual([
      0,
      false,
      ['returned'],
    ])
  })
})

describe('two users at once', () => {
  /** Somebody else writes the record when this one makes a write. */
  const whenWriting = (cluster: FakeCluster, at: RegExp, act: () => void): void => {
    const patch = cluster.patch.bind(cluster)
    cluster.patch = async (resource, namespace, name, body, options) => {
      const answer = await patch(resource, namespace, name, body, options)
      if (at.test(`${resource.plural} ${JSON.stringify(body)}`)) act()
      return answer as never
    }
  }
  const takeOver = (cluster: FakeCluster) => () => {
    const [record = expect.fail('no record')] = records(cluster)
    const [object = expect.fail('no record')] = stored(cluster)
    cluster.put({ ...object, data: recordData({ ...record, state: 'returning' }) })
  }

  it('stops the one whose record the other wrote, at once and without taking anything back', async () => {
    const cluster = world()
    whenWriting(cluster, /^pytorchjobs/, takeOver(cluster))
    const { code, stdout, stderr, writes } = await run('cutover', go, cluster)
    expect(stdout).toMatch(
      /^nlp\/bert: this run stopped where it was: somebody else changed the record of this migration/,
    )
    expect(stderr).toMatch(
      / {2}v1 {2}PyTorchJob bert: suspended, \d pods\n {2}v2 {2}TrainJob bert: suspended, 0 pods\n/,
    )
    expect(code).toBe(4)
    expect(writes.slice(-2)).toEqual([
      expect.stringMatching(/^patch configmaps/),
      expect.stringMatching(/^delete leases/),
    ])
    expect(writes.filter((line) => /(trainjobs|pytorchjobs)/.test(line))).toHaveLength(2)
  })

  it('a TrainJob that another hand made of what convert printed is not taken for its own', async () => {
    const cluster = world()
    await run('cutover', go, cluster)
    const [made = expect.fail('no TrainJob')] = cluster.all(resources.trainJobs)
    const { [annotations.migration]: _, ...own } = made.metadata.annotations ?? {}
    const other = world()
    other.put({ ...made, metadata: { name: 'bert', namespace: 'nlp', annotations: own } })
    const { code, stderr } = await run('cutover', go, other)
    expect(stderr).toContain('there is a TrainJob bert already, and it was not made from this PyTorchJob')
    expect(code).toBe(1)
  })
})
