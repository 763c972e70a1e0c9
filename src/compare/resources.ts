import type { ModelPod } from '../kube/model-pod.ts'
import type { Container, Resources } from '../kube/pod.ts'
import { parseQuantity } from '../kube/quantity.ts'
import type { PodPair } from './pods.ts'
import { podsOf } from './rows.ts'

/** One resource of a side, in billionths of its unit. */
export interface Amount {
  readonly requests: bigint
  readonly limits: bigint
}

/** What the scheduler and a quota charge, by resource name. */
export type Charge = ReadonlyMap<string, Amount>

/**
 * What one pod is charged: the sum of its containers, or an ordinary init container with the sidecars that run beside it where that is
 * more; sidecar init containers count with the containers. What the pod as a whole asks for stands in the place of that sum, and a
 * runtime class' overhead comes on top. A limit without a request is a request.
 * Source: kubernetes v1.36.3, staging/src/k8s.io/component-helpers/resource/helpers.go; core/v1 defaulting of requests.
 */
export function podCharge(pod: ModelPod): Charge {
  const { containers, initContainers = [], resources, overhead } = pod.spec
  let sidecars: Charge = new Map()
  let peak: Charge = new Map()
  for (const container of initContainers) {
    const own = amounts(container.resources)
    if (isSidecar(container)) sidecars = sum(sidecars, own)
    else peak = largest(peak, sum(sidecars, own))
  }
  const running = containers.reduce((total, container) => sum(total, amounts(container.resources)), sidecars)
  const whole = new Map([...largest(running, peak), ...amounts(resources as Resources | undefined)])
  return sum(whole, amounts({ requests: overhead as Resources['requests'] }))
}

/** What all pods of a side are charged together. */
export function totalCharge(pods: readonly ModelPod[]): Charge {
  return pods.map(podCharge).reduce(sum, new Map())
}

/** What each of some pods is charged. */
export interface Charged {
  /** `worker`, `rank 0,3`, `all` */
  readonly pods: string
  readonly v1: Charge
  readonly v2: Charge
}

/** What single pods are charged, those that are charged alike together. */
export function chargesByPod(pairs: readonly PodPair[]): Charged[] {
  const groups = new Map<string, { pairs: PodPair[]; v1: Charge; v2: Charge }>()
  for (const pair of pairs) {
    const [v1, v2] = [podCharge(pair.v1), podCharge(pair.v2)]
    const key = [v1, v2].map(written).join(' | ')
    const group = groups.get(key)
    if (group) group.pairs.push(pair)
    else groups.set(key, { pairs: [pair], v1, v2 })
  }
  return [...groups.values()].map(({ pairs: alike, v1, v2 }) => ({ pods: podsOf(alike, pairs), v1, v2 }))
}

function written(charge: Charge): string {
  return [...charge].map(([name, { requests, limits }]) => `${name} ${requests} ${limits}`).join(' ')
}

function isSidecar(container: Container): boolean {
  return container['restartPolicy'] === 'Always'
}

function amounts(resources: Resources | undefined): Charge {
  const { limits = {}, requests = {} } = resources ?? {}
  const names = new Set([...Object.keys(limits), ...Object.keys(requests)])
  return new Map(
    [...names].map((name) => {
      const limit = limits[name]
      const request = requests[name] ?? limit
      return [name, { requests: parse(request), limits: parse(limit) }]
    }),
  )
}

function parse(quantity: string | number | undefined): bigint {
  return quantity === undefined ? 0n : (parseQuantity(quantity) ?? 0n)
}

function combine(a: Charge, b: Charge, pick: (x: bigint, y: bigint) => bigint): Charge {
  const all = new Map(a)
  for (const [name, amount] of b) {
    const other = all.get(name) ?? { requests: 0n, limits: 0n }
    all.set(name, { requests: pick(other.requests, amount.requests), limits: pick(other.limits, amount.limits) })
  }
  return all
}

function sum(a: Charge, b: Charge): Charge {
  return combine(a, b, (x, y) => x + y)
}

function largest(a: Charge, b: Charge): Charge {
  return combine(a, b, (x, y) => (x > y ? x : y))
}
