import { type Charge, podCharge, totalCharge } from '../compare/resources.ts'
import { closingOf, hasQuota, isActive } from '../kube/kueue.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { parseQuantity } from '../kube/quantity.ts'
import type { Facts, Plan } from './facts.ts'
import { ownedBy } from './ownership.ts'

/** What of a cluster waits for room, or for quota. */
export interface Waiting {
  /** that are Pending, of all namespaces where they may be listed */
  readonly pods: readonly Pod[]
  /** absent where they may not be listed, or no pod waits for room */
  readonly nodes?: readonly KubeObject[]
  /** of the job's namespace */
  readonly workloads: readonly KubeObject[]
}

/** Something that may be given what v1 leaves, with the reason why it waits. */
export interface NextInLine {
  readonly what: string
  readonly words: string
}

/** Whoever waits for a resource that v1's pods hold, or for quota of the queue that v1 leaves. */
export function nextInLine(
  { pods, nodes, workloads }: Waiting,
  { v1, v1Pods }: Pick<Facts, 'v1' | 'v1Pods'>,
  { uid, queue }: Pick<Plan, 'uid' | 'queue'>,
): NextInLine[] {
  if (v1Pods.length === 0) return []
  const waitingPods = pods.flatMap((pod) => {
    const words = lacks(pod, v1Pods, nodes)
    return words === undefined || ownedBy(pod, v1?.metadata.uid) ? [] : [{ what: nameOf('pod', pod), words }]
  })
  if (!queue?.v1 || queue.waited) return waitingPods
  const own = workloads.find((workload) => ownedBy(workload, uid))
  const waitingWorkloads = workloads
    .filter((workload) => workload !== own && mayBeNext(workload, queue.name, own))
    .map((workload) => ({ what: nameOf('Workload', workload), words: `in queue ${queue.name}` }))
  return [...waitingPods, ...waitingWorkloads]
}

/** Whether the scheduler has found no node for a pod, and no pod to push aside. */
export function isUnschedulable({ status }: Pod): boolean {
  return scheduling(status)?.reason === 'Unschedulable'
}

function scheduling(status: Pod['status']) {
  return status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')
}

/**
 * The scheduler's words on a pod that lacks what v1's pods hold; one they may push aside takes nothing from v2, and one that no node is
 * large enough for waits for ever.
 */
function lacks(pod: Pod, v1: readonly Pod[], nodes: readonly KubeObject[] | undefined): string | undefined {
  const { metadata, spec, status } = pod
  const { message = '' } = scheduling(status) ?? {}
  if (!isUnschedulable(pod) || metadata['deletionTimestamp'] !== undefined) return undefined
  const pushes = v1.some((pod) => priorityOf(pod.spec) > priorityOf(spec) && pod.spec['preemptionPolicy'] !== 'Never')
  if (pushes) return undefined
  const held = totalCharge(v1.map((pod) => ({ ...model, spec: pod.spec })))
  const asked = podCharge({ ...model, spec })
  const insufficient = [...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map(([, resource = '']) => resource)
  const shared = insufficient.some((resource) => held.has(resource) && asked.has(resource))
  if (nodes && !nodes.some((node) => isLargeEnough(node, asked, insufficient))) return undefined
  return shared ? message.replace(/\.? preemption:.*/s, '') : undefined
}

/** Whether a node that runs nothing else would have what a pod asks of these resources. */
function isLargeEnough({ status }: KubeObject, asked: Charge, lacking: readonly string[]): boolean {
  const allocatable = isRecord(status) && isRecord(status['allocatable']) ? status['allocatable'] : {}
  return lacking.every((resource) => {
    const has = allocatable[resource]
    const most = typeof has === 'string' || typeof has === 'number' ? parseQuantity(has) : undefined
    return (asked.get(resource)?.requests ?? 0n) <= (most ?? 0n)
  })
}

/** What is charged is a matter of the spec alone. */
const model = {
  role: '',
  index: 0,
  name: '',
  namespace: '',
  hostname: '',
  addresses: [],
  labels: {},
  annotations: {},
  main: '',
} as const

/** A TrainJob is the youngest of its queue: whoever waits there with its priority, or more, is looked at before it. */
function mayBeNext(workload: KubeObject, queue: string | undefined, own: KubeObject | undefined): boolean {
  const { spec } = workload
  const sameQueue = isRecord(spec) && spec['queueName'] === queue
  if (!sameQueue || !isActive(workload) || closingOf(workload) !== undefined || hasQuota(workload)) return false
  return priorityOf(spec) >= priorityOf(own?.['spec'])
}

function priorityOf(spec: unknown): number {
  const priority = isRecord(spec) ? spec['priority'] : undefined
  return typeof priority === 'number' ? priority : 0
}

function nameOf(kind: string, { metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`
}
