import type { Cluster } from '../cluster/cluster.ts'
import { hashJson } from '../kube/hash.ts'
import type { KubeObject } from '../kube/object.ts'
import { admissionOf } from '../migration/admission.ts'
import { carriedMigration, recordToContinue } from '../migration/choose-record.ts'
import { suspendBefore } from '../migration/course.ts'
import type { Plan } from '../migration/facts.ts'
import { jobGuards, targetGuards } from '../migration/guards/index.ts'
import { v1Annotations } from '../migration/hold.ts'
import { hasMovedSpec } from '../migration/moved-spec.ts'
import type { Queueing } from '../migration/queue.ts'
import type { MigrationRecord } from '../migration/record.ts'
import type { MoveVerb } from '../migration/rights.ts'
import type { Gap } from '../read/gaps.ts'
import type { StoredRecord } from '../read/records.ts'
import { v1Pods } from '../v1/pods.ts'
import { isSuspended } from '../v1/state.ts'
import { checkRuntimeRight } from './check-rights.ts'
import type { Observer } from './observer.ts'
import { convertRead, type JobConverted } from './prepare-conversion.ts'
import { type JobObserved, observeJob, queueOfJob } from './prepare-facts.ts'
import { refuseGuarded } from './prepare-guards.ts'
import { type JobRead, type PrepareOptions, readJobToMove } from './prepare-job.ts'
import { changedSinceBegun, otherMove, recordGone, refuse, refusedProblem } from './prepare-refusals.ts'
import { readBack, readyBefore, stopWasSeen } from './read-back.ts'

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
  const verb = options.twin ? 'start' : 'cutover'
  const read = await readJobToMove(cluster, options, verb)
  const made = await convertRead(cluster, options, read, verb)
  const queue = await queueOfJob(cluster, options, read, made, verb)
  const observed = await observeJob(cluster, options, read, made, queue, verb)
  const { observer, facts, records, gaps } = observed
  const stored = continued(options, read, observed, verb)
  const sawStop = stopWasSeen(stored?.record, facts, queue)
  await readBack(observer, { uid: read.uid, queue }, stored?.record, sawStop, options.sleep)
  const id = stored?.record.id ?? crypto.randomUUID()
  const plan = planOf(options, read, made, observed, { id, sawStop, queue })
  await refuseGuarded(cluster, options, read, made, observed, plan, verb)
  const runtime = made.conversion.runtime.metadata.name ?? ''
  if (!facts.runtime) await checkRuntimeRight(cluster, runtime, options.createRuntime, read.v1, verb)
  return { plan, observer, gaps, migration: migrationOf(plan, read.v1, stored, records) }
}

/** The record of the migration that is gone on with, where there is one. Throws a Problem where it is gone, or of another move. */
function continued(
  { namespace, twin }: PrepareOptions,
  { kind, v1, name, uid }: JobRead,
  { facts, records }: JobObserved,
  verb: MoveVerb,
): StoredRecord | undefined {
  const stored = recordToContinue(records, carriedMigration(facts, uid))
  if (stored === 'gone') throw refusedProblem(v1, [recordGone(kind.kind, namespace, name)])
  const other = twin && stored && otherMove(stored.record)
  if (other) refuse(v1, [other], verb)
  if (stored && isOutdated(stored.record, facts.v1 ?? v1))
    refuse(v1, [changedSinceBegun(kind.kind, namespace, name)], verb)
  return stored
}

/** Whether a record keeps another v1 than there is; beside a twin v1 runs on, and one that is held says itself whether it was changed. */
function isOutdated(record: MigrationRecord, v1: KubeObject): boolean {
  const held = isSuspended(v1) && v1.metadata.annotations?.[v1Annotations.held] !== undefined
  return record.state !== 'started' && !held && !hasMovedSpec(v1, record)
}

function planOf(
  { namespace, observe, requireResume }: PrepareOptions,
  { kind, v1, name, uid }: JobRead,
  { job, conversion, twin }: JobConverted,
  { facts }: JobObserved,
  { id, sawStop, queue }: { readonly id: string; readonly sawStop: boolean; readonly queue: Queueing | undefined },
): Plan {
  return {
    ...{ kind, namespace, name, uid, job, conversion, observe, requireResume, queue, sawStop },
    trainJobName: conversion.trainJob.metadata.name ?? name,
    migration: id,
    generation: v1.metadata.generation,
    suspendBefore: suspendBefore(job, facts, queue),
    readyBefore: readyBefore(facts, { uid, queue }),
    admission: admissionOf(twin ? v1Pods(job) : conversion.proof.v1, facts.v1Pods),
  }
}

/** The record of an earlier run, or the one that will be begun. */
function migrationOf(
  plan: Plan,
  v1: JobRead['v1'],
  stored: StoredRecord | undefined,
  records: readonly StoredRecord[],
): Migration {
  const { kind, namespace, name, uid, conversion, migration: id = '' } = plan
  const before = { suspend: plan.suspendBefore, ready: plan.readyBefore }
  const runtime = conversion.runtime.metadata.name ?? ''
  const hashes = { v1: hashJson(v1['spec']), trainJob: hashJson(conversion.trainJob.spec), runtime }
  if (stored !== undefined) {
    // v1 has run on beside its twin
    const record = stored.record.state === 'started' ? { ...stored.record, before, hashes } : stored.record
    return { record, stored }
  }
  const attempt = (records.at(-1)?.record.attempt ?? 0) + 1
  return {
    record: {
      ...{ id, kind: kind.kind, namespace, name, uid, attempt, state: 'moving', before, hashes },
      runs: [],
      entries: [],
    },
  }
}
