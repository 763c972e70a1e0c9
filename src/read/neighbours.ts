import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import { podSelecting, type Resource, resourceName, resources } from '../kube/resources.ts'
import { type Gap, Gaps } from './gaps.ts'

/** Monitors mostly stand in a namespace of their own. */
const anywhere: readonly Resource[] = [resources.podMonitors, resources.serviceMonitors]

/**
 * Objects that may select a job's pods: of its namespace, monitors of all namespaces where they may be listed. What is not served is
 * not there; what may not be listed is a gap.
 */
export async function readNeighbours(
  cluster: Cluster,
  namespace: string,
): Promise<{ readonly objects: readonly KubeObject[]; readonly gaps: readonly Gap[] }> {
  const gaps = new Gaps()
  const lists = await Promise.all(
    podSelecting.map(async (resource) => {
      const wide = anywhere.includes(resource) ? await listed(cluster, resource, undefined) : 'forbidden'
      const found = wide === 'forbidden' ? await listed(cluster, resource, namespace) : wide
      if (found !== 'forbidden') return found
      gaps.add({ resource: resourceName(resource), namespace, why: 'forbidden' })
      return []
    }),
  )
  return { objects: lists.flat(), gaps: gaps.all }
}

async function listed(cluster: Cluster, resource: Resource, namespace: string | undefined) {
  try {
    const { items } = await cluster.list(resource, { namespace })
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
    return items.map((item) => ({ ...item, apiVersion, kind: resource.kind }))
  } catch (error) {
    if (failedWith(error, 'apiAbsent')) return []
    if (failedWith(error, 'forbidden')) return 'forbidden' as const
    throw error
  }
}
