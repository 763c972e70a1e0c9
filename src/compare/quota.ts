import type { ModelPod } from '../kube/model-pod.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { formatQuantity } from '../kube/quantity.ts'
import { type Charge, totalCharge } from './resources.ts'

/** One limit of a ResourceQuota, and what the pods of either side take of it. */
export interface QuotaRow {
  readonly quota: string
  /** `requests.cpu`, `pods` */
  readonly resource: string
  readonly hard: string
  /** of all the namespace, what runs of the job included */
  readonly used: string
  readonly v1: string
  readonly v2: string
  /** it is for some pods only, by their class or quality of service: these may not be among them */
  readonly scoped: boolean
}

/**
 * What quotas charge the pods of either side; limits that pods take nothing of are left out.
 * Source: kubernetes v1.36.3, pkg/quota/v1/evaluator/core/pods.go: a bare name means requests.
 */
export function quotaRows(quotas: readonly KubeObject[], v1: readonly ModelPod[], v2: readonly ModelPod[]): QuotaRow[] {
  const sides = [v1, v2].map((pods) => ({ charge: totalCharge(pods), pods: pods.length }))
  return quotas.flatMap(({ metadata: { name = '' }, spec, status }) => {
    const { hard, scopes, scopeSelector } = isRecord(spec) ? spec : {}
    const used = isRecord(status) && isRecord(status['used']) ? status['used'] : {}
    return Object.entries(isRecord(hard) ? hard : {}).flatMap(([resource, limit]) => {
      const [one, other] = sides.map(({ charge, pods }) => taken(resource, charge, pods))
      if (one === undefined || other === undefined) return []
      return [
        {
          quota: name,
          resource,
          hard: String(limit),
          used: String(used[resource] ?? 'unknown'),
          v1: one,
          v2: other,
          scoped: scopes !== undefined || scopeSelector !== undefined,
        },
      ]
    })
  })
}

function taken(resource: string, charge: Charge, pods: number): string | undefined {
  if (resource === 'pods' || resource === 'count/pods') return String(pods)
  const [, kind = 'requests', name = ''] = /^(?:(requests|limits)\.)?(.+)$/.exec(resource) ?? []
  const amount = charge.get(name)
  return amount && formatQuantity(amount[kind as 'requests' | 'limits'])
}
