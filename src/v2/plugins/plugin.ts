import type { Container, EnvVar, Resources } from '../../kube/pod.ts'
import { parseQuantity } from '../../kube/quantity.ts'
import type { TrainerVersion } from '../dialects/dialect.ts'
import type { TrainJob } from '../trainjob.ts'

/** What a policy's plugin puts into the container that trains. */
export interface PolicyContext {
  readonly trainJob: TrainJob
  readonly node: Container
  /** resources that decide process counts: the TrainJob's, else the runtime's */
  readonly resources: Resources | undefined
  /** pods of the trainer job */
  readonly nodes: number
  /** the torch policy's own word or number of processes, which releases before v2.2 take */
  readonly processes?: unknown
  readonly version: TrainerVersion
}

/** Port every policy but mpi talks on (Trainer v2.3.0, pkg/constants). */
export const trainerPort = 29500

/** Position of a pod in its Job, as a downward API field. */
export function completionIndex(name: string): EnvVar {
  const fieldPath = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
  return { name, valueFrom: { fieldRef: { fieldPath } } }
}

/** Host name of the first pod; the job's name `node` is hard-coded in Trainer. */
export function firstHost({ metadata }: TrainJob): string {
  return `${metadata.name ?? ''}-node-0-0.${metadata.name ?? ''}`
}

/** GPUs of a pod: of any resource whose name contains `gpu`, requests before limits (pkg/runtime/runtime.go). */
export function countGpus(resources: Resources | undefined): number {
  for (const list of [resources?.requests, resources?.limits]) {
    const gpu = Object.entries(list ?? {}).find(([name]) => name.toLowerCase().includes('gpu'))
    if (gpu && wholeUnits(gpu[1]) > 0) return wholeUnits(gpu[1])
  }
  return 0
}

/** Go's Quantity.Value(): rounded up to whole units. */
export function wholeUnits(quantity: string | number): number {
  const amount = parseQuantity(quantity) ?? 0n
  return Number((amount + 999_999_999n) / 1_000_000_000n)
}
