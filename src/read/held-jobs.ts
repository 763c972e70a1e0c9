import type { Cluster } from '../cluster/cluster.ts'
import { readHold } from '../migration/hold.ts'
import type { KindInfo } from '../v1/kinds.ts'
import { v1State } from '../v1/state.ts'
import { readEachKind } from './each-kind.ts'
import { type Gap, Gaps } from './gaps.ts'

/** A v1 job that a cutover holds. */
export interface HeldJob {
  readonly kind: KindInfo
  readonly namespace: string
  readonly name: string
  /** when its operator had stopped it; absent where it does not say */
  readonly since?: string
}

/** Every v1 job that a cutover holds, the longest held first. As readEachKind. */
export async function readHeldJobs(
  cluster: Cluster,
  query: { readonly namespace?: string; readonly labelSelector?: string },
): Promise<{ readonly held: readonly HeldJob[]; readonly gaps: readonly Gap[] }> {
  const gaps = new Gaps()
  const all = await readEachKind(gaps, query.namespace, (kind) => heldOf(cluster, kind, query))
  const held = all.sort((a, b) => (a.since ?? '9').localeCompare(b.since ?? '9'))
  return { held, gaps: gaps.all.filter(({ why }) => why === 'forbidden') }
}

async function heldOf(
  cluster: Cluster,
  kind: KindInfo,
  query: { readonly namespace?: string; readonly labelSelector?: string },
): Promise<HeldJob[]> {
  const held: HeldJob[] = []
  for await (const { items } of cluster.pages(kind.resource, query)) {
    for (const v1 of items) {
      if (readHold(v1) === undefined) continue
      const { namespace = '', name = '' } = v1.metadata
      held.push({ kind, namespace, name, since: v1State(v1).since })
    }
  }
  return held
}
