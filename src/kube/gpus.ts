import type { Container, Resources } from './pod.ts'
import { parseQuantity } from './quantity.ts'

/** Devices that train, by the names their plugins give them: nvidia.com/gpu, nvidia.com/mig-1g.5gb, google.com/tpu, aws.amazon.com/neuron, habana.ai/gaudi. */
const accelerator = /\/.*(?:gpu|mig-|tpu|neuron|npu|gaudi|i915)|^gpu\..*\//

/** GPUs, or what stands for them, that resources ask for; an extended resource's limit is its request. */
export function gpusOf(resources: Resources | undefined): number {
  const { limits = {}, requests = {} } = resources ?? {}
  return Object.entries({ ...requests, ...limits }).reduce(
    (sum, [name, amount]) => (accelerator.test(name) ? sum + whole(amount) : sum),
    0,
  )
}

/** GPUs of the containers of a pod. */
export function gpusOfContainers(containers: readonly (Container | null | undefined)[] | undefined): number {
  return Array.isArray(containers)
    ? containers.reduce((sum: number, container) => sum + gpusOf(container?.resources), 0)
    : 0
}

function whole(amount: string | number): number {
  if (typeof amount === 'string' && /^\d{1,15}$/.test(amount)) return Number(amount)
  return Number((parseQuantity(amount) ?? 0n) / 1_000_000_000n)
}
