import { podCharge, totalCharge } from '../compare/resources.ts'
import { closingOf, hasQuota, isActive } from '../kube/kueue.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import type { Facts, Plan } from './facts.ts'
import { ownedBy } from './ownership.ts'

/** What of a cluster waits for room, or for quota. */
export interface Waiting {
  /** that are Pending, of all namespaces where they may be listed */
  readonly pods: readonly Pod[]
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
  { pods, workloads }: Waiting,
  { v1, v1Pods }: Pick<Facts, 'v1' | 'v1Pods'>,
  { uid, queue }: Pick<Plan, 'uid' | 'queue'>,
): NextInLine[] {
  if (v1Pods.length === 0) return []
  const waitingPods = pods.flatMap((pod) => {
    const words = lacks(pod, v1Pods)
    return words === undefined || ownedBy(pod, v1?.metadata.uid) ? [] : [{ what: nameOf('pod', pod), words }]
  })
  if (!queue?.v1 || queue.waited) return waitingPods
  const own = workloads.find((workload) => ownedBy(workload, uid))
  const waitingWorkloads = workloads
    .filter((workload) => workload !== own && mayBeNext(workload, queue.name, own))
    .map((workload) => ({ what: nameOf('Workload', workload), words: `in queue ${queue.name}` }))
  return [...waitingPods, ...waitingWorkloads]
}

/** The scheduler's words on a pod that lacks what v1's pods hold; one they may push aside takes nothing from v2. */
function lacks({ metadata, spec, status }: Pod, v1: readonly Pod[]): string | undefined {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled')
  const { status: is, reason, message = '' } = scheduled ?? {}
  if (is !== 'False' || reason !== 'Unschedulable' || metadata['deletionTimestamp'] !== undefined) return undefined
  const pushes = v1.some((pod) => priorityOf(pod.spec) > priorityOf(spec) && pod.spec['preemptionPolicy'] !== 'Never')
  if (pushes) return undefined
  const held = totalCharge(v1.map((pod) => ({ ...model, spec: pod.spec })))
  const asked = podCharge({ ...model, spec })
  const insufficient = [...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map(([, resource = '']) => resource)
  const shared = insufficient.some((resource) => held.has(resource) && asked.has(resource))
  return shared ? message.replace(/\.? preemption:.*/s, '') : undefined
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
