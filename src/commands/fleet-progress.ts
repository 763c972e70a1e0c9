import type { FleetProgress, Place, RevivedView } from '../present/fleet-screen.ts'
import { isRevived, type Pair, phaseOf } from '../read/pairs.ts'

/** Where the move of one name stands; `native`: a TrainJob that never was a v1 job. */
type Progress =
  | 'bothRunning'
  | 'revived'
  | 'failed'
  | 'inProgress'
  | 'notStarted'
  | 'held'
  | 'gone'
  | 'ended'
  | 'native'

/** What of several runs of one name counts for all of them, the gravest first; of the others the youngest does. */
const gravest: readonly Progress[] = ['bothRunning', 'revived', 'failed', 'inProgress', 'notStarted']

/** Where the move of a pair stands in a fleet's numbers. */
export function progressOf(pair: Pair): Progress {
  const { v2 } = pair
  const failed = v2?.state.word === 'Failed'
  switch (phaseOf(pair)) {
    case 'BothRun':
      return 'bothRunning'
    case 'Revived':
      return 'revived'
    case 'NotStarted':
      return 'notStarted'
    case 'V1Runs':
    case 'Twin':
    case 'NeitherRuns':
      return failed ? 'failed' : 'inProgress'
    case 'Held':
      return ['Running', 'Restarting', 'Complete'].includes(v2?.state.word ?? '') ? 'held' : 'inProgress'
    case 'V1Finished':
      return 'ended'
    case 'Finalized':
      return 'gone'
    case 'V2Only':
      return v2?.source ? 'gone' : 'native'
  }
}

/**
 * The move in numbers of names. A name is a job, or the runs of one series that one source makes: it counts once, whatever number of its
 * runs is there, so that the whole does not shrink when jobs end, are moved or are replaced by the next run.
 */
export function fleetProgress(pairs: readonly Pair[]): FleetProgress {
  const names = Map.groupBy(pairs, nameOf)
  const count: Record<Progress, number> = {
    bothRunning: 0,
    revived: 0,
    failed: 0,
    inProgress: 0,
    notStarted: 0,
    held: 0,
    gone: 0,
    ended: 0,
    native: 0,
  }
  for (const runs of names.values()) count[progressOfName(runs)]++
  const { native, gone, held, ...rest } = count
  return { names: names.size - native, migrated: held + gone, held, ...rest }
}

function progressOfName(runs: readonly Pair[]): Progress {
  const found = runs.map(progressOf)
  const grave = gravest.find((word) => found.includes(word))
  if (grave) return grave
  const newest = runs.reduce((a, b) => (createdOf(b) > createdOf(a) ? b : a))
  const word = progressOf(newest)
  return word === 'native' && found.some((other) => other !== 'native') ? 'gone' : word
}

/** Of a TrainJob that is left of a v1 job, the name is that job's. */
function nameOf({ v1, v2 }: Pair): string {
  const row = v1 ?? v2
  if (!v1 && v2?.source) return `${v2.namespace} ${v2.source.name}`
  return row?.series === undefined ? `${row?.namespace} ${row?.name}` : `${row.namespace} ${row.creator} ${row.series}`
}

function createdOf({ v1, v2 }: Pair): string {
  return v1?.created ?? v2?.created ?? ''
}

/** The pair that has been in this state longest: held since its v1 job is suspended, open since its TrainJob is there. */
export function oldest(pairs: readonly Pair[], progress: 'held' | 'inProgress'): Place | undefined {
  const found = pairs.flatMap((pair): Place[] => {
    const { v1, v2 } = pair
    const since = progress === 'held' || !v2 ? (v1?.state.since ?? v2?.created) : v2.created
    return v1 && since !== undefined && progressOf(pair) === progress
      ? [{ namespace: v1.namespace, name: v1.name, since }]
      : []
  })
  return found.sort((a, b) => (a.since < b.since ? -1 : 1))[0]
}

/** How many v1 jobs are held for longer. */
export function heldLonger(pairs: readonly Pair[], milliseconds: number, now: Date): number {
  const before = now.getTime() - milliseconds
  const since = ({ v1 }: Pair) => Date.parse(v1?.state.since ?? '')
  return pairs.filter((pair) => progressOf(pair) === 'held' && since(pair) < before).length
}

/** v1 jobs made under the names of jobs that were moved, and by whom; the youngest first. */
export function revivedOf(pairs: readonly Pair[]): RevivedView[] {
  return pairs
    .flatMap((pair) => {
      const { v1 } = pair
      if (!v1 || !isRevived(pair)) return []
      const { namespace, name, kind, created = '', creator } = v1
      return [{ namespace, name, kind, created, creator }]
    })
    .sort((a, b) => (a.created > b.created ? -1 : 1))
}
