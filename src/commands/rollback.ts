import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterError } from '../cluster/errors.ts'
import type { RunEnd } from '../compare/runs/run-end.ts'
import type { Env } from '../env.ts'
import { resumeRefusal } from '../execute/check-resume.ts'
import { plannedWayBack } from '../execute/dry-run.ts'
import { readSideEnd } from '../execute/handover.ts'
import { removeDeadLease } from '../execute/lease.ts'
import { deletedJob } from '../execute/prepare-recreate.ts'
import { refusedProblem } from '../execute/prepare-refusals.ts'
import { type PreparedRollback, prepareRollback } from '../execute/prepare-rollback.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { v1Queued } from '../migration/queue.ts'
import { isStanding, recordName } from '../migration/record.ts'
import { isRestoring } from '../migration/restored.ts'
import { type RollbackPlan, rollbackCourse } from '../migration/rollback.ts'
import type { Step } from '../migration/step.ts'
import { jobName } from '../present/cutover.ts'
import { describeError } from '../present/errors.ts'
import { rollbackQuestion, rollbackResult } from '../present/rollback.ts'
import { Problem } from '../problem.ts'
import type { StoredRecord } from '../read/records.ts'
import type { JobReference } from '../read/reference.ts'
import { afterRefusedRollback } from './after-refusal.ts'
import { agreed } from './agreed.ts'
import { moveOutputFlag } from './cutover-screen.ts'
import { conclude, connected, haltWords, rehearse, untilInterrupted } from './moving.ts'
import { dryRunFlag, jobToMove, readDuration, reasonFlag, refuseUnasked, yesFlag } from './moving-flags.ts'
import { closeJournal, openJournal, type Recording, settleRecord } from './moving-record.ts'
import { recreateAndGoBack } from './rollback-recreate.ts'
import { noteTo } from './screen.ts'
import { watchTurns } from './turns.ts'
import { endedAsItWent, goBack, stateAfter, turnOf } from './way-back.ts'

const flags = {
  yes: yesFlag,
  'dry-run': dryRunFlag,
  output: moveOutputFlag,
  reason: reasonFlag,
  rerun: {
    type: 'boolean',
    describe: 'also where the training has finished: v1 then trains it all again',
    group: 'Safety',
  },
  from: {
    type: 'string',
    value: 'FILE',
    describe: 'after finalize: make v1 again from this manifest, instead of the Secret with the one that was moved',
    completes: 'file',
    group: 'Selection',
  },
  timeout: {
    type: 'string',
    value: 'DURATION',
    describe: 'how long v2 may take to go, and v1 to run again',
    default: '15m',
    group: 'Timing',
  },
} as const

export const command: Command<typeof flags> = {
  name: 'rollback',
  summary: 'back to v1: its TrainJob is removed, and v1 is what it was before',
  usage: 'KIND/NAME | KIND NAME | job NAME | NAME',
  examples: [
    { does: 'Go back; asks before it writes', type: '$0 rollback job bert-large -n nlp' },
    { does: 'What would be written? Nothing is', type: '$0 rollback job bert-large --dry-run=server' },
    { does: 'After finalize, from a backup', type: '$0 rollback pytorchjob/bert-large --from backup.yaml' },
    { does: 'In a script, also after a cutover that was killed', type: '$0 rollback pytorchjob/bert-large --yes' },
  ],
  flags,
  connects: true,
  manyNamespaces: false,
  writes: true,
  run,
}

interface Options {
  readonly reference: JobReference
  readonly yes: boolean
  readonly dryRun: string
  readonly output: string
  readonly rerun: boolean
  readonly from?: string
  readonly timeout: number
  readonly recording: Recording
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const options = readOptions(env, invocation)
  return await connected(env, invocation.connection, (cluster) => rollback(env, cluster, options))
}

function readOptions(env: Env, invocation: Invocation<typeof flags>): Options {
  const { positionals, flags: given, connection } = invocation
  const reference = jobToMove(positionals)
  const { yes, rerun } = given
  const dryRun = given['dry-run'] ?? 'none'
  if (!yes && dryRun === 'none') {
    refuseUnasked(env, 'deletes a TrainJob', { verb: 'rollback', specs: flags, invocation })
  }
  const recording = { verb: 'rollback', connection, reason: given.reason } as const
  return {
    reference,
    yes,
    dryRun,
    output: given.output ?? 'text',
    rerun,
    from: given.from,
    timeout: readDuration('timeout', given.timeout),
    recording,
  }
}

async function rollback(env: Env, cluster: Cluster, options: Options): Promise<ExitCode> {
  const { reference, rerun, dryRun } = options
  const reading = orDeleted(cluster, reference, prepareRollback(cluster, reference, cluster.namespace, rerun, env))
  const prepared = await untilInterrupted(env.signal, reading)
  if ('deleted' in prepared) return await recreateAndGoBack(env, cluster, options, prepared.deleted)
  const { plan, observer } = prepared
  // one that a killed run has made again from it is gone on with by the same command
  const { v1 } = observer.facts
  if (options.from !== undefined && !(v1 && isRestoring(v1))) throw notDeleted(options.from, plan)
  const course = rollbackCourse(observer.facts, plan)
  if ('refused' in course) {
    const { code } = course.refused
    if (dryRun === 'none') await afterRefusedRollback(env, cluster, plan, prepared.migration, options.recording, code)
    throw refusedProblem(plan.job.object, [course.refused], 'rolled back')
  }
  if ('already' in course) {
    if (dryRun === 'none') await putRight(env, cluster, options, prepared)
    const line = `${jobName(plan)} has nothing to roll back: ${course.already}`
    return conclude(env, plan, { line, more: [], exit: exitCode.ok }, options.output)
  }
  if (dryRun !== 'none') {
    const planned = plannedWayBack(course.steps, observer.facts, plan)
    const beside = `its record, ConfigMap ${recordName(prepared.migration.record)},`
    return await rehearse(env, cluster, options, planned, observer.facts, plan, beside)
  }
  const refusal = await resumeRefusal(cluster, course.steps, observer.facts, plan)
  if (refusal) throw notResumable(env, plan, refusal)
  const v2 = await readSideEnd(cluster, observer.facts, plan.kind, 'v2', env)
  const end = v2?.checkpoint ? v2 : prepared.migration.stored?.record.handover?.v1
  if (!options.yes) {
    const yes = await agreed(env, rollbackQuestion(observer.facts, end))
    if (env.signal.aborted || !yes) {
      const line = `${jobName(plan)} was NOT rolled back: not agreed to; nothing was changed`
      const exit = env.signal.aborted ? exitCode.interrupted : exitCode.no
      return conclude(env, plan, { line, more: [], exit }, options.output)
    }
  }
  return await takeItBack(env, cluster, options, prepared, course.steps, end)
}

/** Nothing is taken from v2 as long as v1 could not run in its place. */
function notResumable(env: Env, plan: RollbackPlan, error: ClusterError): Problem {
  const { lines, exit } = describeError(error, env.name)
  const [what = '', ...more] = lines.map((line) => line.trim())
  const next = more.filter((line) => /^Is its operator/.test(line))
  return new Problem({
    code: 'v1-not-resumable',
    what: `${jobName(plan)} is not rolled back: v1 could not run again: ${what.replace(/^error: /, '')}`,
    why: [...more.filter((line) => !next.includes(line)), 'nothing was changed, v2 is as it was'].join('\n'),
    next,
    exit,
  })
}

/** A run that was killed at its last writes left its record as if it were under way, or its lock. */
async function putRight(
  env: Env,
  cluster: Cluster,
  { recording }: Options,
  { plan, migration }: PreparedRollback,
): Promise<void> {
  const { record, stored } = migration
  if (!stored || !isStanding(record)) await removeDeadLease(cluster, plan, env)
  else await settleRecord(env, cluster, migration, recording, record.state === 'moving' ? 'undone' : 'returned')
}

/** The record of a job that is gone, where one is. */
async function orDeleted(
  cluster: Cluster,
  reference: JobReference,
  reading: Promise<PreparedRollback>,
): Promise<PreparedRollback | { readonly deleted: StoredRecord }> {
  try {
    return await reading
  } catch (error) {
    if (!(error instanceof Problem) || error.data.code !== 'no-such-job') throw error
    const deleted = await deletedJob(cluster, reference, cluster.namespace)
    if (deleted) return { deleted }
    throw error
  }
}

function notDeleted(from: string, { kind, name, namespace }: RollbackPlan): Problem {
  return new Problem({
    code: 'usage',
    what: `--from ${from} is for a v1 job that is gone, and ${name} is there`,
    next: [`$0 rollback ${kind.kind.toLowerCase()}/${name} -n ${namespace}   (v1 is resumed as it stands)`],
    exit: exitCode.usage,
  })
}

async function takeItBack(
  env: Env,
  cluster: Cluster,
  { timeout, recording, output }: Options,
  { plan, observer, migration, unrecorded }: PreparedRollback,
  steps: readonly Step<RollbackPlan>[],
  end: RunEnd | undefined,
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  if (unrecorded) noteTo(env)('the record of its cutover is gone: what stands is taken back by the objects alone')
  const journal = await openJournal(env, cluster, migration, recording)
  const moving = { cluster, observer, journal, plan, timeout, output }
  const turns = watchTurns(env, cluster, moving)
  const way = endedAsItWent(await goBack(env, words, moving, steps), observer.facts, plan)
  const queued = v1Queued(observer.facts, plan) !== undefined
  await closeJournal(env, journal, stateAfter(way, queued))
  const result = rollbackResult(way, observer.facts, plan, end, words, exitOf, env.name)
  const exit = conclude(env, plan, result, output, way)
  await turns.end(turnOf(way), result.line)
  return exit
}
