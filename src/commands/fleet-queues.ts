import type { QueueState } from '../kube/kueue.ts'
import type { QueueView } from '../present/fleet-queues.ts'
import type { Pair } from '../read/pairs.ts'
import type { JobRow } from '../read/rows.ts'

/** Whether it is to be asked why Kueue keeps jobs from running. */
export function isQueued(pairs: readonly Pair[]): boolean {
  return pairs.some(({ v1, v2 }) => v1?.queue !== undefined || v2?.queue !== undefined)
}

/** The queues in which jobs are kept from running, those with the most first. A v1 job that a cutover holds is where it should be. */
export function queuesOf(pairs: readonly Pair[], states: ReadonlyMap<string, QueueState>): QueueView[] {
  const held = (row: JobRow, { v1, v2 }: Pair) => row === v1 && v2 !== undefined
  const kept = pairs.flatMap((pair) =>
    [pair.v1, pair.v2].flatMap((row) => {
      const state = row && states.get(row.uid)
      return state && !(state.word === 'inactive' && held(row, pair)) ? [{ row, state }] : []
    }),
  )
  const once = [...new Map(kept.map((each) => [each.row.uid, each])).values()]
  const queues = Map.groupBy(once, ({ row, state }) => `${row.namespace}/${state.queue ?? ''}`)
  return [...queues.values()]
    .flatMap((same): QueueView[] => {
      const [first] = same
      if (!first) return []
      const count = (word: QueueState['word']) => same.filter(({ state }) => state.word === word).length
      const message = (['evicted', 'waits', 'inactive'] as const)
        .flatMap((word) => same.flatMap(({ state }) => (state.word === word ? (state.message ?? []) : [])))
        .at(0)
      return [
        {
          namespace: first.row.namespace,
          queue: first.state.queue,
          ...{ waiting: count('waits'), evicted: count('evicted'), inactive: count('inactive') },
          ...(message !== undefined && { message }),
        },
      ]
    })
    .sort((a, b) => jobsOf(b) - jobsOf(a) || (`${a.namespace}/${a.queue}` < `${b.namespace}/${b.queue}` ? -1 : 1))
}

function jobsOf({ waiting, evicted, inactive }: QueueView): number {
  return waiting + evicted + inactive
}
