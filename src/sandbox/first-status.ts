import type { KubeObject } from '../kube/object.ts'
import { qualifiedName, type ServedResource } from './served.ts'

/** The scheduler's words, which the API server itself says of a new pod (kubernetes v1.36.3, pkg/registry/core/pod/strategy.go). */
export const gated = {
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
} as const

/**
 * Takes a built-in object that is created and returns the status the API server gives it before anybody has looked at it, or undefined
 * (kubernetes v1.36.3, pkg/registry/core/{namespace,pod,persistentvolumeclaim}/strategy.go).
 */
export function firstStatus(resource: ServedResource, { spec }: KubeObject): object | undefined {
  switch (qualifiedName(resource)) {
    case 'namespaces':
      return { phase: 'Active' }
    case 'persistentvolumeclaims':
      return { phase: 'Pending' }
    case 'pods': {
      const { schedulingGates = [] } = spec as { schedulingGates?: readonly unknown[] }
      const times = { lastProbeTime: null, lastTransitionTime: null }
      const blocked = { type: 'PodScheduled', status: 'False', ...times, ...gated }
      return { phase: 'Pending', ...(schedulingGates.length > 0 && { conditions: [blocked] }) }
    }
    default:
      return undefined
  }
}
