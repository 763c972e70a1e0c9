import type { Cluster } from '../cluster/cluster.ts'
import { exitCode } from '../exit-code.ts'
import { queueLabel } from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import { carriedMigration, recordToContinue } from '../migration/choose-record.ts'
import { suspendBefore } from '../migration/course.ts'
import type { Queueing } from '../migration/queue.ts'
import type { MigrationRecord } from '../migration/record.ts'
import type { RollbackPlan } from '../migration/rollback.ts'
import { Problem } from '../problem.ts'
import { settle } from '../read/gaps.ts'
import { readRecordsOfJob } from '../read/job-records.ts'
import type { JobReference } from '../read/reference.ts'
import { resolveJob } from '../read/resolve.ts'
import { readTwins, twinOf } from '../read/twins.ts'
import { readWorkloads, workloadOf } from '../read/workloads.ts'
import { parseV1Job, type V1Job } from '../v1/job.ts'
import type { KindInfo } from '../v1/kinds.ts'
import { checkRights } from './check-rights.ts'
import { Observer } from './observer.ts'
import type { Migration } from './prepare.ts'
import { readBack, readyBefore, removedTwin, stopWasSeen } from './read-back.ts'
import { heldByWorkload, waitsForQuota } from './read-queueing.ts'

/** A job on its way back, and the watcher of its facts. */
export interface PreparedRollback {
  readonly plan: RollbackPlan
  readonly observer: Observer
  readonly migration: Migration
  /** nothing tells of the cutover that is taken back: its objects alone do */
  readonly unrecorded: boolean
}

/**
 * Reads what a way back is decided on. It is not converted again: a job that could no longer be cut over can still go back.
 * Throws a Problem as `resolveJob` does, and `invalid-job` for one Training Operator would not run.
 */
export async function prepareRollback(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
  rerun: boolean,
  { now, sleep }: { readonly now: () => Date; readonly sleep: (milliseconds: number) => Promise<void> },
): Promise<PreparedRollback> {
  const { kind, object: v1 } = await resolveJob(cluster, reference, namespace, 'rollback')
  const job = parsedJob(kind, v1)
  const name = v1.metadata.name ?? reference.name
  const uid = v1.metadata.uid ?? ''
  const queue = await queueOfHeld(cluster, kind, v1)
  const [{ records, formerUid }, twins] = await settle(
    readRecordsOfJob(cluster, namespace, v1),
    readTwins(cluster, namespace, name),
  )
  const twin = twinOf(twins, uid, formerUid) ?? removedTwin(records, name)
  const observer = new Observer(
    cluster,
    { kind, namespace, name, trainJobName: name, uid, twin, workloads: queue?.workloads },
    { now, sleep },
  )
  await observer.read()
  const ready = readyBefore(observer.facts, { uid, queue })
  const carried = carriedMigration(observer.facts, uid, formerUid)
  const found = recordToContinue(records, carried)
  const stored = found === 'gone' ? undefined : found
  const stopSeen = stopWasSeen(stored?.record, observer.facts, queue)
  await readBack(observer, { uid, queue }, stored?.record, stopSeen, sleep)
  const before = { suspend: suspendBefore(job, observer.facts, queue), ready }
  const record: MigrationRecord = stored?.record ?? {
    ...{ id: carried ?? crypto.randomUUID(), kind: kind.kind, namespace, name, uid, state: 'returning', before },
    attempt: (records.at(-1)?.record.attempt ?? 0) + 1,
    hashes: {},
    runs: [],
    entries: [],
  }
  const plan: RollbackPlan = {
    ...{ kind, namespace, name, trainJobName: name, uid, formerUid, job, queue, rerun },
    migration: stored === undefined ? carried : stored.record.id,
    sawStop: stopSeen,
    suspendBefore: before.suspend,
    readyBefore: ready,
  }
  return { plan, observer, migration: { record, stored }, unrecorded: found === 'gone' }
}

/** What Kueue has to do with a job that may be held. Throws a Problem, `guard-rights`, for whoever may not go back. */
async function queueOfHeld(cluster: Cluster, kind: KindInfo, v1: KubeObject): Promise<Queueing | undefined> {
  const { uid = '', namespace = '', labels } = v1.metadata
  const workloads = await readWorkloads(cluster, namespace, uid)
  const queued = heldByWorkload(v1) || workloadOf(workloads, uid) !== undefined
  const needs = { kind: kind.resource, extras: false, runtimeExists: true, queued: queued && workloads !== 'absent' }
  await checkRights(cluster, 'rollback', needs, v1)
  if (!queued || typeof workloads === 'string') return undefined
  const { served } = workloads
  const always = { v1: true, v2: true, gates: true, marks: false }
  return { workloads: served, name: labels?.[queueLabel], ...always, waited: waitsForQuota(v1) }
}

/** Throws a Problem for a job Training Operator would not run. */
export function parsedJob(kind: KindInfo, v1: KubeObject): V1Job {
  const parsed = parseV1Job(v1)
  if ('job' in parsed) return parsed.job
  const { name, namespace } = v1.metadata
  throw new Problem({
    code: 'invalid-job',
    what: `${kind.kind} ${namespace}/${name} is not a job Training Operator would run`,
    why: parsed.problems.map(({ path, message }) => `${path} ${message}`).join('; '),
    exit: exitCode.usage,
  })
}
