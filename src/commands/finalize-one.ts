import type { Cluster } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { plannedSteps } from '../execute/dry-run.ts'
import { execute } from '../execute/executor.ts'
import { removeDeadLease } from '../execute/lease.ts'
import { type AlreadyGone, type PreparedFinalize, prepareFinalize } from '../execute/prepare-finalize.ts'
import { refusedProblem } from '../execute/prepare-refusals.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Facts } from '../migration/facts.ts'
import type { FinalizePlan } from '../migration/finalize.ts'
import { holdOf, unheld } from '../migration/hold.ts'
import type { Outcome } from '../migration/outcome.ts'
import { type MigrationState, recordName } from '../migration/record.ts'
import { deleteV1 } from '../migration/steps/delete-v1.ts'
import { jobName } from '../present/cutover.ts'
import { finalizeQuestion, finalizeResult, isGoing } from '../present/finalize.ts'
import type { StoredRecord } from '../read/records.ts'
import type { JobReference } from '../read/reference.ts'
import { agreed } from './agreed.ts'
import { conclude, haltWords, onScreen, rehearse, untilInterrupted } from './moving.ts'
import { closeJournal, openJournal, type Recording, settleRecord } from './moving-record.ts'
import { watchTurns } from './turns.ts'

export interface FinalizeOptions {
  readonly yes: boolean
  readonly dryRun: string
  readonly output: string
  readonly timeout: number
  readonly evenIfUnproven: boolean
  readonly accepted: readonly string[]
  readonly recording: Recording
}

export interface OneJob {
  readonly reference: JobReference
  readonly namespace: string
  /** what comparing it with a named run of v1 said */
  readonly verdict?: string
}

/** A prepared job whose record is there. */
type Fit = PreparedFinalize & { readonly stored: StoredRecord }

/** Deletes one held v1 job. Throws a Problem for what refuses it. */
export async function finalizeOne(env: Env, cluster: Cluster, options: FinalizeOptions & OneJob): Promise<ExitCode> {
  const prepared = await untilInterrupted(
    env.signal,
    prepareFinalize(cluster, { ...options, now: env.now, sleep: env.sleep }),
  )
  if (!('refused' in prepared)) return await alreadyGone(env, cluster, options, prepared)
  const { evidence, refused, subject, stored, observer } = prepared
  if (refused.length > 0 || stored === undefined) throw refusedProblem(subject.job.object, refused, 'finalized')
  const plan = { ...subject, secret: recordName(stored.record), proof: evidence.proof ?? '' }
  if (options.dryRun !== 'none') {
    const beside = `its record, ConfigMap ${plan.secret}, and Secret ${plan.secret} if somebody deleted it,`
    const planned = plannedSteps([deleteV1], observer.facts, plan)
    return await rehearse(env, cluster, options, planned, observer.facts, plan, beside)
  }
  if (!options.yes) {
    if (!(await agreed(env, finalizeQuestion(evidence, plan))) || env.signal.aborted) {
      const line = `${jobName(plan)} is NOT finalized: not agreed to; nothing was changed`
      const exit = env.signal.aborted ? exitCode.interrupted : exitCode.no
      return conclude(env, plan, { line, more: [], exit }, options.output)
    }
  }
  return await deleteHeld(env, cluster, options, { ...prepared, stored }, plan)
}

/** An earlier run, or somebody, did it: the record is made to say so. */
async function alreadyGone(
  env: Env,
  cluster: Cluster,
  { dryRun, recording, output }: FinalizeOptions,
  { stored }: AlreadyGone,
): Promise<ExitCode> {
  const { record } = stored
  if (dryRun === 'none') {
    if (record.state !== 'finalized') await settleRecord(env, cluster, { record, stored }, recording, 'finalized')
    else await removeDeadLease(cluster, record, env)
  }
  const by = record.state === 'moved' ? 'somebody deleted v1' : 'v1 is gone'
  const kept = `its manifest is in Secret ${recordName(record)}`
  const line = `${record.namespace}/${record.name} is finalized already: ${by}; ${kept}`
  return conclude(env, { ...record, kind: { kind: record.kind } }, { line, more: [], exit: exitCode.ok }, output)
}

async function deleteHeld(
  env: Env,
  cluster: Cluster,
  { timeout, recording, output }: FinalizeOptions,
  { observer, stored }: Fit,
  plan: FinalizePlan,
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  const { v1 } = observer.facts
  const hold = holdOf(v1)
  const manifest = v1 && hold && unheld(v1, hold)
  const journal = await openJournal(env, cluster, { record: stored.record, stored }, recording, manifest)
  const moving = { cluster, observer, journal, plan, timeout, output }
  const turns = watchTurns(env, cluster, moving)
  const outcome = await onScreen(env, words, moving, (running) =>
    execute([deleteV1], { ...running, agree: async () => undefined }, () => undefined),
  )
  await closeJournal(env, journal, stateAfter(outcome, observer.facts, plan))
  const result = finalizeResult(outcome, observer.facts, plan, words, exitOf, env.name)
  const exit = conclude(env, plan, result, output, outcome)
  await turns.end(outcome.kind === 'done' ? 'Finalized' : undefined, result.line)
  return exit
}

function stateAfter(outcome: Outcome, facts: Facts, plan: FinalizePlan): MigrationState | undefined {
  if (outcome.kind === 'done') return 'finalized'
  return outcome.kind === 'stopped' || isGoing(facts, plan) ? undefined : 'moved'
}
