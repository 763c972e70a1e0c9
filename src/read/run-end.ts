import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { placeOf, type RunEnd, RunEndReader, type RunPlace } from '../compare/runs/run-end.ts'
import { RunLog } from '../compare/runs/run-log.ts'
import type { LogSource } from '../logs/line.ts'
import { containerLog } from './container-log.ts'
import { gapOf, type LogGap } from './logs.ts'

export interface LogReading {
  readonly signal: AbortSignal
  sleep(milliseconds: number): Promise<void>
}

/** Lines of a log's end in which its last checkpoint is looked for, and characters of them that are read at most. */
const linesOfEnd = 2000
const mostCharacters = 8 << 20
/** milliseconds a node gets to answer: whoever waits for it holds a job between two sides */
const patience = 10_000

/**
 * What the end of one log says of its run. Never throws: a log that cannot be read, or not in time, is a gap with the reason, and an
 * abort is as good as a log that says nothing.
 */
export async function readRunEnd(cluster: Cluster, source: LogSource, reading: LogReading): Promise<RunEnd | LogGap> {
  const end = new RunEndReader()
  let characters = 0
  const gap = await read(cluster, source, { ...reading, tailLines: linesOfEnd }, (line) => {
    end.push(line)
    characters += line.text.length
    return characters < mostCharacters
  })
  return gap ?? end.end()
}

/** The last lines of a container's log; none where it cannot be read in time. Never throws. */
export async function readLastLines(
  cluster: Cluster,
  source: LogSource,
  { count, previous, ...reading }: LogReading & { readonly count: number; readonly previous: boolean },
): Promise<string[]> {
  const lines: string[] = []
  await read(cluster, source, { ...reading, previous, tailLines: count }, ({ text }) => lines.push(text) < count)
  return lines
}

async function read(
  cluster: Cluster,
  source: LogSource,
  options: LogReading & { readonly tailLines: number; readonly previous?: boolean },
  take: (line: { readonly text: string; readonly time: string }) => boolean,
): Promise<LogGap | undefined> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(patience)])
  try {
    for await (const lines of containerLog(cluster, source, { ...options, signal, maxFailures: 0 })) {
      if (!lines.every(take)) return undefined
    }
    return undefined
  } catch (error) {
    return gapOf(source, error) ?? { source, why: 'unreadable', message: '' }
  }
}

/**
 * Follows a log from its start until it tells a first step, or epoch where that is asked for. Undefined: it ended without, or the signal
 * aborted; a gap: it cannot be read.
 */
export async function readFirstPlace(
  cluster: Cluster,
  source: LogSource,
  axis: RunPlace['axis'] | undefined,
  reading: LogReading,
): Promise<RunPlace | LogGap | undefined> {
  const log = new RunLog()
  try {
    for await (const lines of containerLog(cluster, source, { ...reading, follow: true, maxFailures: 0 })) {
      for (const { text } of lines) {
        log.push(`${text}\n`)
        const place = placeOf(log.end())
        if (place && (axis === undefined || place.axis === axis)) return place
      }
    }
    return undefined
  } catch (error) {
    if (failedWith(error, 'aborted') || reading.signal.aborted) return undefined
    return gapOf(source, error) ?? { source, why: 'unreadable', message: '' }
  }
}
