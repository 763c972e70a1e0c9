import type { FleetGroup, NewJobs } from '../present/fleet-screen.ts'
import { type Pair, type Phase, phaseOf } from '../read/pairs.ts'
import type { JobRow } from '../read/rows.ts'

const keys = {
  namespace: ({ namespace }: JobRow) => namespace,
  source: ({ creator }: JobRow) => creator,
  queue: ({ queue }: JobRow) => queue ?? '(no queue)',
} as const satisfies Record<string, (row: JobRow) => string>

/** What --by takes. */
export const groupWords: readonly string[] = Object.keys(keys)

/** Phases in which the move of a v1 job still has to be made. */
const open: readonly Phase[] = ['NotStarted', 'V1Runs', 'Twin', 'BothRun', 'NeitherRuns']

/** Pairs with a v1 job by namespace, source or queue, those with the most still to move first. */
export function groupsOf(pairs: readonly Pair[], by: string): FleetGroup[] {
  const key = keys[by as keyof typeof keys]
  const groups = Map.groupBy(
    pairs.filter(({ v1 }) => v1 !== undefined),
    ({ v1 }) => key(v1 as JobRow),
  )
  const counted = [...groups].map(([name, members]) => {
    const phases = members.map(phaseOf)
    const count = (wanted: readonly Phase[]) => phases.filter((phase) => wanted.includes(phase)).length
    return { name, jobs: members.length, toMove: count(open), moved: count(['Held']), finished: count(['V1Finished']) }
  })
  return counted.sort((a, b) => b.toMove - a.toMove || b.jobs - a.jobs || (a.name < b.name ? -1 : 1))
}

const day = 24 * 60 * 60 * 1000

/** The v1 jobs that were made in the last 24 hours, by who made them, the busiest first: the number that must reach 0. */
export function newJobsOf(pairs: readonly Pair[], now: Date): NewJobs {
  const young = pairs.flatMap(({ v1 }) =>
    v1?.created !== undefined && now.getTime() - Date.parse(v1.created) < day ? [v1] : [],
  )
  const sources = [...Map.groupBy(young, ({ creator }) => creator)].map(([source, rows]) => ({
    source,
    jobs: rows.length,
  }))
  return { jobs: young.length, sources: sources.sort((a, b) => b.jobs - a.jobs || (a.source < b.source ? -1 : 1)) }
}
