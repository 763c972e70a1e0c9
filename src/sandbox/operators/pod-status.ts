import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../kube/pod.ts'
import { timeText } from '../clock.ts'

type PodCondition = NonNullable<PodStatus['conditions']>[number]

function condition(
  type: string,
  is: boolean,
  now: Date,
  more: { reason?: string; message?: string } = {},
): PodCondition {
  const times = { lastProbeTime: null, lastTransitionTime: timeText(now) }
  return { ...times, type, status: is ? 'True' : 'False', ...more } as PodCondition
}

const scheduled = ({ status }: Pod, now: Date): PodCondition =>
  status?.conditions?.find(({ type }) => type === 'PodScheduled') ?? condition('PodScheduled', true, now)

/** A pod without a node: the scheduler's words say why. */
export function unschedulable(message: string, now: Date, reason = 'Unschedulable'): PodStatus {
  return { phase: 'Pending', conditions: [condition('PodScheduled', false, now, { reason, message })] }
}

export function bound(now: Date): PodStatus {
  return { phase: 'Pending', conditions: [condition('PodScheduled', true, now)] }
}

/** On its node, every container waiting for one reason. */
export function waiting(pod: Pod, reason: string, message: string, now: Date): PodStatus {
  const state: ContainerState = { waiting: { reason, message } }
  return {
    phase: 'Pending',
    startTime: pod.status?.startTime ?? timeText(now),
    conditions: [condition('Initialized', true, now), ...notReady(now, 'ContainersNotReady'), scheduled(pod, now)],
    containerStatuses: statusesOf(pod, state, false),
  }
}

export function running(pod: Pod, now: Date): PodStatus {
  const at = timeText(now)
  const podIP = addressOf(pod.metadata.uid ?? '')
  const hostIP = `192.168.0.${Number(/\d+$/.exec(String(pod.spec['nodeName']))?.[0] ?? 0)}`
  return {
    phase: 'Running',
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: pod.status?.startTime ?? at,
    conditions: [
      condition('PodReadyToStartContainers', true, now),
      condition('Initialized', true, now),
      condition('Ready', true, now),
      condition('ContainersReady', true, now),
      scheduled(pod, now),
    ],
    containerStatuses: statusesOf(pod, { running: { startedAt: at } }, true),
    ...(pod.spec.initContainers && { initContainerStatuses: initStatuses(pod, at) }),
  }
}

/** Every container has ended with this code. */
export function ended(pod: Pod, exitCode: number, now: Date): PodStatus {
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
  return {
    ...pod.status,
    phase,
    conditions: [
      ...(pod.status?.conditions ?? []).filter(({ type }) => type !== 'Ready' && type !== 'ContainersReady'),
      ...notReady(now, phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed'),
    ],
    containerStatuses: statusesOf(pod, { terminated: terminated(pod, exitCode, now) }, false),
  }
}

/** Between two starts of the same containers. */
export function restarting(pod: Pod, exitCode: number, now: Date): PodStatus {
  const message = `back-off 10s restarting failed container=${pod.spec.containers[0]?.name} pod=${pod.metadata.name}`
  const last: ContainerState = { terminated: terminated(pod, exitCode, now) }
  const statuses = statusesOf(pod, { waiting: { reason: 'CrashLoopBackOff', message } }, false)
  return {
    ...pod.status,
    conditions: [
      ...(pod.status?.conditions ?? []).filter(({ type }) => type !== 'Ready' && type !== 'ContainersReady'),
      ...notReady(now, 'ContainersNotReady'),
    ],
    containerStatuses: statuses.map((status) => ({
      ...status,
      restartCount: (status.restartCount ?? 0) + 1,
      lastState: last,
    })),
  }
}

function notReady(now: Date, reason: string): PodCondition[] {
  return ['Ready', 'ContainersReady'].map((type) => condition(type, false, now, { reason }))
}

function terminated(pod: Pod, exitCode: number, now: Date): NonNullable<ContainerState['terminated']> {
  const startedAt = pod.status?.containerStatuses?.[0]?.state?.running?.startedAt
  return {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    ...(startedAt !== undefined && { startedAt }),
    finishedAt: timeText(now),
  }
}

function statusesOf(pod: Pod, state: ContainerState, ready: boolean): ContainerStatus[] {
  return pod.spec.containers.map(({ name, image = '' }) => {
    const before = pod.status?.containerStatuses?.find((status) => status.name === name)
    const known = { name, image, imageID: ready ? digestOf(image) : (before?.imageID ?? ''), ready, started: ready }
    return { ...known, restartCount: before?.restartCount ?? 0, state, lastState: before?.lastState ?? {} }
  })
}

function initStatuses(pod: Pod, at: string): ContainerStatus[] {
  const state = { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } }
  return (pod.spec.initContainers ?? []).map(({ name, image = '' }) => ({
    name,
    image,
    imageID: digestOf(image),
    ready: true,
    started: false,
    restartCount: 0,
    state,
    lastState: {},
  }))
}

/** An address of the pods' network that stays with the pod. */
function addressOf(uid: string): string {
  const number = Number.parseInt(uid.replaceAll('-', '').slice(0, 6) || '0', 16)
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
}

/** The same digest for the same image, as a registry gives it. */
function digestOf(image: string): string {
  let hash = 0x811c9dc5
  for (const letter of image) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0
  return `${image.replace(/:[^/:]*$/, '')}@sha256:${hash.toString(16).padStart(8, '0').repeat(8)}`
}
