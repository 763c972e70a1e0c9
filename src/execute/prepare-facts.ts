import type { Cluster } from '../cluster/cluster.ts'
import type { Facts } from '../migration/facts.ts'
import type { Queueing } from '../migration/queue.ts'
import type { MoveVerb } from '../migration/rights.ts'
import type { Waiting } from '../migration/waiting.ts'
import { type Gap, settle } from '../read/gaps.ts'
import { readNeighbours } from '../read/neighbours.ts'
import { readRecords, type StoredRecord } from '../read/records.ts'
import { readQuotas, readTwins, twinOf } from '../read/twins.ts'
import { checkRights } from './check-rights.ts'
import { Observer } from './observer.ts'
import type { JobConverted } from './prepare-conversion.ts'
import type { JobRead, PrepareOptions } from './prepare-job.ts'
import { anotherTwin, refuse, refusedProblem, unmadeWorkload } from './prepare-refusals.ts'
import { removedTwin } from './read-back.ts'
import { queueingOf } from './read-queueing.ts'
import { readWaiting } from './read-waiting.ts'

/** What Kueue has to do with the job. Throws a Problem: `guard-rights`, and where Kueue is about to take it up. */
export async function queueOfJob(
  cluster: Cluster,
  options: PrepareOptions,
  { kind, v1, dialect, reading }: JobRead,
  { conversion }: JobConverted,
  verb: MoveVerb,
): Promise<Queueing | undefined> {
  const { served } = typeof reading.workloads === 'string' ? { served: undefined } : reading.workloads
  const queued = served !== undefined && (reading.name !== undefined || reading.workload !== undefined)
  const needs = { kind: kind.resource, extras: conversion.extras.length > 0, queued }
  await checkRights(cluster, verb, { ...needs, runtimeExists: true }, v1)
  if (options.twin) return undefined
  const queue = await queueingOf(cluster, kind, v1, reading, { dialect, patience: options.queueTimeout ?? 0 })
  if (queue === 'unmade') throw refusedProblem(v1, [unmadeWorkload])
  return queue
}

/** A job whose facts are known, and all around it that guards look at. */
export interface JobObserved {
  readonly observer: Observer
  /** as they were read */
  readonly facts: Facts
  /** of its migrations, the oldest first */
  readonly records: readonly StoredRecord[]
  readonly neighbours: Awaited<ReturnType<typeof readNeighbours>>['objects']
  readonly quotas: Awaited<ReturnType<typeof readQuotas>>
  readonly waiting: Waiting | undefined
  readonly gaps: readonly Gap[]
}

/** Reads what stands of either side and around them. Throws a Problem, `guard-twin-exists`, where a twin is asked for and another is there. */
export async function observeJob(
  cluster: Cluster,
  options: PrepareOptions,
  { kind, v1, name, uid }: JobRead,
  { conversion: { runtime, trainJob, extras } }: JobConverted,
  queue: Queueing | undefined,
  verb: MoveVerb,
): Promise<JobObserved> {
  const { namespace } = options
  const trainJobName = trainJob.metadata.name ?? name
  const [twins, records] = await settle(readTwins(cluster, namespace, name), readRecords(cluster, namespace, uid))
  const others = twins.filter(({ metadata }) => metadata.name !== trainJobName)
  const beside = twinOf(others, uid)
  if (options.twin && beside !== undefined) refuse(v1, [anotherTwin(kind.kind, namespace, name, beside)], verb)
  const workloads = queue?.workloads
  const twin = beside ?? removedTwin(records, trainJobName)
  const target = {
    kind,
    namespace,
    name,
    trainJobName,
    uid,
    runtime: runtime.metadata.name ?? '',
    extras,
    twin,
    workloads,
  }
  const observer = new Observer(cluster, target, options)
  const [, { objects, gaps }, quotas, waiting] = await settle(
    observer.read(),
    readNeighbours(cluster, namespace),
    options.twin || options.way === 'overlap' ? readQuotas(cluster, namespace) : [],
    options.twin || options.way ? undefined : readWaiting(cluster, namespace, workloads),
  )
  const { facts } = observer
  return { observer, facts, records, neighbours: objects, quotas, waiting, gaps: [...gaps, ...(waiting?.gaps ?? [])] }
}
