import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import {
  condition,
  heldV1,
  now,
  runningTrainJob,
  runningV1,
  torchRuntime,
  trainJob,
  v1Job,
  v1Pod,
  v2Pod,
  waiting,
} from '../../test/unit/objects.ts'
import { readiness } from '../kube/job-state.ts'
import type { KubeObject } from '../kube/object.ts'
import { readJobs } from './jobs.ts'
import { phaseOf } from './pairs.ts'

async function looked(objects: readonly KubeObject[], options: FakeClusterOptions = {}) {
  const cluster = new FakeCluster({ objects, ...options })
  const { pairs } = await readJobs(cluster, { namespace: 'nlp', now: () => now })
  const states = pairs.map((pair) => {
    const told = [pair.v1, pair.v2].map((row) => {
      if (!row) return '-'
      const { ready, desired } = readiness(row.state)
      return `${row.state.reason ?? row.state.word} ${ready}/${desired}`
    })
    return [(pair.v1 ?? pair.v2)?.name, ...told, phaseOf(pair)].join(' ')
  })
  return { states, lists: cluster.log.filter((line) => line.startsWith('list pods')) }
}

const one = { Worker: 1 }
const crashing = { ...waiting('CrashLoopBackOff', 'back-off 5m0s', 25), phase: 'Running' as const }
const unready = { phase: 'Running' as const, conditions: [{ type: 'Ready', status: 'False' as const }] }
const suspended = (age: number) => [condition('Suspended', { age })]
const heldV2 = (name: string, age = 3600) =>
  trainJob(name, { suspend: true, nodes: 1, conditions: suspended(age), jobs: [{ suspended: 1 }] })

/** So many v1 jobs that ended, in a list of which nobody looks at what the status tells. */
const ended = (count: number) =>
  Array.from({ length: count }, (_, at) => v1Job(`z-${at}`, { conditions: [condition('Succeeded')] }))

describe('a v1 job that says it runs', () => {
  it.each([
    ['restarts again and again', crashing, 'CrashLoopBackOff 0/1'],
    ['is not ready', unready, 'Starting 0/1'],
    ['runs', undefined, 'Running 1/1'],
  ])('is what its pod shows, which %s', async (_, status, state) => {
    const pod = v1Pod('bert', 'worker', 0, { status })
    expect(await looked([runningV1('bert', { roles: one }), pod])).toEqual({
      states: [`bert ${state} - NotStarted`],
      lists: ['list pods nlp training.kubeflow.org/job-name=bert'],
    })
  })

  it('runs where no pod of it is found', async () => {
    const earlier = v1Pod('bert', 'worker', 0, { status: crashing, owner: 'uid-of-an-earlier-bert' })
    expect((await looked([runningV1('bert', { roles: one }), earlier])).states).toEqual([
      'bert Running 1/1 - NotStarted',
    ])
  })

  it('is taken at its word in a list of more than 500 jobs, and where such jobs have more than 500 pods', async () => {
    const objects = [runningV1('bert', { roles: one }), v1Pod('bert', 'worker', 0, { status: crashing })]
    expect((await looked([...objects, ...ended(499)])).states[0]).toBe('bert CrashLoopBackOff 0/1 - NotStarted')
    const many = await looked([...objects, ...ended(500)])
    expect([many.states[0], many.lists]).toEqual(['bert Running 1/1 - NotStarted', []])
    const large = await looked([...objects, runningV1('gpt', { roles: { Worker: 500 } })])
    expect([large.states[0], large.lists]).toEqual(['bert Running 1/1 - NotStarted', []])
  })
})

describe('a suspended job', () => {
  it('is Suspending as long as a pod of it has not ended, on either side', async () => {
    const objects = [
      heldV1('bert', { roles: one }),
      v1Pod('bert', 'worker', 0, { deleting: true }),
      heldV1('gpt', { roles: one }),
      heldV2('gpt'),
      v2Pod('gpt', 0, { deleting: true }),
      heldV1('t5', { roles: one }),
      heldV2('t5'),
      torchRuntime(),
    ]
    expect(await looked(objects)).toEqual({
      states: [
        'bert Suspending 0/1 - NotStarted',
        'gpt Suspended 0/1 Suspending 0/1 Held',
        't5 Suspended 0/1 Suspended 0/1 NeitherRuns',
      ],
      lists: [
        'list pods nlp training.kubeflow.org/job-name in (bert,gpt,t5)',
        'list pods nlp jobset.sigs.k8s.io/jobset-name in (gpt,t5)',
      ],
    })
  })

  it('runs beside its TrainJob as long as it is Suspending', async () => {
    const objects = [
      heldV1('bert', { roles: one }),
      v1Pod('bert', 'worker', 0, { deleting: true }),
      runningTrainJob('bert', { nodes: 1 }),
      torchRuntime(),
    ]
    expect((await looked(objects)).states).toEqual(['bert Suspending 0/1 Running 1/1 BothRun'])
  })

  const patient = (seconds: number) => {
    const job = heldV1('slow', { roles: one, conditions: suspended(500) })
    const { template } = (job['spec'] as { pytorchReplicaSpecs: { Worker: { template: { spec: object } } } })
      .pytorchReplicaSpecs.Worker
    template.spec = { ...template.spec, terminationGracePeriodSeconds: seconds }
    return job
  }

  it.each([
    ['just now', [heldV1('slow', { roles: one, conditions: suspended(100) })], 'Suspending 0/1'],
    ['a while ago', [heldV1('slow', { roles: one, conditions: suspended(500) })], 'Suspended 0/1'],
    ['a while ago, whose pods have longer to end', [patient(600)], 'Suspending 0/1'],
    ['a while ago, whose pods had a minute', [patient(60)], 'Suspended 0/1'],
  ])('of a long list is looked at if it was suspended %s', async (_, objects, state) => {
    const pod = v1Pod('slow', 'worker', 0, { deleting: true })
    const { states, lists } = await looked([...objects, pod, ...ended(500)])
    expect([states[0], lists.length]).toEqual([`slow ${state} - NotStarted`, state.startsWith('Suspending') ? 1 : 0])
  })

  it('of a long list is looked at as long as they are no more than 1000', async () => {
    const just = (at: number) => heldV1(`job-${String(at).padStart(4, '0')}`, { roles: one, conditions: suspended(10) })
    const jobs = Array.from({ length: 1001 }, (_, at) => just(at))
    const pods = [999, 1000].map((at) => v1Pod(`job-${String(at).padStart(4, '0')}`, 'worker', 0, { deleting: true }))
    const { states } = await looked([...jobs, ...pods])
    expect(states.slice(-2)).toEqual(['job-0999 Suspending 0/1 - NotStarted', 'job-1000 Suspended 0/1 - NotStarted'])
  })

  it('of a long list is looked at while nobody has written since when a TrainJob is suspended', async () => {
    const fresh = trainJob('gpt', { suspend: true, nodes: 1, jobs: [{}] })
    const { states } = await looked([fresh, v2Pod('gpt', 0, { deleting: true }), torchRuntime(), ...ended(500)])
    expect(states.at(-1)).toBe('gpt - Suspending 0/1 V2Only')
  })
})

describe('rows that somebody waits for', () => {
  it('are looked at before they are given, in a list of at most 500 jobs', async () => {
    const name = (at: number) => `job-${String(at).padStart(3, '0')}`
    const jobs = Array.from({ length: 60 }, (_, at) => runningV1(name(at), { roles: one, uid: `uid-${at}` }))
    const pods = jobs.map((_, at) => v1Pod(name(at), 'worker', 0, { owner: `uid-${at}`, status: crashing }))
    const words: (string | undefined)[] = []
    const early = {
      wait: async () => undefined,
      give: (pairs: readonly { readonly v1?: { readonly state: { readonly word: string } } }[]) => {
        words.push(...pairs.map(({ v1 }) => v1?.state.word))
      },
    }
    const cluster = new FakeCluster({ objects: [...jobs, ...pods] })
    const { pairs } = await readJobs(cluster, { now: () => now }, early)
    early.give(pairs)
    expect(words).toEqual(jobs.map(() => 'Blocked'))
  })
})
