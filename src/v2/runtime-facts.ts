import type { Container } from '../kube/pod.ts'
import { formatQuantity, parseQuantity } from '../kube/quantity.ts'
import { ancestorLabel, type TrainingRuntime, type TrainJob, trainerContainer } from './trainjob.ts'

/** What people want to know of a runtime before they use it. */
export interface RuntimeFacts {
  readonly kind: TrainingRuntime['kind']
  readonly name: string
  /** absent for a ClusterTrainingRuntime */
  readonly namespace?: string
  /** label trainer.kubeflow.org/framework, else the policy that sets up the training, else `plain` */
  readonly framework: string
  /** of the container that trains; absent where a TrainJob must name it */
  readonly image?: string
  /** nodes of a TrainJob that says nothing else */
  readonly nodes: number
  /** devices that each node's container asks for, by resource name: `nvidia.com/gpu` -> `8`; empty for none */
  readonly devices: Readonly<Record<string, string>>
  /** TrainJobs that refer to it, as NAMESPACE/NAME; absent where TrainJobs may not be read */
  readonly users?: readonly string[]
  /** its label says that a later release is without it (Trainer v2.3.0, pkg/constants/constants.go LabelSupport) */
  readonly deprecated: boolean
}

const labels = { framework: 'trainer.kubeflow.org/framework', support: 'trainer.kubeflow.org/support' }
const policies = ['torch', 'mpi', 'jax', 'xgboost', 'flux'] as const

/** The facts of a runtime, and who uses it among these TrainJobs. */
export function runtimeFacts(runtime: TrainingRuntime, trainJobs?: readonly TrainJob[]): RuntimeFacts {
  const { kind, metadata, spec } = runtime
  const { mlPolicy } = spec
  const container = trainingContainer(runtime)
  return {
    kind,
    name: metadata.name ?? '',
    ...(kind === 'TrainingRuntime' ? { namespace: metadata.namespace } : {}),
    framework: metadata.labels?.[labels.framework] ?? policies.find((policy) => mlPolicy?.[policy]) ?? 'plain',
    ...(container?.image === undefined ? {} : { image: container.image }),
    nodes: mlPolicy?.numNodes ?? 1,
    devices: devicesOf(container),
    ...(trainJobs && {
      users: trainJobs
        .filter((trainJob) => refersTo(trainJob, runtime))
        .map(nameOf)
        .sort(),
    }),
    deprecated: metadata.labels?.[labels.support] === 'deprecated',
  }
}

/** The container that trains: `node` of the job Trainer fills in, else the first container of the last job. */
function trainingContainer({ spec }: TrainingRuntime): Container | undefined {
  const jobs = spec.template.spec.replicatedJobs
  const job = jobs.find(({ template }) => template.metadata?.labels?.[ancestorLabel] === 'trainer') ?? jobs.at(-1)
  const containers = job?.template.spec.template.spec.containers ?? []
  return containers.find(({ name }) => name === trainerContainer) ?? containers[0]
}

/** Extended resources are what has a domain in its name: devices, by Kubernetes' rules. */
function devicesOf(container: Container | undefined): Record<string, string> {
  const { limits = {}, requests = {} } = container?.resources ?? {}
  return Object.fromEntries(
    Object.entries({ ...requests, ...limits })
      .filter(([name]) => name.includes('/'))
      .map(([name, amount]) => {
        const parsed = parseQuantity(amount)
        return [name, parsed === undefined ? String(amount) : formatQuantity(parsed)]
      }),
  )
}

function refersTo({ metadata, spec }: TrainJob, runtime: TrainingRuntime): boolean {
  const { name, kind = 'ClusterTrainingRuntime' } = spec.runtimeRef
  if (name !== runtime.metadata.name || kind !== runtime.kind) return false
  return kind === 'ClusterTrainingRuntime' || metadata.namespace === runtime.metadata.namespace
}

function nameOf({ metadata }: TrainJob): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
}
