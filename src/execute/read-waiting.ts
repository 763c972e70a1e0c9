import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Pod } from '../kube/pod.ts'
import { type Resource, resources } from '../kube/resources.ts'
import type { Waiting } from '../migration/waiting.ts'
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
    workloads: queued?.items ?? [],
    gaps: wide ? [] : [{ resource: 'pods', why: 'forbidden' }],
  }
}
