import type { Cluster, LogQuery } from '../cluster/cluster.ts'
import { ClusterError, mayPass } from '../cluster/errors.ts'
import { Given } from '../logs/given.ts'
import { type LogLine, type LogSource, microseconds } from '../logs/line.ts'
import { type DatedText, LineSplitter } from '../logs/split.ts'

/** Where a log is read from; absent: from its start. */
export interface LogStart {
  /** seconds, at least 1, by the node's clock */
  readonly sinceSeconds?: number
  /** RFC 3339 */
  readonly sinceTime?: string
  /** lines before the end */
  readonly tailLines?: number
}

export interface ContainerLogOptions extends LogStart {
  readonly follow?: boolean
  readonly previous?: boolean
  readonly signal: AbortSignal
  /** ends early when the signal aborts */
  sleep(milliseconds: number): Promise<void>
  /** the server has begun to answer */
  opened?(): void
  /** a reading failed and is about to be tried again; `failures` counts those in a row */
  failed?(error: ClusterError, failures: number): void
  /** failures in a row after which the error is thrown */
  readonly maxFailures: number
  /** resolves when a connection may be opened, with what is to be called when it is */
  turn?(): Promise<() => void>
}

const longestBackoff = 30_000

/**
 * Lines of one container's log, chunk by chunk. A connection that is cut is opened again from the last lines' time, without a line
 * lost or given twice; so can a later call be that gets the same `given`. Throws ClusterError: what time cannot cure, and
 * what it did not.
 */
export async function* containerLog(
  cluster: Cluster,
  source: LogSource,
  options: ContainerLogOptions,
  given = new Given(),
): AsyncGenerator<LogLine[]> {
  const { signal, sleep } = options
  const notBefore = options.sinceTime === undefined ? undefined : microseconds(options.sinceTime)
  const toLine = lineMaker(source)
  /** only now a line that is new counts as given */
  const fresh = (lines: readonly DatedText[]): LogLine[] =>
    lines
      .filter(({ time }) => notBefore === undefined || time === undefined || microseconds(time) >= notBefore)
      .filter((line) => given.isNew(line))
      .map(toLine)
  let failures = 0
  let doubted: string | undefined
  for (;;) {
    const splitter = new LineSplitter()
    given.reopened()
    try {
      const chunks = await open(cluster, source, options, given)
      options.opened?.()
      for await (const chunk of chunks) {
        const lines = fresh(splitter.push(chunk))
        if (lines.length === 0) continue
        failures = 0
        yield lines
      }
      const rest = splitter.rest()
      if (!rest) return
      // the API server ends its answer in order where the node cut the connection: half a line is looked at again
      if (rest.text !== doubted) {
        doubted = rest.text
        continue
      }
      const lines = fresh([rest])
      if (lines.length > 0) yield lines
      return
    } catch (error) {
      if (signal.aborted || !(error instanceof ClusterError) || !mayPass(error)) throw error
      failures += 1
      if (failures > options.maxFailures) throw error
      options.failed?.(error, failures)
      await sleep(Math.min(longestBackoff, 250 * 2 ** failures) * (0.75 + Math.random() / 2))
      if (signal.aborted) throw new ClusterError({ kind: 'aborted' })
    }
  }
}

async function open(cluster: Cluster, source: LogSource, options: ContainerLogOptions, given: Given) {
  const { follow, previous, signal, sinceSeconds, sinceTime, tailLines } = options
  const since = given.since
  const query: LogQuery = {
    container: source.container,
    timestamps: true,
    ...(follow && { follow }),
    ...(previous && { previous }),
    ...(since === undefined ? { sinceSeconds, sinceTime, tailLines } : { sinceTime: since }),
  }
  const over = await options.turn?.()
  try {
    return await cluster.podLog(source.namespace, source.pod, query, signal)
  } finally {
    over?.()
  }
}

/** Gives lines the time of the line before where they have none. */
function lineMaker({ side, role, rank, pod, container }: LogSource): (line: DatedText) => LogLine {
  let last = ''
  return ({ time, text, continued }) => {
    last = time ?? last
    return { side, role, rank, pod, container, time: last, text, ...(continued && { continued }) }
  }
}
