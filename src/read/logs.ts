import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError, failedWith } from '../cluster/errors.ts'
import type { LogLine, LogSource, Side } from '../logs/line.ts'
import { placesInV1, placesInV2 } from '../logs/places.ts'
import { bySideAndRank, type LogSelection, sourcesOf } from '../logs/selection.ts'
import { containerLog, type LogStart } from './container-log.ts'
import { LogMerge } from './log-merge.ts'
import type { Snapshot } from './snapshot.ts'

/** A log that could not be read, or not to its end. */
export interface LogGap {
  readonly source: LogSource
  readonly why: 'forbidden' | 'gone' | 'not started' | 'no previous' | 'unreadable'
  /** the server's own words, where there are any */
  readonly message: string
  readonly error?: ClusterError
}

export interface ReadLogsOptions extends LogStart {
  /** of the containers before their last restart */
  readonly previous?: boolean
  readonly signal: AbortSignal
  /** ends early when the signal aborts */
  sleep(milliseconds: number): Promise<void>
  /** gets each log that could not be read; the others are read on */
  gap(gap: LogGap): void
}

/** A node that does not answer is asked again twice, beside what the cluster door does itself. */
const maxFailures = 2
/** connections opened at once: a TLS handshake costs both ends more than what it carries */
const openedAtOnce = 16

/** What tells pods' places on both sides. */
export type BothSides = Pick<Snapshot, 'kind' | 'v1' | 'v1Pods' | 'jobSet' | 'v2Pods'>

/** The logs of both sides' pods, v1 first, by rank. */
export function logSources(snapshot: BothSides, selection: LogSelection): LogSource[] {
  const inV1 = placesInV1(snapshot.kind, snapshot.v1)
  const inV2 = placesInV2(snapshot.jobSet)
  return [
    ...snapshot.v1Pods.flatMap((pod) => sourcesOf('v1', pod, inV1, selection)),
    ...snapshot.v2Pods.flatMap((pod) => sourcesOf('v2', pod, inV2, selection)),
  ].sort(bySideAndRank)
}

/** The logs of one side, the one that leads first: pods that have a rank come before initializers, which have none. */
export function leadingSources(sides: BothSides, side: Side): LogSource[] {
  const sources = logSources(sides, { side, containers: [] })
  const ranked = sources.filter(({ rank }) => rank !== undefined)
  return ranked.length > 0 ? ranked : sources
}

/**
 * Reads logs as far as they are written now, all at once, merged by time; the order within a container is its own. Memory does not grow
 * with the logs. A cut connection is opened again without a line lost or given twice. What cannot be read is told to
 * `options.gap`; throws ClusterError for what concerns the whole cluster (credentials, certificates) and after an abort.
 */
export async function* readLogs(
  cluster: Cluster,
  sources: readonly LogSource[],
  options: ReadLogsOptions,
): AsyncGenerator<LogLine> {
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const turn = turns()
  // a log that ends is waited for, so nobody looks at the time
  const merge = new LogMerge({ patient: true, now: () => 0, sleep: options.sleep })
  for (const source of sources) {
    merge.add(source, (opened) =>
      withGap(source, options.gap, containerLog(cluster, source, { ...options, signal, opened, maxFailures, turn })),
    )
  }
  try {
    yield* merge.lines()
  } finally {
    stop.abort()
  }
}

/** The lines; a failure that is this log's alone ends them and is told. */
async function* withGap(
  source: LogSource,
  tell: (gap: LogGap) => void,
  lines: AsyncIterable<LogLine[]>,
): AsyncGenerator<LogLine[]> {
  try {
    yield* lines
  } catch (error) {
    const gap = gapOf(source, error)
    if (!gap) throw error
    tell(gap)
  }
}

/** Why one log cannot be read; undefined for what concerns more than this log. */
export function gapOf(source: LogSource, error: unknown): LogGap | undefined {
  if (!(error instanceof ClusterError)) return undefined
  const { failure } = error
  const gap = (why: LogGap['why']): LogGap => ({ source, why, message, error })
  const message = 'message' in failure ? failure.message : 'reason' in failure ? failure.reason : ''
  if (failure.kind === 'notFound') return gap('gone')
  if (failure.kind === 'forbidden') return gap('forbidden')
  if (failedWith(error, 'internal') && error.failure.status === 400) {
    // the kubelet's words: kubernetes v1.36.3, pkg/kubelet/kubelet_pods.go validateContainerLogStatus
    if (/previous terminated container .* not found/.test(message)) return gap('no previous')
    if (/is waiting to start|PodInitializing|ContainerCreating/.test(message)) return gap('not started')
  }
  if (failedWith(error, 'internal', 'timeout', 'tooManyRequests', 'protocol')) return gap('unreadable')
  return undefined
}

/** Lets so many connections be opened at once; whoever got a turn calls the function it resolves to when it is over. */
export function turns(): () => Promise<() => void> {
  const waiting: (() => void)[] = []
  let free = openedAtOnce
  const over = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  return async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    let done = false
    return () => {
      if (done) return
      done = true
      over()
    }
  }
}
