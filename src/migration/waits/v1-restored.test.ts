import { describe, expect, it } from 'vitest'
import { factsOf, planOf } from '../../../test/unit/cutover-world.ts'
import { condition, heldV1, unschedulable, v1Job, v1Pod } from '../../../test/unit/objects.ts'
import type { KubeObject } from '../../kube/object.ts'
import { resources } from '../../kube/resources.ts'
import type { Facts, Progress } from '../facts.ts'
import { v1Restored } from './v1-restored.ts'

const plan = planOf()
const held = heldV1('bert')

describe('v1 is restored', () => {
  const pods = factsOf().v1Pods
  it.each<[what: string, facts: Partial<Facts>, before: { suspend?: boolean; ready?: number }, progress: Progress]>([
    ['when as many pods run as before', {}, {}, { done: 'v1 resumed, 3 of 3 pods running' }],
    [
      'when it waits as it did before',
      { v1Pods: pods.slice(0, 1) },
      { ready: 0 },
      { done: 'v1 resumed, waiting as it did before' },
    ],
    ['not before its pods exist again', { v1Pods: [] }, { ready: 0 }, { waiting: '0 of 0 pods of v1 run again' }],
    [
      'not while a pod finds no node',
      {
        v1Pods: [...pods.slice(0, 2), v1Pod('bert', 'worker', 1, { status: unschedulable('0/8 nodes are available') })],
      },
      {},
      { waiting: '2 of 3 pods of v1 run again: bert-worker-1 Unschedulable: 0/8 nodes are available' },
    ],
    ['not while it is suspended', { v1: held, v1Pods: [] }, {}, { waiting: 'v1 is still suspended' }],
    ['suspended, when it was before', { v1: held, v1Pods: [] }, { suspend: true }, { done: 'v1 suspended as before' }],
    [
      'when it has ended meanwhile',
      { v1: v1Job('bert', { conditions: [condition('Failed')] }), v1Pods: [] },
      {},
      { done: 'v1 is Failed' },
    ],
    ['never, when it is deleted', { v1: undefined }, {}, { failed: 'the v1 job was deleted by somebody' }],
  ])('%s', (_, facts, { suspend, ready = 3 }, progress) => {
    const given = { ...plan, suspendBefore: suspend, readyBefore: ready }
    expect(v1Restored(factsOf(facts), given)).toEqual(progress)
  })

  it('waits in its queue no longer than v2 was to', () => {
    const queue = { workloads: resources.workloadsV1beta2, name: 'team', v1: true, v2: true, gates: true, marks: true }
    const conditions = [{ type: 'QuotaReserved', status: 'False', message: 'insufficient quota' }]
    const workload = {
      ...{ apiVersion: 'kueue.x-k8s.io/v1beta2', kind: 'Workload', status: { conditions } },
      metadata: { name: 'pytorchjob-bert-1a2b3', ownerReferences: [ownerOf(held)] },
    }
    const v1 = { ...held, metadata: { ...held.metadata, annotations: {} } }
    const given = { ...plan, readyBefore: 3, queue: { ...queue, waited: false, patience: 30_000 } }
    expect(v1Restored(factsOf({ v1, v1Pods: [], workloads: [workload] }), given)).toEqual({
      waiting: 'v1 waits in queue team: insufficient quota',
      within: 30_000,
    })
  })
})

const ownerOf = ({ apiVersion, kind, metadata }: KubeObject) => ({
  ...{ apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? '' },
})
