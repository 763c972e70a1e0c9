import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'

/**
 * Whether the cluster serves an API group: RBAC forbids what is not there as well as what is, and discovery is open to everybody who may
 * come in. True where even that is forbidden.
 */
export async function isServed(cluster: Cluster, group: string): Promise<boolean> {
  try {
    await cluster.raw(`/apis/${group}`)
    return true
  } catch (error) {
    if (failedWith(error, 'apiAbsent', 'notFound')) return false
    if (failedWith(error, 'forbidden')) return true
    throw error
  }
}
