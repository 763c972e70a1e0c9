import { type Difference, type DiffRow, diffRows, type Explanation, missingPods } from '../compare/rows.ts'
import type { KubeObject } from '../kube/object.ts'
import { schedulerPlugins } from '../v1/gang.ts'
import { parseV1Job, type V1Job } from '../v1/job.ts'
import { injectedEnv } from '../v1/pods.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { benignFindings } from './benign.ts'
import { codes, type FindingCode, lostCodes } from './codes.ts'
import { type Conversion, type ConvertOptions, convertJob } from './convert.ts'
import { endingRows } from './ending-rows.ts'
import { explainsPath } from './explained.ts'
import type { MpiTransport } from './features/mpi.ts'
import type { Finding } from './finding.ts'
import { missingOperatorEnv } from './operator-env.ts'
import { type Proof, prove } from './proof.ts'
import { convertTwin, type TwinChanges, twinChanges } from './twin.ts'
import { twinCodes } from './twin-codes.ts'
import { explainedByTwin } from './twin-explained.ts'

export interface ExamineOptions {
  readonly dialect: Dialect
  readonly toolVersion: string
  /** how the launcher of an MPIJob reaches its workers; by the runtime's policy when absent */
  readonly mpi?: MpiTransport
  /** as ConvertOptions has it; by the runtime when absent */
  readonly gangScheduler?: string
}

/** A TrainJob that somebody else wrote, held against the v1 job it stands for. */
export interface Examined {
  readonly job: V1Job
  readonly proof: Proof
  /** values of pods, then what stands in none */
  readonly rows: readonly DiffRow[]
  /** why a difference is expected */
  readonly explained: (difference: Difference) => Explanation | undefined
  /** what holds of any TrainJob made of this job, and what explains a difference that was found */
  readonly findings: readonly Finding[]
}

/** Findings about the job itself, whatever TrainJob it becomes. */
const ofAnyTrainJob = new Set<FindingCode>([
  'clean-pods-all',
  'deadline-clock',
  'dynamic-worker',
  'elastic-autoscaling',
  'elastic-fixed-size',
  'host-name-parsing',
  'pod-host-name',
  'ttl',
  'ttl-name-reuse',
  'v1-label-in-text',
  'v1-label-selector',
  'workers-stopped-at-success',
])

/**
 * Holds a TrainJob and its runtime against a v1 job: every value of every pod, and how it ends. A difference is explained where our own
 * conversion of the job makes the same one and says why, or where it is Trainer's documented way of the same thing. Throws what `convertJob`
 * throws of the job, and UnmodelledError.
 */
export function examine(
  object: KubeObject,
  trainJob: TrainJob,
  runtime: TrainingRuntime,
  { dialect, toolVersion, mpi, gangScheduler }: ExamineOptions,
): Examined {
  const options: ConvertOptions = {
    name: trainJob.metadata.name,
    anyName: true,
    live: false,
    run: true,
    accept: lostCodes,
    mpi: mpi ?? (runtime.spec.mlPolicy?.mpi ? 'ssh' : 'exec'),
    gangScheduler: gangScheduler ?? gangSchedulerOf(runtime),
    podLabels: keepsLabels(trainJob, runtime, dialect) ? 'v1' : undefined,
    dialect,
    toolVersion,
  }
  const changes = twinChanges(trainJob)
  const ours = ownConversion(object, trainJob, options)
  const parsed = jobOf(object)
  const job = parsed ? { ...parsed, gang: ours.job.gang } : ours.job
  const proof = prove(job, trainJob, runtime, [], dialect)
  const told = new Map<string, Finding>()
  const known = explainer(ours, told)
  const injected = new Set(job.replicas.flatMap(({ role }) => injectedEnv(job, role).map(({ name }) => name)))
  const explained = (difference: Difference) => {
    const explanation = known(difference)
    if (explanation) return explanation
    const finding = missingOperatorEnv(difference, injected, proof.comparison.pairs)
    if (finding && !told.has(finding.code)) told.set(finding.code, finding)
    return finding && { code: finding.code, why: finding.message, harmless: false }
  }
  const rows = [
    ...missingPods(proof.comparison).map((row) => (changes?.nodes === undefined ? row : { ...row, cause: fewerNodes })),
    ...diffRows(proof.comparison, injected, explained),
    ...endingRows(ours, { trainJob, proof }),
  ].map((row) => (row.cause && row.cause.code in twinCodes ? { ...row, origin: 'template' as const } : row))
  const general = ours.findings.filter(({ code }) => ofAnyTrainJob.has(code) || isOpenGang(code, runtime))
  return { job, proof, rows, explained, findings: [...new Set([...general, ...told.values()])] }
}

function isOpenGang(code: FindingCode, { spec }: TrainingRuntime): boolean {
  return code === 'gang' && spec.podGroupPolicy === undefined
}

/** The gang scheduler that a runtime is made for; undefined for one without gangs. */
function gangSchedulerOf({ spec }: TrainingRuntime): string | undefined {
  const { volcano, coscheduling } = spec.podGroupPolicy ?? {}
  if (volcano) return 'volcano'
  if (!coscheduling) return undefined
  const names = spec.template.spec.replicatedJobs.map(({ template }) => template.spec.template.spec.schedulerName)
  return names.filter((name) => typeof name === 'string').find((name) => name !== '') ?? schedulerPlugins
}

const fewerNodes = { code: 'twin-nodes', why: codes['twin-nodes'].why } as const

/** What we would make in the place of a TrainJob, whose findings explain what v2 changes. Throws what `convertJob` throws. */
export function ownConversion(object: KubeObject, trainJob: TrainJob, options: ConvertOptions): Conversion {
  const changes = twinChanges(trainJob)
  return changes ? convertedTwin(object, changes, options) : convertJob(object, options)
}

/** The twin we would make with the same changes, whose findings explain what they change. */
function convertedTwin(object: KubeObject, changes: TwinChanges, options: ConvertOptions): Conversion {
  const job = jobOf(object)
  const { name = '' } = options
  if (!job) return convertJob(object, options)
  const conversion = convertTwin(job, name, changes, options)
  const asked = new Set(Object.keys(twinCodes))
  const others = conversion.findings.filter(({ code }) => !asked.has(code))
  return { ...conversion, findings: [...explainedByTwin(job, name, changes), ...others] }
}

function jobOf(object: KubeObject): V1Job | undefined {
  const parsed = parseV1Job(object)
  return 'job' in parsed ? parsed.job : undefined
}

/** Whether the TrainJob's pods keep the labels by which v1's are selected. */
function keepsLabels(trainJob: TrainJob, runtime: TrainingRuntime, dialect: Dialect): boolean {
  return JSON.stringify([dialect.read(trainJob), runtime.spec]).includes('"training.kubeflow.org/job-name"')
}

/** Says why a difference is expected, and notes the findings that say it in `told`. */
export function explainer(
  ours: Conversion,
  told: Map<string, Finding>,
): (difference: Difference) => Explanation | undefined {
  const values = new Map(
    ours.proof.comparison.pairs.flatMap(({ rank, leaves }) => leaves.map(({ path, v2 }) => [`${rank} ${path}`, v2])),
  )
  return ({ path, v1, v2, ranks }) => {
    const alike = ranks.every((rank) => values.get(`${rank} ${path}`) === v2)
    const known = alike ? ours.findings.find((finding) => explainsPath(finding, path)) : undefined
    const [finding] = known ? [known] : benignFindings([{ pod: '', rank: ranks[0] ?? 0, path, v1, v2 }])
    if (!finding) return undefined
    if (!told.has(finding.code)) told.set(finding.code, finding)
    return {
      code: finding.code,
      why: known ? (finding.why ?? finding.message) : codes[finding.code].what,
      harmless: finding.class === 'same',
    }
  }
}
