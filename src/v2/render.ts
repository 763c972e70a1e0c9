import { clone } from '../kube/clone.ts'
import type { Container, Resources } from '../kube/pod.ts'
import type { Dialect } from './dialects/dialect.ts'
import { newestDialect } from './dialects/index.ts'
import { applyJax } from './plugins/jax.ts'
import { applyMpi, mpiNode, mpiNodes, mpiPolicy } from './plugins/mpi.ts'
import type { PolicyContext } from './plugins/plugin.ts'
import { applyTorch } from './plugins/torch.ts'
import { applyXgboost } from './plugins/xgboost.ts'
import { strategicMerge } from './strategic-merge.ts'
import {
  ancestorLabel,
  type JobSetSpec,
  type ReplicatedJob,
  type TrainingRuntime,
  type TrainJob,
  trainerContainer,
} from './trainjob.ts'
import { copiedVariable, upsertEnv, upsertPort } from './upsert.ts'

/** What stands in the way of predicting what Trainer makes of a TrainJob. */
export class UnmodelledError extends Error {
  override readonly name = 'UnmodelledError'
}

/**
 * The JobSet spec that Trainer renders from a TrainJob and its runtime, before the JobSet webhook's defaults.
 * Throws UnmodelledError for what this model does not cover: the flux policy, initializers, torchtune, env injected into other containers.
 * Source: Trainer v2.3.0, pkg/runtime/core/trainingruntime.go, pkg/runtime/framework/plugins/.
 */
export function renderJobSet(
  trainJob: TrainJob,
  runtime: TrainingRuntime,
  dialect: Dialect = newestDialect,
): JobSetSpec {
  refuseUnmodelled(trainJob, runtime)
  const spec = patched(trainJob, runtime, dialect)
  const counts = spec.replicatedJobs.map((job) => podCount(job, spec, trainJob, runtime))
  spec.replicatedJobs.forEach((job, at) => {
    job.template.spec.parallelism = counts[at]
    job.template.spec.completions = counts[at]
    for (const container of containersOf(job)) settle(container)
    if (isTrainer(job)) completeTrainer(job, counts[at] ?? 1, spec, { trainJob, runtime, dialect })
    joinPodGroup(job, trainJob, runtime)
  })
  spec.suspend = trainJob.spec.suspend ?? false
  return spec
}

function refuseUnmodelled(trainJob: TrainJob, runtime: TrainingRuntime): void {
  const policy = runtime.spec.mlPolicy
  const name = runtime.metadata.name ?? ''
  const torchtune = policy?.torch && trainJob.spec.trainer?.command?.join(' ') === 'tune run'
  if (policy?.flux) throw new UnmodelledError(`runtime ${name} has the flux policy`)
  if (policy?.torch?.['envInjection']) throw new UnmodelledError(`runtime ${name} injects env into other containers`)
  if (torchtune) throw new UnmodelledError('Trainer rewrites its command, tune run')
  if (trainJob.spec['initializer']) throw new UnmodelledError('it has an initializer')
}

/** Every pod of a gang carries the name of its PodGroup, which is the TrainJob's. */
function joinPodGroup(job: ReplicatedJob, { metadata }: TrainJob, { spec }: TrainingRuntime): void {
  const { template } = job.template.spec
  const name = metadata.name ?? ''
  if (spec.podGroupPolicy?.['coscheduling']) {
    const labels = { ...template.metadata?.labels, 'scheduling.x-k8s.io/pod-group': name }
    template.metadata = { ...template.metadata, labels }
  }
  if (spec.podGroupPolicy?.['volcano']) {
    const annotations = { ...template.metadata?.annotations, 'scheduling.k8s.io/group-name': name }
    template.metadata = { ...template.metadata, annotations }
  }
}

function patched(trainJob: TrainJob, runtime: TrainingRuntime, dialect: Dialect): JobSetSpec {
  const patches = dialect.read(trainJob)
  return clone(patches.reduce<JobSetSpec>((spec, patch) => strategicMerge(spec, patch), runtime.spec.template.spec))
}

function isTrainer(job: ReplicatedJob): boolean {
  return job.template.metadata?.labels?.[ancestorLabel] === 'trainer'
}

/** Pods of one Job; Trainer turns 0 of a template into 1 but leaves the TrainJob's own number alone. */
function podCount(job: ReplicatedJob, spec: JobSetSpec, trainJob: TrainJob, runtime: TrainingRuntime): number {
  const own = trainJob.spec.trainer?.numNodes
  const mpi = mpiPolicy(runtime)
  const sized = mpi ? job.name === mpiNode : job === spec.replicatedJobs.find(isTrainer)
  if (own !== undefined && sized) return mpi ? mpiNodes(mpi, own) : own
  const policy = runtime.spec.mlPolicy
  const count = isTrainer(job) && policy ? (policy.numNodes ?? 1) : (job.template.spec.parallelism ?? 1)
  return Math.max(count, 1)
}

function containersOf(job: ReplicatedJob): Container[] {
  const pod = job.template.spec.template.spec
  return [...pod.containers, ...(pod.initContainers ?? [])]
}

/**
 * Trainer upserts every container's own ports and env into themselves, so that the last of several unnamed ports replaces the others.
 * Source: Trainer v2.3.0, pkg/runtime/framework/plugins/jobset/jobset.go Build.
 */
function settle(container: Container): void {
  for (const port of container.ports ?? []) upsertPort(container, port)
  if (container.env) upsertEnv(container, [...container.env])
}

interface Sides {
  readonly trainJob: TrainJob
  readonly runtime: TrainingRuntime
  readonly dialect: Dialect
}

/** What spec.trainer and the policy's plugin put into a job with the trainer label. */
function completeTrainer(
  job: ReplicatedJob,
  nodes: number,
  spec: JobSetSpec,
  { trainJob, runtime, dialect }: Sides,
): void {
  job.replicas = 1
  const policy = runtime.spec.mlPolicy
  const mpi = mpiPolicy(runtime)
  const trainer = trainJob.spec.trainer
  const node = job.template.spec.template.spec.containers.find(({ name }) => name === trainerContainer)
  const resources = trainer?.resourcesPerNode ?? node?.resources
  if (node && trainer?.resourcesPerNode) applyResources(node, trainer.resourcesPerNode, dialect, policy !== undefined)
  const first = job === spec.replicatedJobs.find(isTrainer)
  if (mpi && first) applyMpi(spec, mpi, trainJob, resources)
  if (!node || !trainer) return
  const own = (trainer.env ?? []).map(copiedVariable)
  const processes = policy?.torch?.['numProcPerNode']
  const plugin: PolicyContext = { trainJob, node, resources, nodes, processes, version: dialect.version }
  upsertEnv(node, own)
  if (first && policy?.torch) applyTorch(plugin)
  if (first && policy?.jax) applyJax(plugin)
  if (first && policy?.xgboost) applyXgboost(plugin)
  upsertEnv(node, own)
  if (trainer.image !== undefined) node.image = trainer.image
  if (trainer.command !== undefined) node.command = trainer.command
  if (trainer.args !== undefined) node.args = trainer.args
}

/** v2.3 merges only where the runtime has a policy; older versions replace the runtime's resources whole. */
function applyResources(node: Container, own: Resources, dialect: Dialect, hasPolicy: boolean): void {
  if (dialect.replacesResources) node.resources = own
  else if (hasPolicy) node.resources = mergeResources(node.resources, own)
}

/** v2.3 merges per key over the runtime's and drops claims (pkg/util/trainingruntime). */
function mergeResources(base: Resources | undefined, own: Resources): Resources {
  const limits = { ...base?.limits, ...own.limits }
  const requests = { ...base?.requests, ...own.requests }
  return {
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
  }
}
