import { build } from '../cli/build.ts'
import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import { ClusterError, mayHaveActed } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { StoredJournal } from '../execute/journal.ts'
import { JournalLost } from '../execute/journal-lost.ts'
import { Lease } from '../execute/lease.ts'
import type { Migration } from '../execute/prepare.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import type { MigrationState, Run } from '../migration/record.ts'
import { describeError } from '../present/errors.ts'
import { Problem } from '../problem.ts'
import { readActor } from '../read/actor.ts'

export interface Recording {
  readonly verb: Run['verb']
  readonly connection: ConnectionFlags
  readonly reason?: string
}

/** What a record says while a run of the verb is under way. */
const underWay: Readonly<Record<Run['verb'], MigrationState>> = {
  start: 'moving',
  cutover: 'moving',
  rollback: 'returning',
  finalize: 'finalizing',
}

/**
 * Begins the record of a migration, or a further run in it: who acts, and why. With the v1 object, that is kept in a Secret beside
 * it. Nothing else was written before. Throws a Problem (exit 4) where somebody else moves the job.
 */
export async function openJournal(
  env: Env,
  cluster: Cluster,
  { record, stored }: Migration,
  { verb, connection, reason }: Recording,
  v1?: KubeObject,
): Promise<StoredJournal> {
  const actor = await readActor(cluster, connection, (flags) => env.connect(flags))
  const run: Run = {
    at: env.now().toISOString(),
    verb,
    actor,
    tool: build.version,
    ...(reason !== undefined && { reason }),
  }
  const lease = await Lease.acquire(cluster, record, env, (line) => env.err.write(`${line}\n`)).catch((error) => {
    throw knowing(error, mayHaveActed(error) ? jobUntouched : 'nothing was changed')
  })
  const journal = new StoredJournal(
    cluster,
    { ...record, state: underWay[verb], runs: [...record.runs, run] },
    stored,
    lease,
    env,
  )
  try {
    await journal.begin(v1, verb === 'finalize')
    return journal
  } catch (error) {
    await journal.release()
    if (!(error instanceof JournalLost)) throw knowing(error, jobUntouched)
    throw new Problem({
      code: 'moved-meanwhile',
      what: `${record.namespace}/${record.name}: ${error.message}`,
      why: 'it happened between the first look and the lock; this run changed nothing',
      next: [`$0 status ${record.name} -n ${record.namespace}`],
      exit: exitCode.conflict,
    })
  }
}

const jobUntouched = 'the job is as it was: only the lock and the record of its move were to be written'

function knowing(error: unknown, stands: string): unknown {
  return error instanceof ClusterError ? new ClusterError(error.failure, { cause: error.cause, stands }) : error
}

/** Puts a record right that a killed run left as if it were under way: where the job stands is known, and nothing else is to be written. */
export async function settleRecord(
  env: Env,
  cluster: Cluster,
  migration: Migration,
  recording: Recording,
  state: MigrationState,
): Promise<void> {
  await closeJournal(env, await openJournal(env, cluster, migration, recording), state)
}

/** Writes down where it ended; that this fails changes nothing of what was done, and is told. */
export async function closeJournal(env: Env, journal: StoredJournal, state: MigrationState | undefined): Promise<void> {
  try {
    if (state !== undefined) await journal.close(state)
  } catch (error) {
    const why = error instanceof JournalLost ? error.message : describeError(error, env.name).lines[0]
    env.err.write(`note: how this ended is not in its record: ${why}\n`)
  }
  await journal.release()
}

/** Waits for an answer, and keeps the lock meanwhile. */
export async function whileKept<T>(env: Env, journal: StoredJournal, answer: Promise<T>): Promise<T> {
  let answered = false
  const done = answer.finally(() => {
    answered = true
  })
  while (!answered) {
    await Promise.race([done, env.sleep(5000)])
    await journal.flush()
  }
  return await done
}
