import { build } from '../cli/build.ts'
import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import type { Env } from '../env.ts'
import { plannedSteps } from '../execute/dry-run.ts'
import { execute } from '../execute/executor.ts'
import { guardCount, type Prepared, prepare, refusedProblem } from '../execute/prepare.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { courseOf } from '../migration/course.ts'
import type { Step } from '../migration/step.ts'
import {
  beginQuestion,
  type CutoverView,
  cutoverResult,
  headerLines,
  holdQuestion,
  jobName,
} from '../present/cutover.ts'
import { readDecisions } from '../read/decisions.ts'
import type { JobReference } from '../read/reference.ts'
import { mpiFlag } from './conversion-flags.ts'
import {
  agreed,
  conclude,
  dryRunFlag,
  haltWords,
  jobToMove,
  onScreen,
  readDuration,
  refuseUnasked,
  rehearse,
  untilInterrupted,
  yesFlag,
} from './moving.ts'
import { columnsOf } from './screen.ts'

const flags = {
  yes: yesFlag,
  'dry-run': dryRunFlag,
  accept: {
    type: 'strings',
    value: 'CODE',
    describe: 'go on although a finding of this code says that something is lost',
    group: 'Conversion',
  },
  decisions: {
    type: 'string',
    value: 'FILE',
    describe: 'what was decided about jobs: accepted findings, MPI; otherwise ./migrate.yaml where it is there',
    completes: 'file',
    group: 'Conversion',
  },
  mpi: mpiFlag,
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
  /** path of the decisions file, where one is named */
  readonly decisions?: string
  readonly timeout: number
  readonly observe: number
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
  return {
    reference,
    yes: given.yes,
    dryRun,
    accept: given.accept,
    mpi: given.mpi as MpiTransport | undefined,
    decisions: given.decisions,
    timeout: readDuration('timeout', given.timeout),
    observe: readDuration('observe', given.observe),
  }
}

async function cutover(env: Env, cluster: Cluster, options: Options): Promise<ExitCode> {
  const { reference, accept, mpi, observe, timeout } = options
  const { namespace } = cluster
  const decided = await readDecisions(env.files, options.decisions)
  const choices = { accept, mpi, decisions: decided?.decisions }
  const reading = prepare(cluster, {
    reference,
    namespace,
    toolVersion: build.version,
    ...choices,
    observe,
    now: env.now,
  })
  const prepared = await untilInterrupted(env.signal, reading)
  const { plan, observer } = prepared
  const course = courseOf(observer.facts, plan, timeout + observe)
  if ('refused' in course) throw refusedProblem(plan.conversion.job.object, [course.refused])
  if ('already' in course) {
    env.out.write(`${jobName(plan)} is cut over already: ${course.already}\n`)
    return exitCode.ok
  }
  const suspended = plan.suspendBefore === true
  const view: CutoverView = { plan, guards: guardCount, resumes: course.resumes, suspended, flags: flagsAgain(options) }
  env.err.write(`${headerLines(view, env.err, columnsOf(env.err)).join('\n')}\n`)
  if (options.dryRun === 'none') return await move(env, cluster, options, prepared, course.steps, view)
  const planned = plannedSteps(course.steps, observer.facts, plan)
  return await rehearse(env, cluster, options.dryRun, planned, observer.facts, plan)
}

/** The flags without which the same command would not do the same. */
function flagsAgain({ accept, mpi, decisions }: Options): string[] {
  return [
    ...accept.map((code) => `--accept ${code}`),
    ...(mpi === undefined ? [] : [`--mpi ${mpi}`]),
    ...(decisions === undefined ? [] : [`--decisions ${decisions}`]),
  ]
}

async function move(
  env: Env,
  cluster: Cluster,
  options: Options,
  { plan, observer }: Prepared,
  steps: readonly Step[],
  view: CutoverView,
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  const moving = { cluster, observer, plan, timeout: options.timeout }
  const outcome = await onScreen(env, words, moving, (running, screen) => {
    const planned = plannedSteps(steps, observer.facts, plan)
    return execute(steps, { ...running, agree: asker(env, options.yes, planned, (step) => screen.pause(step), view) })
  })
  return conclude(env, cutoverResult(outcome, { ...view, facts: observer.facts }, words, exitOf, env.name))
}

/** Two questions at most: before the first write, and before v1 is stopped. */
function asker(
  env: Env,
  yes: boolean,
  planned: ReturnType<typeof plannedSteps>,
  pause: (step: Step) => void,
  { plan }: CutoverView,
): (step: Step) => Promise<boolean> {
  let begun = false
  return async (step) => {
    const stops = step.id === 'hold'
    if (yes || (begun && !stops)) return true
    begun = true
    if (step.id === 'start') return true
    pause(step)
    const creations = planned.flatMap(({ actions }) => actions.filter(({ verb }) => verb === 'create'))
    env.err.write(stops ? holdQuestion(plan) : beginQuestion(creations))
    return await agreed(env)
  }
}
