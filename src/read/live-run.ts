import type { Cluster } from '../cluster/cluster.ts'
import { tellsEnough } from '../compare/runs/pick.ts'
import type { NamedLog } from '../compare/runs/run.ts'
import { RunLog } from '../compare/runs/run-log.ts'
import type { LogSource } from '../logs/line.ts'
import { gapOf, type LogGap } from './logs.ts'
import { characters, type ReadRunOptions } from './run-logs.ts'

/** What was read of the logs of a run's pods. */
export interface LiveRunLogs {
  readonly logs: readonly NamedLog[]
  readonly gaps: readonly LogGap[]
  /** pods whose logs were not read, as those before them told enough */
  readonly unread: number
}

/** Logs read at once, where the first rank's does not tell enough. */
const atOnce = 8

/**
 * The logs of a run's pods, given in the order of their ranks. Ranks print the same: where the first one's log has a curve
 * and a speed, the others are not read; else all are (Megatron-LM prints on the last rank). What cannot be read is a gap.
 */
export async function readLiveRun(
  cluster: Cluster,
  sources: readonly LogSource[],
  options: ReadRunOptions,
): Promise<LiveRunLogs> {
  const logs: NamedLog[] = []
  const gaps: LogGap[] = []
  for (let from = 0; from < sources.length; from += from === 0 ? 1 : atOnce) {
    const some = sources.slice(from, from === 0 ? 1 : from + atOnce)
    for (const read of await Promise.all(some.map((source) => readLog(cluster, source, options)))) {
      if ('why' in read) gaps.push(read)
      else logs.push(read)
    }
    if (from === 0 && logs.some(tellsEnough)) return { logs, gaps, unread: sources.length - 1 }
  }
  return { logs, gaps, unread: 0 }
}

async function readLog(
  cluster: Cluster,
  source: LogSource,
  { patterns, signal }: ReadRunOptions,
): Promise<NamedLog | LogGap> {
  const log = new RunLog(patterns)
  const { namespace, pod, container } = source
  try {
    const chunks = await cluster.podLog(namespace, pod, { container, timestamps: true }, signal)
    for await (const chunk of chunks) log.push(characters(chunk))
  } catch (error) {
    const gap = gapOf(source, error)
    if (!gap) throw error
    return gap
  }
  return { name: pod, facts: log.end() }
}
