import { build } from '../cli/build.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { examine } from '../convert/examine.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import { jobTitle } from '../convert/job-title.ts'
import { prove } from '../convert/proof.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import { parseV1Job } from '../v1/job.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { UnmodelledError } from '../v2/render.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import type { Compared } from './diff-output.ts'

export interface ExistingOptions {
  readonly dialect: Dialect
  readonly mpi: MpiTransport | undefined
  readonly gangScheduler: string | undefined
  note(text: string): void
}

/**
 * A v1 job against the TrainJob that stands beside it, with the reason of each difference that the conversion of this job makes as well.
 * Where the job is not converted, the pods are compared all the same and `note` is told why no reasons are. Throws a Problem for a job that
 * Training Operator would not run, and for a runtime whose pods cannot be predicted.
 */
export async function withTrainJob(
  cluster: Cluster,
  object: KubeObject,
  trainJob: TrainJob,
  options: ExistingOptions,
): Promise<Compared> {
  const parsed = parseV1Job(object)
  if ('problems' in parsed) {
    const why = parsed.problems.map(({ path, message }) => `${path} ${message}`).join('; ')
    throw new Problem({
      code: 'invalid-job',
      what: `${jobTitle(object)} is not a job Training Operator would run`,
      why,
      exit: exitCode.usage,
    })
  }
  const { name, kind = 'ClusterTrainingRuntime' } = trainJob.spec.runtimeRef
  const shared = kind === 'ClusterTrainingRuntime'
  const resource = shared ? resources.clusterTrainingRuntimes : resources.trainingRuntimes
  const runtime = await cluster.get<TrainingRuntime>(resource, shared ? undefined : trainJob.metadata.namespace, name)
  const against = `TrainJob ${trainJob.metadata.name} on ${kind} ${name}`
  try {
    const examined = examineIfConverted(object, trainJob, runtime, options)
    if (examined) return { ...examined, examined, against }
    return { job: parsed.job, findings: [], proof: prove(parsed.job, trainJob, runtime, [], options.dialect), against }
  } catch (error) {
    if (!(error instanceof UnmodelledError)) throw error
    throw new Problem({
      code: 'unmodelled-runtime',
      what: `TrainJob ${trainJob.metadata.name} cannot be compared yet: ${error.message}`,
      why: 'this version predicts the pods of runtimes with the torch policy or none',
      exit: exitCode.no,
    })
  }
}

function examineIfConverted(
  object: KubeObject,
  trainJob: TrainJob,
  runtime: TrainingRuntime,
  { dialect, mpi, gangScheduler, note }: ExistingOptions,
) {
  try {
    return examine(object, trainJob, runtime, { dialect, mpi, gangScheduler, toolVersion: build.version })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    note(`differences are shown without their reasons, as this job is not converted: ${error.data.what}`)
    return undefined
  }
}
