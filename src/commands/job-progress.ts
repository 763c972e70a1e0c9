import type { Cluster } from '../cluster/cluster.ts'
import { trainerStatusOf } from '../compare/runs/trainer-status.ts'
import type { KubeObject } from '../kube/object.ts'
import { shortNumber } from '../present/canvas.ts'
import type { SideView } from '../present/status-view.ts'
import type { Gap } from '../read/gaps.ts'
import { leadingSources } from '../read/logs.ts'
import { type LogProgress, lastOf, readProgress } from '../read/progress.ts'
import type { Snapshot } from '../read/snapshot.ts'

/** How far each side is, in words, where that is known; and what may not be read for it. */
export interface JobProgress {
  readonly v1?: string
  readonly v2?: string
  readonly gaps: readonly Gap[]
}

/**
 * Progress by what a TrainJob says of itself, else by the end of the log of the pod that leads. Sides that do not run have none.
 * @param requests how many logs may be read: the TrainJob's goes first
 */
export async function jobProgress(
  cluster: Cluster,
  snapshot: Snapshot,
  sides: { readonly v1?: Pick<SideView, 'state'>; readonly v2?: Pick<SideView, 'state'> },
  requests: number,
  signal: AbortSignal,
): Promise<JobProgress> {
  const told = toldBy(snapshot.trainJob)
  const wanted = (['v2', 'v1'] as const).filter(
    (side) => runs(sides[side]?.state) && !(side === 'v2' && told !== undefined),
  )
  const found = await Promise.all(
    wanted.slice(0, Math.max(0, requests)).map(async (side) => {
      const [leader] = leadingSources(snapshot, side)
      return [side, leader && (await readProgress(cluster, leader, signal))] as const
    }),
  )
  const gaps = found.flatMap(([, each]) => (each && 'why' in each ? each : []))
  const words = found.flatMap(([side, each]) => (each && 'at' in each ? [[side, progressText(each)]] : []))
  return { ...(told === undefined ? {} : { v2: told }), ...Object.fromEntries(words), gaps: gaps.slice(0, 1) }
}

/** What a TrainJob says of itself: how far it is, and its newest step and loss. */
function toldBy(trainJob: KubeObject | undefined): string | undefined {
  const status = trainerStatusOf(trainJob)
  const last = status && lastOf(status.series)
  const words = [status?.words, last && progressText(last)].filter((part) => part !== undefined && part !== '')
  return words.length === 0 ? undefined : words.join(', ')
}

function runs(state: string | undefined): boolean {
  return state === 'Running' || state === 'Starting' || state === 'Restarting'
}

function progressText({ axis, at, loss }: LogProgress): string {
  return `${axis} ${at}${loss === undefined ? '' : `, loss ${shortNumber(loss)}`}`
}
