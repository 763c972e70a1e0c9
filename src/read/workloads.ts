import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { isActive, jobUidLabel } from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resourceName, resources } from '../kube/resources.ts'
import { readHold } from '../migration/hold.ts'
import { asSubmitted, isQueueInjected } from '../v1/as-submitted.ts'
import type { Gaps } from './gaps.ts'
import { isServed } from './is-served.ts'

/** What may be known of Kueue's Workloads in one namespace. */
export type Workloads =
  /** the API they are served as, and those asked for */
  | { readonly served: Resource; readonly items: readonly KubeObject[] }
  /** Kueue is not here */
  | 'absent'
  | 'forbidden'

/** The Workloads of one job (by uid) or of a whole namespace, whichever version of their API is served. */
export async function readWorkloads(cluster: Cluster, namespace: string, uid?: string): Promise<Workloads> {
  const labelSelector = uid === undefined ? jobUidLabel : `${jobUidLabel}=${uid}`
  return await ofServedWorkloads(cluster, async (served) => {
    const { items } = await cluster.list(served, { namespace, labelSelector })
    return { served, items }
  })
}

/** What is read of Workloads by whichever version of their API is served. */
export async function ofServedWorkloads<T>(
  cluster: Cluster,
  read: (served: Resource) => Promise<T>,
): Promise<T | 'absent' | 'forbidden'> {
  for (const served of [resources.workloadsV1beta2, resources.workloads]) {
    try {
      return await read(served)
    } catch (error) {
      if (failedWith(error, 'forbidden')) return (await isServed(cluster, served.group)) ? 'forbidden' : 'absent'
      if (!failedWith(error, 'apiAbsent')) throw error
    }
  }
  return 'absent'
}

/** The Workload that stands for a job, by uid. */
export function workloadOf(workloads: Workloads, uid: string | undefined): KubeObject | undefined {
  if (typeof workloads === 'string') return undefined
  return workloads.items.find(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
}

/**
 * Name of an active Workload of a job that is held by its Workload: somebody activated it, or it was deleted and Kueue made it anew.
 * Undefined for any other job; a Workload that may not be read is a gap.
 */
export async function reactivatedWorkload(cluster: Cluster, v1: KubeObject, gaps: Gaps): Promise<string | undefined> {
  // Kueue may have let it run, so that no hold of its own stands
  const read = readHold(v1, true)
  if (!(read && 'hold' in read) || read.hold.by !== 'workload') return undefined
  const { namespace = '', uid } = v1.metadata
  const workloads = await readWorkloads(cluster, namespace, uid)
  if (workloads === 'absent') return undefined
  if (workloads !== 'forbidden') return workloads.items.find(isActive)?.metadata.name
  gaps.add({ resource: resourceName(resources.workloads), namespace, why: 'forbidden' })
  return undefined
}

/** Takes out of live jobs what Kueue wrote into them; asks only about jobs that have such marks. */
export type Unqueueing = (job: KubeObject) => Promise<KubeObject>

/**
 * Gives live jobs back as they were submitted.
 * @param many one request a namespace instead of one a job
 * @param note told once where Workloads may not be read, so that selectors of a flavour stay in the job
 */
export function unqueueing(cluster: Cluster, many: boolean, note: (text: string) => void): Unqueueing {
  const known = new Map<string, Promise<Workloads>>()
  let told = false
  return async (job) => {
    if (!isQueueInjected(job)) return job
    const { namespace = '', uid } = job.metadata
    const key = many ? namespace : `${namespace}/${uid}`
    const reading = known.get(key) ?? readWorkloads(cluster, namespace, many ? undefined : uid)
    known.set(key, reading)
    const workload = workloadOf(await reading, uid)
    if (!workload && !told) {
      told = true
      note(
        'Kueue has admitted jobs here and their Workloads are not to be read: node selectors of its flavours stay in what is converted',
      )
    }
    return asSubmitted(job, workload)
  }
}
