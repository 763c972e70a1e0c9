import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { plannedWayBack, sendDryRun } from '../execute/dry-run.ts'
import { takeBack } from '../execute/executor.ts'
import { refusedProblem } from '../execute/prepare.ts'
import { type PreparedRollback, prepareRollback } from '../execute/prepare-rollback.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { formatClock } from '../kube/duration.ts'
import type { Halt } from '../migration/outcome.ts'
import { type RollbackPlan, rollbackCourse } from '../migration/rollback.ts'
import type { Step } from '../migration/step.ts'
import { dryRunLines, jobName } from '../present/cutover.ts'
import { describeError } from '../present/errors.ts'
import { rollbackQuestion, rollbackResult } from '../present/rollback.ts'
import { Problem } from '../problem.ts'
import { type JobReference, parseReference } from '../read/reference.ts'
import { openScreen } from './cutover-screen.ts'
import { columnsOf, dryRunFlag, readDuration, untilInterrupted, yesFlag } from './moving.ts'

const flags = {
  yes: yesFlag,
  'dry-run': dryRunFlag,
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
  readonly rerun: boolean
  readonly timeout: number
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
  const reference = parseReference(positionals)
  if (!reference) {
    throw new Problem({ code: 'usage', what: 'which job? Name one', next: ['$0 list'], exit: exitCode.usage })
  }
  const { yes, rerun } = given
  const dryRun = given['dry-run'] ?? 'none'
  if (!yes && dryRun === 'none' && !(env.in.isTTY && env.err.isTTY)) {
    const place = connection.namespace ? ['-n', connection.namespace] : []
    const again = ['$0 rollback', ...positionals, ...place, ...(rerun ? ['--rerun'] : [])].join(' ')
    throw new Problem({
      code: 'no-terminal',
      what: 'rollback asks before it deletes a TrainJob, and there is no terminal to ask on',
      next: [`${again} --dry-run=client`, `${again} --yes`],
      exit: exitCode.usage,
    })
  }
  return { reference, yes, dryRun, rerun, timeout: readDuration('timeout', given.timeout) }
}

async function rollback(env: Env, cluster: Cluster, options: Options): Promise<ExitCode> {
  const { reference, rerun, dryRun } = options
  const reading = prepareRollback(cluster, reference, cluster.namespace, rerun, env.now)
  const prepared = await untilInterrupted(env.signal, reading)
  const { plan, observer } = prepared
  const course = rollbackCourse(observer.facts, plan)
  if ('refused' in course) throw refusedProblem(plan.job.object, [course.refused], 'rolled back')
  if ('already' in course) {
    env.out.write(`${jobName(plan)} has nothing to roll back: ${course.already}\n`)
    return exitCode.ok
  }
  if (dryRun !== 'none') return await rehearse(env, cluster, dryRun, prepared, course.steps)
  if (!options.yes) {
    env.err.write(rollbackQuestion(observer.facts, plan))
    const agreed = /^y(es)?$/i.test(((await env.in.line()) ?? '').trim())
    if (env.signal.aborted || !agreed) {
      env.out.write(`${jobName(plan)} was NOT rolled back: not agreed to; nothing was changed\n`)
      return env.signal.aborted ? exitCode.interrupted : exitCode.no
    }
  }
  return await goBack(env, cluster, options, prepared, course.steps)
}

/** Prints the steps and their writes; with `server`, asks the API server about each. */
async function rehearse(
  env: Env,
  cluster: Cluster,
  dryRun: string,
  { plan, observer }: PreparedRollback,
  steps: readonly Step<RollbackPlan>[],
): Promise<ExitCode> {
  const planned = plannedWayBack(steps, observer.facts, plan)
  const sent = dryRun === 'server' ? await sendDryRun(cluster, planned, observer.facts) : new Map()
  env.out.write(`${dryRunLines(planned, plan, sent, columnsOf(env.out)).join('\n')}\n`)
  env.err.write(`dry run (${dryRun}): nothing was written\n`)
  return exitCode.ok
}

async function goBack(
  env: Env,
  cluster: Cluster,
  { timeout }: Options,
  { plan, observer }: PreparedRollback,
  steps: readonly Step<RollbackPlan>[],
): Promise<ExitCode> {
  const errorWords = (halt: Halt) => describeError(halt.error, env.name)
  const words = (halt: Halt) => {
    if (halt.why === 'error') return (errorWords(halt).lines[0] ?? '').replace(/^error: /, '')
    return halt.limit === undefined ? halt.reason : `not within ${formatClock(halt.limit)}: ${halt.reason}`
  }
  const following = new AbortController()
  observer.follow(following.signal)
  const screen = await openScreen(env, words)
  const way = await takeBack(steps, {
    cluster,
    observer,
    plan,
    timeout,
    signal: env.signal,
    now: env.now,
    sleep: env.sleep,
    tick: screen.tick,
    report: (event) => screen.show(event),
    agree: async () => true,
  }).finally(() => {
    following.abort()
    screen.close()
  })
  const result = rollbackResult(way, observer.facts, plan, words, (halt) => errorWords(halt).exit, env.name)
  env.out.write(`${result.line}\n`)
  env.err.write(`${result.more.join('\n')}\n`)
  return result.exit
}
