import { describe, expect, it } from 'vitest'
import { factsOf, planOf, storedTrainJob } from '../../../test/unit/cutover-world.ts'
import { v1Pod } from '../../../test/unit/objects.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Pod } from '../../kube/pod.ts'
import { resources } from '../../kube/resources.ts'
import type { Queueing } from '../queue.ts'
import type { TargetEvidence } from './guard.ts'
import { refusals, targetGuards } from './index.ts'

describe('the guard on who is next in line', () => {
  const limits = { limits: { 'nvidia.com/gpu': 1 } }
  const withGpu = (pod: Pod): Pod => ({
    ...pod,
    spec: { ...pod.spec, containers: pod.spec.containers.map((container) => ({ ...container, resources: limits })) },
  })
  const v1Pods = [v1Pod('bert', 'master', 0), v1Pod('bert', 'worker', 0)].map(withGpu)
  const words = '0/8 nodes are available: 8 Insufficient nvidia.com/gpu'
  const scheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }
  const message = `${words}. preemption: 0/8 nodes are available: 8 No preemption victims found`
  const waits = (more: Partial<Pod['spec']> = {}, condition: object = { message }): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'other', namespace: 'vision' },
    spec: { containers: [{ name: 'main', resources: limits }], ...more },
    status: { phase: 'Pending', conditions: [{ ...scheduled, ...condition }] },
  })
  const refused = (pods: readonly Pod[], more: Partial<TargetEvidence> = {}, workloads: readonly KubeObject[] = []) => {
    const plan = planOf()
    const waiting = { pods, workloads }
    const evidence = { facts: factsOf({ v1Pods }), plan, neighbours: [], accepted: [], waiting, ...more }
    return refusals(targetGuards, evidence).map(({ code, message: told }) => `${code}: ${told}`)
  }

  it('refuses where a pod waits for what v1’s pods hold, until it is accepted', () => {
    expect(refused([waits()])).toEqual([
      `hand-over-slot: pod vision/other could be given the room between v1 and v2 (${words})`,
    ])
    expect(refused([waits()], { accepted: ['hand-over-slot'] })).toEqual([])
    expect(refused([waits()], { facts: factsOf({ v1Pods, trainJob: storedTrainJob(planOf(), true) }) })).toEqual([])
  })

  it.each<[what: string, pod: Pod]>([
    ['waits for something else', waits({}, { message: '0/8 nodes are available: 8 Insufficient memory' })],
    ['asks for nothing that v1 holds', waits({ containers: [{ name: 'main' }] })],
    ['is not looked at yet', waits({}, { reason: 'SchedulingGated', message: '' })],
    ['is about to go', { ...waits(), metadata: { name: 'other', deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    ['v2’s pods would push aside', waits({ priority: -1 })],
  ])('lets a job pass beside a pod that %s', (_, pod) => {
    expect(refused([pod])).toEqual([])
  })

  const node = (gpus: number): KubeObject => ({
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: `of-${gpus}` } },
    status: { allocatable: { cpu: '64', 'nvidia.com/gpu': String(gpus) } },
  })
  it.each<[what: string, nodes: readonly KubeObject[] | undefined, told: number]>([
    ['one of many has room for', [node(0), node(1)], 1],
    ['none is large enough for', [node(0), node(0)], 0],
    ['may be large enough, as nodes may not be listed', undefined, 1],
  ])('looks at the nodes: a pod that %s', (_, nodes, told) => {
    expect(refused([], { waiting: { pods: [waits()], nodes, workloads: [] } })).toHaveLength(told)
  })

  it('lets a job pass that holds nothing', () => {
    expect(refused([waits()], { facts: factsOf({ v1Pods: [] }) })).toEqual([])
  })

  const workload = (name: string, spec: object, status: object = {}, uid = 'another'): KubeObject => ({
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'Workload',
    metadata: {
      name,
      namespace: 'nlp',
      ownerReferences: [{ apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', name, uid }],
    },
    spec: { queueName: 'team', ...spec },
    status,
  })
  const reserved = { conditions: [{ type: 'QuotaReserved', status: 'True' }] }
  const queue: Queueing = {
    ...{ workloads: resources.workloads, name: 'team', patience: 0, waited: false },
    ...{ v1: true, v2: true, gates: true, marks: true },
  }

  it.each<[what: string, other: KubeObject, told: string[]]>([
    [
      'waits in its queue',
      workload('other', {}),
      ['hand-over-slot: Workload nlp/other could be given the room between v1 and v2 (in queue team)'],
    ],
    ['waits in another queue', workload('other', { queueName: 'vision' }), []],
    ['has quota', workload('other', {}, reserved), []],
    ['is held', workload('other', { active: false }), []],
    ['has a lower priority', workload('other', { priority: -5 }), []],
  ])('looks at a Workload that %s', (_, other, told) => {
    const plan = planOf(undefined, { queue })
    const own = workload('bert', {}, reserved, plan.uid)
    expect(refused([], { plan }, [own, other])).toEqual(told)
    expect(refused([], { plan: { ...plan, queue: { ...queue, waited: true } } }, [own, other])).toEqual([])
  })
})
