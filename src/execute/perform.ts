import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Action } from '../migration/action.ts'

/**
 * Sends one action; returns the object as the server stored it, undefined for a deletion. Throws ClusterError: a conflict
 * where the object is no longer the one the action was decided on.
 */
export async function perform(cluster: Cluster, action: Action, dryRun = false): Promise<KubeObject | undefined> {
  switch (action.verb) {
    case 'create':
      return await cluster.create(action.resource, action.object, { dryRun })
    case 'patch': {
      const { resource, namespace, name, body, unchanged } = action
      return await cluster.patch(resource, namespace, name, body, { dryRun, preconditions: unchanged })
    }
    case 'delete': {
      const { resource, namespace, name, unchanged } = action
      const options = { dryRun, preconditions: unchanged, propagationPolicy: 'Background' } as const
      await cluster.delete(resource, namespace, name, options)
      return undefined
    }
  }
}
