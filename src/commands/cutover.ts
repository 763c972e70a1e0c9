import { build } from '../cli/build.ts'
import type { Command, Invocation } from '../cli/command.ts'
import { withFlagsAdded } from '../cli/flag-added.ts'
import { commandAgain, flagsAgain } from '../cli/typed-again.ts'
import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import type { Env } from '../env.ts'
import { plannedSteps } from '../execute/dry-run.ts'
import { removeDeadLease } from '../execute/lease.ts'
import { guardCount, prepare } from '../execute/prepare.ts'
import { deletedJob } from '../execute/prepare-recreate.ts'
import { refusedProblem, v1Gone } from '../execute/prepare-refusals.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { courseOf } from '../migration/course.ts'
import { keepNameCourse, overlapCourse, type Way } from '../migration/other-ways.ts'
import { recordName } from '../migration/record.ts'
import { type CutoverView, guardsFound, headerLines, jobName } from '../present/cutover.ts'
import { gapLines, unguardedText } from '../present/gaps.ts'
import { Problem } from '../problem.ts'
import { readDecisions } from '../read/decisions.ts'
import { trainerReleaseOnce } from '../read/operators.ts'
import { formatReference, type JobReference, parseReference, parseReferences } from '../read/reference.ts'
import { type Reviewed, readReviewed, reviewedJob } from '../read/reviewed-file.ts'
import { jobsNamed, jobsSelected } from '../read/several-jobs.ts'
import { afterRefusedCutover } from './after-refusal.ts'
import { placeOf, withHash } from './cutover-file.ts'
import { flags } from './cutover-flags.ts'
import { requireMatch } from './cutover-gate.ts'
import { type CutoverOptions, runCutover } from './cutover-run.ts'
import { namesAndSelector, neverResumes, noneSelected, oneFile, selectorUnasked } from './cutover-usage.ts'
import { readHooks } from './hook-flags.ts'
import { conclude, connected, rehearse, untilInterrupted } from './moving.ts'
import { jobToMove, readDuration, refuseUnasked, withoutAsking } from './moving-flags.ts'
import { settleRecord } from './moving-record.ts'
import { oneByOne } from './one-by-one.ts'
import { columnsOf, noteTo } from './screen.ts'

export const command: Command<typeof flags> = {
  name: 'cutover',
  summary: 'run a v1 job as a TrainJob of its name; back to v1 if that fails',
  usage: 'KIND/NAME | KIND NAME | job NAME | NAME [NAME...] | -l SELECTOR | -f FILE',
  examples: [
    { does: 'Move one job; asks before it writes, and before it stops v1', type: '$0 cutover job bert-large -n nlp' },
    { does: 'What would be written? Nothing is', type: '$0 cutover job bert-large --dry-run=server' },
    { does: 'An MPIJob, whose launcher keeps its kubectl exec', type: '$0 cutover mpijob/horovod-bert --mpi exec' },
    { does: 'Several, one after another', type: '$0 cutover job bert-large jax-probe -n nlp --yes --keep-going' },
    { does: 'Only to what was reviewed', type: '$0 cutover -f v2/bert-large.yaml -n nlp' },
    { does: 'All jobs of a team', type: '$0 cutover -l team=vision -n vision --yes' },
    {
      does: 'Stop what reads its checkpoints before v1 is stopped; a failure leaves v1 running',
      type: "$0 cutover job bert-large --hook before-hold='./pause-eval.sh'",
    },
    { does: 'In a script, watching v2 for ten minutes', type: '$0 cutover pytorchjob/bert-large --yes --observe 10m' },
  ],
  flags,
  connects: true,
  manyNamespaces: false,
  writes: true,
  run,
}

interface Options extends CutoverOptions {
  readonly reference: JobReference
  /** what was agreed to, where a file says so */
  readonly reviewed?: Reviewed
  readonly dryRun: string
  readonly accept: readonly string[]
  readonly mpi?: MpiTransport
  readonly podLabels?: 'v1'
  readonly gangScheduler?: string
  /** path of the decisions file, where one is named */
  readonly decisions?: string
  readonly observe: number
  readonly queueTimeout: number
  readonly noCreateRuntime: boolean
  readonly requireResume: boolean
  readonly gate?: string
  readonly way?: Way
  /** the flags as they were typed, for the same job again */
  readonly again: readonly string[]
}

/** One of the jobs that a command moves. */
interface JobOptions extends Options {
  readonly trainerRelease: () => Promise<string | undefined>
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const options = readOptions(env, invocation)
  const { positionals, flags: given } = invocation
  const reviewed =
    given.filename === undefined
      ? undefined
      : await readReviewed(env.files, env.in, given.filename, parseReference(positionals))
  const place = (connection: ConnectionFlags) => commandAgain(command, { ...invocation, connection })
  const connection = placeOf(reviewed, invocation.connection, place)
  return await connected(env, connection, async (cluster) => {
    const recording = { ...options.recording, connection }
    const common = { ...options, recording, trainerRelease: trainerReleaseOnce(cluster) }
    const selected = given.selector !== undefined
    if (!selected && parseReferences(positionals).length < 2) {
      const reference = parseReference(positionals) ?? (reviewed ? reviewedJob(reviewed) : jobToMove(positionals))
      return await cutover(env, cluster, { ...common, reference, reviewed })
    }
    const same = (jobs: readonly JobReference[]) => sameOf(invocation, jobs)
    const reading = selected ? jobsSelected(cluster, given.selector) : jobsNamed(cluster, positionals, 'cutover', same)
    const { jobs, finished, gaps } = await untilInterrupted(env.signal, reading)
    for (const line of gapLines(gaps)) env.err.write(`${line}\n`)
    if (finished > 0) noteTo(env)(`${finished} of the selected jobs have finished, and are not run again`)
    if (jobs.length === 0) throw noneSelected(given.selector ?? '', cluster.namespace)
    const many = {
      keepGoing: given['keep-going'],
      done: options.dryRun === 'none' ? 'cut over' : 'rehearsed',
      again: (rest: readonly JobReference[]) => same(rest).replace('$0', env.name),
    }
    return await oneByOne(env, jobs, many, (reference) =>
      cutover(env, cluster, { ...common, reference }).catch((error) => {
        throw error instanceof Problem ? withFlagsAdded(error, command, oneOf(invocation, reference)) : error
      }),
    )
  })
}

/** what goes with several jobs only */
const alone = { selector: undefined, 'keep-going': false }

/** The same for one of several jobs: what is accepted for it is not accepted for the others. */
function oneOf(invocation: Invocation<typeof flags>, { kind, name }: JobReference): Invocation<typeof flags> {
  return {
    ...invocation,
    positionals: [formatReference(kind ?? 'job', name)],
    flags: { ...invocation.flags, ...alone },
  }
}

/** The same command for some of several jobs: as it was typed, also in what it does not ask and does not write. */
function sameOf(invocation: Invocation<typeof flags>, jobs: readonly JobReference[]): string {
  const { flags: given } = invocation
  const positionals = jobs.map(({ kind, name }) => formatReference(kind ?? 'job', name))
  const again = commandAgain(command, { ...invocation, positionals, flags: { ...given, selector: undefined } })
  const dryRun = given['dry-run'] ?? 'none'
  return [again, ...(given.yes ? ['--yes'] : []), ...(dryRun === 'none' ? [] : [`--dry-run=${dryRun}`])].join(' ')
}

function readOptions(env: Env, invocation: Invocation<typeof flags>): Omit<Options, 'reference'> {
  const { positionals, flags: given, connection } = invocation
  const dryRun = given['dry-run'] ?? 'none'
  const { selector } = given
  const file = given.filename
  const named = parseReferences(positionals).length
  if (selector === undefined && file === undefined && named === 0) jobToMove(positionals)
  if (file !== undefined && (selector !== undefined || named > 1))
    throw oneFile(file, commandAgain(command, { ...invocation, positionals: [], flags: { ...given, ...alone } }))
  if (selector !== undefined && positionals.length > 0)
    throw namesAndSelector(selector, `${commandAgain(command, { ...invocation, positionals: [] })} --yes`)
  if (!given.yes && dryRun === 'none') {
    const asking = { verb: 'cutover', specs: flags, invocation }
    if (selector !== undefined) throw selectorUnasked(selector, withoutAsking(asking))
    refuseUnasked(env, 'stops a job', asking)
  }
  if (given['keep-name'] && given.overlap) {
    const what = '--keep-name and --overlap are two ways: a twin that takes v1’s place runs already'
    throw new Problem({ code: 'usage', what, exit: exitCode.usage })
  }
  if (given['keep-name'] && given['require-resume']) {
    const without = (more: object) =>
      withoutAsking({
        verb: 'cutover',
        specs: flags,
        invocation: { ...invocation, flags: { ...given, ...more } },
      })[1] ?? ''
    throw neverResumes([without({ 'require-resume': false }), without({ 'keep-name': false })])
  }
  const observe = readDuration('observe', given.observe)
  if (given['require-resume'] && observe === 0) throw nothingToSee()
  return {
    yes: given.yes,
    output: given.output ?? 'text',
    dryRun,
    accept: given.accept,
    mpi: given.mpi as MpiTransport | undefined,
    podLabels: given['pod-labels'] as 'v1' | undefined,
    gangScheduler: given['gang-scheduler'],
    decisions: given.decisions,
    timeout: readDuration('timeout', given.timeout),
    observe,
    queueTimeout: readDuration('queue-timeout', given['queue-timeout']),
    recording: { verb: 'cutover', connection, reason: given.reason },
    noCreateRuntime: given['no-create-runtime'],
    requireResume: given['require-resume'],
    gate: given.gate,
    way: given['keep-name'] ? 'keep-name' : given.overlap ? 'overlap' : undefined,
    hooks: readHooks(given.hook),
    hookTimeout: readDuration('hook-timeout', given['hook-timeout']),
    again: flagsAgain(flags, { ...given, ...alone }),
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

async function cutover(env: Env, cluster: Cluster, options: JobOptions): Promise<ExitCode> {
  const { reference, accept, mpi, podLabels, gangScheduler, observe, timeout } = options
  const { namespace } = cluster
  const decided = await readDecisions(env.files, options.decisions)
  const choices = { accept, mpi, podLabels, gangScheduler, decisions: decided?.decisions }
  const reading = prepare(cluster, {
    reference,
    namespace,
    toolVersion: build.version,
    ...choices,
    observe,
    requireResume: options.requireResume,
    queueTimeout: options.queueTimeout,
    way: options.way,
    reviewed: options.reviewed,
    trainerRelease: options.trainerRelease,
    createRuntime: !options.noCreateRuntime,
    now: env.now,
    sleep: env.sleep,
  })
  const prepared = await untilInterrupted(env.signal, reading).catch(async (error) => {
    const code = error instanceof Problem ? error.data.code : ''
    if (code.startsWith('guard-') && options.dryRun === 'none')
      await afterRefusedCutover(env, cluster, reference, options.recording, code)
    const gone = code === 'no-such-job' ? await deletedJob(cluster, reference, namespace) : undefined
    throw gone ? v1Gone(gone.record) : error
  })
  const { plan, observer, gaps } = prepared
  for (const gap of gaps) noteTo(env)(unguardedText(gap))
  // a run that said it is done rolls nothing back any more
  const over = prepared.migration.stored?.record.state === 'moved'
  const within = over ? Number.NEGATIVE_INFINITY : timeout + observe
  const course =
    options.way === 'keep-name'
      ? keepNameCourse(observer.facts, plan, over)
      : ((options.way === 'overlap' ? overlapCourse(observer.facts, plan) : undefined) ??
        courseOf(observer.facts, plan, within))
  if ('refused' in course) {
    const { code } = course.refused
    if (options.dryRun === 'none') await afterRefusedCutover(env, cluster, reference, options.recording, code)
    throw refusedProblem(plan.conversion.job.object, [course.refused])
  }
  if ('already' in course) {
    if (options.dryRun === 'none') {
      // an earlier run was killed at its very last writes, or a rollback before its first
      const { migration } = prepared
      const { state } = migration.stored?.record ?? {}
      if (state !== 'moving' && state !== 'returning') await removeDeadLease(cluster, plan, env)
      else await settleRecord(env, cluster, migration, options.recording, 'moved')
    }
    const line = `${jobName(plan)} is cut over already: ${course.already}`
    return conclude(env, plan, { line, more: [], exit: exitCode.ok }, options.output)
  }
  if (options.gate === 'compare') {
    await requireMatch(env, options.recording.connection, observer.facts, plan, course.resumes)
  }
  const suspended = plan.suspendBefore === true
  const view: CutoverView = {
    ...{ plan, guards: guardCount, suspended },
    found: guardsFound(plan, suspended, options.way !== undefined),
    resumes: course.resumes,
    twin: observer.facts.twin?.trainJob?.metadata.name,
    beside: options.way !== undefined,
    flags: options.again,
  }
  env.err.write(`${headerLines(view, env.err, columnsOf(env.err)).join('\n')}\n`)
  if (options.dryRun === 'none')
    return await runCutover(env, cluster, options, withHash(prepared, options.reviewed), course.steps, view)
  const planned = plannedSteps(course.steps, observer.facts, plan)
  const name = recordName(prepared.migration.record)
  const beside = `the record of it, ConfigMap ${name}, and the v1 manifest, Secret ${name},`
  return await rehearse(env, cluster, options, planned, observer.facts, plan, beside)
}
