import { build } from '../cli/build.ts'
import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import { ClusterError, failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { type PlannedStep, sendDryRun } from '../execute/dry-run.ts'
import type { ExecutorOptions } from '../execute/executor.ts'
import { StoredJournal } from '../execute/journal.ts'
import { JournalLost } from '../execute/journal-lost.ts'
import { Lease } from '../execute/lease.ts'
import type { Observer } from '../execute/observer.ts'
import type { Migration } from '../execute/prepare.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { formatClock, parseDuration } from '../kube/duration.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Facts, Subject } from '../migration/facts.ts'
import type { Halt } from '../migration/outcome.ts'
import type { MigrationState, Run } from '../migration/record.ts'
import { dryRunLines } from '../present/cutover.ts'
import { describeError } from '../present/errors.ts'
import { moveResult, plannedEvents } from '../present/move-event.ts'
import { Problem } from '../problem.ts'
import { readActor } from '../read/actor.ts'
import { type JobReference, parseReference } from '../read/reference.ts'
import { openScreen, type Screen } from './cutover-screen.ts'
import { columnsOf } from './screen.ts'

/** What the verbs that move a job have in common. */
export const yesFlag = {
  type: 'boolean',
  short: 'y',
  describe: 'do not ask; needed where there is no terminal',
  group: 'Safety',
} as const

export const dryRunFlag = {
  type: 'string',
  value: 'HOW',
  describe: 'client: print every write and make none; server: let the API server check them as well',
  choices: ['none', 'client', 'server'],
  bare: 'client',
  default: 'none',
  group: 'Safety',
} as const

export const reasonFlag = {
  type: 'string',
  value: 'TEXT',
  describe: 'why, for the record of the migration',
  group: 'Safety',
} as const

export const noCreateRuntimeFlag = {
  type: 'boolean',
  describe: 'refuse where the runtime of the job is not there yet, and tell how somebody else makes it',
  group: 'Safety',
} as const

/** Milliseconds of a duration flag. Throws a Problem for what is none. */
export function readDuration(flag: string, text = ''): number {
  const duration = parseDuration(text)
  if (duration !== undefined) return duration
  throw new Problem({
    code: 'wrong-flag-value',
    what: `--${flag} cannot be ${JSON.stringify(text)}: it takes a duration`,
    next: [`--${flag} 90s   (also 15m, 1h30m, 0)`],
    exit: exitCode.usage,
  })
}

/** The one job that is moved. Throws a Problem where none is named. */
export function jobToMove(positionals: readonly string[]): JobReference {
  const reference = parseReference(positionals)
  if (reference) return reference
  throw new Problem({ code: 'usage', what: 'which job? Name one', next: ['$0 list'], exit: exitCode.usage })
}

/** What a verb that asks needs to know before it asks the cluster anything. */
export interface Asking {
  readonly verb: string
  /** what it does that must be agreed to, after `before it` */
  readonly does: string
  readonly positionals: readonly string[]
  readonly connection: ConnectionFlags
  /** flags without which the same command would do something else */
  readonly flags?: readonly string[]
}

/** Throws a Problem where there is nobody to ask: the questions go to stderr, and the answers come from stdin. */
export function refuseUnasked(
  { in: input, err }: Env,
  { verb, does, positionals, connection, flags = [] }: Asking,
): void {
  if (input.isTTY && err.isTTY) return
  const place = connection.namespace ? ['-n', connection.namespace] : []
  const again = [`$0 ${verb}`, ...positionals, ...place, ...flags].join(' ')
  throw new Problem({
    code: 'no-terminal',
    what: `${verb} asks before it ${does}, and there is no terminal to ask on`,
    next: [`${again} --dry-run=client`, `${again} --yes`],
    exit: exitCode.usage,
  })
}

/** The answer to a question that was written; no line is no. */
export async function agreed(env: Env): Promise<boolean> {
  return /^y(es)?$/i.test(((await env.in.line()) ?? '').trim())
}

/** Prints the steps and their writes; with `server`, asks the API server about each. */
export async function rehearse<P extends Subject>(
  env: Env,
  cluster: Cluster,
  { dryRun, output }: { readonly dryRun: string; readonly output?: string },
  planned: readonly PlannedStep<P>[],
  facts: Facts,
  plan: P,
  beside: string,
): Promise<ExitCode> {
  const sent = dryRun === 'server' ? await sendDryRun(cluster, planned, facts) : new Map()
  if (output === 'json') for (const line of plannedEvents(planned, sent, env.now())) env.out.write(line)
  else env.out.write(`${dryRunLines(planned, plan, sent, columnsOf(env.out)).join('\n')}\n`)
  env.err.write(`dry run (${dryRun}): nothing was written\nnote: ${beside} would be written as well\n`)
  return exitCode.ok
}

/** How the halts of a run are told. */
export interface HaltWords {
  /** the reason, in one clause */
  words(halt: Halt): string
  /** of an error of the cluster */
  exitOf(halt: Halt): ExitCode
}

export function haltWords({ name }: Env): HaltWords {
  const told = (halt: Halt) => describeError(halt.error, name)
  return {
    words(halt) {
      if (halt.why === 'error') return clauseOf(halt.error, told(halt).lines)
      return halt.limit === undefined ? halt.reason : `not within ${formatClock(halt.limit)}: ${halt.reason}`
    },
    exitOf: (halt) => told(halt).exit,
  }
}

/** An error in one clause; of a refusal also the first of the words of who refused. */
function clauseOf(error: unknown, [what = '', why = '']: readonly string[]): string {
  const clause = what.replace(/^error: /, '')
  const saysWhy = why !== '' && failedWith(error, 'webhook', 'admission', 'invalid')
  return saysWhy ? `${clause}: ${why.trim()}` : clause
}

export interface Moving<P extends Subject> {
  readonly cluster: Cluster
  readonly observer: Observer
  readonly journal: StoredJournal
  readonly plan: P
  readonly timeout: number
  /** `json`: progress goes to standard output */
  readonly output?: string
}

/** Runs steps while the facts are followed and each thing that happens is shown; closes both in the end. */
export async function onScreen<P extends Subject, T>(
  env: Env,
  words: HaltWords['words'],
  { cluster, observer, journal, plan, timeout, output }: Moving<P>,
  run: (options: Omit<ExecutorOptions<P>, 'agree'>, screen: Screen) => Promise<T>,
): Promise<T> {
  const following = new AbortController()
  observer.follow(following.signal)
  const screen = await openScreen(env, words, output)
  const { signal, now, sleep } = env
  const { tick } = screen
  const report: ExecutorOptions['report'] = (event) => screen.show(event)
  try {
    return await run({ cluster, observer, journal, plan, timeout, signal, now, sleep, tick, report }, screen)
  } finally {
    following.abort()
    screen.close()
  }
}

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
  const lease = await Lease.acquire(cluster, record, env, (line) => env.err.write(`${line}\n`))
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
    if (!(error instanceof JournalLost)) throw error
    throw new Problem({
      code: 'moved-meanwhile',
      what: `${record.namespace}/${record.name}: ${error.message}`,
      why: 'it happened between the first look and the lock; this run changed nothing',
      next: [`$0 status ${record.name} -n ${record.namespace}`],
      exit: exitCode.conflict,
    })
  }
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

/** Ends a run with its last words; `json`: as an event. */
export function conclude(
  env: Env,
  result: { readonly line: string; readonly more: readonly string[]; readonly exit: ExitCode },
  output = 'text',
): ExitCode {
  const { line, more, exit } = result
  if (output === 'json') env.out.write(moveResult(result, env.now()))
  else {
    env.out.write(`${line}\n`)
    if (more.length > 0) env.err.write(`${more.join('\n')}\n`)
  }
  return exit
}

/** Connects for a verb that writes: the first Ctrl-C must not cut the requests of a way back. */
export async function connected<T>(
  env: Env,
  connection: ConnectionFlags,
  act: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const cluster = await env.connect(connection, new AbortController().signal)
  try {
    return await act(cluster)
  } finally {
    cluster.close()
  }
}

/** Ctrl-C ends a reading at once: nothing was changed, and the requests are left to end by themselves. */
export async function untilInterrupted<T>(signal: AbortSignal, reading: Promise<T>): Promise<T> {
  const interrupted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new ClusterError({ kind: 'aborted' }))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
  return await Promise.race([reading, interrupted])
}
