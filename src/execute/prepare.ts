import type { Cluster } from '../cluster/cluster.ts'
import { neighbourRows } from '../compare/neighbours.ts'
import { quotaRows } from '../compare/quota.ts'
import { acceptedCodes } from '../convert/accepted.ts'
import { type Conversion, type ConvertOptions, convertJob } from '../convert/convert.ts'
import { type Decisions, decisionsFor } from '../convert/decisions.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import { convertTwin } from '../convert/twin.ts'
import { exitCode } from '../exit-code.ts'
import { hashJson } from '../kube/hash.ts'
import type { KubeObject } from '../kube/object.ts'
import { podState } from '../kube/pod-state.ts'
import { admissionOf } from '../migration/admission.ts'
import { carriedMigration, recordToContinue } from '../migration/choose-record.ts'
import { suspendBefore } from '../migration/course.ts'
import type { Plan } from '../migration/facts.ts'
import type { Refused } from '../migration/guards/guard.ts'
import {
  jobGuards,
  overlapGuards,
  refusals,
  targetGuards,
  twinGuards,
  twinJobGuards,
} from '../migration/guards/index.ts'
import { twinQueued } from '../migration/guards/queues.ts'
import { promotionRefusal, type Way } from '../migration/other-ways.ts'
import { isStarted, standingHold } from '../migration/queue.ts'
import { type MigrationRecord, ranBeside, sawStop } from '../migration/record.ts'
import type { MoveVerb } from '../migration/rights.ts'
import { claimNames, sharedVolumes } from '../migration/shared-volumes.ts'
import { Problem } from '../problem.ts'
import { configMapShelf } from '../read/config-maps.ts'
import { readDialect } from '../read/dialect.ts'
import { type Gap, settle } from '../read/gaps.ts'
import { readNeighbours } from '../read/neighbours.ts'
import { readRecords, type StoredRecord } from '../read/records.ts'
import type { JobReference } from '../read/reference.ts'
import { resolveJob } from '../read/resolve.ts'
import type { Reviewed } from '../read/reviewed-file.ts'
import { readClaims, readQuotas, readTwins, twinOf } from '../read/twins.ts'
import { asSubmitted } from '../v1/as-submitted.ts'
import { parseV1Job, type V1Job } from '../v1/job.ts'
import { v1Pods } from '../v1/pods.ts'
import { asAgreed } from './agreed.ts'
import { checkRights, checkRuntimeRight, movedBy } from './check-rights.ts'
import { decideTwin, type TwinAsked, type TwinDecided } from './decide-twin.ts'
import { leftPrepared } from './left-prepared.ts'
import { Observer } from './observer.ts'
import { anotherTwin, otherMove, recordGone, runtimeDecided, unmadeWorkload } from './prepare-refusals.ts'
import { readBack, removedTwin } from './read-back.ts'
import { queueingOf, readQueueing } from './read-queueing.ts'
import { readWaiting } from './read-waiting.ts'

export interface PrepareOptions {
  readonly reference: JobReference
  readonly namespace: string
  readonly toolVersion: string
  /** codes of `lost` findings that are accepted by name */
  readonly accept: readonly string[]
  /** how an MPIJob's launcher reaches its workers; a decision may say so as well */
  readonly mpi?: MpiTransport
  readonly podLabels?: 'v1'
  readonly gangScheduler?: string
  readonly decisions?: Decisions
  /** milliseconds v2 must stay healthy */
  readonly observe: number
  readonly requireResume?: boolean
  /** milliseconds it may wait for quota */
  readonly queueTimeout?: number
  /** make the runtime where it is not there; else a cutover without it is refused */
  readonly createRuntime: boolean
  /** its twin takes v1's place, or v2 starts before v1 stops */
  readonly way?: Way
  /** the TrainJob and runtime that were agreed to */
  readonly reviewed?: Reviewed
  /** a twin beside v1 instead of the TrainJob in its place */
  readonly twin?: TwinAsked
  /** reads which release Trainer's operator is */
  readonly trainerRelease: () => Promise<string | undefined>
  readonly now: () => Date
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** A job that passed every guard, and the watcher of its facts. */
export interface Prepared {
  readonly plan: Plan
  readonly observer: Observer
  readonly migration: Migration
  /** policies and the like that may not be read, so that no guard knows whether they select v2's pods; pods, whether they wait for v1's room */
  readonly gaps: readonly Gap[]
}

/** The record of a migration, as an earlier run left it or as it will be begun. */
export interface Migration {
  readonly record: MigrationRecord
  /** absent where the record is not there yet */
  readonly stored?: StoredRecord
}

/** Number of guards a job has passed when it is prepared. */
export const guardCount = jobGuards.length + targetGuards.length

/**
 * Reads a job and everything the guards look at, converts and proves it. Nothing is written.
 * Throws a Problem: what `resolveJob` and `convertJob` say, and `guard-CODE` (exit 1) for each guard that refuses.
 */
export async function prepare(cluster: Cluster, options: PrepareOptions): Promise<Prepared> {
  const { reference, namespace, now } = options
  const verb = options.twin ? 'start' : 'cutover'
  const [{ kind, object: v1 }, dialect, trainerRelease] = await settle(
    resolveJob(cluster, reference, namespace, verb),
    readDialect(cluster),
    options.trainerRelease(),
  )
  const name = v1.metadata.name ?? reference.name
  const reading = await readQueueing(cluster, namespace, v1)
  const { workload, unread: queueUnread, name: queueName } = reading
  const jobEvidence = { kind, namespace, name, v1, workload, queueName, queueUnread }
  const unfit = refusals(options.twin ? twinJobGuards : jobGuards, jobEvidence)
  const alone = !options.twin && unfit.length === 1 && unfit[0]?.code === 'finished'
  if (!(alone && (await leftPrepared(cluster, v1)))) refuse(v1, unfit, verb)
  // a queue decides when either side runs: v2 beside v1 would wait for what v1 holds
  if (options.way) refuse(v1, refusals([twinQueued], jobEvidence), verb)

  const { toolVersion, accept, observe, requireResume } = options
  const { runtime: wanted, mpi, ...decided } = decisionsOf(options, v1)
  if (wanted !== undefined) throw runtimeDecided(v1, wanted, verb)
  // the step that makes the TrainJob suspends it whatever the conversion says
  const uid = v1.metadata.uid ?? ''
  const kept = options.way === 'keep-name' ? await promotable(cluster, v1, kind.kind, namespace, name) : undefined
  const { job, twin, ...made } = await converted(cluster, asSubmitted(v1, workload), options.twin, {
    live: true,
    run: true,
    anyName: true,
    dialect,
    toolVersion,
    configMaps: await configMapShelf(cluster).of(v1),
    accept,
    ...decided,
    mpi,
    ...(kept === undefined ? {} : { name: kept }),
  })
  const conversion = asAgreed(made.conversion, options.reviewed, dialect)
  if ('code' in conversion) throw refusedProblem(v1, [conversion])
  const runtime = conversion.runtime.metadata.name ?? ''
  const trainJobName = conversion.trainJob.metadata.name ?? name
  const { extras } = conversion
  const { served } = typeof reading.workloads === 'string' ? { served: undefined } : reading.workloads
  const queued = served !== undefined && (queueName !== undefined || workload !== undefined)
  const needs = { kind: kind.resource, extras: extras.length > 0, queued }
  await checkRights(cluster, verb, { ...needs, runtimeExists: true }, v1)
  const asked = { dialect, patience: options.queueTimeout ?? 0 }
  const queue = options.twin ? undefined : await queueingOf(cluster, kind, v1, reading, asked)
  if (queue === 'unmade') throw refusedProblem(v1, [unmadeWorkload])
  const [twins, records] = await settle(readTwins(cluster, namespace, name), readRecords(cluster, namespace, uid))
  const others = twins.filter(({ metadata }) => metadata.name !== trainJobName)
  const beside = twinOf(others, uid)
  if (options.twin && beside !== undefined) refuse(v1, [anotherTwin(kind.kind, namespace, name, beside)], verb)
  const workloads = queue?.workloads
  const left = beside ?? removedTwin(records, trainJobName)
  const target = { kind, namespace, name, trainJobName, uid, runtime, extras, twin: left, workloads }
  const observer = new Observer(cluster, target, now)
  const [, { objects, gaps: unlisted }, quotas, waiting] = await settle(
    observer.read(),
    readNeighbours(cluster, namespace),
    options.twin || options.way === 'overlap' ? readQuotas(cluster, namespace) : [],
    options.twin || options.way ? undefined : readWaiting(cluster, namespace, workloads),
  )
  const { facts } = observer
  const carried = carriedMigration(facts, uid)
  const stored = recordToContinue(records, carried)
  if (stored === 'gone') throw refusedProblem(v1, [recordGone(kind.kind, namespace, name)])
  const other = options.twin && stored && otherMove(stored.record)
  if (other) refuse(v1, [other], verb)
  const id = stored?.record.id ?? crypto.randomUUID()
  const stopSeen =
    stored && ranBeside(stored.record)
      ? sawStop(stored.record)
      : (stored !== undefined && sawStop(stored.record)) ||
        (facts.trainJob !== undefined && isStarted(facts.trainJob, { queue }))
  await readBack(observer, { uid, queue }, stored?.record, stopSeen, options.sleep)
  const plan: Plan = {
    kind,
    namespace,
    name,
    trainJobName,
    uid,
    migration: id,
    sawStop: stopSeen,
    job,
    generation: v1.metadata.generation,
    conversion,
    suspendBefore: suspendBefore(job, facts, queue),
    // a job an earlier run holds has no pods to count
    readyBefore: standingHold(facts, { uid, queue })?.ready ?? facts.v1Pods.filter((pod) => podState(pod).ready).length,
    admission: admissionOf(twin ? v1Pods(job) : conversion.proof.v1, facts.v1Pods),
    observe,
    requireResume,
    queue,
  }
  const neighbours = neighbourRows(objects, conversion.proof.comparison.pairs)
  const gaps = [...unlisted, ...(waiting?.gaps ?? [])]
  const codes = acceptedCodes({ accept, accepted: decided.accepted })
  const evidence = { facts, plan, neighbours, accepted: codes, dialect, trainerRelease, waiting }
  if (options.way === 'overlap') {
    const shared = sharedVolumes(job, await readClaims(cluster, namespace, claimNames(job)))
    const rows = quotaRows(quotas, conversion.proof.v1, conversion.proof.v2)
    refuse(v1, refusals(overlapGuards, { ...evidence, quotas: rows, shared }), verb)
  } else if (!options.twin || !twin) refuse(v1, refusals(targetGuards, evidence), verb)
  else {
    const { suffix, flags, isolate } = options.twin
    const rows = quotaRows(quotas, v1Pods(job), conversion.proof.v2)
    const { undecided } = twin
    refuse(v1, refusals(twinGuards, { ...evidence, suffix, flags, isolate, quotas: rows, undecided }), verb)
  }
  if (!facts.runtime) await checkRuntimeRight(cluster, runtime, options.createRuntime, v1, verb)
  const before = { suspend: plan.suspendBefore, ready: plan.readyBefore }
  const hashes = { v1: hashJson(v1['spec']), trainJob: hashJson(conversion.trainJob.spec), runtime }
  if (stored !== undefined) {
    // v1 has run on beside its twin
    const record = stored.record.state === 'started' ? { ...stored.record, before, hashes } : stored.record
    return { plan, observer, gaps, migration: { record, stored } }
  }
  const attempt = (records.at(-1)?.record.attempt ?? 0) + 1
  const record: MigrationRecord = {
    ...{ id, kind: kind.kind, namespace, name, uid, attempt, state: 'moving', before, hashes },
    runs: [],
    entries: [],
  }
  return { plan, observer, gaps, migration: { record } }
}

/** A job converted to the TrainJob in its place, or to the twin that is asked for. */
async function converted(
  cluster: Cluster,
  v1: KubeObject,
  asked: TwinAsked | undefined,
  options: ConvertOptions,
): Promise<{ readonly conversion: Conversion; readonly job: V1Job; readonly twin?: TwinDecided }> {
  const parsed = asked && parseV1Job(v1)
  if (!parsed || !('job' in parsed)) {
    const conversion = convertJob(v1, options)
    return { conversion, job: conversion.job }
  }
  const { job } = parsed
  const twin = await decideTwin(cluster, job, asked)
  return { conversion: convertTwin(job, `${job.name}${asked.suffix}`, twin.changes, options), job, twin }
}

/** Name of the twin that takes v1's place: a whole copy. */
async function promotable(
  cluster: Cluster,
  v1: KubeObject,
  kind: string,
  namespace: string,
  name: string,
): Promise<string> {
  const twins = await readTwins(cluster, namespace, name)
  const twin = twins.find((candidate) => candidate.metadata.name === twinOf(twins, v1.metadata.uid))
  const refusal = promotionRefusal(twin, `${kind.toLowerCase()}/${name} -n ${namespace}`)
  if (refusal) throw refusedProblem(v1, [refusal], movedBy.cutover)
  return twin?.metadata.name ?? ''
}

/** What flags and the decisions file say of a job; a flag has the last word. */
function decisionsOf({ decisions, mpi, podLabels, gangScheduler, now, namespace }: PrepareOptions, v1: KubeObject) {
  const { accepted, expired, runtime, ...decided } = decisionsFor(decisions ?? { jobs: [] }, v1, now(), namespace)
  return {
    ...{ accepted, expired, runtime },
    mpi: mpi ?? decided.mpi,
    podLabels: podLabels ?? decided.podLabels,
    gangScheduler: gangScheduler ?? decided.gangScheduler,
  }
}

/** The Problem of a job that guards refuse to move; the first one names it. */
export function refusedProblem(
  job: KubeObject,
  refused: readonly (Refused & { readonly code: string })[],
  moved = 'cut over',
): Problem {
  const [first, ...more] = refused
  const { namespace, name } = job.metadata
  const told = more.map(({ message }) => `and ${message}`)
  return new Problem({
    code: `guard-${first?.code ?? ''}`,
    what: `${namespace}/${name} is not ${moved}: ${first?.message ?? ''}`,
    why: [...(first?.why === undefined ? [] : [first.why]), ...told, 'nothing was changed'].join('\n'),
    next: [...new Set(refused.flatMap(({ remedy }) => remedy))],
    exit: exitCode.no,
  })
}

function refuse(job: KubeObject, refused: readonly (Refused & { readonly code: string })[], verb: MoveVerb): void {
  if (refused.length > 0) throw refusedProblem(job, refused, movedBy[verb])
}
