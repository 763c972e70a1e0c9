import { describe, expect, it } from 'vitest'
import {
  factsOf,
  heldByUs,
  planOf,
  renderedJobSet,
  storedTrainJob,
  v2PodsOf,
} from '../../../test/unit/cutover-world.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Pod } from '../../kube/pod.ts'
import type { Facts, LastSeen } from '../facts.ts'
import { v2FinishedAsItWent } from './v2-finished.ts'

const plan = planOf()
const jobSet = renderedJobSet(plan, false)
const asked = '2026-03-01T12:00:00Z'

const job: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'bert-node-0',
    uid: 'uid-job',
    labels: { 'jobset.sigs.k8s.io/replicatedjob-name': 'node' },
    ownerReferences: [{ apiVersion: jobSet.apiVersion, kind: 'JobSet', name: 'bert', uid: 'uid-jobset' }],
  },
  spec: { completions: 3, successPolicy: { rules: [{ succeededIndexes: '0' }] } },
}
const lastSeen: LastSeen = {
  ...{ trainJob: storedTrainJob(plan, false), jobSet, jobs: [job], untold: 0, lost: false },
}

/** A pod of v2 that ended at some second after its deletion was asked for. */
function ended(rank: number, phase: 'Succeeded' | 'Failed', after: number): Pod {
  const [pod] = v2PodsOf(plan).slice(rank)
  if (!pod) throw new Error(`no pod of rank ${rank}`)
  const finishedAt = new Date(Date.parse(asked) + after * 1000).toISOString()
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      deletionTimestamp: new Date(Date.parse(asked) + 30_000).toISOString(),
      deletionGracePeriodSeconds: 30,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'bert-node-0', uid: 'uid-job' }],
    },
    status: { phase, containerStatuses: [{ name: 'node', state: { terminated: { exitCode: 0, finishedAt } } }] },
  }
}

describe('v2 has finished although its TrainJob was deleted', () => {
  const finished = 'v2 had finished when its TrainJob was deleted'
  it.each<[what: string, facts: Partial<Facts>, says: string | undefined]>([
    ['when its deciding pod had succeeded before', { ended: [ended(0, 'Succeeded', -1)] }, finished],
    ['when its Job was Complete', { lastSeen: { ...lastSeen, jobs: [{ ...job, status: complete() }] } }, finished],
    ['not when that pod answers SIGTERM with exit code 0', { ended: [ended(0, 'Succeeded', 1)] }, undefined],
    ['not when it ended in the second in which it was told to stop', { ended: [ended(0, 'Succeeded', 0)] }, undefined],
    ['not when another pod succeeded', { ended: [ended(1, 'Succeeded', -1)] }, undefined],
    ['not when that pod failed', { ended: [ended(0, 'Failed', -1)] }, undefined],
    ['not while the TrainJob is there', { trainJob: lastSeen.trainJob, ended: [ended(0, 'Succeeded', -1)] }, undefined],
    [
      'not when it was somebody else’s',
      {
        lastSeen: { ...lastSeen, trainJob: storedTrainJob(planOf(undefined, { migration: 'another' }), false) },
        ended: [ended(0, 'Succeeded', -1)],
      },
      undefined,
    ],
    ['not where nobody watched', { lastSeen: undefined, ended: [ended(0, 'Succeeded', -1)] }, undefined],
  ])('%s', (_, facts, says) => {
    expect(v2FinishedAsItWent(factsOf({ v1: heldByUs(), v1Pods: [], lastSeen, ...facts }), plan)).toBe(says)
  })
})

function complete(): object {
  return { conditions: [{ type: 'Complete', status: 'True' }] }
}
