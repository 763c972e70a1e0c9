import { exitCode } from '../../exit-code.ts'
import { clone, equalJson } from '../../kube/clone.ts'
import { formatFieldPath, type PathStep } from '../../kube/field-path.ts'
import { isRecord, type KubeObject, type ObjectMeta } from '../../kube/object.ts'
import { Problem } from '../../problem.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import { fieldsUnknownTo } from '../../v2/dialects/fields.ts'
import { dialects } from '../../v2/dialects/index.ts'
import { annotations, type TrainingRuntime, type TrainJob } from '../../v2/trainjob.ts'
import { lastApplied, serverFields } from '../features/identity.ts'
import { type Finding, type FindingDetail, findingAt } from '../finding.ts'
import { neutralOf, type PlacedOverride } from './neutral.ts'
import { processesFor } from './processes.ts'
import { otherResources, sameJobSet } from './proof.ts'
import { fits, type TrainerObject, tooMuch, writtenFor } from './versions.ts'

/** An object of Trainer's, written for another of its releases. */
export interface Rewriting {
  readonly object: TrainerObject
  readonly from: Dialect
  readonly to: Dialect
  readonly findings: readonly Finding[]
  /** pods that both releases make alike but for what findings say; absent for a runtime, and where nothing was compared */
  readonly pods?: number
  /** nothing of it was changed: `from` would make something else of it */
  readonly asItStands?: true
}

export interface RewriteOptions {
  readonly to: Dialect
  /** codes of `lost` findings that are accepted by name */
  readonly accept: readonly string[]
}

type Note = (path: readonly PathStep[], detail: FindingDetail) => void

/** A runtime for another release; undefined for one that fits already. Throws a Problem `lost` or `mixed-dialects`. */
export function rewriteRuntime(runtime: TrainingRuntime, { to, accept }: RewriteOptions): Rewriting | undefined {
  if (fits(runtime, to)) return undefined
  const from = writtenFor([runtime], to)
  const findings: Finding[] = []
  const object = cleaned(runtime)
  for (const path of fieldsUnknownTo(to, runtime)) {
    findings.push(findingAt(formatFieldPath(path), runtimeField(path, valueAt(runtime, path), to)))
    remove(object, path)
  }
  // it says what the runtime contained
  delete object.metadata.annotations?.[annotations.contentHash]
  refuseLost(runtime, findings, accept)
  return { object, from, to, findings }
}

function runtimeField(path: readonly PathStep[], value: unknown, to: Dialect): FindingDetail {
  const field = path.at(-1)
  if (field === 'elasticPolicy')
    return { code: 'without-effect', message: 'left out: no release does anything with it' }
  if (field !== 'numProcPerNode') return notInVersion(to)
  if (value === 'auto') return { code: 'dialect-field', message: 'left out: auto is what Trainer does without it' }
  return {
    code: 'process-word',
    message: `left out: TrainJobs say ${value} themselves, as those of this run are made to`,
  }
}

function notInVersion({ release }: Dialect): FindingDetail {
  return { code: 'not-in-version', message: `Trainer ${release} has no such field` }
}

/**
 * A TrainJob for another release; undefined for one that fits already, on a runtime that does too, and of which the release before v2.3,
 * or v2.3, would make the same. With its runtime, as it is
 * written today, what both releases render is compared. Throws a Problem: `lost`, `mixed-dialects`, `too-much` (more than the release
 * takes), `not-proved` (they render something else and no finding says why).
 */
export function rewriteTrainJob(
  trainJob: TrainJob,
  runtime: TrainingRuntime | undefined,
  { to, accept }: RewriteOptions,
): Rewriting | undefined {
  const both = runtime ? [trainJob, runtime] : [trainJob]
  if (both.every((object) => fits(object, to))) return asItStands(trainJob, runtime, to)
  const from = writtenFor(both, to)
  const findings: Finding[] = []
  const note: Note = (path, detail) => void findings.push(findingAt(formatFieldPath(path), detail))
  const object = cleaned(trainJob)
  moveOverrides(object, trainJob, from, to, note)
  for (const path of fieldsUnknownTo(to, object)) {
    note(path, notInVersion(to))
    remove(object, path)
  }
  setProcesses(object, trainJob, runtime, from, to, note)
  if (trainJob.spec.managedBy === 'kueue.x-k8s.io/multikueue' && from.version < '2.3' && to.version === '2.3') {
    note(['spec', 'managedBy'], { code: 'managed-by-obeyed', message: 'v2.3 leaves the TrainJob to MultiKueue' })
  }
  refuseLost(trainJob, findings, accept)
  refuseTooMuch(object, to)
  const newRuntime = runtime && ((rewriteRuntime(runtime, { to, accept })?.object as TrainingRuntime) ?? runtime)
  const after = { trainJob: object, runtime: newRuntime, dialect: to }
  const compared = sameJobSet({ trainJob, runtime, dialect: from }, after, findings)
  for (const { path, ...detail } of compared.findings) findings.push(findingAt(path, detail))
  if (equalJson(object, cleaned(trainJob)) && compared.findings.length === 0) return undefined
  return { object, from, to, findings, ...(compared.pods === undefined ? {} : { pods: compared.pods }) }
}

/** Nothing in a TrainJob tells v2.2 from v2.3, and they merge its resources otherwise. */
function asItStands(trainJob: TrainJob, runtime: TrainingRuntime | undefined, to: Dialect): Rewriting | undefined {
  const neighbours = dialects.filter((dialect) => dialect.replacesResources !== to.replacesResources)
  const from = to.replacesResources ? neighbours[0] : neighbours.at(-1)
  const objects = runtime ? [trainJob, runtime] : [trainJob]
  if (!from || !objects.every((object) => fits(object, from))) return undefined
  const compared = otherResources({ trainJob, runtime, dialect: to }, from)
  if (!compared) return undefined
  const findings = compared.findings.map(({ path, ...detail }) => findingAt(path, detail))
  return { object: trainJob, from, to, findings, pods: compared.pods, asItStands: true }
}

/** Takes the overrides out of the one field and writes them into the other. */
function moveOverrides(object: TrainJob, trainJob: TrainJob, from: Dialect, to: Dialect, note: Note): void {
  const { overrides, metadata, idle, fields, managers } = neutralOf(trainJob, from)
  if (from.field === to.field) return
  for (const field of fields) delete object.spec[field]
  for (const path of idle) note(path, { code: 'without-effect', message: 'left out: it names no job' })
  Object.assign(object.spec, to.write(overrides.map((override) => kept(override, to, note))))
  const jobSet = Object.fromEntries(Object.entries(metadata).filter(([, values]) => Object.keys(values).length > 0))
  if (Object.keys(jobSet).length > 0) {
    if (to.field === 'runtimePatches') withJobSetMetadata(object, jobSet, to)
    else Object.assign(object.spec, jobSet)
  }
  const named =
    managers.length > 0 && to.field !== 'runtimePatches' ? `, without the names of ${managers.join(', ')}` : ''
  for (const field of fields) {
    const target = field === from.field || to.field === 'runtimePatches' ? to.field : field
    note(['spec', field], {
      code: 'dialect-field',
      message: `becomes spec.${target}${field === from.field ? named : ''}`,
    })
  }
}

/** Labels and annotations of the JobSet, in the first patch. */
function withJobSetMetadata(object: TrainJob, metadata: Record<string, unknown>, to: Dialect): void {
  const [first, ...rest] =
    object.spec.runtimePatches ?? to.write([{ job: '', spec: { nodeSelector: {} } }]).runtimePatches ?? []
  if (!first) return
  const { spec } = first.trainingRuntimeSpec.template
  const isEmpty = object.spec.runtimePatches === undefined
  const template = { metadata, ...(isEmpty || spec === undefined ? {} : { spec }) }
  object.spec.runtimePatches = [{ ...first, trainingRuntimeSpec: { template } }, ...rest]
}

/** The parts of an override that a release can express; the others are noted. */
function kept(override: PlacedOverride, to: Dialect, note: Note) {
  const { job, metadata, metadataAt, spec, specAt, jobAt } = override
  if (jobAt) note(jobAt, notInVersion(to))
  if (metadata && !to.metadata) note(metadataAt, notInVersion(to))
  const fields: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(spec)) {
    if (field === 'containers' || field === 'initContainers') {
      fields[field] = keptContainers(value, [...specAt, field], to, note)
    } else if (to.podFields.includes(field)) fields[field] = value
    else note([...specAt, field], notInVersion(to))
  }
  return { job, ...(metadata && to.metadata ? { metadata } : {}), spec: fields }
}

function keptContainers(value: unknown, at: readonly PathStep[], to: Dialect, note: Note): unknown {
  if (!Array.isArray(value)) return value
  return value.map((container: unknown, index) => {
    if (!isRecord(container)) return container
    const entries = Object.entries(container).filter(([field]) => {
      const known = field === 'name' || to.containerFields.includes(field)
      if (!known) note([...at, index, field], notInVersion(to))
      return known
    })
    return Object.fromEntries(entries)
  })
}

/** numProcPerNode as the release takes it: a number of the TrainJob where words, and numbers of runtimes, are gone. */
function setProcesses(
  object: TrainJob,
  trainJob: TrainJob,
  runtime: TrainingRuntime | undefined,
  from: Dialect,
  to: Dialect,
  note: Note,
): void {
  const { trainer } = object.spec
  if (from.version >= '2.2' || to.version < from.version || !trainer) return
  const { processes, finding } = processesFor(trainJob, runtime, from, to)
  if (processes === undefined) delete trainer.numProcPerNode
  else trainer.numProcPerNode = processes
  if (finding)
    note(
      ['spec', 'trainer', ...(trainJob.spec.trainer?.numProcPerNode === undefined ? [] : ['numProcPerNode'])],
      finding,
    )
}

/** A copy without what the API server, kubectl and the operator keep in it for themselves. */
function cleaned<T extends TrainerObject>(object: T): T {
  const { status: _status, ...rest } = object
  const copy = clone(rest) as T
  const { annotations: own, ...metadata } = copy.metadata
  const left = Object.entries(metadata).filter(([field]) => !serverFields.has(field))
  const noted = Object.entries(own ?? {}).filter(([key]) => key !== lastApplied)
  copy.metadata = {
    ...(Object.fromEntries(left) as ObjectMeta),
    ...(noted.length > 0 ? { annotations: Object.fromEntries(noted) } : {}),
  }
  return copy
}

function valueAt(object: KubeObject, path: readonly PathStep[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<PathStep, unknown> | undefined)?.[step], object)
}

function remove(object: KubeObject, path: readonly PathStep[]): void {
  const around = valueAt(object, path.slice(0, -1)) as Record<PathStep, unknown> | undefined
  const last = path.at(-1)
  if (around && last !== undefined) delete around[last]
}

function refuseLost({ kind, metadata }: KubeObject, findings: readonly Finding[], accept: readonly string[]): void {
  const lost = findings.filter((finding) => finding.class === 'lost' && !accept.includes(finding.code))
  if (lost.length === 0) return
  throw new Problem({
    code: 'lost',
    what: `${kind} ${metadata.name ?? ''} is not rewritten: ${lost[0]?.message}`,
    where: lost[0]?.path,
    why: lost.map(({ path, message }) => `${path}: ${message}`).join('\n'),
    next: [...new Set(lost.map(({ code }) => `--accept ${code}   (it is left out then)`))],
    exit: exitCode.no,
  })
}

function refuseTooMuch({ kind, metadata, spec }: TrainJob, to: Dialect): void {
  const over = tooMuch(spec.trainer, to)
  if (!over) return
  throw new Problem({
    code: 'too-much',
    what: `${kind} ${metadata.name ?? ''} is not rewritten: Trainer ${to.release} takes ${over.most} in ${over.path}`,
    where: over.path,
    next: ['put what is too much into the runtime'],
    exit: exitCode.no,
  })
}
