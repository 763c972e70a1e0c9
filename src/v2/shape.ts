import { gpusOf, gpusOfContainers } from '../kube/gpus.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { ancestorLabel, type JobSetSpec, type ReplicatedJob, type TrainingRuntime, type TrainJob } from './trainjob.ts'

/** One replicated job by numbers. */
export interface RoleShape {
  readonly role: string
  /** child Jobs */
  readonly jobs: number
  /** pods over all of them */
  readonly pods: number
}

/**
 * How many pods Trainer makes for each replicated job of a TrainJob, from its runtime; cheap enough for thousands.
 * Source: Trainer v2.3.0, pkg/runtime/core/trainingruntime.go and pkg/runtime/framework/plugins/mpi/mpi.go.
 */
export function shapeOfTrainJob(trainJob: TrainJob, runtime: TrainingRuntime): RoleShape[] {
  const policy = runtime.spec.mlPolicy
  const jobs = runtime.spec.template.spec.replicatedJobs ?? []
  const numNodes = trainJob.spec.trainer?.numNodes ?? policy?.numNodes ?? 1
  const first = jobs.find(isTrainer)
  return jobs.map((job) => {
    const replicas = isTrainer(job) ? 1 : (job.replicas ?? 1)
    const written = Math.max(1, job.template.spec.parallelism ?? 1)
    let pods = written
    if (policy?.mpi) {
      if (job.name === 'node') pods = policy.mpi['runLauncherAsNode'] === true ? Math.max(1, numNodes - 1) : numNodes
    } else if (job === first) {
      pods = trainJob.spec.trainer?.numNodes ?? (policy ? (policy.numNodes ?? 1) : written)
    } else if (isTrainer(job) && policy) {
      pods = policy.numNodes ?? 1
    }
    return { role: job.name, jobs: replicas, pods: replicas * pods }
  })
}

/** The same from the JobSet itself, which is the truth where it exists; empty when it is not readable. */
export function shapeOfJobSet(jobSet: KubeObject): RoleShape[] {
  const spec = jobSet['spec']
  const jobs = isRecord(spec) ? (spec as unknown as JobSetSpec).replicatedJobs : undefined
  return (jobs ?? []).map(({ name, replicas = 1, template }) => {
    const { parallelism = 1, completions = parallelism } = template.spec
    return { role: name, jobs: replicas, pods: replicas * Math.min(parallelism, completions) }
  })
}

/** GPUs of all pods Trainer makes for a TrainJob, from its runtime; what it patches there is not looked at. */
export function gpusOfTrainJob(trainJob: TrainJob, runtime: TrainingRuntime): number {
  const jobs = runtime.spec.template.spec.replicatedJobs ?? []
  const given = trainJob.spec.trainer?.resourcesPerNode
  return shapeOfTrainJob(trainJob, runtime).reduce((sum, { pods }, at) => {
    const job = jobs[at]
    const containers = job?.template.spec.template?.spec?.containers
    const own = given && job && isTrainer(job) ? gpusOf(given) : gpusOfContainers(containers)
    return sum + pods * own
  }, 0)
}

function isTrainer(job: ReplicatedJob): boolean {
  return job.template.metadata?.labels?.[ancestorLabel] === 'trainer'
}
