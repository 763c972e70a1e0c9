import { build } from '../cli/build.ts'
import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import { twinChanges } from '../convert/twin.ts'
import type { Env } from '../env.ts'
import { movedBy } from '../execute/check-rights.ts'
import type { TwinAsked } from '../execute/decide-twin.ts'
import { plannedSteps } from '../execute/dry-run.ts'
import { execute } from '../execute/executor.ts'
import { removeDeadLease } from '../execute/lease.ts'
import { type Prepared, prepare } from '../execute/prepare.ts'
import { refusedProblem } from '../execute/prepare-refusals.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { twinGuards, twinJobGuards } from '../migration/guards/index.ts'
import type { Outcome } from '../migration/outcome.ts'
import { type MigrationState, recordName } from '../migration/record.ts'
import { isolateFlags } from '../migration/shared-volumes.ts'
import { startCourse } from '../migration/start-course.ts'
import type { Step } from '../migration/step.ts'
import { v2Ending } from '../migration/waits/v2-ending.ts'
import { headerLines, jobName, twinGuardsFound } from '../present/cutover.ts'
import { startQuestion, startResult } from '../present/start.ts'
import { readDecisions } from '../read/decisions.ts'
import { trainerReleaseOnce } from '../read/operators.ts'
import type { JobReference } from '../read/reference.ts'
import { agreed } from './agreed.ts'
import { conclude, connected, haltWords, onScreen, rehearse, untilInterrupted } from './moving.ts'
import { jobToMove, readDuration, refuseUnasked } from './moving-flags.ts'
import { closeJournal, openJournal, type Recording, settleRecord } from './moving-record.ts'
import { columnsOf, noteTo } from './screen.ts'
import { flags, twinAsked } from './start-flags.ts'

export const command: Command<typeof flags> = {
  name: 'start',
  summary: 'run a twin of a v1 job beside it as a TrainJob, to compare them',
  usage: 'KIND/NAME | KIND NAME | job NAME | NAME',
  examples: [
    { does: 'Start bert-large-v2 beside bert-large; asks before it writes', type: '$0 start job bert-large -n nlp' },
    {
      does: 'Its data read-only, its checkpoints in a folder of their own',
      type: '$0 start job bert-large --isolate data=readonly,ckpt=subpath',
    },
    {
      does: 'A short cheap trial on two nodes',
      type: '$0 start job bert-large --nodes 2 --env MAX_STEPS=100 --isolate ckpt=emptydir',
    },
    { does: 'What would be written? Nothing is', type: '$0 start job bert-large --dry-run=server' },
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
  readonly accept: readonly string[]
  readonly mpi?: MpiTransport
  readonly podLabels?: 'v1'
  readonly gangScheduler?: string
  readonly decisions?: string
  readonly timeout: number
  readonly observe: number
  readonly recording: Recording
  readonly createRuntime: boolean
  /** `text`, `json` */
  readonly output: string
  readonly twin: TwinAsked
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const options = readOptions(env, invocation)
  return await connected(env, invocation.connection, (cluster) => start(env, cluster, options))
}

function readOptions(env: Env, invocation: Invocation<typeof flags>): Options {
  const { positionals, flags: given, connection } = invocation
  const reference = jobToMove(positionals)
  const twin = twinAsked(given)
  const dryRun = given['dry-run'] ?? 'none'
  if (!given.yes && dryRun === 'none') {
    refuseUnasked(env, 'starts a TrainJob', { verb: 'start', specs: flags, invocation })
  }
  return {
    reference,
    yes: given.yes,
    dryRun,
    accept: given.accept,
    mpi: given.mpi as MpiTransport | undefined,
    podLabels: given['pod-labels'] as 'v1' | undefined,
    gangScheduler: given['gang-scheduler'],
    decisions: given.decisions,
    timeout: readDuration('timeout', given.timeout),
    observe: readDuration('observe', given.observe),
    recording: { verb: 'start', connection, reason: given.reason },
    createRuntime: !given['no-create-runtime'],
    output: given.output ?? 'text',
    twin,
  }
}

async function start(env: Env, cluster: Cluster, options: Options): Promise<ExitCode> {
  const { reference, accept, mpi, podLabels, gangScheduler, observe, timeout, twin, createRuntime, dryRun } = options
  const decided = await readDecisions(env.files, options.decisions)
  const reading = prepare(cluster, {
    trainerRelease: trainerReleaseOnce(cluster),
    reference,
    namespace: cluster.namespace,
    toolVersion: build.version,
    ...{ accept, mpi, podLabels, gangScheduler, decisions: decided?.decisions },
    observe,
    createRuntime,
    twin,
    now: env.now,
    sleep: env.sleep,
  })
  const prepared = await untilInterrupted(env.signal, reading)
  const { plan, observer, gaps, migration } = prepared
  for (const { resource } of gaps)
    noteTo(env)(`you may not list ${resource}: whether they select v2's pods is not known`)
  // a run that said it is done takes nothing back any more
  const over = migration.stored?.record.state === 'started'
  const course = startCourse(observer.facts, plan, over ? Number.NEGATIVE_INFINITY : timeout + observe)
  if ('refused' in course) throw refusedProblem(plan.job.object, [course.refused], movedBy.start)
  if ('already' in course) {
    if (dryRun === 'none') {
      // an earlier run ended without its last write
      if (migration.stored?.record.state !== 'moving') await removeDeadLease(cluster, plan, env)
      else await settleRecord(env, cluster, migration, options.recording, 'started')
    }
    const line = `${jobName(plan)} has a twin already, ${course.already}`
    return conclude(env, plan, { line, more: [], exit: exitCode.ok }, options.output)
  }
  const guards = twinJobGuards.length + twinGuards.length
  const view = { plan, guards, found: twinGuardsFound(plan), resumes: course.resumes, suspended: false, flags: [] }
  env.err.write(`${headerLines(view, env.err, columnsOf(env.err)).join('\n')}\n`)
  if (dryRun === 'none') return await startTwin(env, cluster, options, prepared, course.steps)
  const planned = plannedSteps(course.steps, observer.facts, plan)
  const beside = `the record of it, ConfigMap ${recordName(migration.record)},`
  return await rehearse(env, cluster, options, planned, observer.facts, plan, beside)
}

async function startTwin(
  env: Env,
  cluster: Cluster,
  { yes, twin, timeout, recording, output }: Options,
  { plan, observer, migration }: Prepared,
  steps: readonly Step[],
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  const { kind, name, namespace, conversion } = plan
  const isolate = isolateFlags(twinChanges(conversion.trainJob)?.isolate ?? {})
  const again = [`${env.name} start ${kind.kind.toLowerCase()}/${name} -n ${namespace}`, ...twin.flags, ...isolate]
  const end = (outcome: Outcome): ExitCode =>
    conclude(
      env,
      plan,
      startResult(outcome, observer.facts, plan, again.join(' '), words, exitOf, env.name),
      output,
      outcome,
    )
  if (!yes) {
    const actions = plannedSteps(steps, observer.facts, plan).flatMap((planned) => planned.actions)
    const question = startQuestion(
      actions.filter(({ verb }) => verb === 'create'),
      plan,
    )
    const [step = { id: 'manifest' as const, title: 'manifest' }] = steps
    if (!(await agreed(env, question))) {
      const why = env.signal.aborted ? 'interrupted' : 'declined'
      return end({ kind: 'undone', halt: { why, step, reason: 'not agreed to' }, stopped: false, says: [] })
    }
  }
  const journal = await openJournal(env, cluster, migration, recording)
  const moving = { cluster, observer, journal, plan, timeout }
  const outcome = await onScreen(env, words, { ...moving, output }, (running) =>
    execute(steps, { ...running, agree: async () => undefined }, (facts) => v2Ending(facts, plan)),
  )
  await closeJournal(env, journal, stateAfter(outcome))
  return end(outcome)
}

function stateAfter(outcome: Outcome): MigrationState | undefined {
  switch (outcome.kind) {
    case 'done':
      return 'started'
    case 'undone':
      return 'undone'
    case 'stranded':
      return outcome.undoing.why === 'lost' ? undefined : 'stranded'
    case 'stopped':
      return undefined
  }
}
