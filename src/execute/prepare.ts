import type { Cluster } from '../cluster/cluster.ts'
import { neighbourRows } from '../compare/neighbours.ts'
import { acceptedCodes, convertJob } from '../convert/convert.ts'
import { type Decisions, decisionsFor } from '../convert/decisions.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import { exitCode } from '../exit-code.ts'
import { hashJson } from '../kube/hash.ts'
import type { KubeObject } from '../kube/object.ts'
import { podState } from '../kube/pod-state.ts'
import { admissionOf } from '../migration/admission.ts'
import { carriedMigration, recordToContinue } from '../migration/choose-record.ts'
import { suspendBefore } from '../migration/course.ts'
import type { Plan } from '../migration/facts.ts'
import type { Refused } from '../migration/guards/guard.ts'
import { jobGuards, refusals, targetGuards } from '../migration/guards/index.ts'
import { holdOf } from '../migration/hold.ts'
import { type MigrationRecord, sawStop } from '../migration/record.ts'
import { Problem } from '../problem.ts'
import { configMapShelf } from '../read/config-maps.ts'
import { readDialect } from '../read/dialect.ts'
import { type Gap, settle } from '../read/gaps.ts'
import { readNeighbours } from '../read/neighbours.ts'
import { readRecords, type StoredRecord } from '../read/records.ts'
import type { JobReference } from '../read/reference.ts'
import { resolveJob } from '../read/resolve.ts'
import { readWorkloads, workloadOf } from '../read/workloads.ts'
import { checkRights, checkRuntimeRight } from './check-rights.ts'
import { Observer } from './observer.ts'

export interface PrepareOptions {
  readonly reference: JobReference
  readonly namespace: string
  readonly toolVersion: string
  /** codes of `lost` findings that are accepted by name */
  readonly accept: readonly string[]
  /** how an MPIJob's launcher reaches its workers; a decision may say so as well */
  readonly mpi?: MpiTransport
  readonly podLabels?: 'v1'
  readonly decisions?: Decisions
  /** milliseconds v2 must stay healthy */
  readonly observe: number
  readonly requireResume?: boolean
  /** make the runtime where it is not there; else a cutover without it is refused */
  readonly createRuntime: boolean
  readonly now: () => Date
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** A job that passed every guard, and the watcher of its facts. */
export interface Prepared {
  readonly plan: Plan
  readonly observer: Observer
  readonly migration: Migration
  /** policies and the like that may not be read, so that no guard knows whether they select v2's pods */
  readonly gaps: readonly Gap[]
}

/** The record of a migration, as an earlier run left it or as it will be begun. */
export interface Migration {
  readonly record: MigrationRecord
  /** absent where the record is not there yet */
  readonly stored?: StoredRecord
}

/** milliseconds the API server gets to tell what became of v1's pods */
export const readingBack = 10_000

/** Number of guards a job has passed when it is prepared. */
export const guardCount = jobGuards.length + targetGuards.length

/**
 * Reads a job and everything the guards look at, converts and proves it. Nothing is written.
 * Throws a Problem: what `resolveJob` and `convertJob` say, and `guard-CODE` (exit 1) for each guard that refuses.
 */
export async function prepare(cluster: Cluster, options: PrepareOptions): Promise<Prepared> {
  const { reference, namespace, now } = options
  const [{ kind, object: v1 }, dialect] = await settle(
    resolveJob(cluster, reference, namespace, 'cutover'),
    readDialect(cluster),
  )
  const name = v1.metadata.name ?? reference.name
  const workload = workloadOf(await readWorkloads(cluster, namespace, v1.metadata.uid), v1.metadata.uid)
  refuse(v1, refusals(jobGuards, { kind, namespace, name, v1, workload }))

  const { toolVersion, accept, observe, requireResume } = options
  const { runtime: wanted, mpi, ...decided } = decisionsOf(options, v1)
  if (wanted !== undefined) throw runtimeDecided(v1, wanted)
  // the step that makes the TrainJob suspends it whatever the conversion says
  const conversion = convertJob(v1, {
    live: true,
    run: true,
    anyName: true,
    dialect,
    toolVersion,
    configMaps: await configMapShelf(cluster).of(v1),
    accept,
    ...decided,
    mpi,
  })
  const uid = v1.metadata.uid ?? ''
  const runtime = conversion.runtime.metadata.name ?? ''
  const { job, extras } = conversion
  const needs = { kind: kind.resource, extras: extras.length > 0 }
  await checkRights(cluster, 'cutover', { ...needs, runtimeExists: true }, v1)
  const observer = new Observer(cluster, { kind, namespace, name, trainJobName: name, uid, runtime, extras }, now)
  const [records, , { objects, gaps }] = await settle(
    readRecords(cluster, namespace, uid),
    observer.read(),
    readNeighbours(cluster, namespace),
  )
  const { facts } = observer
  const carried = carriedMigration(facts, uid)
  const stored = recordToContinue(records, carried)
  if (stored === 'gone') throw refusedProblem(v1, [recordGone(kind.kind, namespace, name)])
  const id = stored?.record.id ?? crypto.randomUUID()
  const hold = holdOf(facts.v1)
  const stopSeen = (stored !== undefined && sawStop(stored.record)) || facts.trainJob?.spec.suspend === false
  if (hold && !stopSeen) await observer.readBack(hold, options.sleep(readingBack))
  const plan: Plan = {
    kind,
    namespace,
    name,
    trainJobName: name,
    uid,
    migration: id,
    sawStop: stopSeen,
    job,
    generation: v1.metadata.generation,
    conversion,
    suspendBefore: suspendBefore(job),
    // a job an earlier run holds has no pods to count
    readyBefore: holdOf(v1)?.ready ?? facts.v1Pods.filter((pod) => podState(pod).ready).length,
    admission: admissionOf(conversion.proof.v1, facts.v1Pods),
    observe,
    requireResume,
  }
  const neighbours = neighbourRows(objects, conversion.proof.comparison.pairs)
  const codes = acceptedCodes({ accept, accepted: decided.accepted })
  refuse(v1, refusals(targetGuards, { facts, plan, neighbours, accepted: codes }))
  if (!facts.runtime) await checkRuntimeRight(cluster, runtime, options.createRuntime, v1)
  if (stored !== undefined) return { plan, observer, gaps, migration: { record: stored.record, stored } }
  const attempt = (records.at(-1)?.record.attempt ?? 0) + 1
  const before = { suspend: plan.suspendBefore, ready: plan.readyBefore }
  const hashes = { v1: hashJson(v1['spec']), trainJob: hashJson(conversion.trainJob.spec), runtime }
  const record: MigrationRecord = {
    ...{ id, kind: kind.kind, namespace, name, uid, attempt, state: 'moving', before, hashes },
    runs: [],
    entries: [],
  }
  return { plan, observer, gaps, migration: { record } }
}

/** Without its record nobody knows how far an earlier run came, and only the way back is the same from everywhere. */
function recordGone(kind: string, namespace: string, name: string): Refused & { readonly code: string } {
  return {
    code: 'record-gone',
    message: 'an earlier run moved it, and the record of that is gone',
    why: 'how far that run came is not guessed',
    remedy: [
      `$0 rollback ${kind.toLowerCase()}/${name} -n ${namespace}   (goes by the objects alone; then cut over again)`,
    ],
  }
}

/** What flags and the decisions file say of a job; a flag has the last word. */
function decisionsOf({ decisions, mpi, podLabels: wanted, now, namespace }: PrepareOptions, v1: KubeObject) {
  if (!decisions) return { mpi, podLabels: wanted }
  const { accepted, expired, podLabels, runtime, ...decided } = decisionsFor(decisions, v1, now(), namespace)
  return { accepted, expired, podLabels: wanted ?? podLabels, runtime, mpi: mpi ?? decided.mpi }
}

/** To run the job on another runtime than was decided would be worse than not to run it. */
function runtimeDecided({ kind, metadata: { namespace, name = '' } }: KubeObject, runtime: string): Problem {
  return new Problem({
    code: 'runtime-decided',
    what: `${namespace}/${name} is not cut over: the decisions file wants it on runtime ${runtime}`,
    why: 'cutover makes a runtime of the job’s own shape, and does not put jobs on others yet; nothing was changed',
    next: [`$0 convert ${kind.toLowerCase()}/${name} -n ${namespace} --runtime ${runtime}   (for a move by hand)`],
    exit: exitCode.no,
  })
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
    next: refused.flatMap(({ remedy }) => remedy),
    exit: exitCode.no,
  })
}

function refuse(job: KubeObject, refused: readonly (Refused & { readonly code: string })[]): void {
  if (refused.length > 0) throw refusedProblem(job, refused)
}
