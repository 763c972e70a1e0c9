import { compareValues } from '../compare/live.ts'
import type { PodDifference } from '../compare/pods.ts'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { V1Job } from '../v1/job.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { UnmodelledError } from '../v2/render.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { benignFindings } from './benign.ts'
import { buildRuntime, buildTrainJob, type RuntimeNaming } from './build.ts'
import { endingDifferences } from './endings.ts'
import { type Finding, findingAt } from './finding.ts'
import type { Intent } from './intent.ts'
import { type Proof, prove } from './proof.ts'
import { alike, areAlike } from './targets/alike.ts'
import { byRole } from './targets/by-role.ts'
import { mpiPolicyTarget } from './targets/mpi-policy.ts'
import { onRuntime } from './targets/on-runtime.ts'
import type { Target } from './targets/target.ts'
import { torchTarget } from './targets/torch.ts'

export type Style = 'faithful' | 'native'

/** Which runtime a TrainJob is to use. */
export interface RuntimeChoice extends RuntimeNaming {
  /** this one and no other */
  readonly runtime?: TrainingRuntime
  /** those that exist: one that proves equal is taken before one is written */
  readonly runtimes?: readonly TrainingRuntime[]
  /** native: v2's own idiom, with its documented differences; default faithful */
  readonly style?: Style
}

interface Making extends RuntimeChoice {
  readonly name?: string
  readonly live: boolean
  readonly toolVersion: string
  readonly dialect: Dialect
}

/** A TrainJob on a runtime, and what its pods are. */
export interface Choice {
  readonly trainJob: TrainJob
  readonly runtime: TrainingRuntime
  /** the runtime exists: it is no part of the output */
  readonly reused: boolean
  /** beside those of the features */
  readonly findings: readonly Finding[]
  readonly proof: Proof
}

/**
 * A TrainJob for the intent: on the runtime named, else on one that exists and proves equal, else on one of ours. `told` are the
 * features' findings. Throws a Problem: `runtime-unfit` and `runtime-not-equal` for the runtime named, `runtime-changed` for one of
 * ours that exists with other content. What is returned may still differ from v1 where it is one of ours.
 */
export function chooseTarget(job: V1Job, intent: Intent, told: readonly Finding[], making: Making): Choice {
  const faithful = ofOurs(job, intent, faithfulTarget(intent, making.dialect), told, making)
  if (making.runtime) return onNamed(job, intent, making.runtime, faithful, told, making)
  const native = making.style === 'native'
  const torch = native && job.info.kind === 'PyTorchJob' ? torchTarget(intent, making.dialect) : undefined
  const idiom = torch && ofOurs(job, intent, torch, told, making)
  const ours = idiom?.proof.same ? idiom : faithful
  const candidates = (making.runtimes ?? []).filter((runtime) => serves(runtime, intent))
  const same = candidates.find((runtime) => isSameObject(runtime, ours.runtime))
  if (same) return { ...ours, runtime: unchanged(same, ours.runtime), reused: true }
  for (const runtime of native ? torchFirst(candidates) : candidates) {
    const found = onExisting(job, intent, runtime, faithful, told, making)
    if ('unfit' in found || !found.proof.same) continue
    if (native || !found.findings.some(({ code }) => code === 'runtime-endings')) return found
  }
  return ours
}

/** What became of a job on one runtime that exists. */
export type Attempt = { readonly runtime: TrainingRuntime } & (
  | { readonly choice: Choice }
  /** why the runtime cannot take the job */
  | { readonly unfit: string }
)

/** A job on a runtime of ours in v1's own way, and on each of these that exist; what none of them shares is done once. */
export function tryRuntimes(
  job: V1Job,
  intent: Intent,
  runtimes: readonly TrainingRuntime[],
  told: readonly Finding[],
  making: Making,
): { readonly ours: Choice; readonly attempts: readonly Attempt[] } {
  const inItsWay = { ...making, style: 'faithful' } as const
  const ours = ofOurs(job, intent, faithfulTarget(intent, making.dialect), told, inItsWay)
  const attempts = runtimes.map((runtime): Attempt => {
    const found = onExisting(job, intent, runtime, ours, told, making)
    return 'unfit' in found ? { runtime, unfit: found.unfit } : { runtime, choice: found }
  })
  return { ours, attempts }
}

function faithfulTarget(intent: Intent, dialect: Dialect): Target {
  if (intent.mpi) return mpiPolicyTarget(intent, intent.mpi)
  return areAlike(intent) ? alike(intent, dialect) : byRole(intent, dialect)
}

function ofOurs(job: V1Job, intent: Intent, target: Target, told: readonly Finding[], making: Making): Choice {
  const runtime = buildRuntime(job, intent, target, making)
  const trainJob = buildTrainJob(job, intent, target, runtime, making)
  return proved(job, { trainJob, runtime, reused: false, findings: target.findings }, told, making)
}

/** Its proof; with --style native what is benign is explained. */
function proved(job: V1Job, made: Omit<Choice, 'proof'>, told: readonly Finding[], making: Making): Choice {
  const { trainJob, runtime, findings } = made
  const proof = prove(job, trainJob, runtime, [...told, ...findings], making.dialect)
  const benign = making.style === 'native' ? benignFindings(proof.differences) : []
  if (benign.length === 0) return { ...made, proof }
  const all = [...findings, ...benign]
  return { ...made, findings: all, proof: prove(job, trainJob, runtime, [...told, ...all], making.dialect) }
}

/** On a runtime that exists, with a finding where its Jobs end otherwise than v1's job. */
function onExisting(
  job: V1Job,
  intent: Intent,
  runtime: TrainingRuntime,
  faithful: Choice,
  told: readonly Finding[],
  making: Making,
): Choice | { readonly unfit: string } {
  const placement = onRuntime(intent, runtime, making.dialect)
  if ('unfit' in placement) return placement
  const named = told.find(({ code, path }) => code === 'own-selector' && !canOverride(path, making.dialect))
  if (named) return { unfit: `${named.path} would have to name this job, and a TrainJob cannot set it` }
  const trainJob = buildTrainJob(job, intent, placement, runtime, making)
  try {
    const made = { trainJob, runtime, reused: true, findings: placement.findings }
    const choice = proved(job, made, told, making)
    const endings = endingsOf(choice.proof, faithful.proof, placement.activeDeadlineSeconds !== undefined)
    if (endings.length === 0) return choice
    const finding = findingAt('spec.runPolicy', {
      code: 'runtime-endings',
      message: `jobs on ${runtime.kind} ${runtime.metadata.name} end otherwise: ${endings.join('; ')}`,
    })
    return { ...choice, findings: [...choice.findings, finding] }
  } catch (error) {
    if (error instanceof UnmodelledError) return { unfit: error.message }
    throw error
  }
}

/** Whether a TrainJob can set the pod field that a path ends in. */
function canOverride(path: string, { podFields }: Dialect): boolean {
  return podFields.some((field) => path.endsWith(`.${field}`))
}

function endingsOf(theirs: Proof, ours: Proof, deadlineApart: boolean): string[] {
  const pairs = new Map<string, readonly [string, string]>()
  for (const [rank, { v2 }] of ours.comparison.pairs.entries()) {
    const other = theirs.comparison.pairs[rank]?.v2.role
    if (other !== undefined) pairs.set(`${v2.role} ${other}`, [v2.role, other])
  }
  return endingDifferences(ours.jobSet, theirs.jobSet, [...pairs.values()], deadlineApart)
}

function onNamed(
  job: V1Job,
  intent: Intent,
  runtime: TrainingRuntime,
  faithful: Choice,
  told: readonly Finding[],
  making: Making,
): Choice {
  const named = `${runtime.kind} ${runtime.metadata.name}`
  const found = onExisting(job, intent, runtime, faithful, told, making)
  if ('unfit' in found) {
    throw new Problem({
      code: 'runtime-unfit',
      what: `${job.info.kind} ${job.name} cannot run on ${named}: ${found.unfit}`,
      next: ['convert without --runtime writes a runtime that fits'],
      exit: exitCode.no,
    })
  }
  if (found.proof.same) return found
  throw new Problem({
    code: 'runtime-not-equal',
    what: `${job.info.kind} ${job.name} is not converted: on ${named} its pods would not be the same`,
    why: differencesTold(found.proof.differences).join('\n'),
    next: [
      'convert without --runtime writes a runtime that fits',
      ...(making.style === 'native' ? [] : ['--style native accepts v2’s own ports, process counts and restarts']),
    ],
    exit: exitCode.no,
  })
}

const toldDifferences = 8

/** Each value once, with the pods it differs in, as lines. */
export function differencesTold(differences: readonly PodDifference[]): string[] {
  const pods = new Map<string, string[]>()
  for (const { pod, path, v1 = 'absent', v2 = 'absent' } of differences) {
    const line = `${path}: v1 ${v1}, v2 ${v2}`
    pods.set(line, [...(pods.get(line) ?? []), pod])
  }
  const lines = [...pods].map(([line, where]) =>
    where.length === 1 ? `${where[0]} ${line}` : `${where.length} pods ${line}`,
  )
  const more = lines.length - toldDifferences
  return [...lines.slice(0, toldDifferences), ...(more > 0 ? [`and ${more} more`] : [])]
}

/** Whether a TrainJob of this namespace can refer to the runtime. */
function serves({ kind, metadata }: TrainingRuntime, { namespace }: Intent): boolean {
  return kind === 'ClusterTrainingRuntime' || (metadata.namespace ?? namespace) === namespace
}

function isSameObject(a: TrainingRuntime, b: TrainingRuntime): boolean {
  return a.kind === b.kind && a.metadata.name === b.metadata.name
}

/** The one that exists, where it has the content its name says. */
function unchanged(existing: TrainingRuntime, ours: TrainingRuntime): TrainingRuntime {
  const [difference] = compareValues(ours.spec, existing.spec)
  if (!difference) return existing
  const { kind, metadata } = existing
  const where = metadata.namespace === undefined ? '' : ` -n ${metadata.namespace}`
  throw new Problem({
    code: 'runtime-changed',
    what: `${kind} ${metadata.name} exists, and somebody changed it: spec.${difference.path} is ${difference.v2}, not ${difference.v1}`,
    why: 'its name says what it contains, and the pods are proved with that content',
    next: [`kubectl delete ${kind.toLowerCase()} ${metadata.name}${where}   (if no TrainJob refers to it)`],
    exit: exitCode.no,
  })
}

function torchFirst(runtimes: readonly TrainingRuntime[]): TrainingRuntime[] {
  const torch = (runtime: TrainingRuntime) => (runtime.spec.mlPolicy?.torch ? 0 : 1)
  return [...runtimes].sort((a, b) => torch(a) - torch(b))
}
