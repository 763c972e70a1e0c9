import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import {
  condition,
  heldV1,
  runningTrainJob,
  runningV1,
  torchRuntime,
  trainJob,
  unschedulable,
  v1Job,
  v1Pod,
  v2Pod,
  waiting,
  warning,
} from '../../test/unit/objects.ts'
import { readiness } from '../kube/job-state.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { v1Kinds } from '../v1/kinds.ts'
import type { JobQuery } from './job-reader.ts'
import { readJobs } from './jobs.ts'
import type { Pair } from './pairs.ts'
import type { JobRow } from './rows.ts'

async function table(cluster: FakeCluster, query: JobQuery = { namespace: 'nlp' }): Promise<string[]> {
  const { pairs } = await readJobs(cluster, query)
  const cells = (row: JobRow | undefined) => {
    if (!row) return '-'
    const { ready = '?', desired = '?' } = readiness(row.state)
    return `${row.kind}/${row.name} ${row.state.reason ?? row.state.word} ${ready}/${desired}`
  }
  return pairs.map((pair) => `${cells(pair.v1)} | ${cells(pair.v2)}`)
}

describe('the jobs of a namespace', () => {
  it('are read with one list a kind, and one of the pods that may do otherwise than v1 says', async () => {
    const cluster = new FakeCluster({
      objects: [
        runningV1('bert'),
        runningV1('far', { namespace: 'vision' }),
        heldV1('gpt'),
        runningTrainJob('gpt'),
        v1Job('t5', { kind: 'TFJob', conditions: [condition('Succeeded')] }),
        torchRuntime(),
      ],
    })
    expect(await table(cluster)).toEqual([
      'PyTorchJob/bert Running 3/3 | -',
      'PyTorchJob/gpt Suspended 0/3 | TrainJob/gpt Running 3/3',
      'TFJob/t5 Succeeded 0/3 | -',
    ])
    expect([...cluster.log].sort()).toEqual([
      'list clustertrainingruntimes.trainer.kubeflow.org *',
      'list jaxjobs.kubeflow.org nlp',
      'list mpijobs.kubeflow.org nlp',
      'list paddlejobs.kubeflow.org nlp',
      'list pods nlp training.kubeflow.org/job-name in (bert,gpt)',
      'list pytorchjobs.kubeflow.org nlp',
      'list tfjobs.kubeflow.org nlp',
      'list trainingruntimes.trainer.kubeflow.org nlp',
      'list trainjobs.trainer.kubeflow.org nlp',
      'list xgboostjobs.kubeflow.org nlp',
    ])
  })

  it('are seven requests when there are none', async () => {
    const cluster = new FakeCluster()
    expect([await table(cluster), cluster.requests]).toEqual([[], 7])
  })

  it('have their pods read, one list a side, only where their own status does not settle the state', async () => {
    const cluster = new FakeCluster({
      objects: [
        runningV1('bert'),
        v1Pod('bert', 'master', 0),
        v1Pod('bert', 'worker', 0),
        v1Pod('bert', 'worker', 1),
        v1Job('done', { conditions: [condition('Succeeded')] }),
        v1Pod('done', 'worker', 0),
        runningTrainJob('bert'),
        v2Pod('bert', 0),
        v1Job('gpt', { active: { Master: 1, Worker: 1 } }),
        v1Pod('gpt', 'master', 0),
        v1Pod('gpt', 'worker', 0),
        v1Pod('gpt', 'worker', 1, { status: unschedulable('0/8 nodes') }),
        v1Job('t5', { active: { Master: 1, Worker: 1 } }),
        v1Pod('t5', 'worker', 0, { owner: 'uid-of-an-earlier-t5' }),
        trainJob('gpt', { jobs: [{ active: 1 }] }),
        v2Pod('gpt', 0),
        v2Pod('gpt', 1),
        torchRuntime(),
      ],
    })
    expect(await table(cluster)).toEqual([
      'PyTorchJob/bert Running 3/3 | TrainJob/bert Running 3/3',
      'PyTorchJob/done Succeeded 0/3 | -',
      'PyTorchJob/gpt Unschedulable 2/3 | TrainJob/gpt Starting 2/3',
      'PyTorchJob/t5 Pending 0/3 | -',
    ])
    expect(cluster.log.filter((line) => line.includes('pods'))).toEqual([
      'list pods nlp training.kubeflow.org/job-name in (gpt,t5,bert)',
      'list pods nlp jobset.sigs.k8s.io/jobset-name=gpt',
    ])
  })

  it('take as many requests for 1000 open jobs as pages need', async () => {
    const objects = Array.from({ length: 1000 }, (_, at) => v1Job(`job-${at}`))
    const cluster = new FakeCluster({ objects: [...objects, v1Pod('job-7', 'master', 0, { owner: 'uid-v1-job-7' })] })
    const rows = await table(cluster)
    expect([rows.length, rows.filter((row) => row.includes('1/3')).length, cluster.requests]).toEqual([1000, 1, 11])
    expect(cluster.log.at(-1)).toBe('list pods nlp training.kubeflow.org/job-name')
  })

  it('tell of a JobSet that was refused, which only an event knows', async () => {
    const cluster = new FakeCluster({
      objects: [
        trainJob('long-name'),
        trainJob('new'),
        warning('TrainJob', 'long-name', 'TrainJobResourcesCreationFailed', 'JobSet name is too long'),
        torchRuntime(),
      ],
    })
    expect(await table(cluster)).toEqual([
      '- | TrainJob/long-name TrainJobResourcesCreationFailed 0/3',
      '- | TrainJob/new Pending 0/3',
    ])
    expect(cluster.log.filter((line) => line.includes('events'))).toEqual([
      'list events nlp reason=TrainJobResourcesCreationFailed',
    ])
  })

  it('keep an open state, and the gap is named, where pods may not be read', async () => {
    const forbid = ({ resource }: { resource: string }) => resource === 'pods'
    const cluster = new FakeCluster({ objects: [v1Job('gpt', { active: { Master: 1 } })], forbid })
    const { pairs, gaps } = await readJobs(cluster, { namespace: 'nlp' })
    expect(pairs[0]?.v1?.state.word).toBe('Starting')
    expect(gaps).toEqual([{ resource: 'pods', namespace: 'nlp', why: 'forbidden' }])
  })

  it('know no desired number of a TrainJob whose runtime may not be read', async () => {
    const forbid = ({ resource }: { resource: string }) => resource.includes('runtimes')
    const cluster = new FakeCluster({ objects: [runningTrainJob('gpt')], forbid })
    const { pairs, gaps } = await readJobs(cluster, { namespace: 'nlp' })
    expect(readiness(pairs[0]?.v2?.state ?? { roles: [] })).toEqual({ ready: undefined, desired: undefined })
    expect(gaps.map(({ resource }) => resource)).toEqual([
      'clustertrainingruntimes.trainer.kubeflow.org',
      'trainingruntimes.trainer.kubeflow.org',
    ])
  })
})

describe('jobs selected by label or field', () => {
  const labels = { team: 'a' }
  const objects = [
    runningV1('bert', { labels }),
    trainJob('bert', { suspend: true }),
    heldV1('gpt'),
    runningTrainJob('gpt-v2', { labels }),
    heldV1('t5'),
    runningTrainJob('t5'),
    torchRuntime(),
  ]

  it('come with their partners, which the selector alone would leave out', async () => {
    expect(await table(new FakeCluster({ objects }), { namespace: 'nlp', labelSelector: 'team=a' })).toEqual([
      'PyTorchJob/bert Running 3/3 | TrainJob/bert Suspended 0/3',
      'PyTorchJob/gpt Suspended 0/3 | TrainJob/gpt-v2 Running 3/3',
    ])
  })

  it('take no more requests when nothing is torn', async () => {
    const cluster = new FakeCluster({ objects })
    await table(cluster, { namespace: 'nlp', labelSelector: 'team=none' })
    expect(cluster.requests).toBe(7)
  })

  it('are selected by fields as well', async () => {
    const cluster = new FakeCluster({ objects })
    expect(await table(cluster, { namespace: 'nlp', fieldSelector: 'metadata.name=t5' })).toEqual([
      'PyTorchJob/t5 Suspended 0/3 | TrainJob/t5 Running 3/3',
    ])
  })
})

describe('jobs of all namespaces', () => {
  const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const objects = [
    namespace('nlp'),
    namespace('secret'),
    namespace('vision'),
    runningV1('bert'),
    runningV1('resnet', { namespace: 'vision' }),
    runningV1('hidden', { namespace: 'secret' }),
  ]

  it('are read namespace by namespace where only some may be read, and the others named', async () => {
    const forbid = ({ resource, namespace }: { resource: string; namespace?: string }) =>
      resource !== 'namespaces' && (namespace === undefined || namespace === 'secret')
    const { pairs, gaps } = await readJobs(new FakeCluster({ objects, forbid }), {})
    expect(pairs.map(({ v1 }) => `${v1?.namespace}/${v1?.name}`)).toEqual(['nlp/bert', 'vision/resnet'])
    expect(gaps).toHaveLength(7)
    expect(gaps[3]).toEqual({ resource: 'pytorchjobs.kubeflow.org', namespace: 'secret', why: 'forbidden' })
  })

  it('have their pods read namespace by namespace where those of all may not be read, and the others named', async () => {
    const crashing = { ...waiting('CrashLoopBackOff'), phase: 'Running' as const }
    const pods = ['nlp', 'vision', 'secret'].map((place) => {
      const job = place === 'nlp' ? 'bert' : place === 'vision' ? 'resnet' : 'hidden'
      return v1Pod(job, 'worker', 0, { namespace: place, status: crashing })
    })
    const forbid = ({ resource, namespace }: { resource: string; namespace?: string }) =>
      resource === 'pods' && (namespace === undefined || namespace === 'secret')
    const { pairs, gaps } = await readJobs(new FakeCluster({ objects: [...objects, ...pods], forbid }), {})
    expect(pairs.map(({ v1 }) => `${v1?.name} ${v1?.state.reason ?? v1?.state.word}`)).toEqual([
      'bert CrashLoopBackOff',
      'hidden Running',
      'resnet CrashLoopBackOff',
    ])
    expect(gaps).toEqual([{ resource: 'pods', namespace: 'secret', why: 'forbidden' }])
  })

  it('are not read one by one of more than 100 namespaces', async () => {
    const many = Array.from({ length: 101 }, (_, at) => namespace(`team-${at}`))
    const forbid = ({ resource, namespace }: { resource: string; namespace?: string }) =>
      resource === 'tfjobs.kubeflow.org' && namespace === undefined
    const cluster = new FakeCluster({ objects: [...objects, ...many], forbid })
    expect((await readJobs(cluster, {})).gaps).toEqual([{ resource: 'tfjobs.kubeflow.org', why: 'forbidden' }])
    expect(cluster.requests).toBe(9)
  })

  it('are shown without the kinds that may not be listed, which are named', async () => {
    const forbid = ({ resource }: { resource: string }) =>
      resource === 'tfjobs.kubeflow.org' || resource === 'namespaces'
    const { pairs, gaps } = await readJobs(new FakeCluster({ objects, forbid }), {})
    expect(pairs).toHaveLength(3)
    expect(gaps).toEqual([{ resource: 'tfjobs.kubeflow.org', namespace: undefined, why: 'forbidden' }])
  })

  it('are refused where nothing may be listed', async () => {
    await expect(readJobs(new FakeCluster({ objects, forbid: () => true }), {})).rejects.toMatchObject({
      failure: { kind: 'forbidden' },
    })
  })
})

describe('a cluster with one side only', () => {
  const v1Resources = v1Kinds.map(({ resource }) => resource)

  it.each([
    ['no v1', v1Resources, { v1: false, v2: true }],
    ['no v2', [resources.trainJobs], { v1: true, v2: false }],
    ['only some v1 kinds', v1Resources.slice(1), { v1: true, v2: true }],
  ])('%s', async (_, absent, served) => {
    expect((await readJobs(new FakeCluster({ absent }), {})).served).toEqual(served)
  })

  it('is refused with neither', async () => {
    const cluster = new FakeCluster({ absent: [...v1Resources, resources.trainJobs] })
    await expect(readJobs(cluster, {})).rejects.toMatchObject({ data: { code: 'api-absent', exit: 3 } })
  })
})

describe('jobs that somebody waits for', () => {
  const name = (at: number) => `job-${String(at).padStart(3, '0')}`
  const of = (namespace: string) =>
    Array.from({ length: 120 }, (_, at) => [
      heldV1(name(at), { namespace, uid: `${namespace}-v1-${at}` }),
      ...(at % 2 === 0 ? [runningTrainJob(name(at), { namespace, uid: `${namespace}-v2-${at}`, nodes: 1 })] : []),
    ]).flat()
  const open = v1Job('waits', { namespace: 'a', uid: 'a-waits', roles: { Worker: 1 } })
  const objects = [
    ...['a', 'b', 'c', 'd'].flatMap(of),
    open,
    v1Pod('waits', 'worker', 0, { namespace: 'a', owner: 'a-waits', status: unschedulable('no room') }),
    torchRuntime(),
  ]
  const told = ({ v1, v2 }: Pair) =>
    `${v1?.namespace ?? v2?.namespace}/${v1?.name} ${v1?.state.reason ?? ''} ${v2?.name}`

  it('are given namespace by namespace, and what is left at the end: the same pairs, none twice, no pods twice', async () => {
    const whole = (await readJobs(new FakeCluster({ objects }), {})).pairs.map(told)
    const cluster = new FakeCluster({ objects })
    const given: string[][] = []
    const { pairs } = await readJobs(
      cluster,
      {},
      {
        wait: async () => undefined,
        give: (some) => given.push(some.map(told)),
      },
    )
    expect(given.length).toBeGreaterThan(0)
    expect(given[0]?.slice(0, 2)).toEqual(['a/job-000  job-000', 'a/job-001  undefined'])
    expect(given[0]?.length).toBeGreaterThanOrEqual(8)
    expect(given.flat()).toContain('a/waits Unschedulable undefined')
    expect(given.flat()).toContain('b/job-119  undefined')
    expect([...given.flat(), ...pairs.map(told)].sort()).toEqual([...whole].sort())
    expect(cluster.log.filter((line) => line.startsWith('list pods'))).toEqual([
      'list pods a training.kubeflow.org/job-name=waits',
    ])
  })

  it('are one table at the end where no kind has more than a screen of them', async () => {
    const few = [...of('a').slice(0, 20), ...of('b').slice(0, 20), torchRuntime()]
    const early = { wait: async () => undefined, give: () => expect.unreachable() }
    expect((await readJobs(new FakeCluster({ objects: few }), {}, early)).pairs.length).toBe(26)
  })

  it('are given at the end where lists are read otherwise than in one order, or where a selector may tear pairs', async () => {
    const forbid = ({ resource, namespace }: { resource: string; namespace?: string | undefined }) =>
      resource === 'tfjobs.kubeflow.org' && namespace === undefined
    const names = ['a', 'b', 'c', 'd'].map(
      (each): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: each } }),
    )
    const early = { wait: async () => undefined, give: () => expect.unreachable() }
    const partly = await readJobs(new FakeCluster({ objects: [...objects, ...names], forbid }), {}, early)
    expect(partly.pairs.length).toBe(481)
    const selected = await readJobs(new FakeCluster({ objects }), { fieldSelector: 'metadata.name=waits' }, early)
    expect(selected.pairs.map(told)).toEqual(['a/waits Unschedulable undefined'])
  })
})
