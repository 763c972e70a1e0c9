import { describe, expect, it } from 'vitest'
import { ended, unschedulable, v1Pod, waiting } from '../../test/unit/objects.ts'
import type { Pod, PodStatus } from './pod.ts'
import { hasEnded, podState } from './pod-state.ts'

const pull = 'failed to pull image "reg.example.com/train:9": 401 Unauthorized'
const noGpu = '0/8 nodes are available: 8 Insufficient nvidia.com/gpu.'

function withStatus(status: PodStatus): Pod {
  return v1Pod('bert', 'worker', 0, { status })
}

describe('hasEnded', () => {
  it.each<[phase: PodStatus['phase'], ended: boolean]>([
    [undefined, false],
    ['Pending', false],
    ['Running', false],
    ['Unknown', false],
    ['Succeeded', true],
    ['Failed', true],
  ])('of phase %s: %s', (phase, ended) => {
    expect(hasEnded(withStatus({ phase }))).toBe(ended)
  })

  it('is false of a pod without a status', () => {
    expect(hasEnded({})).toBe(false)
  })
})

describe('a pod that is deleted', () => {
  const deletionTimestamp = '2026-03-01T11:00:00Z'
  const deleted = (status: PodStatus, finalizers?: string[]) => {
    const made = withStatus(status)
    const metadata = { ...made.metadata, deletionTimestamp, ...(finalizers && { finalizers }) }
    return podState({ ...made, metadata })
  }
  const taint = 'Taint manager: deleting due to NoExecute taint'
  const disruption = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: taint }

  it.each<[what: string, status: PodStatus, finalizers: string[] | undefined, message: string | undefined]>([
    ['by somebody', { phase: 'Running' }, undefined, undefined],
    [
      'as its node is lost',
      { phase: 'Running', conditions: [disruption] },
      ['batch.kubernetes.io/job-tracking'],
      taint,
    ],
    ['and has ended, but is kept', { phase: 'Failed' }, ['example.com/keep'], 'finalizers keep it: example.com/keep'],
  ])('is Terminating: %s', (_what, status, finalizers, message) => {
    const { word, tone, endsBy, ...state } = deleted(status, finalizers)
    expect([word, tone, endsBy, state.message]).toEqual(['Terminating', 'waits', deletionTimestamp, message])
  })
})

describe('a pod with a sidecar among its init containers', () => {
  const sidecar = { name: 'istio-proxy', started: true, ready: true, state: { running: {} } }
  const pod = (status: PodStatus, restartPolicy?: string): Pod => {
    const made = withStatus({ phase: 'Pending', ...status })
    const declared = { name: 'istio-proxy', ...(restartPolicy && { restartPolicy }) }
    return { ...made, spec: { ...made.spec, initContainers: [declared, { name: 'fetch' }] } }
  }

  it('tells of its own containers once the sidecar has started', () => {
    const done = { name: 'fetch', state: { terminated: { exitCode: 0 } } }
    const blocked = { initContainerStatuses: [sidecar, done], ...waiting('ImagePullBackOff', pull) }
    expect(podState(pod(blocked, 'Always'))).toMatchObject({ word: 'ImagePullBackOff', tone: 'failed', message: pull })
    expect(podState(pod(blocked)).word).toBe('Init:0/2')
  })

  it('tells which init container holds it up', () => {
    const fetching = [sidecar, { name: 'fetch', state: { running: {} } }]
    expect(podState(pod({ initContainerStatuses: fetching }, 'Always')).word).toBe('Init:1/2')
    const starting = [
      { ...sidecar, started: false },
      { name: 'fetch', state: { waiting: {} } },
    ]
    expect(podState(pod({ initContainerStatuses: starting }, 'Always')).word).toBe('Init:0/2')
  })
})

describe('the state of a pod', () => {
  it.each<[what: string, status: PodStatus, expected: Partial<ReturnType<typeof podState>>]>([
    ['nothing known yet', {}, { word: 'Pending', tone: 'waits' }],
    ['not scheduled yet', { phase: 'Pending' }, { word: 'Pending', tone: 'waits' }],
    ['no node takes it', unschedulable(noGpu), { word: 'Unschedulable', tone: 'failed', message: noGpu }],
    [
      'held by a scheduling gate',
      { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
      { word: 'SchedulingGated', tone: 'waits' },
    ],
    ['container made', waiting('ContainerCreating'), { word: 'ContainerCreating', tone: 'waits' }],
    ['image not there', waiting('ImagePullBackOff', pull), { word: 'ImagePullBackOff', tone: 'failed', message: pull }],
    [
      'config map missing',
      waiting('CreateContainerConfigError', 'configmap "c" not found'),
      { word: 'CreateContainerConfigError', tone: 'failed', message: 'configmap "c" not found' },
    ],
    [
      'second of two init containers runs',
      {
        phase: 'Pending',
        initContainerStatuses: [
          { name: 'a', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          { name: 'b', state: { running: {} } },
        ],
        containerStatuses: [{ name: 'pytorch', state: { waiting: { reason: 'PodInitializing' } } }],
      },
      { word: 'Init:1/2', tone: 'waits' },
    ],
    [
      'init container crashes',
      {
        phase: 'Pending',
        initContainerStatuses: [
          { name: 'a', restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } } },
        ],
      },
      { word: 'Init:CrashLoopBackOff', tone: 'failed', message: 'back-off 40s', restarts: 4 },
    ],
    [
      'runs, not ready',
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [{ name: 'pytorch', ready: false, state: { running: {} } }],
      },
      { word: 'Running', tone: 'waits', ready: false },
    ],
    [
      'crashes again and again',
      {
        phase: 'Running',
        containerStatuses: [
          {
            name: 'pytorch',
            restartCount: 7,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
          },
        ],
      },
      {
        word: 'CrashLoopBackOff',
        tone: 'failed',
        message: 'back-off 5m0s restarting failed container',
        restarts: 7,
        lastEnd: 'OOMKilled, exit 137',
      },
    ],
    ['ended well', ended(0), { word: 'Completed', tone: 'done', exitCode: 0 }],
    ['killed for memory', ended(137, 'OOMKilled'), { word: 'OOMKilled', tone: 'failed', exitCode: 137 }],
    ['ended with a code', ended(3), { word: 'Error', tone: 'failed', exitCode: 3 }],
    [
      'one container ended, the side car runs on',
      {
        phase: 'Running',
        containerStatuses: [
          { name: 'pytorch', state: { terminated: { exitCode: 1, reason: 'Error' } } },
          { name: 'proxy', ready: true, state: { running: {} } },
        ],
      },
      { word: 'Error', tone: 'failed', exitCode: 1 },
    ],
    [
      'evicted',
      { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      { word: 'Evicted', tone: 'failed', message: 'The node was low on resource: memory.' },
    ],
  ])('%s', (_, status, expected) => {
    expect(podState(withStatus(status))).toMatchObject(expected)
  })

  it('is Running and ready', () => {
    expect(podState(v1Pod('bert', 'worker', 0))).toEqual({ word: 'Running', tone: 'runs', ready: true, restarts: 0 })
  })

  it('is Terminating and not ready once it is being deleted', () => {
    const state = podState(v1Pod('bert', 'worker', 0, { deleting: true }))
    expect(state).toEqual({
      ...{ word: 'Terminating', tone: 'waits', ready: false, restarts: 0 },
      endsBy: '2026-03-01T11:59:55Z',
    })
  })
})
