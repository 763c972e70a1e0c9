import type { Cluster } from '../cluster/cluster.ts'
import { RunLog, type RunSeries } from '../compare/runs/run-log.ts'
import { resources } from '../kube/resources.ts'
import type { LogSource } from '../logs/line.ts'
import type { Gap } from './gaps.ts'
import { gapOf } from './logs.ts'
import { characters } from './run-logs.ts'

/** Where a run is, by the end of a log. */
export interface LogProgress {
  readonly axis: 'step' | 'epoch'
  readonly at: number
  readonly loss?: number
}

/** Lines of the end of a log in which its last step is looked for, and how much of them is read at most. */
const lines = 200
const mostBytes = 1 << 20
/** Milliseconds that a node gets to give the end of a log: a screen does not wait longer for what is nice to know. */
const patience = 5000

/**
 * The last step, or else the last epoch, and the loss that the end of a pod's log tells; undefined where it tells none or the node, asked
 * once, does not answer in time, and a gap where logs may not be read or the pod has gone.
 */
export async function readProgress(
  cluster: Cluster,
  source: LogSource,
  signal: AbortSignal,
  limit = AbortSignal.timeout(patience),
): Promise<LogProgress | Gap | undefined> {
  const { namespace, pod, container } = source
  const log = new RunLog()
  const either = AbortSignal.any([signal, limit])
  const query = { container, tailLines: lines }
  try {
    let bytes = 0
    for await (const chunk of await cluster.podLog(namespace, pod, query, either, { once: true })) {
      log.push(characters(chunk))
      bytes += chunk.length
      if (bytes > mostBytes) break
    }
  } catch (error) {
    if (limit.aborted && !signal.aborted) return undefined
    const gap = gapOf(source, error)
    if (!gap) throw error
    const resource = `${resources.pods.plural}/log`
    if (gap.why === 'gone') return { resource, namespace, why: 'gone', name: pod }
    return gap.why === 'forbidden' ? { resource, namespace, why: 'forbidden' } : undefined
  }
  return lastOf(log.end().series)
}

/** The last step that series tell, or else the last epoch, and the loss at it. */
export function lastOf(series: readonly RunSeries[]): LogProgress | undefined {
  for (const axis of ['step', 'epoch'] as const) {
    const own = series.filter(({ series: each }) => each.axis === axis)
    const places = own.flatMap(({ series: each }) => each.last?.[0] ?? [])
    if (places.length === 0) continue
    const loss = own.find(({ metric }) => metric === 'loss')?.series.last
    return { axis, at: Math.max(...places), ...(loss && { loss: loss[1] }) }
  }
  return undefined
}
