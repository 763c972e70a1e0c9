import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { RunEnd } from '../compare/runs/run-end.ts'
import type { Env } from '../env.ts'
import { plannedWayBack } from '../execute/dry-run.ts'
import { takeBack } from '../execute/executor.ts'
import { readSideEnd } from '../execute/handover.ts'
import { removeDeadLease } from '../execute/lease.ts'
import { refusedProblem } from '../execute/prepare.ts'
import { type PreparedRollback, prepareRollback } from '../execute/prepare-rollback.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Turn } from '../migration/announcement.ts'
import type { WayBack } from '../migration/outcome.ts'
import { type MigrationState, recordName } from '../migration/record.ts'
import { type RollbackPlan, rollbackCourse } from '../migration/rollback.ts'
import type { Step } from '../migration/step.ts'
import { jobName } from '../present/cutover.ts'
import { rollbackQuestion, rollbackResult } from '../present/rollback.ts'
import type { JobReference } from '../read/reference.ts'
import { moveOutputFlag } from './cutover-screen.ts'
import {
  agreed,
  closeJournal,
  conclude,
  dryRunFlag,
  haltWords,
  jobToMove,
  onScreen,
  openJournal,
  type Recording,
  readDuration,
  reasonFlag,
  refuseUnasked,
  rehearse,
  untilInterrupted,
  yesFlag,
} from './moving.ts'
import { watchTurns } from './turns.ts'

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
  readonly timeout: number
  readonly recording: Recording
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const options = readOptions(env, invocation)
  // Ctrl-C must not cut the requests of a way back that has begun
  const cluster = await env.connect(invocation.connection, new AbortController().signal)
  try {
    return await rollback(env, cluster, options)
  } finally {
    cluster.close()
  }
}

function readOptions(env: Env, { positionals, flags: given, connection }: Invocation<typeof flags>): Options {
  const reference = jobToMove(positionals)
  const { yes, rerun } = given
  const dryRun = given['dry-run'] ?? 'none'
  if (!yes && dryRun === 'none') {
    const flags = rerun ? ['--rerun'] : []
    refuseUnasked(env, { verb: 'rollback', does: 'deletes a TrainJob', positionals, connection, flags })
  }
  const recording = { verb: 'rollback', connection, reason: given.reason } as const
  return {
    reference,
    yes,
    dryRun,
    output: given.output ?? 'text',
    rerun,
    timeout: readDuration('timeout', given.timeout),
    recording,
  }
}

async function rollback(env: Env, cluster: Cluster, options: Options): Promise<ExitCode> {
  const { reference, rerun, dryRun } = options
  const reading = prepareRollback(cluster, reference, cluster.namespace, rerun, env)
  const prepared = await untilInterrupted(env.signal, reading)
  const { plan, observer } = prepared
  const course = rollbackCourse(observer.facts, plan)
  if ('refused' in course) throw refusedProblem(plan.job.object, [course.refused], 'rolled back')
  if ('already' in course) {
    if (dryRun === 'none') await removeDeadLease(cluster, plan, env)
    const line = `${jobName(plan)} has nothing to roll back: ${course.already}`
    return conclude(env, { line, more: [], exit: exitCode.ok }, options.output)
  }
  if (dryRun !== 'none') {
    const planned = plannedWayBack(course.steps, observer.facts, plan)
    const beside = `its record, ConfigMap ${recordName(prepared.migration.record)},`
    return await rehearse(env, cluster, options, planned, observer.facts, plan, beside)
  }
  const v2 = await readSideEnd(cluster, observer.facts, plan.kind, 'v2', env)
  const end = v2?.checkpoint ? v2 : prepared.migration.stored?.record.handover?.v1
  if (!options.yes) {
    env.err.write(rollbackQuestion(observer.facts, plan, end))
    const yes = await agreed(env)
    if (env.signal.aborted || !yes) {
      const line = `${jobName(plan)} was NOT rolled back: not agreed to; nothing was changed`
      const exit = env.signal.aborted ? exitCode.interrupted : exitCode.no
      return conclude(env, { line, more: [], exit }, options.output)
    }
  }
  return await goBack(env, cluster, options, prepared, course.steps, end)
}

/** Half of a way back would be a job of which neither side runs. */
const notInterrupted =
  'Ctrl-C: a way back that has begun goes on to its end. Ctrl-C again ends it at once; the same command then goes on from there.'

async function goBack(
  env: Env,
  cluster: Cluster,
  { timeout, recording, output }: Options,
  { plan, observer, migration, unrecorded }: PreparedRollback,
  steps: readonly Step<RollbackPlan>[],
  end: RunEnd | undefined,
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  if (unrecorded)
    env.err.write('note: the record of its cutover is gone: what stands is taken back by the objects alone\n')
  const journal = await openJournal(env, cluster, migration, recording)
  const moving = { cluster, observer, journal, plan, timeout, output }
  const turns = watchTurns(env, cluster, moving)
  const way = await onScreen(env, words, moving, async (running, screen) => {
    const tell = (): void => {
      screen.pause()
      env.err.write(`${notInterrupted}\n`)
    }
    env.signal.addEventListener('abort', tell, { once: true })
    try {
      return await takeBack(steps, { ...running, agree: async () => undefined })
    } finally {
      env.signal.removeEventListener('abort', tell)
    }
  })
  await closeJournal(env, journal, stateAfter(way))
  const result = rollbackResult(way, observer.facts, plan, end, words, exitOf, env.name)
  const exit = conclude(env, result, output)
  await turns.end(turnOf(way), result.line)
  return exit
}

function stateAfter(way: WayBack): MigrationState | undefined {
  switch (way.kind) {
    case 'back':
      return 'returned'
    case 'ended':
      return 'moved'
    case 'stranded':
      return way.undoing.why === 'lost' ? undefined : 'stranded'
  }
}

function turnOf(way: WayBack): Turn | undefined {
  if (way.kind === 'stranded') return way.undoing.why === 'lost' ? undefined : 'Stranded'
  return way.kind === 'back' ? 'RolledBack' : undefined
}
