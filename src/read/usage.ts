import type { Cluster } from '../cluster/cluster.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { parseQuantity } from '../kube/quantity.ts'
import { resources } from '../kube/resources.ts'
import type { Gaps } from './gaps.ts'

/**
 * What the pods of a run use now, a pod: CPU in cores, memory in MiB; nothing where none of them is measured. Where the API is
 * absent or forbidden, a gap.
 */
export async function readUsage(
  cluster: Cluster,
  namespace: string,
  labelSelector: string,
  pods: ReadonlySet<string>,
  gaps: Gaps,
): Promise<Map<string, number>> {
  const found = await gaps.optional(resources.podMetrics, namespace, () =>
    cluster.list(resources.podMetrics, { namespace, labelSelector }),
  )
  const items = (found?.items ?? []).filter(({ metadata }) => pods.has(metadata.name ?? ''))
  if (items.length === 0) return new Map()
  return new Map([
    ['CPU', sum(items, 'cpu') / items.length],
    ['memory', sum(items, 'memory') / items.length / 2 ** 20],
  ])
}

function sum(items: readonly KubeObject[], resource: 'cpu' | 'memory'): number {
  const containers = items.flatMap((item) =>
    Array.isArray(item['containers']) ? (item['containers'] as unknown[]) : [],
  )
  return containers.reduce((total: number, container) => {
    const usage = isRecord(container) ? container['usage'] : undefined
    const amount = isRecord(usage) ? usage[resource] : undefined
    const parsed = typeof amount === 'string' || typeof amount === 'number' ? parseQuantity(amount) : undefined
    return total + Number(parsed ?? 0n) / 1e9
  }, 0)
}
