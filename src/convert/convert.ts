import { exitCode } from '../exit-code.ts'
import { clone } from '../kube/clone.ts'
import type { KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import { type FieldProblem, parseV1Job, type V1Job } from '../v1/job.ts'
import { injectedEnv } from '../v1/pods.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { type Accepted, acceptedCodes, refuseExpired, refuseLost, withAccepted } from './accepted.ts'
import { type Choice, chooseTarget, differencesTold, type RuntimeChoice, tryRuntimes } from './choose.ts'
import type { ConfigMaps } from './config-maps.ts'
import { gangMembers, withGang } from './features/gang.ts'
import { features } from './features/index.ts'
import type { MpiTransport } from './features/mpi.ts'
import type { Finding } from './finding.ts'
import { type Intent, templatePath } from './intent.ts'
import { jobTitle } from './job-title.ts'
import { Ledger } from './ledger.ts'
import type { Proof } from './proof.ts'
import { successOf } from './success.ts'
import { refuseTooLarge } from './too-large.ts'
import { refuseTooNew } from './too-new.ts'
import { refuseLongName, refuseOtherName } from './train-job-name.ts'
import { refuseUnknown } from './unknown-fields.ts'
import { fieldOfValue } from './where.ts'

export interface ConvertOptions extends RuntimeChoice, Accepted {
  /** name of the TrainJob; the job's own when absent */
  readonly name?: string
  /** the caller judges itself whether JobSet takes the name */
  readonly anyName?: boolean
  /** for objects whose manifest names none */
  readonly namespace?: string
  /** read from a cluster, not from a file */
  readonly live: boolean
  /** keep v1's suspend instead of suspend: true for a live job that runs */
  readonly run: boolean
  /** what the cluster's Trainer understands; the newest when absent */
  readonly dialect?: Dialect
  /** version of this program, written on the TrainJob */
  readonly toolVersion: string
  /** how an MPIJob's launcher reaches its workers */
  readonly mpi?: MpiTransport
  /** `v1`: v2's pods keep v1's labels as far as they can */
  readonly podLabels?: 'v1'
  /** what `--gang-scheduler-name` says of v1's operator, `none` where it runs without; absent: not told */
  readonly gangScheduler?: string
  /** of a live job: what the ConfigMaps say that its pods refer to */
  readonly configMaps?: ConfigMaps
}

export interface Conversion {
  readonly job: V1Job
  readonly trainJob: TrainJob
  readonly runtime: TrainingRuntime
  /** the runtime exists already: it is no part of the output */
  readonly reused: boolean
  /** objects the TrainJob needs beside its runtime */
  readonly extras: readonly KubeObject[]
  readonly findings: readonly Finding[]
  readonly proof: Proof
}

/**
 * Converts one v1 job to a TrainJob and the TrainingRuntime of its shape, and proves that the pods stay the same.
 * Throws a Problem: `invalid-job` (v1 itself would refuse it), `mpi-transport` (an MPIJob without a decision), `field-not-carried` (a field no feature knows), `too-many-pods` (more than can be), `field-too-new` (one that the target's Trainer does not know),
 * `lost` (findings of class lost that were not accepted), `acceptance-expired`, what `chooseTarget` says of runtimes, `name-too-long` (JobSet would refuse it), `name-not-taken` (Trainer would), `not-proved` (pods differ and no finding says why).
 */
export function convertJob(object: KubeObject, options: ConvertOptions): Conversion {
  const understood = understand(object, options)
  const { job, intent, told, dialect } = understood
  return concluded(understood, chooseTarget(job, intent, told, { ...options, dialect }), options)
}

/** A job on a runtime that exists: converted, or with other pods, or not possible at all. */
export type OnRuntime = { readonly runtime: TrainingRuntime } & (
  | { readonly conversion: Conversion }
  /** values in which the pods would differ, a line each */
  | { readonly differences: readonly string[] }
  | { readonly unfit: string }
)

/** A job converted for a runtime of its own, and for each of those that exist. Throws what `convertJob` does. */
export function convertForEach(
  object: KubeObject,
  runtimes: readonly TrainingRuntime[],
  options: Omit<ConvertOptions, 'runtime' | 'runtimes'>,
): { readonly own: Conversion; readonly on: readonly OnRuntime[] } {
  const understood = understand(object, options)
  const { job, intent, told, dialect } = understood
  const { ours, attempts } = tryRuntimes(job, intent, runtimes, told, { ...options, dialect })
  const own = concluded(understood, ours, options)
  const on = attempts.map((attempt): OnRuntime => {
    const { runtime } = attempt
    if ('unfit' in attempt) return { runtime, unfit: attempt.unfit }
    const { choice } = attempt
    if (!choice.proof.same) return { runtime, differences: differencesTold(choice.proof.differences) }
    return { runtime, conversion: concluded(understood, choice, options) }
  })
  return { own, on }
}

/** A job as the features read it, before a target is chosen. */
interface Understood {
  readonly job: V1Job
  readonly intent: Intent
  /** findings of the features */
  readonly told: readonly Finding[]
  readonly dialect: Dialect
}

function understand(object: KubeObject, options: ConvertOptions): Understood {
  const job = withGang(readJob(placed(object, options.namespace)), options.gangScheduler)
  refuseTooLarge(job)
  const ledger = new Ledger(job.object)
  const intent = draft(job)
  const dialect = options.dialect ?? newestDialect
  const named = (options.name ?? job.object.metadata.name ?? '') !== ''
  const trainJobName = options.name ?? job.name
  const { live, run, mpi, podLabels, gangScheduler, configMaps } = options
  const told = { live, run, mpi, podLabels, gangScheduler, configMaps }
  const context = { job, intent, ledger, trainJobName, named, dialect, ...told }
  for (const feature of features) feature.apply(context)
  refuseUnknown(job, ledger.unaccounted())
  refuseTooNew(job, dialect)
  refuseExpired(job, ledger.findings, options)
  refuseLost(job, ledger.findings, acceptedCodes(options))
  return { job, intent, told: ledger.findings, dialect }
}

function concluded({ job, intent, told }: Understood, choice: Choice, options: ConvertOptions): Conversion {
  const { runtime, reused, proof } = choice
  const later = [...choice.findings, ...gangMembers(job, proof.jobSet)]
  const findings = [...told, ...later]
  refuseExpired(job, later, options)
  refuseLost(job, later, acceptedCodes(options))
  const trainJob = withAccepted(choice.trainJob, findings, options)
  if (!options.anyName) {
    refuseLongName(job, trainJob, proof)
    refuseOtherName(job, trainJob)
  }
  refuseUnproved(job, proof)
  return { job, trainJob, runtime, reused, extras: intent.extras ?? [], findings, proof }
}

/** The object in a namespace, where it names none itself; the API server takes an empty name for none. */
export function placed(object: KubeObject, namespace: string | undefined): KubeObject {
  const { namespace: own, ...metadata } = object.metadata
  if (own !== '' && (own !== undefined || namespace === undefined)) return object
  return { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } }
}

function readJob(object: KubeObject): V1Job {
  const parsed = parseV1Job(object)
  if ('job' in parsed && parsed.job.replicas.length > 0) return parsed.job
  const problems = 'job' in parsed ? [noReplicas(parsed.job)] : parsed.problems
  const [first] = problems
  throw new Problem({
    code: 'invalid-job',
    what: `${jobTitle(object)} is not a job Training Operator would run`,
    where: first?.path,
    why: problems.map(({ path, message }) => `${path} ${message}`).join('\n'),
    exit: exitCode.usage,
  })
}

/** Training Operator admits a job without replica types, and makes nothing of it. */
function noReplicas({ info }: V1Job): FieldProblem {
  return { path: `spec.${info.specKey}`, message: 'has no replica type, so that the job has no pods' }
}

function draft(job: V1Job): Intent {
  const unset = { podPolicy: 'Never', backoffLimit: 0, byExitCode: false } as const
  return {
    labels: {},
    annotations: {},
    suspend: false,
    roles: job.replicas.map(({ role, key, count, template, main }) => ({
      role,
      path: templatePath(job, key),
      count,
      template: clone(template),
      main,
      restart: unset,
      injected: injectedEnv(job, role),
    })),
    success: successOf(job),
  }
}

function refuseUnproved(job: V1Job, proof: Proof): void {
  const [first] = proof.differences
  if (!first) return
  throw new Problem({
    code: 'not-proved',
    what: `${jobTitle(job.object)} is not converted: its pods would not be the same`,
    where: fieldOfValue(job, first),
    why: differencesTold(proof.differences).join('\n'),
    exit: exitCode.no,
  })
}
