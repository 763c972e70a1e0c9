import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { isUnschedulable, type Waiting } from '../migration/waiting.ts'
import type { Gap } from '../read/gaps.ts'

/**
 * Pods that wait in any namespace, or in this one alone where others may not be listed, which is a gap; and Workloads of this namespace.
 * @param workloads as which API they are served; absent where Kueue has no say in the job
 */
export async function readWaiting(
  cluster: Cluster,
  namespace: string,
  workloads: Resource | undefined,
): Promise<Waiting & { readonly gaps: readonly Gap[] }> {
  const pending = (where?: string) =>
    cluster.list<Pod>(resources.pods, { namespace: where, fieldSelector: 'status.phase=Pending' })
  const [wide, queued] = await Promise.all([
    pending().catch((error) => {
      if (failedWith(error, 'forbidden')) return undefined
      throw error
    }),
    workloads && cluster.list(workloads, { namespace }),
  ])
  const { items } = wide ?? (await pending(namespace))
  return {
    pods: items,
    nodes: items.some(isUnschedulable) ? await readNodes(cluster) : undefined,
    workloads: queued?.items ?? [],
    gaps: wide ? [] : [{ resource: 'pods', why: 'forbidden' }],
  }
}

/** Who may not list nodes is told of pods that wait whether or not there is a node that is large enough for them. */
async function readNodes(cluster: Cluster): Promise<readonly KubeObject[] | undefined> {
  try {
    return (await cluster.list(resources.nodes, {})).items
  } catch (error) {
    if (failedWith(error, 'forbidden')) return undefined
    throw error
  }
}
