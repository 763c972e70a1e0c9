import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { condition, v1Job } from '../../test/unit/objects.ts'
import { type OperatorsOptions, startOperators } from '../../test/unit/operators.ts'
import { type MovingOptions, type Ran, runMoving, standing } from '../../test/unit/run-moving.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { parseRecord } from '../migration/record.ts'

const name = 'migration-pytorchjob-bert-uid-v1-b-1'
const uid = 'uid-v1-bert'

interface Made extends FakeClusterOptions {
  readonly operators?: OperatorsOptions
  readonly job?: KubeObject
}

const job = (): KubeObject => {
  const made = v1Job('bert', { labels: { team: 'nlp', 'argocd.argoproj.io/instance': 'nlp' } })
  const annotations = { note: 'mine', 'meta.helm.sh/release-name': 'bert' }
  return { ...made, metadata: { ...made.metadata, annotations, finalizers: ['example.com/keep'] } }
}

/** A world of one job that was cut over and finalized. */
async function finalized({ operators, job: made = v1Job('bert'), ...options }: Made = {}): Promise<FakeCluster> {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [made], ...options })
  startOperators(cluster, operators)
  expect((await runMoving('cutover job bert --yes --observe 0', cluster)).code).toBe(0)
  expect((await runMoving('finalize job bert --yes --even-if-unproven', cluster)).code).toBe(0)
  expect(standing(cluster)).toBe('v1 gone 0, v2 3')
  return cluster
}

const rollback = (cluster: FakeCluster, more = '', options?: MovingOptions): Promise<Ran> =>
  runMoving(`rollback job bert --yes${more}`, cluster, options)

const jobWrites = ({ writes }: Ran): string[] => writes.filter((line) => /jobs\./.test(line))

function stateOf(cluster: FakeCluster): string {
  const object = cluster.all(resources.configMaps).find(({ metadata }) => metadata.name === name)
  const record = object && parseRecord(object)
  return record && !('unreadable' in record) ? record.state : 'none'
}

function complete(cluster: FakeCluster): void {
  for (const one of cluster.all(resources.trainJobs)) {
    cluster.put({ ...one, status: { conditions: [condition('Complete')] } })
  }
}

describe('rollback after finalize', () => {
  it('makes v1 again, suspended; then v2 goes; then v1 is resumed', async () => {
    const cluster = await finalized()
    const ran = await rollback(cluster)
    expect(ran.stdout).toBe(
      `nlp/bert is rolled back: v1 made again from Secret ${name}, TrainJob removed, v1 resumed, 3 of 3 pods running\n`,
    )
    expect(jobWrites(ran)).toEqual([
      'create pytorchjobs.kubeflow.org nlp bert',
      'delete trainjobs.trainer.kubeflow.org nlp bert',
      'patch pytorchjobs.kubeflow.org nlp bert',
    ])
    expect([ran.code, standing(cluster), stateOf(cluster)]).toEqual([0, 'v1 runs 3, v2 0', 'returned'])
    expect(cluster.all(resources.leases)).toEqual([])
  })

  it('gives v1 what it had, but for what belongs to the server, to owners and to tools', async () => {
    const tracked = job()
    const cluster = await finalized()
    // guards refuse a job with such marks; a backup, or a Secret made by hand, may have them
    const manifest = Buffer.from(JSON.stringify(tracked)).toString('base64')
    const [secret = expect.fail('no Secret')] = cluster.all(resources.secrets)
    cluster.put({ ...secret, data: { 'manifest.json': manifest } })
    expect((await rollback(cluster)).code).toBe(0)
    const [{ metadata, spec } = expect.fail('no v1')] = cluster.all(resources.pytorchJobs)
    expect(metadata.labels).toEqual({ team: 'nlp' })
    const { 'kubectl-migrate.dev/restored': restored, ...annotations } = metadata.annotations ?? {}
    expect([annotations, JSON.parse(restored ?? '')]).toMatchObject([{ note: 'mine' }, { uid }])
    expect([metadata.finalizers, metadata.uid === uid]).toEqual([undefined, false])
    expect(spec).toEqual({ ...(tracked['spec'] as object), runPolicy: {} })
  })

  it('can be cut over and rolled back again afterwards', async () => {
    const cluster = await finalized()
    await rollback(cluster)
    expect((await runMoving('cutover job bert --yes --observe 0', cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
    expect((await rollback(cluster)).stdout).toBe(
      'nlp/bert is rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n',
    )
    expect((await runMoving('cutover job bert --yes --observe 0', cluster)).code).toBe(0)
    expect((await runMoving('finalize job bert --yes --even-if-unproven', cluster)).code).toBe(0)
    expect((await rollback(cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('brings back a held v1 that somebody deleted by hand', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    await runMoving('cutover job bert --yes --observe 0', cluster)
    cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
    expect((await rollback(cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('brings back a v1 that somebody deleted when it had just been held, as the run that held it says', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    const patch = cluster.patch.bind(cluster)
    cluster.patch = async (resource, ...rest) => {
      const stored = await patch(resource, ...rest)
      if (resource === resources.pytorchJobs) cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
      return stored as never
    }
    const ran = await runMoving('cutover job bert --yes --observe 0', cluster)
    expect([ran.code, ran.stdout]).toEqual([
      6,
      'nlp/bert is NEITHER cut over NOR rolled back: somebody deleted the v1 job; then resume v1 failed: the v1 job was deleted by somebody\n',
    ])
    expect(ran.stderr).toContain(
      [
        'Next:',
        '  kubectl migrate rollback pytorchjob/bert -n nlp   (makes v1 again from its Secret)',
        '  kubectl migrate status pytorchjob/bert -n nlp',
        '',
      ].join('\n'),
    )
    cluster.patch = patch
    expect((await rollback(cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('names what v1 waits for where there is no room for it any more, exit 6', async () => {
    let room = true
    const message = '0/8 nodes are available: 8 Insufficient nvidia.com/gpu'
    const cluster = await finalized({
      operators: {
        fate: () =>
          room
            ? undefined
            : {
                phase: 'Pending',
                conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
              },
      },
    })
    room = false
    const ran = await rollback(cluster, ' --timeout 30s')
    expect(ran.stdout).toBe(
      `nlp/bert was NOT rolled back: resume v1 failed: not within 0:30: 0 of 3 pods of v1 run again: bert-master-0 Unschedulable: ${message}\n`,
    )
    expect([ran.code, standing(cluster)]).toEqual([6, 'v1 runs 0, v2 0'])
  })

  it('prints its writes in a dry run, and makes none', async () => {
    const cluster = await finalized()
    for (const how of ['client', 'server']) {
      const ran = await runMoving(`rollback job bert --dry-run=${how}`, cluster)
      expect(ran.stdout.match(/^\d\. .*/gm)).toEqual([
        `1. PyTorchJob bert is made again from Secret ${name}, suspended: it runs nothing`,
        '2. TrainJob bert is deleted; waits for its JobSet, Jobs, pods and Service to be gone',
        '3. PyTorchJob bert is as it was before the hold; waits for 3 pods to run',
      ])
      expect(ran.stdout.match(/^ {3}(create|patch|delete).*/gm)).toHaveLength(3)
      expect([ran.code, standing(cluster), stateOf(cluster)]).toEqual([0, 'v1 gone 0, v2 3', 'finalized'])
    }
  })
})

describe('rollback after finalize refuses', () => {
  it.each<[what: string, upset: (cluster: FakeCluster) => unknown, message: string]>([
    ['where v2 is Complete', complete, 'v2 has finished (the TrainJob is Complete): v1 would train it all again'],
    [
      'where v2 is gone',
      (cluster) => cluster.remove(resources.trainJobs, 'nlp', 'bert'),
      'v1 and its TrainJob are both gone: whether the training had finished is not known',
    ],
  ])('%s, unless it is told to run it again', async (_, upset, message) => {
    const cluster = await finalized()
    upset(cluster)
    const ran = await rollback(cluster)
    expect(ran.stderr).toContain(`error: nlp/bert is not rolled back: ${message}\n`)
    expect([ran.code, ran.writes]).toEqual([1, []])
    expect((await rollback(cluster, ' --rerun')).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('where Kueue could start v1 beside v2, and says what to do first', async () => {
    const cluster = await finalized()
    const queued = { ...v1Job('bert', { labels: { 'kueue.x-k8s.io/queue-name': 'team' } }) }
    const files = { 'backup.json': JSON.stringify(queued) }
    const ran = await rollback(cluster, ' --from backup.json', { files })
    expect(ran.stderr).toContain('v1 would be made with its queue again, and Kueue may start it while v2 still runs')
    expect(ran.stderr).toContain('kubectl delete trainjob bert -n nlp   (v2 stops first)')
    expect([ran.code, ran.writes, standing(cluster)]).toEqual([1, [], 'v1 gone 0, v2 3'])
  })

  it('where the Secret is gone, and takes a backup instead', async () => {
    const cluster = await finalized()
    cluster.remove(resources.secrets, 'nlp', name)
    const ran = await rollback(cluster)
    expect(ran.stderr.split('\n')).toEqual([
      `error: nlp/bert is not rolled back: Secret ${name} is gone`,
      '       v1 is deleted, and that was its manifest; nothing was changed',
      '       kubectl migrate rollback pytorchjob/bert -n nlp --from FILE   (from a backup, or what it was created from)',
      '',
    ])
    expect([ran.code, ran.writes]).toEqual([1, []])
    const files = { 'backup.json': JSON.stringify({ ...job(), metadata: { name: 'bert' } }) }
    const back = await rollback(cluster, ' --from backup.json', { files })
    expect(back.stdout).toContain('nlp/bert is rolled back: v1 made again from backup.json, TrainJob removed')
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it.each<[what: string, files: Record<string, string>, code: number, said: string]>([
    [
      'another spec',
      { f: JSON.stringify(v1Job('bert', { roles: { Worker: 9 } })) },
      1,
      'is not the one that was moved',
    ],
    ['another name', { f: JSON.stringify(v1Job('gpt')) }, 2, 'f has no PyTorchJob nlp/bert'],
    ['no file', {}, 2, 'f'],
  ])('a backup with %s', async (_, files, code, said) => {
    const cluster = await finalized()
    const ran = await rollback(cluster, ' --from f', { files })
    expect(ran.stderr).toContain(said)
    expect([ran.code, ran.writes, standing(cluster)]).toEqual([code, [], 'v1 gone 0, v2 3'])
  })

  it('a user who may not read the Secret, and says who else may', async () => {
    const cluster = await finalized({ forbid: ({ verb, resource }) => verb === 'get' && resource === 'secrets' })
    const ran = await rollback(cluster)
    expect(ran.stderr).toContain('is not rolled back: you may not get secrets in namespace nlp')
    expect(ran.stderr).toContain('kubectl migrate rollback pytorchjob/bert -n nlp --from v1.json')
    expect([ran.code, ran.writes]).toEqual([1, []])
  })

  it('a job whose owner deleted it after it came back', async () => {
    const cluster = await finalized()
    await rollback(cluster)
    cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
    const ran = await rollback(cluster)
    expect(ran.stderr).toContain('no v1 job called bert in namespace nlp')
    expect([ran.code, ran.writes]).toEqual([1, []])
  })

  it('--from where v1 is there', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    const ran = await rollback(cluster, ' --from f')
    expect([ran.code, ran.stderr.split('\n')[0]]).toEqual([
      2,
      'error: --from f is for a v1 job that is gone, and bert is there',
    ])
    expect(ran.stderr).toContain('kubectl migrate rollback pytorchjob/bert -n nlp   (v1 is resumed as it stands)')
  })
})

describe('--from FILE', () => {
  const file = "it's.json"
  const files = { [file]: JSON.stringify(v1Job('bert')) }
  const from = ` --from ${file}`

  it('stays in what is to be typed next: the Secret may be gone', async () => {
    const cluster = await finalized()
    cluster.remove(resources.secrets, 'nlp', name)
    complete(cluster)
    const ran = await rollback(cluster, from, { files })
    const again = `kubectl migrate rollback pytorchjob/bert -n nlp --from 'it'\\''s.json' --rerun`
    expect([ran.code, ran.writes]).toEqual([1, []])
    expect(ran.stderr).toContain(`       ${again}   (if that is meant)\n`)
    expect((await rollback(cluster, `${from} --rerun`, { files })).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('stays where v1 could not be made', async () => {
    const cluster = await finalized()
    const create = cluster.create.bind(cluster)
    cluster.create = async (resource, ...rest) => {
      if (resource !== resources.pytorchJobs) return create(resource, ...rest) as never
      const asked = { verb: 'create', resource: 'pytorchjobs.kubeflow.org', namespace: 'nlp', name: 'bert' }
      throw new ClusterError({ kind: 'admission', message: 'no jobs of v1', ...asked })
    }
    const ran = await rollback(cluster, from, { files })
    expect([ran.code, standing(cluster)]).toEqual([3, 'v1 gone 0, v2 3'])
    expect(ran.stderr).toContain(` rollback pytorchjob/bert -n nlp --from 'it'\\''s.json'   (goes on from here)\n`)
  })

  it('is the same command again after a run that was killed when v1 was made', async () => {
    const cluster = await finalized()
    await rollback(cluster, from, { files, killed: { write: resources.pytorchJobs, when: 'after' } })
    expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
    expect((await rollback(cluster, from, { files })).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })
})

describe('killed at any write', () => {
  const points = Array.from({ length: 12 }, (_, at) => at + 1).flatMap((write) => [
    { write, when: 'before' as const },
    { write, when: 'after' as const },
  ])
  it.each(points)('a way back after finalize ($when $write) is gone on with by the same command', async (killed) => {
    const cluster = await finalized()
    expect([0, 137]).toContain((await rollback(cluster, '', { killed })).code)
    const ran = await rollback(cluster)
    expect([ran.code, standing(cluster), stateOf(cluster)]).toEqual([0, 'v1 runs 3, v2 0', 'returned'])
    expect([cluster.all(resources.leases), cluster.all(resources.trainJobs)]).toEqual([[], []])
  })

  it('a cutover in between is refused, and says how to go on', async () => {
    const cluster = await finalized()
    await rollback(cluster, '', { killed: { write: resources.pytorchJobs, when: 'after' } })
    expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
    const ran = await runMoving('cutover job bert --yes', cluster)
    expect(ran.stderr).toContain('a rollback made it again after finalize, and did not come to its end')
    expect([ran.code, ran.writes]).toEqual([1, ['delete leases.coordination.k8s.io nlp migration-bert']])
    expect((await runMoving('finalize job bert --yes --even-if-unproven', cluster)).code).toBe(0)
    expect([standing(cluster), stateOf(cluster)]).toEqual(['v1 gone 0, v2 3', 'finalized'])
  })
})
