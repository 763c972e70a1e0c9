import { describe, expect, it } from 'vitest'
import {
  ago,
  condition,
  ended,
  heldV1,
  runningV1,
  unschedulable,
  v1Job,
  v1Pod,
  waiting,
} from '../../test/unit/objects.ts'
import { type JobState, readiness } from '../kube/job-state.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { v1State } from './state.ts'

const created = condition('Created')
const running = condition('Running')

function told(job: KubeObject, pods?: Pod[]): [word: string, ready: string, open: boolean, reason?: string] {
  const state: JobState = v1State(job, pods)
  const { ready, desired } = readiness(state)
  const told = [state.word, `${ready}/${desired}`, state.open] as const
  return state.reason === undefined ? [...told] : [...told, state.reason]
}

describe('the state of a v1 job by its own status', () => {
  it.each<[what: string, job: KubeObject, expected: ReturnType<typeof told>]>([
    ['not seen by its operator', v1Job('a'), ['Pending', '0/3', true]],
    ['created', v1Job('a', { conditions: [created] }), ['Pending', '0/3', true]],
    [
      'some run',
      v1Job('a', { conditions: [created, running], active: { Master: 1, Worker: 1 } }),
      ['Starting', '2/3', true],
    ],
    ['all run', runningV1('a'), ['Running', '3/3', false]],
    [
      'one worker has ended, the others run',
      v1Job('a', { conditions: [created, running], active: { Master: 1, Worker: 1 }, succeeded: { Worker: 1 } }),
      ['Running', '2/2', false],
    ],
    [
      'restarts',
      v1Job('a', {
        conditions: [created, condition('Restarting', { reason: 'PyTorchJobRestarting' })],
        active: { Master: 1 },
      }),
      ['Restarting', '1/3', true, 'PyTorchJobRestarting'],
    ],
    ['told to suspend, pods still there', runningV1('a', { suspend: true }), ['Suspending', '3/3', true]],
    ['told to suspend, not yet seen', v1Job('a', { suspend: true }), ['Suspending', '0/3', true]],
    ['suspended', heldV1('a'), ['Suspended', '0/3', false]],
    [
      'resumed: the old condition says False',
      runningV1('a', { conditions: [created, condition('Suspended', { status: 'False' }), running] }),
      ['Running', '3/3', false],
    ],
    ['resumed, not yet seen', heldV1('a', { suspend: false }), ['Pending', '0/3', true]],
    [
      'succeeded while its workers run on (cleanPodPolicy None)',
      v1Job('a', {
        conditions: [
          created,
          condition('Running', { status: 'False' }),
          condition('Succeeded', { reason: 'PyTorchJobSucceeded' }),
        ],
        active: { Worker: 2 },
        succeeded: { Master: 1 },
      }),
      ['Succeeded', '2/2', false, 'PyTorchJobSucceeded'],
    ],
    [
      'failed, then suspended: no condition changes any more',
      v1Job('a', { suspend: true, conditions: [created, condition('Failed', { reason: 'PyTorchJobFailed' })] }),
      ['Failed', '0/3', false, 'PyTorchJobFailed'],
    ],
    ['being deleted', runningV1('a', { deleting: true }), ['Terminating', '3/3', false]],
    [
      'MPIJob whose workers have no number',
      v1Job('a', { kind: 'MPIJob', roles: { Launcher: 1 } }),
      ['Pending', '0/1', true],
    ],
  ])('%s', (_, job, expected) => {
    expect(told(job)).toEqual(expected)
  })

  it('says since when it is suspended', () => {
    expect(v1State(heldV1('a')).since).toBe(ago(120))
  })

  it('counts roles in the order of the kind, with the operator’s defaults', () => {
    const job = v1Job('a', { roles: { Worker: 2, Master: 1 }, active: { Worker: 1 } })
    const roles = (job['spec'] as Record<string, Record<string, { replicas?: number }>>)['pytorchReplicaSpecs']
    if (roles?.['Master']) roles['Master'] = {}
    expect(v1State(job).roles).toEqual([
      { role: 'Master', desired: 1, ready: 0, succeeded: 0 },
      { role: 'Worker', desired: 2, ready: 1, succeeded: 0 },
    ])
  })

  it('survives an object with nothing in it', () => {
    const bare = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: {} }
    expect(v1State(bare)).toEqual({ word: 'Pending', roles: [], open: true })
  })
})

describe('the state of a v1 job by its pods', () => {
  const job = v1Job('a', { conditions: [created, running], active: { Master: 1, Worker: 1 } })
  const master = v1Pod('a', 'master', 0)
  const first = v1Pod('a', 'worker', 0)

  it.each<[what: string, job: KubeObject, pods: Pod[], expected: ReturnType<typeof told>]>([
    ['the status lags behind', job, [master, first, v1Pod('a', 'worker', 1)], ['Running', '3/3', false]],
    [
      'one is made',
      job,
      [master, first, v1Pod('a', 'worker', 1, { status: waiting('ContainerCreating') })],
      ['Starting', '2/3', false],
    ],
    [
      'one finds no node',
      job,
      [master, first, v1Pod('a', 'worker', 1, { status: unschedulable('0/8 nodes') })],
      ['Blocked', '2/3', false, 'Unschedulable'],
    ],
    [
      'one ended badly and waits for its successor',
      job,
      [master, first, v1Pod('a', 'worker', 1, { status: ended(137) })],
      ['Restarting', '2/3', false, 'Error'],
    ],
    [
      'suspended, pods are going',
      heldV1('a'),
      [v1Pod('a', 'master', 0, { deleting: true })],
      ['Suspending', '0/3', false],
    ],
    ['suspended, pods are gone', heldV1('a'), [], ['Suspended', '0/3', false]],
  ])('%s', (_, job, pods, expected) => {
    expect(told(job, pods)).toEqual(expected)
  })

  it('gives the words of what blocks it', () => {
    const pods = [v1Pod('a', 'worker', 1, { status: unschedulable('0/8 nodes are available') })]
    expect(v1State(job, pods).message).toBe('0/8 nodes are available')
  })
})
