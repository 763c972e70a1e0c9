import type { Command, FlagSpecs, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { QueueState } from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import { printJson } from '../kube/print-json.ts'
import { fleetScreen } from '../present/fleet-screen.ts'
import { gapLines, servedLines } from '../present/gaps.ts'
import { historyLines } from '../present/history.ts'
import { jobScreen } from '../present/job-screen.ts'
import { spoken } from '../present/spoken.ts'
import type { JobView } from '../present/status-view.ts'
import { Problem } from '../problem.ts'
import { Gaps, settle } from '../read/gaps.ts'
import { readJobs } from '../read/jobs.ts'
import { readQueueStates } from '../read/queue-states.ts'
import { type JobReference, parseReference } from '../read/reference.ts'
import { readSnapshot, type Snapshot } from '../read/snapshot.ts'
import { readSystems, type Systems } from '../read/systems.ts'
import { groupWords } from './fleet-groups.ts'
import { isQueued } from './fleet-queues.ts'
import { fleetView } from './fleet-view.ts'
import { historyOf } from './history.ts'
import { type JobProgress, jobProgress } from './job-progress.ts'
import { jobView } from './job-view.ts'
import { namesOf, nothingFound } from './list-output.ts'
import { liveScreen } from './live.ts'
import { columnsOf, hiddenNote, layoutOf } from './screen.ts'

const flags = {
  selector: {
    type: 'string',
    short: 'l',
    value: 'SELECTOR',
    describe: 'without a name: only jobs with these labels, and their partners',
    group: 'Selection',
  },
  by: {
    type: 'string',
    value: 'WHAT',
    describe: 'without a name: also the v1 jobs of each namespace, queue, or source (who makes them)',
    choices: groupWords,
    group: 'Output',
  },
  history: {
    type: 'boolean',
    describe: 'with a name: who moved it when, every write, and what came of it',
    group: 'Output',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['text', 'wide', 'json', 'yaml', 'name'],
    default: 'text',
    describe: 'wide shows every pod of a job, also of roles with many that are alike',
    group: 'Output',
  },
  watch: {
    type: 'boolean',
    short: 'w',
    describe: 'go on until Ctrl-C: drawn again on a terminal, elsewhere the whole answer after each change',
    group: 'Output',
  },
} as const satisfies FlagSpecs

type Flags = Invocation<typeof flags>['flags']

export const command: Command<typeof flags> = {
  name: 'status',
  summary: 'where the move stands: all jobs in numbers, one job to its pods',
  usage: '[KIND/NAME | KIND NAME | job NAME | NAME]',
  examples: [
    { does: 'All jobs of the cluster in numbers', type: '$0 status -A' },
    { does: 'Who still makes v1 jobs', type: '$0 status -A --by source' },
    {
      does: 'Both sides of one job: roles, pods, what is wrong, what to type next',
      type: '$0 status job bert-large -n nlp',
    },
    { does: 'Who moved it, when and why, write by write', type: '$0 status job bert-large --history' },
    { does: 'The same screen, kept up to date', type: '$0 status job bert-large -n nlp -w' },
    { does: 'Is its TrainJob running? For a script', type: '$0 status bert-large -o json | jq -r .v2.state' },
  ],
  flags,
  connects: true,
  leavesUncompiled: true,
  collectsOften: true,
  keepsYoungSmall: true,
  manyNamespaces: true,
  run,
}

/** Milliseconds between two looks of a watch. */
const interval = 2000

/**
 * Requests about one job at most, whatever the number of its pods: a log is read where that many were not needed. Without its kind the
 * five other kinds are asked for it as well.
 */
const requestsOfJob = 8
const requestsOfName = requestsOfJob + 5

/** A screen in every format. */
interface Answer {
  readonly document: Record<string, unknown>
  readonly lines: readonly string[]
  /** as `-o name` prints them, a line each */
  readonly names: readonly string[]
  /** about the screen, for stderr */
  readonly notes: readonly string[]
  readonly exit: ExitCode
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const reference = parseReference(invocation.positionals)
  if (invocation.flags.history && !reference) throw historyOfWhat()
  if (invocation.flags.output === 'name') mustBeNamed(invocation.flags)
  if (reference && invocation.allNamespaces) throw nameWith('-A', reference)
  if (reference && invocation.flags.selector) throw nameWith('-l', reference)
  if (reference && invocation.flags.by) throw nameWith('--by', reference)
  const cluster = await env.connect(invocation.connection)
  let installed: Promise<Systems | undefined> | undefined
  /** once, however often the jobs are looked at */
  const systems = () => {
    installed ??= readSystems(cluster)
    return installed
  }
  const ask = () =>
    reference && invocation.flags.history
      ? aboutHistory(env, cluster, reference)
      : reference
        ? aboutJob(env, cluster, reference, invocation.flags)
        : aboutFleet(env, cluster, invocation, systems)
  if (invocation.flags.watch) return await follow(env, ask, invocation.flags)
  const answer = await ask()
  for (const note of answer.notes) env.err.write(`${note}\n`)
  await present(env, answer, invocation.flags)
  return answer.exit
}

/** Asks again every few seconds until Ctrl-C ends it (exit 130); tells only what changed, or draws on a terminal. */
async function follow(env: Env, ask: () => Promise<Answer>, given: Flags): Promise<ExitCode> {
  const drawn = env.out.isTTY && (given.output === 'text' || given.output === 'wide')
  const screen = drawn ? await liveScreen(env.out) : undefined
  let last = ''
  try {
    while (!env.signal.aborted) {
      const answer = await ask()
      const now = JSON.stringify([answer.document, answer.notes])
      screen?.draw([...answer.lines, ...spoken(answer.notes, env.out).split('\n').slice(0, -1)])
      if (!screen && now !== last) {
        for (const note of answer.notes) env.err.write(`${note}\n`)
        if (last !== '' && given.output !== 'json') env.out.write(given.output === 'yaml' ? '---\n' : '\n')
        await present(env, answer, given)
      }
      last = now
      await env.sleep(interval)
    }
  } catch (error) {
    if (!(env.signal.aborted && failedWith(error, 'aborted'))) throw error
  } finally {
    screen?.close()
  }
  return exitCode.interrupted
}

async function aboutJob(env: Env, cluster: Cluster, reference: JobReference, given: Flags): Promise<Answer> {
  const before = cluster.requests
  const snapshot = await readSnapshot(cluster, reference, cluster.namespace, 'status', true)
  const found = jobView(snapshot, env.name, await standingOf(snapshot), given.watch)
  const left = before + (reference.kind ? requestsOfJob : requestsOfName) - cluster.requests
  const progress = await jobProgress(cluster, snapshot, found, left, env.signal)
  const view = withProgress(found, progress)
  const lines = jobScreen(view, { ...layoutOf(env.out), now: env.now(), allPods: given.output === 'wide' })
  return {
    document: { kind: 'JobStatus', ...view },
    lines,
    names: namesOf({ v1: named(snapshot.v1), v2: named(snapshot.trainJob) }),
    notes: gapLines([...snapshot.gaps, ...progress.gaps]),
    exit: isAlarming(view) ? exitCode.no : exitCode.ok,
  }
}

/** What somebody must look at now: training that is done twice, or may be. */
function isAlarming({ phase, reactivated, revived }: JobView): boolean {
  return phase === 'BothRun' || reactivated !== undefined || revived !== undefined
}

/** The converter is loaded for a job with both sides: it would cost every start of the program. */
async function standingOf({ v1, v1Pods, trainJob, jobSet }: Snapshot) {
  if (!v1 || !trainJob || !jobSet) return undefined
  const { standing } = await import('../convert/standing.ts')
  return standing(v1, trainJob, jobSet, v1Pods)
}

async function aboutHistory(env: Env, cluster: Cluster, reference: JobReference): Promise<Answer> {
  const migrations = await historyOf(cluster, reference)
  return {
    document: { kind: 'JobHistory', migrations },
    lines: historyLines(migrations, columnsOf(env.out)),
    names: [],
    notes: [],
    exit: exitCode.ok,
  }
}

function historyOfWhat(): Problem {
  const next = ['$0 list', '$0 status job NAME --history']
  return new Problem({ code: 'usage', what: '--history is about one job: which one?', next, exit: exitCode.usage })
}

function withProgress(view: JobView, progress: JobProgress): JobView {
  const { v1, v2 } = view
  return {
    ...view,
    ...(v1 && { v1: { ...v1, progress: progress.v1 } }),
    ...(v2 && { v2: { ...v2, progress: progress.v2 } }),
    notRead: [...view.notRead, ...progress.gaps],
  }
}

async function aboutFleet(
  env: Env,
  cluster: Cluster,
  { allNamespaces, flags: given }: Invocation<typeof flags>,
  readInstalled: () => Promise<Systems | undefined>,
): Promise<Answer> {
  const namespace = allNamespaces ? undefined : cluster.namespace
  const query = { namespace, labelSelector: given.selector || undefined, classes: true, now: () => env.now() }
  const [jobs, systems] = await settle(readJobs(cluster, query), readInstalled())
  const gaps = new Gaps()
  const kueue = systems?.kueue !== undefined || isQueued(jobs.pairs)
  const queued = kueue ? await readQueueStates(cluster, namespace, gaps) : new Map<string, QueueState>()
  const { context } = cluster
  const all = { ...jobs, gaps: [...jobs.gaps, ...gaps.all] }
  const view = fleetView(all, { context, namespace, systems, queued, program: env.name, now: env.now(), by: given.by })
  const { lines, hidden } = fleetScreen(view, { ...layoutOf(env.out), now: env.now() })
  const notes = [...servedLines(jobs.served), ...gapLines(all.gaps)]
  if (hidden.length > 0) notes.push(hiddenNote(env, hidden, '-o json'))
  const none = jobs.pairs.length === 0
  if (none) notes.push(nothingFound(namespace))
  const { bothRunning, revived } = view.progress
  const alarm = bothRunning > 0 || revived > 0
  return {
    document: { kind: 'FleetStatus', ...view },
    lines: none ? [] : lines,
    names: jobs.pairs.flatMap(namesOf),
    notes,
    exit: alarm ? exitCode.no : exitCode.ok,
  }
}

async function present(env: Env, { document, lines, names }: Answer, { output }: Flags): Promise<void> {
  const whole = { apiVersion: 'kubectl-migrate.dev/v1', ...document }
  if (output === 'json') env.out.write(`${printJson(whole)}\n`)
  else if (output === 'yaml') env.out.write((await import('../kube/print-yaml.ts')).printYaml(whole))
  else if (output === 'name') env.out.write(names.join(''))
  else if (lines.length > 0) env.out.write(`${lines.join('\n')}\n`)
}

function named(object: KubeObject | undefined) {
  return object && { kind: object.kind, name: object.metadata.name ?? '' }
}

function mustBeNamed({ history, watch }: Flags): void {
  if (!history && !watch) return
  throw new Problem({
    code: 'usage',
    what: `-o name tells which objects there are, and ${history ? '--history' : '-w'} tells what becomes of them`,
    next: [`${history ? '--history' : '-w'} with -o text, -o json or -o yaml`],
    exit: exitCode.usage,
  })
}

function nameWith(flag: string, { name }: JobReference): Problem {
  return new Problem({
    code: 'name-with-many',
    what: `${flag} goes with many jobs, and ${name} is one`,
    next: [`$0 status ${name} -n NAMESPACE`, '$0 list -A'],
    exit: exitCode.usage,
  })
}
