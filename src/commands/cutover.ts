import { build } from '../cli/build.ts'
import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import type { Env } from '../env.ts'
import { plannedSteps } from '../execute/dry-run.ts'
import { execute } from '../execute/executor.ts'
import type { Stop } from '../execute/halt.ts'
import { removeDeadLease } from '../execute/lease.ts'
import { guardCount, type Prepared, prepare, refusedProblem } from '../execute/prepare.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { courseOf } from '../migration/course.ts'
import type { Facts, Plan } from '../migration/facts.ts'
import type { Halt, Outcome } from '../migration/outcome.ts'
import { type MigrationState, recordName } from '../migration/record.ts'
import type { Step } from '../migration/step.ts'
import { v2Ending } from '../migration/waits/v2-ending.ts'
import {
  beginQuestion,
  type CutoverView,
  cutoverResult,
  headerLines,
  holdQuestion,
  jobName,
} from '../present/cutover.ts'
import { repeatedLine } from '../present/handover.ts'
import { Problem } from '../problem.ts'
import { readDecisions } from '../read/decisions.ts'
import type { JobReference } from '../read/reference.ts'
import { isSuspended } from '../v1/state.ts'
import { acceptFlag, mpiFlag, podLabelsFlag } from './conversion-flags.ts'
import { watchHandover } from './handover.ts'
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
  whileKept,
  yesFlag,
} from './moving.ts'
import { columnsOf, noteTo } from './screen.ts'

const flags = {
  yes: yesFlag,
  'dry-run': dryRunFlag,
  accept: acceptFlag,
  decisions: {
    type: 'string',
    value: 'FILE',
    describe: 'what was decided about jobs: accepted findings, MPI; otherwise ./migrate.yaml where it is there',
    completes: 'file',
    group: 'Conversion',
  },
  mpi: mpiFlag,
  reason: reasonFlag,
  'pod-labels': podLabelsFlag,
  'no-create-runtime': {
    type: 'boolean',
    describe: 'refuse where the runtime of the job is not there yet, and tell how somebody else makes it',
    group: 'Safety',
  },
  timeout: {
    type: 'string',
    value: 'DURATION',
    describe: 'how long v1 may take to stop, and v2 to start, before it is rolled back',
    default: '15m',
    group: 'Timing',
  },
  observe: {
    type: 'string',
    value: 'DURATION',
    describe: 'how long v2 must stay healthy; a failure in that time rolls back',
    default: '2m',
    group: 'Timing',
  },
  'require-resume': {
    type: 'boolean',
    describe: "roll back unless v2's log shows within --observe that it went on from v1's last checkpoint",
    group: 'Safety',
  },
} as const

export const command: Command<typeof flags> = {
  name: 'cutover',
  summary: 'run a v1 job as a TrainJob of its name; back to v1 if that fails',
  usage: 'KIND/NAME | KIND NAME | job NAME | NAME',
  examples: [
    { does: 'Move one job; asks before it writes, and before it stops v1', type: '$0 cutover job bert-large -n nlp' },
    { does: 'What would be written? Nothing is', type: '$0 cutover job bert-large --dry-run=server' },
    { does: 'An MPIJob, whose launcher keeps its kubectl exec', type: '$0 cutover mpijob/pi --mpi exec' },
    { does: 'In a script, watching v2 for ten minutes', type: '$0 cutover pytorchjob/bert-large --yes --observe 10m' },
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
  /** path of the decisions file, where one is named */
  readonly decisions?: string
  readonly timeout: number
  readonly observe: number
  readonly recording: Recording
  readonly noCreateRuntime: boolean
  readonly requireResume: boolean
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const options = readOptions(env, invocation)
  // the first Ctrl-C must not cut the requests of the way back
  const cluster = await env.connect(invocation.connection, new AbortController().signal)
  try {
    return await cutover(env, cluster, options)
  } finally {
    cluster.close()
  }
}

function readOptions(env: Env, { positionals, flags: given, connection }: Invocation<typeof flags>): Options {
  const reference = jobToMove(positionals)
  const dryRun = given['dry-run'] ?? 'none'
  if (!given.yes && dryRun === 'none') {
    refuseUnasked(env, { verb: 'cutover', does: 'stops a job', positionals, connection })
  }
  const observe = readDuration('observe', given.observe)
  if (given['require-resume'] && observe === 0) throw nothingToSee()
  return {
    reference,
    yes: given.yes,
    dryRun,
    accept: given.accept,
    mpi: given.mpi as MpiTransport | undefined,
    podLabels: given['pod-labels'] as 'v1' | undefined,
    decisions: given.decisions,
    timeout: readDuration('timeout', given.timeout),
    observe,
    recording: { verb: 'cutover', connection, reason: given.reason },
    noCreateRuntime: given['no-create-runtime'],
    requireResume: given['require-resume'],
  }
}

function nothingToSee(): Problem {
  return new Problem({
    code: 'wrong-flag-value',
    what: '--require-resume looks for a step while v2 is watched, and --observe 0 watches for no time',
    next: ['--require-resume --observe 10m'],
    exit: exitCode.usage,
  })
}

async function cutover(env: Env, cluster: Cluster, options: Options): Promise<ExitCode> {
  const { reference, accept, mpi, podLabels, observe, timeout } = options
  const { namespace } = cluster
  const decided = await readDecisions(env.files, options.decisions)
  const choices = { accept, mpi, podLabels, decisions: decided?.decisions }
  const reading = prepare(cluster, {
    reference,
    namespace,
    toolVersion: build.version,
    ...choices,
    observe,
    requireResume: options.requireResume,
    createRuntime: !options.noCreateRuntime,
    now: env.now,
    sleep: env.sleep,
  })
  const prepared = await untilInterrupted(env.signal, reading)
  const { plan, observer, gaps } = prepared
  for (const { resource } of gaps)
    noteTo(env)(`you may not list ${resource}: whether they select v2's pods is not known`)
  // a run that said it is done rolls nothing back any more
  const over = prepared.migration.stored?.record.state === 'moved'
  const course = courseOf(observer.facts, plan, over ? Number.NEGATIVE_INFINITY : timeout + observe)
  if ('refused' in course) throw refusedProblem(plan.conversion.job.object, [course.refused])
  if ('already' in course) {
    if (options.dryRun === 'none') await removeDeadLease(cluster, plan, env)
    env.out.write(`${jobName(plan)} is cut over already: ${course.already}\n`)
    return exitCode.ok
  }
  const suspended = plan.suspendBefore === true
  const view: CutoverView = { plan, guards: guardCount, resumes: course.resumes, suspended, flags: flagsAgain(options) }
  env.err.write(`${headerLines(view, env.err, columnsOf(env.err)).join('\n')}\n`)
  if (options.dryRun === 'none') return await move(env, cluster, options, prepared, course.steps, view)
  const planned = plannedSteps(course.steps, observer.facts, plan)
  const name = recordName(prepared.migration.record)
  const beside = `the record of it, ConfigMap ${name}, and the v1 manifest, Secret ${name},`
  return await rehearse(env, cluster, options.dryRun, planned, observer.facts, plan, beside)
}

/** The flags without which the same command would not do the same. */
function flagsAgain({ accept, mpi, podLabels, decisions, noCreateRuntime, requireResume }: Options): string[] {
  return [
    ...accept.map((code) => `--accept ${code}`),
    ...(mpi === undefined ? [] : [`--mpi ${mpi}`]),
    ...(podLabels === undefined ? [] : [`--pod-labels ${podLabels}`]),
    ...(decisions === undefined ? [] : [`--decisions ${decisions}`]),
    ...(noCreateRuntime ? ['--no-create-runtime'] : []),
    ...(requireResume ? ['--require-resume'] : []),
  ]
}

async function move(
  env: Env,
  cluster: Cluster,
  options: Options,
  { plan, observer, migration }: Prepared,
  steps: readonly Step[],
  view: CutoverView,
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  const end = (outcome: Outcome): ExitCode =>
    conclude(env, cutoverResult(outcome, { ...view, facts: observer.facts }, words, exitOf, env.name))
  const declined = options.yes ? undefined : await declinedBeginning(env, steps, observer.facts, plan)
  if (declined) return end({ kind: 'undone', halt: declined, stopped: false, says: [] })
  const journal = await openJournal(env, cluster, migration, options.recording, observer.facts.v1)
  const moving = { cluster, observer, journal, plan, timeout: options.timeout }
  const handover = watchHandover(env, cluster, moving, migration.stored?.record.handover)
  const outcome = await onScreen(env, words, moving, (running, screen) => {
    const agree = async (step: Step, writes: boolean): Promise<Stop | undefined> => {
      if (step.id === 'start' || step.id === 'observe') handover.followV2()
      if (step.id !== 'hold' || !writes) return undefined
      const stop = await handover.readV1()
      if (stop) return stop
      const repeated = repeatedLine(observer.facts, env.now())
      if (options.yes) return screen.note(repeated)
      screen.pause()
      env.err.write(holdQuestion(repeated))
      const yes = await whileKept(env, journal, agreed(env))
      return yes ? await handover.readV1() : { why: 'declined', reason: 'not agreed to' }
    }
    return execute(steps, { ...running, agree, explain: handover.explain }, (facts) => v2Ending(facts, plan))
  })
  handover.close()
  await closeJournal(env, journal, stateAfter(outcome))
  return end(outcome)
}

/** The first of two questions: before the first write. Undefined when it was agreed to. */
async function declinedBeginning(
  env: Env,
  steps: readonly Step[],
  facts: Facts,
  plan: Plan,
): Promise<Halt | undefined> {
  const actions = plannedSteps(steps, facts, plan).flatMap((planned) => planned.actions)
  const held = facts.v1 !== undefined && isSuspended(facts.v1)
  env.err.write(
    beginQuestion(
      actions.filter(({ verb }) => verb === 'create'),
      held,
    ),
  )
  if (await agreed(env)) return undefined
  const [step = { id: 'manifest' as const, title: 'manifest' }] = steps
  if (env.signal.aborted) return { why: 'interrupted', step, reason: 'interrupted' }
  return { why: 'declined', step, reason: 'not agreed to' }
}

function stateAfter(outcome: Outcome): MigrationState | undefined {
  switch (outcome.kind) {
    case 'done':
      return 'moved'
    case 'undone':
      return outcome.stopped && outcome.halt.why === 'ended' ? 'ended' : 'undone'
    case 'stranded':
      return outcome.undoing.why === 'lost' ? undefined : 'stranded'
    case 'stopped':
      return undefined
  }
}
