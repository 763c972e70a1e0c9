import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { type KueueOptions, kueueAdmission, startKueue } from '../../test/unit/fake-kueue.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { ClusterError } from '../cluster/errors.ts'
import { gatesOf, isActive, isAdmitted, queueLabel } from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'

const cutover = 'cutover job bert --yes --observe 0 --timeout 1m --queue-timeout 30s'
const rollback = 'rollback job bert --yes --timeout 1m'

interface World extends KueueOptions {
  readonly others?: readonly KubeObject[]
  readonly labels?: Record<string, string>
  readonly forbid?: (asked: { readonly verb: string; readonly resource: string }) => boolean
  readonly raw?: Readonly<Record<string, unknown>>
}

async function world({ others = [], labels = { [queueLabel]: 'team' }, forbid, raw, ...kueue }: World) {
  const objects = [v1Job('bert', { labels }), ...others]
  const cluster = new FakeCluster({ namespace: 'nlp', objects, admit: kueueAdmission(kueue), forbid, raw })
  startOperators(cluster)
  startKueue(cluster, kueue)
  await atRest()
  return cluster
}

const atRest = () => new Promise((resolve) => setTimeout(resolve, 20))

/** Another job of the queue, which is first in its order of names. */
const rival = v1Job('ahead', { labels: { [queueLabel]: 'team' }, uid: 'uid-ahead', roles: { Master: 1 } })

/** `pytorchjob bert held`: each Workload, and whether it runs, waits, or may do neither. */
const workloads = (cluster: FakeCluster): string[] =>
  cluster.all(resources.workloadsV1beta2).map((workload) => {
    const [kind, name] = (workload.metadata.name ?? '').split('-')
    const state = !isActive(workload)
      ? 'held'
      : gatesOf(workload).length > 0
        ? 'gated'
        : isAdmitted(workload)
          ? 'runs'
          : 'waits'
    return `${kind} ${name} ${state}`
  })

const notes = (cluster: FakeCluster): unknown => {
  const job = cluster.all(resources.pytorchJobs).find(({ metadata }) => metadata.name === 'bert')
  const text = job?.metadata.annotations?.['kubectl-migrate.dev/held']
  return text === undefined ? undefined : JSON.parse(text)
}

/** What a run writes, but for its record and the runtime; the first patch of the job is a dry run. */
const own = (writes: readonly string[]) =>
  writes.filter((line) => !/ migration-|trainingruntimes/.test(line)).map((line) => line.replace(' (dry run)', ''))

describe('cutover of a job that Kueue has admitted', () => {
  it('holds it by its Workload, and lets the TrainJob into the queue when its pods are gone', async () => {
    const cluster = await world({ quota: 1 })
    const { code, stdout, stderr, writes } = await runMoving(cutover, cluster)
    expect(stderr).toContain('preview: done')
    expect([code, stdout]).toEqual([
      0,
      'nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n',
    ])
    expect(own(writes)).toEqual([
      'patch pytorchjobs.kubeflow.org nlp bert',
      'create trainjobs.trainer.kubeflow.org nlp bert',
      'patch pytorchjobs.kubeflow.org nlp bert',
      'patch workloads.kueue.x-k8s.io nlp pytorchjob-bert-1a2b3',
      'patch trainjobs.trainer.kubeflow.org nlp bert',
    ])
    expect([standing(cluster), workloads(cluster)]).toEqual([
      'v1 suspended 0, v2 3',
      ['pytorchjob bert held', 'trainjob bert runs'],
    ])
    expect(notes(cluster)).toMatchObject({ ready: 3, by: 'workload' })
  })

  it('goes back to its queue, and nothing is left on it', async () => {
    const cluster = await world({ quota: 1 })
    await runMoving(cutover, cluster)
    const { code, stdout, writes } = await runMoving(rollback, cluster)
    expect([code, stdout]).toEqual([0, 'nlp/bert is rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n'])
    expect(writes.filter((line) => line.endsWith(' (dry run)'))).toEqual([
      'patch workloads.kueue.x-k8s.io nlp pytorchjob-bert-1a2b3 (dry run)',
      'patch pytorchjobs.kubeflow.org nlp bert (dry run)',
    ])
    expect(own(writes.filter((line) => !line.endsWith(' (dry run)')))).toEqual([
      'delete trainjobs.trainer.kubeflow.org nlp bert',
      'patch workloads.kueue.x-k8s.io nlp pytorchjob-bert-1a2b3',
      'patch pytorchjobs.kubeflow.org nlp bert',
    ])
    expect([standing(cluster), workloads(cluster), notes(cluster)]).toEqual([
      'v1 runs 3, v2 0',
      ['pytorchjob bert runs'],
      undefined,
    ])
  })

  it('is let alone, without a mark, where its Workload may not be deactivated', async () => {
    const cluster = await world({ quota: 1 })
    const patch = cluster.patch.bind(cluster)
    cluster.patch = async (resource, ...rest) => {
      if (resource.plural !== 'workloads') return patch(resource, ...rest) as never
      const asked = { verb: 'patch', resource: 'workloads' }
      throw new ClusterError({ kind: 'webhook', webhook: 'quiet.io', outcome: 'denied', message: 'not now', ...asked })
    }
    const { code, stdout } = await runMoving(cutover, cluster)
    expect(stdout).toMatch(
      /^nlp\/bert was NOT cut over: .*not now; rolled back: v1 resumed, 3 of 3 pods running, TrainJob removed\n/,
    )
    expect([code, standing(cluster), workloads(cluster), notes(cluster)]).toEqual([
      5,
      'v1 runs 3, v2 0',
      ['pytorchjob bert runs'],
      undefined,
    ])
  })

  it('is looked at again by the same command, which changes nothing', async () => {
    const cluster = await world({ quota: 1 })
    await runMoving(cutover, cluster)
    const { code, stdout, writes } = await runMoving(cutover, cluster)
    expect([code, stdout]).toEqual([
      0,
      'nlp/bert is cut over already: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n',
    ])
    expect(own(writes)).toEqual(['patch pytorchjobs.kubeflow.org nlp bert'])
  })

  it('is rolled back where somebody else takes its quota; it waits for that, which is exit code 6', async () => {
    const cluster = await world({ quota: 1 })
    cluster.put(rival)
    await atRest()
    expect(workloads(cluster)).toEqual(['pytorchjob ahead waits', 'pytorchjob bert runs'])
    const refused = await runMoving(cutover, cluster)
    const next = 'Workload nlp/pytorchjob-ahead-1a2b3 could be given the room between v1 and v2 (in queue team)'
    expect(refused.stderr).toContain(`nlp/bert is not cut over: ${next}`)
    expect(refused.stderr).not.toContain('--overlap')
    expect([refused.code, own(refused.writes)]).toEqual([1, ['patch pytorchjobs.kubeflow.org nlp bert']])
    const { code, stdout } = await runMoving(`${cutover} --accept hand-over-slot`, cluster)
    const words = 'in queue team: insufficient unused quota for nvidia.com/gpu in flavor any, 2 more needed'
    expect([code, stdout]).toEqual([
      6,
      `nlp/bert was NOT cut over: not within 0:30: ${words}; v1 is rolled back, and waits ${words}\n`,
    ])
    expect([workloads(cluster), notes(cluster)]).toEqual([
      ['pytorchjob ahead runs', 'pytorchjob bert waits'],
      undefined,
    ])
    cluster.remove(resources.pytorchJobs, 'nlp', 'ahead')
    cluster.put(rivalGone(cluster))
    await atRest()
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('is held again where its Workload was deleted, and a new one would run it', async () => {
    const cluster = await world({ quota: 1 })
    await runMoving(cutover, cluster)
    cluster.remove(resources.workloadsV1beta2, 'nlp', 'pytorchjob-bert-1a2b3')
    cluster.put(rivalGone(cluster))
    await atRest()
    expect(workloads(cluster)).toEqual(['pytorchjob bert waits', 'trainjob bert runs'])
    cluster.closed = false
    const alarm = await runVerb(['status', 'pytorchjob/bert'], { cluster })
    expect([alarm.code, alarm.out[1], alarm.out.at(-1)]).toEqual([
      1,
      'REACTIVATED   v1 was held, and its Workload pytorchjob-bert-1a2b3 is active: Kueue runs v1 when there is quota',
      'Next: kubectl migrate cutover pytorchjob/bert -n nlp --yes   hold v1 again',
    ])
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, stdout]).toEqual([0, 'nlp/bert is cut over: 3 pods gone, v1 kept suspended; v1 is kept suspended\n'])
    expect(workloads(cluster)).toEqual(['pytorchjob bert held', 'trainjob bert runs'])
    cluster.closed = false
    const { code: fine, out } = await runVerb(['status', 'bert'], { cluster })
    expect([fine, out.filter((line) => line.includes('REACTIVATED'))]).toEqual([0, []])
  })

  it('is not touched where it has passed a deadline that Training Operator has not noticed', async () => {
    const cluster = await world({ quota: 1 })
    const [job = expect.fail('no job')] = cluster.all(resources.pytorchJobs)
    const runPolicy = { ...(job['spec'] as { runPolicy?: object }).runPolicy, activeDeadlineSeconds: 60 }
    const status = { ...(job['status'] as object), startTime: '2020-01-01T00:00:00Z' }
    cluster.put({ ...job, spec: { ...(job['spec'] as object), runPolicy }, status })
    const { code, stdout, writes } = await runMoving(cutover, cluster)
    const raise = 'raise spec.runPolicy.activeDeadlineSeconds (60) first'
    expect([code, stdout]).toEqual([
      1,
      `nlp/bert was NOT cut over: v1 has passed its deadline, and the record of its hold would make Training Operator fail it: ${raise}; nothing of it is left, v1 was never stopped\n`,
    ])
    // the one patch of the job is a dry run
    expect(own(writes)).toEqual([
      'patch pytorchjobs.kubeflow.org nlp bert',
      'create trainjobs.trainer.kubeflow.org nlp bert',
      'delete trainjobs.trainer.kubeflow.org nlp bert',
    ])
    expect([standing(cluster), notes(cluster)]).toEqual(['v1 runs 3, v2 0', undefined])
  })

  it('is left alone by an owner who takes it out of its queue meanwhile', async () => {
    const cluster = await world({ quota: 1 })
    const [workload = expect.fail('no Workload')] = cluster.all(resources.workloadsV1beta2)
    cluster.put({ ...workload, spec: { ...(workload['spec'] as object), active: false } })
    await atRest()
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, stdout]).toEqual([0, 'nlp/bert is cut over: the TrainJob is suspended, as its owner suspended v1\n'])
    expect(workloads(cluster)).toEqual(['pytorchjob bert held', 'trainjob bert gated'])
    expect(notes(cluster)).toBeUndefined()
  })
})

/** Any change of a job, so that Kueue looks again. */
const rivalGone = (cluster: FakeCluster): KubeObject =>
  cluster.all(resources.pytorchJobs).find(({ metadata }) => metadata.name === 'bert') ?? expect.fail('no job')

describe('cutover of a job that waits in its queue', () => {
  it('is a TrainJob that waits in its place', async () => {
    const cluster = await world({ quota: 1, others: [rival] })
    expect(workloads(cluster)).toEqual(['pytorchjob ahead runs', 'pytorchjob bert waits'])
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, stdout]).toEqual([
      0,
      'nlp/bert is cut over: it waits in queue team: Kueue has not looked at it yet, as v1 did; v1 is kept suspended\n',
    ])
    await atRest()
    expect(workloads(cluster)).toEqual(['pytorchjob ahead runs', 'pytorchjob bert held', 'trainjob bert waits'])
    cluster.remove(resources.workloadsV1beta2, 'nlp', 'pytorchjob-ahead-1a2b3')
    cluster.remove(resources.pytorchJobs, 'nlp', 'ahead')
    cluster.put(rivalGone(cluster))
    await atRest()
    expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
  })

  it('goes back to waiting', async () => {
    const cluster = await world({ quota: 1, others: [rival] })
    await runMoving(cutover, cluster)
    const { code, stdout } = await runMoving(rollback, cluster)
    expect(code).toBe(0)
    expect(stdout).toContain('nlp/bert is rolled back: TrainJob removed, v1 waits as it did before, in queue team')
    expect(workloads(cluster)).toEqual(['pytorchjob ahead runs', 'pytorchjob bert waits'])
  })
})

describe('a Kueue that knows no gates', () => {
  it('is given the TrainJob when v1 is held, and nothing is previewed', async () => {
    const cluster = await world({ quota: 1, gates: false })
    const { code, stderr, writes } = await runMoving(cutover, cluster)
    expect([code, standing(cluster)]).toEqual([0, 'v1 suspended 0, v2 3'])
    expect(stderr).not.toContain('preview')
    expect(own(writes)).toEqual([
      'patch pytorchjobs.kubeflow.org nlp bert',
      'patch pytorchjobs.kubeflow.org nlp bert',
      'patch workloads.kueue.x-k8s.io nlp pytorchjob-bert-1a2b3',
      'create trainjobs.trainer.kubeflow.org nlp bert',
    ])
  })
})

describe('a job that Kueue never managed', () => {
  it('is not moved into a queue unless that is accepted', async () => {
    const cluster = await world({ quota: 1, v1: false })
    const refused = await runMoving(cutover, cluster)
    expect([refused.code, refused.stderr]).toEqual([
      1,
      [
        'error: nlp/bert is not cut over: Kueue does not manage this PyTorchJob, and would manage its TrainJob, in queue team',
        '       v1 ran without quota; the TrainJob waits for it while v1 is stopped, and is charged for what it uses',
        '       nothing was changed',
        '       --accept kueue-newly-managed   (where that is wanted)',
        '',
      ].join('\n'),
    ])
    const { code } = await runMoving(`${cutover} --accept kueue-newly-managed`, cluster)
    expect([code, standing(cluster), workloads(cluster)]).toEqual([0, 'v1 suspended 0, v2 3', ['trainjob bert runs']])
    expect(notes(cluster)).toEqual(expect.not.objectContaining({ by: 'workload' }))
    expect((await runMoving(rollback, cluster)).code).toBe(0)
    expect([standing(cluster), workloads(cluster)]).toEqual(['v1 runs 3, v2 0', []])
  })

  it('is asked about where the namespace has a default queue', async () => {
    const localQueue = {
      apiVersion: 'kueue.x-k8s.io/v1beta2',
      kind: 'LocalQueue',
      metadata: { name: 'default', namespace: 'nlp' },
    }
    const cluster = await world({ quota: 1, v1: false, labels: {}, others: [localQueue] })
    const { code, stderr, writes } = await runMoving(cutover, cluster)
    expect([code, own(writes).filter((line) => !line.startsWith('patch'))]).toEqual([1, []])
    expect(stderr).toContain('would manage its TrainJob, in queue default')
  })
})

it('where Workloads may not be read, nothing in a queue is moved', async () => {
  const forbid = ({ resource }: { readonly resource: string }) => resource === 'workloads.kueue.x-k8s.io'
  const cluster = await world({ quota: 1, forbid })
  const { code, stderr } = await runMoving(cutover, cluster)
  expect(code).toBe(1)
  expect(stderr).toContain('not cut over: Kueue is here, and you may not read its Workloads and LocalQueues')
})

it('where Workloads are forbidden because there is no Kueue, a job is moved', async () => {
  const kueue = [resources.workloads, resources.workloadsV1beta2, resources.localQueues, resources.localQueuesV1beta2]
  const forbid = ({ resource }: { readonly resource: string }) => resource.endsWith('.kueue.x-k8s.io')
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')], absent: kueue, forbid })
  startOperators(cluster)
  expect((await runMoving('cutover job bert --yes --observe 0', cluster)).code).toBe(0)
})

it('killed while Kueue has not suspended v1 yet, it is known how v1’s pods ended all the same', async () => {
  let awake = true
  const cluster = await world({ quota: 1, sleeps: () => !awake })
  const wakes = cluster.onChange(({ resource }) => {
    if (resource === resources.workloadsV1beta2) awake = false
    // the next run has read what there is
    if (awake || resource !== resources.leases || running) return
    wakes()
    awake = true
    cluster.put(rivalGone(cluster))
  })
  let running = true
  expect(
    (await runMoving(cutover, cluster, { killed: { write: resources.workloadsV1beta2, when: 'after' } })).code,
  ).toBe(137)
  running = false
  expect([standing(cluster), workloads(cluster)]).toEqual([
    'v1 runs 3, v2 0',
    ['pytorchjob bert held', 'trainjob bert gated'],
  ])
  const { code, stdout } = await runMoving(cutover, cluster)
  expect([code, stdout]).toEqual([
    0,
    'nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n',
  ])
  expect(workloads(cluster)).toEqual(['pytorchjob bert held', 'trainjob bert runs'])
})

describe('killed at any write', () => {
  const points = Array.from({ length: 20 }, (_, at) => at + 1).flatMap((write) => [
    { write, when: 'before' as const },
    { write, when: 'after' as const },
  ])
  const moved = ['v1 suspended 0, v2 3', ['pytorchjob bert held', 'trainjob bert runs']]
  const back = ['v1 runs 3, v2 0', ['pytorchjob bert runs']]
  const now = (cluster: FakeCluster) => [standing(cluster), workloads(cluster)]

  it.each(points)('a cutover in a queue ($when $write) ends where an uninterrupted one ends', async (killed) => {
    const cluster = await world({ quota: 2 })
    expect([0, 137]).toContain((await runMoving(cutover, cluster, { killed })).code)
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, now(cluster)], stdout).toEqual([0, moved])
    expect([(await runMoving(rollback, cluster)).code, now(cluster), notes(cluster)]).toEqual([0, back, undefined])
  })

  it.each(points)('a cutover in a queue ($when $write) is rolled back', async (killed) => {
    const cluster = await world({ quota: 2 })
    await runMoving(cutover, cluster, { killed })
    expect([(await runMoving(rollback, cluster)).code, now(cluster), notes(cluster)]).toEqual([0, back, undefined])
  })

  it.each(points)('a rollback from a queue ($when $write) ends where an uninterrupted one ends', async (killed) => {
    const cluster = await world({ quota: 2 })
    await runMoving(cutover, cluster)
    await runMoving(rollback, cluster, { killed })
    expect([(await runMoving(rollback, cluster)).code, now(cluster), notes(cluster)]).toEqual([0, back, undefined])
  })
})
