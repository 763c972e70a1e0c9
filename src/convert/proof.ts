import { comparePods, type LazyComparison, type PodComparison, type PodDifference } from '../compare/pods.ts'
import type { ModelPod } from '../kube/model-pod.ts'
import type { V1Job } from '../v1/job.ts'
import { v1Pods } from '../v1/pods.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import { jobSetPods } from '../v2/pods.ts'
import { renderJobSet } from '../v2/render.ts'
import type { JobSetSpec, TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { explainsPath } from './explained.ts'
import type { Finding } from './finding.ts'

/** Both models' pods side by side: what a conversion rests on. */
export interface Proof {
  /** no difference is left that no finding explains */
  readonly same: boolean
  readonly v1: readonly ModelPod[]
  readonly v2: readonly ModelPod[]
  /** what Trainer will render of the TrainJob */
  readonly jobSet: JobSetSpec
  readonly comparison: PodComparison
  /** differences no finding explains */
  readonly differences: readonly PodDifference[]
}

/** Compares the pods v1 makes of a job with those v2 makes of a TrainJob. Throws UnmodelledError where no model covers the runtime. */
export function prove(
  job: V1Job,
  trainJob: TrainJob,
  runtime: TrainingRuntime,
  findings: readonly Pick<Finding, 'explains'>[] = [],
  dialect: Dialect = newestDialect,
): Proof {
  const v1 = v1Pods(job)
  const jobSet = renderJobSet(trainJob, runtime, dialect)
  const v2 = jobSetPods(trainJob.metadata.name ?? trainJob.metadata.generateName ?? '', job.namespace, jobSet)
  return new ComparedProof(v1, v2, jobSet, findings)
}

/** One whose differences are listed when somebody asks for them. */
class ComparedProof implements Proof {
  readonly v1: readonly ModelPod[]
  readonly v2: readonly ModelPod[]
  readonly jobSet: JobSetSpec
  readonly comparison: LazyComparison
  readonly #findings: readonly Pick<Finding, 'explains'>[]

  constructor(
    v1: readonly ModelPod[],
    v2: readonly ModelPod[],
    jobSet: JobSetSpec,
    findings: readonly Pick<Finding, 'explains'>[],
  ) {
    this.v1 = v1
    this.v2 = v2
    this.jobSet = jobSet
    this.comparison = comparePods(v1, v2)
    this.#findings = findings
  }

  get same(): boolean {
    return !this.comparison.some((difference) => this.#isLeft(difference))
  }

  get differences(): readonly PodDifference[] {
    return this.comparison.differences.filter((difference) => this.#isLeft(difference))
  }

  #isLeft({ path }: PodDifference): boolean {
    return !this.#findings.some((finding) => explainsPath(finding, path))
  }
}
