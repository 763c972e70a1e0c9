import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import { ClusterError, failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { type PlannedStep, sendDryRun } from '../execute/dry-run.ts'
import type { ExecutorOptions } from '../execute/executor.ts'
import type { StoredJournal } from '../execute/journal.ts'
import type { Observer } from '../execute/observer.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { formatClock } from '../kube/duration.ts'
import type { Facts, Subject } from '../migration/facts.ts'
import type { Halt, Outcome, WayBack } from '../migration/outcome.ts'
import { dryRunLines } from '../present/cutover.ts'
import { describeError } from '../present/errors.ts'
import { type MovedJob, moveResult, plannedEvents } from '../present/move-event.ts'
import { spoken } from '../present/spoken.ts'
import { wrap } from '../present/width.ts'
import { openScreen, type Screen } from './cutover-screen.ts'
import { columnsOf } from './screen.ts'

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
  if (output === 'json') for (const line of plannedEvents(plan, planned, sent, env.now())) env.out.write(line)
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

/** The words of halts, for a program of this name. */
export function haltWords({ name }: Env): HaltWords {
  const told = (halt: Halt) => describeError(halt.error, name)
  return {
    words(halt) {
      if (halt.why === 'error') return clauseOf(halt.error, told(halt).lines)
      // others' words end as sentences, and more follows
      const reason = halt.reason.replace(/\.$/, '')
      return halt.limit === undefined ? reason : `not within ${formatClock(halt.limit)}: ${reason}`
    },
    exitOf: (halt) => told(halt).exit,
  }
}

/** An error in one clause; of a refusal also the first of the words of who refused. */
function clauseOf(error: unknown, [what = '', why = '']: readonly string[]): string {
  const clause = what.replace(/^error: /, '')
  return why !== '' && saysWhy(error) ? `${clause}: ${why.trim()}` : clause
}

function saysWhy(error: unknown): boolean {
  return failedWith(error, 'webhook', 'admission', 'invalid')
}

/** What the error that stopped a run says beside its one clause: what is to be done about it. */
function hintsOf(stopped: Outcome | WayBack, name: string): string[] {
  const halt = 'undoing' in stopped ? stopped.undoing : 'halt' in stopped ? stopped.halt : undefined
  if (halt?.why !== 'error') return []
  const { lines } = describeError(halt.error, name)
  return lines.slice(saysWhy(halt.error) ? 2 : 1).map((line) => `  ${line.trim()}`)
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
  const screen = await openScreen(env, plan, words, output)
  const { signal, sleep } = env
  const { tick } = screen
  const report: ExecutorOptions['report'] = (event) => screen.show(event)
  try {
    return await run(
      { cluster, observer, journal, plan, timeout, signal, sleep, tick, report, elapsed: () => env.elapsed() },
      screen,
    )
  } finally {
    following.abort()
    screen.close()
  }
}

/**
 * Ends a run with its last words, which a terminal breaks between words only; `json`: as an event about the job, where there is one.
 * @param stopped how it ended: an error of the cluster has more to say
 */
export function conclude(
  env: Env,
  job: MovedJob | undefined,
  result: { readonly line: string; readonly more: readonly string[]; readonly exit: ExitCode },
  output = 'text',
  stopped?: Outcome | WayBack,
): ExitCode {
  const { line, exit } = result
  const more = [...(stopped ? hintsOf(stopped, env.name) : []), ...result.more]
  if (output === 'json') env.out.write(moveResult({ ...result, more }, env.now(), job))
  else {
    const columns = columnsOf(env.out)
    env.out.write(`${(columns === undefined ? [line] : wrap(line, columns)).join('\n')}\n`)
    env.err.write(spoken(more, env.err))
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
