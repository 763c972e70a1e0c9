import type { Cluster, LogQuery } from '../cluster/cluster.ts'
import { ClusterError, failedWith, mayPass } from '../cluster/errors.ts'
import { Given } from '../logs/given.ts'
import { type LogLine, type LogSource, microseconds } from '../logs/line.ts'
import { type DatedText, LineSplitter, lineMaker } from '../logs/split.ts'

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
  /** failures in a row after which the error is thrown; 0: a log is asked for once */
  readonly maxFailures: number
  /** resolves when a connection may be opened, with what is to be called when it is */
  turn?(): Promise<() => void>
}

const longestBackoff = 30_000

/**
 * Lines of one container's log, chunk by chunk. A connection that is cut is opened again from the last lines' time, without a line
 * lost or given twice, also where the container was started again meanwhile; so can a later call be that gets the same `given`. Throws ClusterError: what time cannot cure, and
 * what it did not.
 */
export async function* containerLog(
  cluster: Cluster,
  source: LogSource,
  options: ContainerLogOptions,
  given = new Given(),
): AsyncGenerator<LogLine[]> {
  const { signal, sleep } = options
  const limited = options.tailLines !== undefined || options.sinceSeconds !== undefined
  let floor = options.sinceTime === undefined ? undefined : microseconds(options.sinceTime)
  const toLine = lineMaker(source)
  const wanted = ({ time }: DatedText): boolean =>
    floor === undefined || time === undefined || microseconds(time) >= floor
  /** only now a line that is new counts as given */
  const fresh = (lines: readonly DatedText[]): LogLine[] => {
    const news = lines.filter((line) => given.isNew(line)).map(toLine)
    // what is before the first line that was asked for is asked for again after a cut, in whole seconds
    if (limited && floor === undefined && news[0]) floor = microseconds(news[0].time)
    return news
  }
  let failures = 0
  let doubted: string | undefined
  for (;;) {
    const splitter = new LineSplitter()
    given.reopened()
    /** whether it is still to be seen that this is the log that was read before */
    let doubtful = given.expecting && !options.previous
    try {
      const chunks = await open(cluster, source, options, given)
      options.opened?.()
      for await (const chunk of chunks) {
        const lines = splitter.push(chunk).filter(wanted)
        const [first] = lines
        if (!first) continue
        if (doubtful && !given.knows(first)) yield* missed(cluster, source, options, given)
        doubtful = false
        const news = fresh(lines)
        if (news.length === 0) continue
        failures = 0
        yield news
      }
      const rest = splitter.rest()
      // the API server ends its answer in order where the node cut the connection: half a line is looked at again
      if (rest && rest.text !== doubted) {
        doubted = rest.text
        continue
      }
      if (doubtful && (!rest || !given.knows(rest))) yield* missed(cluster, source, options, given)
      const news = rest && wanted(rest) ? fresh([rest]) : []
      if (news.length > 0) yield news
      return
    } catch (error) {
      if (signal.aborted || !(error instanceof ClusterError) || !mayPass(error)) throw error
      failures += 1
      if (failures > options.maxFailures) throw error
      await sleep(Math.min(longestBackoff, 250 * 2 ** failures) * (0.75 + Math.random() / 2))
      if (signal.aborted) throw new ClusterError({ kind: 'aborted' })
    }
  }
}

/**
 * The log is another one than before: the container was started again, and what its last start wrote after the cut is in the previous
 * log. Nothing where there is none: the node rotated the log.
 */
async function* missed(
  cluster: Cluster,
  source: LogSource,
  options: ContainerLogOptions,
  given: Given,
): AsyncGenerator<LogLine[]> {
  try {
    yield* containerLog(cluster, source, { ...options, previous: true, follow: false, opened: undefined }, given)
  } catch (error) {
    const absent = failedWith(error, 'internal') && error.failure.status === 400
    if (!absent && !failedWith(error, 'notFound')) throw error
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
    return await cluster.podLog(source.namespace, source.pod, query, signal, { once: options.maxFailures === 0 })
  } finally {
    over?.()
  }
}
