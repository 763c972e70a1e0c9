import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { gateAnnotation, gatesOf, queueLabel } from '../kube/kueue.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { type Hold, readHold } from '../migration/hold.ts'
import type { Queueing } from '../migration/queue.ts'
import { readWorkloads, type Workloads, workloadOf } from '../read/workloads.ts'
import type { KindInfo } from '../v1/kinds.ts'
import { isSuspended } from '../v1/state.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'

/** What is read of Kueue before it is known whether the job may be moved. */
export interface QueueReading {
  readonly workloads: Workloads
  /** that stands for the v1 job */
  readonly workload?: KubeObject
  /** LocalQueue the job names, or is put into for want of one */
  readonly name?: string
  /** whether there is a queue may not be read: Kueue could start a TrainJob that was made to be looked at */
  readonly unread: boolean
}

/** Asks for the Workload of a v1 job, and for the queue into which Kueue puts jobs that name none. */
export async function readQueueing(cluster: Cluster, namespace: string, v1: KubeObject): Promise<QueueReading> {
  const workloads = await readWorkloads(cluster, namespace, v1.metadata.uid)
  if (workloads === 'absent') return { workloads, unread: false }
  const workload = workloadOf(workloads, v1.metadata.uid)
  const label = v1.metadata.labels?.[queueLabel]
  if (label !== undefined) return { workloads, workload, name: label, unread: workloads === 'forbidden' }
  const found = await hasDefaultQueue(cluster, namespace)
  const name = found === true ? 'default' : queueOf(workload)
  return { workloads, workload, name, unread: found === 'forbidden' || (found && workloads === 'forbidden') }
}

/** Every job of the namespace that names no queue is put into the LocalQueue `default` (Kueue v0.19.2, jobframework/defaults.go). */
async function hasDefaultQueue(cluster: Cluster, namespace: string): Promise<boolean | 'forbidden'> {
  for (const resource of [resources.localQueuesV1beta2, resources.localQueues]) {
    try {
      return (await cluster.find(resource, namespace, 'default')) !== undefined
    } catch (error) {
      if (failedWith(error, 'forbidden')) return 'forbidden'
      if (!failedWith(error, 'apiAbsent')) throw error
    }
  }
  return false
}

/**
 * What Kueue has to do with a job; undefined where nothing. `unmade`: it manages jobs of this kind, and has made no Workload of this one yet.
 */
export async function queueingOf(
  cluster: Cluster,
  kind: KindInfo,
  v1: KubeObject,
  { workloads, workload, name }: QueueReading,
  { dialect, patience }: { readonly dialect: Dialect; readonly patience: number },
): Promise<Queueing | 'unmade' | undefined> {
  if (typeof workloads === 'string') return undefined
  const managed = workload !== undefined || heldByWorkload(v1)
  if (!managed && name === undefined) return undefined
  const gates = await honoursGates(cluster, kind, v1)
  if (gates && !managed) return 'unmade'
  const marks = dialect.field === 'runtimePatches'
  const waited = managed && waitsForQuota(v1)
  return { workloads: workloads.served, name, v1: managed, v2: true, gates, marks, patience, waited }
}

/** Whether a hold went through the Workload of a job: also where that is gone at the moment. */
export function heldByWorkload(v1: KubeObject): boolean {
  return recordOf(v1)?.by === 'workload'
}

/** Whether the job had no quota when it was first held, or has none now that it is to be. */
export function waitsForQuota(v1: KubeObject): boolean {
  const hold = recordOf(v1)
  return hold?.by === 'workload' ? hold.queued === true : isSuspended(v1)
}

function recordOf(v1: KubeObject): Hold | undefined {
  const read = readHold(v1, true)
  return read && 'hold' in read ? read.hold : undefined
}

/**
 * Whether Kueue manages jobs of this kind and honours gates. Users can read neither its configuration nor its version; but a gate cannot be
 * put on a job that exists, so that its webhook refuses a dry run of that where it would honour one, and nobody else does
 * (Kueue v0.19.2, pkg/util/webhook/validation_admissiongatedby.go; feature gate AdmissionGatedBy, on since v0.19).
 */
async function honoursGates(cluster: Cluster, { resource }: KindInfo, v1: KubeObject): Promise<boolean> {
  const { namespace, name = '' } = v1.metadata
  const probe = [...gatesOf(v1), 'kubectl-migrate.dev/probe'].join(',')
  try {
    const body = { metadata: { annotations: { [gateAnnotation]: probe } } }
    await cluster.patch(resource, namespace, name, body, { dryRun: true })
    return false
  } catch (error) {
    if (failedWith(error, 'webhook') && /cannot add admission gate|can only remove gates/.test(error.failure.message))
      return true
    throw error
  }
}

function queueOf(workload: KubeObject | undefined): string | undefined {
  const spec = workload?.['spec']
  return isRecord(spec) && typeof spec['queueName'] === 'string' ? spec['queueName'] : undefined
}
