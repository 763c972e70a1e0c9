import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { removeDeadLease } from '../execute/lease.ts'
import type { Migration } from '../execute/prepare.ts'
import type { MigrationState } from '../migration/record.ts'
import { Problem } from '../problem.ts'
import { readRecordsOfJob } from '../read/job-records.ts'
import type { JobReference } from '../read/reference.ts'
import { resolveJob } from '../read/resolve.ts'
import { type Recording, settleRecord } from './moving-record.ts'

/** How a job stands for which a way back is refused with this code: the training is over, on one side or the other. */
const standsAs: Readonly<Record<string, MigrationState>> = { 'v2-complete': 'moved', 'v1-ended': 'ended' }

/**
 * A rollback that is refused leaves neither the lock of a killed run nor, where the training is over, a record that says it is under way. Who
 * may not see or write them, and whose job somebody else has, leaves them: why the command was refused is what counts.
 */
export async function afterRefusedRollback(
  env: Env,
  cluster: Cluster,
  job: { readonly namespace: string; readonly name: string },
  migration: Migration,
  recording: Recording,
  code: string,
): Promise<void> {
  await quietly(async () => {
    if (await removeDeadLease(cluster, job, env)) await settle(env, cluster, migration, recording, standsAs[code])
  })
}

/** The same of a cutover. */
export async function afterRefusedCutover(
  env: Env,
  cluster: Cluster,
  reference: JobReference,
  recording: Recording,
  code: string,
): Promise<void> {
  const { namespace } = cluster
  await quietly(async () => {
    const free = await removeDeadLease(cluster, { namespace, name: reference.name }, env)
    if (!free || code !== 'guard-finished') return
    const { object } = await resolveJob(cluster, reference, namespace, 'cutover')
    const stored = (await readRecordsOfJob(cluster, namespace, object)).records.at(-1)
    if (stored) await settle(env, cluster, { record: stored.record, stored }, recording, 'ended')
  })
}

async function settle(
  env: Env,
  cluster: Cluster,
  migration: Migration,
  recording: Recording,
  state: MigrationState | undefined,
): Promise<void> {
  const { state: was } = migration.stored?.record ?? {}
  if (state !== undefined && (was === 'moving' || was === 'returning'))
    await settleRecord(env, cluster, migration, recording, state)
}

async function quietly(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof ClusterError || error instanceof Problem)) throw error
  }
}
