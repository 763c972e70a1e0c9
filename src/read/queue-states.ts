import type { Cluster } from '../cluster/cluster.ts'
import { jobUidLabel, type QueueState, queueLabel, queueStateOf } from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import { resourceName, resources } from '../kube/resources.ts'
import { v1Annotations } from '../migration/hold.ts'
import { isSuspended } from '../v1/state.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import type { Gaps } from './gaps.ts'
import { ofServedWorkloads } from './workloads.ts'

/**
 * Why jobs that Kueue manages do not run, by uid of the job. Workloads are read in pages, and no more of them is kept. Empty without Kueue;
 * where they may not be read, that is a gap.
 * @param namespace absent: all namespaces
 * @param uids of the only jobs that are asked about
 */
export async function readQueueStates(
  cluster: Cluster,
  namespace: string | undefined,
  gaps: Gaps,
  uids?: readonly string[],
): Promise<ReadonlyMap<string, QueueState>> {
  const labelSelector = uids === undefined ? jobUidLabel : `${jobUidLabel} in (${uids.join(',')})`
  const states = new Map<string, QueueState>()
  const read = await ofServedWorkloads(cluster, async (served) => {
    for await (const { items } of cluster.pages(served, { namespace, labelSelector })) take(items, states)
  })
  if (read === 'forbidden') gaps.add({ resource: resourceName(resources.workloads), namespace, why: 'forbidden' })
  return states
}

function take(workloads: readonly KubeObject[], states: Map<string, QueueState>): void {
  for (const workload of workloads) {
    const uid = workload.metadata.labels?.[jobUidLabel]
    const state = queueStateOf(workload)
    if (uid !== undefined && state) states.set(uid, state)
  }
}

/** The same of both sides of one job, where they are in a queue and do not run; a v1 job that a move holds is not asked about. */
export async function readQueuesOf(
  cluster: Cluster,
  namespace: string,
  gaps: Gaps,
  { v1, trainJob }: { readonly v1?: KubeObject | undefined; readonly trainJob?: TrainJob | undefined },
): Promise<{ readonly v1?: QueueState; readonly v2?: QueueState }> {
  const isQueued = ({ metadata }: KubeObject) => metadata.labels?.[queueLabel] !== undefined
  const waits = [
    ...(v1 && isQueued(v1) && isSuspended(v1) && v1.metadata.annotations?.[v1Annotations.held] === undefined
      ? [v1]
      : []),
    ...(trainJob && isQueued(trainJob) && trainJob.spec.suspend === true ? [trainJob] : []),
  ]
  if (waits.length === 0) return {}
  const uids = waits.map(({ metadata }) => metadata.uid ?? '')
  const states = await readQueueStates(cluster, namespace, gaps, uids)
  return { v1: states.get(v1?.metadata.uid ?? ''), v2: states.get(trainJob?.metadata.uid ?? '') }
}
