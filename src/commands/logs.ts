import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { podState } from '../kube/pod-state.ts'
import { hasLog } from '../logs/life.ts'
import type { LogLine, LogSource } from '../logs/line.ts'
import { containerNames, type LogSelection } from '../logs/selection.ts'
import { gapLines } from '../present/gaps.ts'
import { leftLine, unreadLines, waitingLines } from '../present/log-notes.ts'
import { Problem } from '../problem.ts'
import type { LogStart } from '../read/container-log.ts'
import { followLogs } from '../read/follow-logs.ts'
import { type LogGap, logSources, readLogs } from '../read/logs.ts'
import { parseReference } from '../read/reference.ts'
import { readSnapshot, type Snapshot } from '../read/snapshot.ts'
import { flags, selectionOf, startOf } from './logs-flags.ts'
import { type LogSink, printed, saved } from './logs-sink.ts'

export const command: Command<typeof flags> = {
  name: 'logs',
  summary: 'logs of a v1 job and its TrainJob in one stream, by time and rank',
  usage: '[KIND/NAME | KIND NAME | job NAME | NAME]',
  examples: [
    { does: 'What both sides wrote, by time', type: '$0 logs job bert-large -n nlp' },
    { does: 'Follow the first pod of each side until the jobs end', type: '$0 logs bert-large -f --rank 0' },
    { does: 'The last lines of every pod of the TrainJob', type: '$0 logs bert-large --side v2 --tail 20' },
    { does: 'Keep them, to compare later', type: '$0 logs bert-large --save bert-logs' },
  ],
  flags,
  connects: true,
  manyNamespaces: false,
  run,
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const { flags: given, positionals } = invocation
  const reference = parseReference(positionals)
  if (!reference) throw nameMissing()
  const selection = selectionOf(given)
  const start = startOf(given)
  const cluster = await env.connect(invocation.connection)
  const snapshot = await readSnapshot(cluster, reference, cluster.namespace, 'logs')
  for (const note of gapLines(snapshot.gaps.filter(({ resource }) => resource === 'pods'))) env.err.write(`${note}\n`)
  const sources = chosen(snapshot, selection, given.follow)
  const containers = given.container.length > 1
  const sink = given.save
    ? await saved(env, given.save, given.force, headOf(env, snapshot, given.previous))
    : printed(env, { output: given.output ?? 'text', timestamps: given.timestamps, containers })
  sink.expect(sources)
  return given.follow
    ? await follow(env, cluster, { snapshot, selection, sources }, start, sink)
    : await readOnce(env, cluster, snapshot, sources, { ...start, previous: given.previous }, sink)
}

/** Reads what is written now. Exit 1 when nothing could be read, though there was something to read. */
async function readOnce(
  env: Env,
  cluster: Cluster,
  snapshot: Snapshot,
  sources: readonly LogSource[],
  start: LogStart & { readonly previous: boolean },
  sink: LogSink,
): Promise<ExitCode> {
  const gaps = notStarted(snapshot, sources)
  const begun = sources.filter((source) => !gaps.some((gap) => gap.source === source))
  const options = { ...start, signal: env.signal, sleep: env.sleep, gap: (gap: LogGap) => void gaps.push(gap) }
  const interrupted = await pour(env, readLogs(cluster, begun, options), sink, gaps)
  for (const line of unreadLines(gaps)) env.err.write(`${line}\n`)
  if (interrupted) return exitCode.interrupted
  if (gaps.length < sources.length) return exitCode.ok
  const refused = gaps.find(({ why }) => why === 'forbidden')?.error
  if (refused) throw refused
  return exitCode.no
}

/** Logs that are not there yet, with the state of their pods. */
function notStarted(snapshot: Snapshot, sources: readonly LogSource[]): LogGap[] {
  const pods = new Map([...snapshot.v1Pods, ...snapshot.v2Pods].map((pod) => [pod.metadata.uid ?? '', pod]))
  return sources.flatMap((source) => {
    const pod = pods.get(source.uid)
    return !pod || hasLog(pod, source.container) ? [] : { source, why: 'not started', message: podState(pod).word }
  })
}

interface Followed {
  readonly snapshot: Snapshot
  readonly selection: LogSelection
  /** those that are there when the following begins */
  readonly sources: readonly LogSource[]
}

/** Reads on until the jobs end; says at once what cannot be read. */
async function follow(
  env: Env,
  cluster: Cluster,
  { snapshot, selection, sources }: Followed,
  start: LogStart,
  sink: LogSink,
): Promise<ExitCode> {
  const gaps: LogGap[] = []
  const left: LogSource[] = []
  const refused = new AbortController()
  const waiting = notStarted(snapshot, sources)
  for (const line of waitingLines(waiting, sources.length === 0)) env.err.write(`${line}\n`)
  let told = 0
  const tell = (): void => {
    for (const line of unreadLines(gaps.slice(told))) env.err.write(`${line}\n`)
    told = gaps.length
  }
  const options = {
    ...start,
    signal: AbortSignal.any([env.signal, refused.signal]),
    sleep: env.sleep,
    now: () => env.now().getTime(),
    gap(gap: LogGap) {
      gaps.push(gap)
      const forbidden = gaps.filter(({ why }) => why === 'forbidden').length
      if (forbidden >= sources.length && sources.length > 0) refused.abort()
      // those of one reason come together
      if (gaps.length === told + 1) void env.sleep(together).then(tell)
    },
    left: (source: LogSource) => void left.push(source),
  }
  const lines = followLogs(cluster, snapshot, selection, options)
  const interrupted = await pour(env, lines, sink, gaps).catch((error) => {
    // nobody waits for the end of jobs whose logs are closed to them
    const first = refused.signal.aborted ? gaps.find(({ why }) => why === 'forbidden')?.error : undefined
    tell()
    throw first ?? error
  })
  tell()
  if (left.length > 0) env.err.write(`${leftLine(left.map(({ pod }) => pod))}\n`)
  return interrupted ? exitCode.interrupted : exitCode.ok
}

/** milliseconds */
const together = 300

/** Takes all lines to the sink; true when Ctrl-C ended it. */
async function pour(env: Env, lines: AsyncIterable<LogLine>, sink: LogSink, gaps: readonly LogGap[]): Promise<boolean> {
  let complete = false
  let interrupted = false
  try {
    for await (const line of lines) await sink.line(line)
    complete = true
  } catch (error) {
    if (!(env.signal.aborted && failedWith(error, 'aborted'))) throw error
    interrupted = true
  } finally {
    const missing = gaps.map(({ source: { side, pod, container }, why }) => ({ side, pod, container, why }))
    await sink.close(complete, missing)
  }
  return interrupted
}

/** The logs that are meant; a Problem where there are none and nobody waits for some. */
function chosen(snapshot: Snapshot, selection: LogSelection, following: boolean): LogSource[] {
  const { namespace, name } = snapshot
  const sources = logSources(snapshot, selection)
  if (sources.length > 0) return sources
  const pods = [...snapshot.v1Pods, ...snapshot.v2Pods]
  const known = [...new Set(pods.flatMap(containerNames))].sort()
  if (pods.length > 0 && selection.containers.length > 0 && !selection.containers.some((one) => known.includes(one))) {
    throw new Problem({
      code: 'no-such-container',
      what: `no pod of ${namespace}/${name} has a container ${selection.containers.join(' or ')}`,
      why: `their containers: ${known.join(', ')}`,
      exit: exitCode.usage,
    })
  }
  if (following) return []
  const all = logSources(snapshot, { containers: [] })
  const ranks = all.flatMap(({ rank }) => rank ?? []).sort((a, b) => a - b)
  throw new Problem({
    code: 'no-logs',
    what:
      pods.length === 0
        ? `${namespace}/${name} has no pods now, so no logs`
        : `nothing is selected: no pod of ${namespace}/${name} is of this side and rank`,
    why:
      pods.length === 0 ? 'logs go with their pods' : `there are ranks ${ranks[0]} to ${ranks.at(-1)}: ${sidesOf(all)}`,
    next: [`$0 status ${name} -n ${namespace}`, `$0 logs ${name} -n ${namespace} -f   (waits for pods)`],
    exit: exitCode.no,
  })
}

function sidesOf(sources: readonly LogSource[]): string {
  const count = (side: string) => sources.filter((source) => source.side === side).length
  return `${count('v1')} pods of v1, ${count('v2')} of v2`
}

function headOf(env: Env, { namespace, name, v1, trainJob }: Snapshot, previous: boolean) {
  return {
    saved: env.now().toISOString(),
    namespace,
    name,
    ...(v1 && { v1: `${v1.kind}/${v1.metadata.name}` }),
    ...(trainJob && { v2: `TrainJob/${trainJob.metadata.name}` }),
    previous,
  }
}

function nameMissing(): Problem {
  return new Problem({
    code: 'name-missing',
    what: 'logs of which job?',
    next: ['$0 logs NAME', '$0 list'],
    exit: exitCode.usage,
  })
}
