import type { Cluster } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import type { Facts } from '../migration/facts.ts'
import type { Refused } from '../migration/guards/guard.ts'
import { beganHold, sawStop } from '../migration/record.ts'
import { restoredJob } from '../migration/restored.ts'
import { recreateRefusal } from '../migration/rollback.ts'
import type { RecreatePlan } from '../migration/steps/recreate-v1.ts'
import type { StoredRecord } from '../read/records.ts'
import { lastRecordOf } from '../read/records-of-name.ts'
import type { JobReference } from '../read/reference.ts'
import { findJob } from '../read/resolve.ts'
import { v2NameOf } from '../read/twins.ts'
import { readV1Manifest } from '../read/v1-manifest.ts'
import { kindInfo } from '../v1/kinds.ts'
import { checkRights } from './check-rights.ts'
import { Observer } from './observer.ts'
import { parsedJob } from './prepare-rollback.ts'

/** A v1 job that is gone, and what it is made again from. */
export interface PreparedRecreate {
  readonly plan: RecreatePlan
  readonly observer: Observer
  readonly stored: StoredRecord
  readonly refused: (Refused & { readonly code: string }) | undefined
}

/** The last migration of a v1 job that is gone although it stood, or was finalized; undefined where v1 is there, or never was moved. */
export async function deletedJob(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
): Promise<StoredRecord | undefined> {
  if (reference.kind === 'TrainJob') return undefined
  if (await findJob(cluster, reference, namespace, 'rollback')) return undefined
  const stored = await lastRecordOf(cluster, reference, namespace, 'rollback')
  // a job that was deleted while it ran, or after it came back, was deleted by whoever did not want it
  const states = ['moved', 'returning', 'stranded', 'finalizing', 'finalized']
  if (!stored) return undefined
  const { record } = stored
  return states.includes(record.state) || (record.state === 'moving' && beganHold(record)) ? stored : undefined
}

/**
 * Reads what making v1 again is decided on. Throws a Problem where its manifest cannot be had, or is not the one that was moved, and
 * `guard-rights`.
 */
export async function prepareRecreate(
  cluster: Cluster,
  stored: StoredRecord,
  { rerun, from }: { readonly rerun: boolean; readonly from?: string },
  { files, in: input, now, sleep }: Env,
): Promise<PreparedRecreate> {
  const { record } = stored
  const { namespace, name, uid, id: migration, before } = record
  const kind = kindInfo(record.kind)
  if (!kind) throw new Error(`no kind ${record.kind}`)
  const place = { apiVersion: 'kubeflow.org/v1', kind: kind.kind, metadata: { name, namespace } }
  const needs = { kind: kind.resource, extras: false, runtimeExists: true, recreates: true }
  await checkRights(cluster, 'rollback', needs, place)
  const { name: trainJobName } = await v2NameOf(cluster, namespace, name, uid)
  const observer = new Observer(cluster, { kind, namespace, name, trainJobName, uid }, { now, sleep })
  await observer.read()
  const { manifest: kept, source } = await readV1Manifest(cluster, { record, from, files, input })
  const manifest = restoredJob(kept, record)
  const plan: RecreatePlan = {
    ...{ kind, namespace, name, trainJobName, uid, migration, rerun, from, manifest, source },
    // a run that came to its end, or wrote down that it is stranded, saw how v1 stopped
    sawStop: record.state !== 'moving' || sawStop(record),
    job: parsedJob(kind, manifest),
    suspendBefore: before.suspend,
    readyBefore: before.ready,
  }
  return { plan, observer, stored, refused: recreateRefusal(observer.facts, plan) }
}

/** The plan and facts of a dry run once v1 would be there. */
export function afterRecreate(
  facts: Facts,
  plan: RecreatePlan,
): { readonly facts: Facts; readonly plan: RecreatePlan } {
  const uid = 'given-when-it-is-made'
  const v1 = { ...plan.manifest, metadata: { ...plan.manifest.metadata, uid } }
  return { facts: { ...facts, v1 }, plan: { ...plan, uid, formerUid: plan.uid } }
}
