import { isActive, type StateWord } from '../kube/job-state.ts'
import type { QueueState } from '../kube/kueue.ts'
import type { BothRunningView, FleetView, KindCount, TroubleView } from '../present/fleet-screen.ts'
import type { NextView } from '../present/status-view.ts'
import type { Jobs } from '../read/jobs.ts'
import { type Pair, type Phase, phaseOf } from '../read/pairs.ts'
import { formatReference } from '../read/reference.ts'
import type { JobRow } from '../read/rows.ts'
import type { Systems } from '../read/systems.ts'
import { v1Kinds } from '../v1/kinds.ts'
import { activeGpus, blockersOf, classCounts } from './fleet-classes.ts'
import { groupsOf, newJobsOf } from './fleet-groups.ts'
import { fleetProgress, heldLonger, oldest, progressOf, revivedOf } from './fleet-progress.ts'
import { queuesOf } from './fleet-queues.ts'

const troublesKept = 5

export interface FleetQuestion {
  readonly context: string
  /** absent: all namespaces */
  readonly namespace?: string
  /** what is installed; absent where that may not be asked */
  readonly systems?: Systems
  /** why Kueue keeps jobs from running, by uid */
  readonly queued: ReadonlyMap<string, QueueState>
  /** how the program was called */
  readonly program: string
  readonly now: Date
  /** one of groupWords */
  readonly by?: string
}

/** Many jobs in numbers: by kind and state, by where their move stands, and what is wrong. */
export function fleetView(jobs: Jobs, question: FleetQuestion): FleetView {
  const { context, namespace, systems, queued, program, now, by } = question
  const phases: Partial<Record<Phase, number>> = {}
  for (const pair of jobs.pairs) {
    const phase = phaseOf(pair)
    phases[phase] = (phases[phase] ?? 0) + 1
  }
  const troubled = jobs.pairs.flatMap(troublesOf)
  return {
    context,
    namespace,
    ...(systems && { systems }),
    kinds: countKinds(jobs.pairs),
    classes: classCounts(jobs.pairs),
    phases,
    progress: fleetProgress(jobs.pairs),
    gpus: activeGpus(jobs.pairs),
    bothRunning: jobs.pairs
      .filter((pair) => progressOf(pair) === 'bothRunning')
      .flatMap(placeOf)
      .slice(0, troublesKept),
    revived: revivedOf(jobs.pairs).slice(0, troublesKept),
    oldestHold: oldest(jobs.pairs, 'held'),
    oldestOpen: oldest(jobs.pairs, 'inProgress'),
    blockers: blockersOf(jobs.pairs),
    queues: queuesOf(jobs.pairs, queued),
    ...(by === undefined ? {} : { groups: { by, rows: groupsOf(jobs.pairs, by) } }),
    newV1Jobs: newJobsOf(jobs.pairs, now),
    troubles: troubled.slice(0, troublesKept).map(troubleView),
    troubleCount: troubled.length,
    notRead: jobs.gaps,
    next: nextSteps(jobs.pairs, troubled, { namespace, program, now }),
  }
}

type Tally = Exclude<keyof KindCount, 'kind' | 'total' | 'gpus'>

const tallies: Readonly<Record<StateWord, Tally>> = {
  Running: 'running',
  Pending: 'waiting',
  Starting: 'waiting',
  Restarting: 'waiting',
  Suspending: 'waiting',
  Terminating: 'waiting',
  Blocked: 'blocked',
  Suspended: 'suspended',
  Succeeded: 'done',
  Complete: 'done',
  Failed: 'failed',
}

function countKinds(pairs: readonly Pair[]): KindCount[] {
  const rows = new Set(pairs.flatMap(({ v1, v2 }) => [v1, v2]).filter((row) => row !== undefined))
  const kinds = [...v1Kinds.map(({ kind }) => kind), 'TrainJob' as const]
  return kinds.flatMap((kind) => {
    const count = { kind, total: 0, gpus: 0, running: 0, waiting: 0, blocked: 0, suspended: 0, done: 0, failed: 0 }
    for (const row of rows) {
      if (row.kind !== kind) continue
      count.total++
      if (isActive(row.state.word)) count.gpus += row.gpus ?? 0
      count[tallies[row.state.word]]++
    }
    return count.total === 0 ? [] : count
  })
}

/** Blocked jobs, and TrainJobs that failed although their v1 job waits for them. */
function troublesOf({ v1, v2 }: Pair): JobRow[] {
  const waits = v1?.state.word === 'Suspended'
  return [v1, v2].filter(
    (row) => row?.state.word === 'Blocked' || (row === v2 && waits && row?.state.word === 'Failed'),
  ) as JobRow[]
}

function troubleView({ namespace, kind, name, state }: JobRow): TroubleView {
  return { namespace, kind, name, reason: state.reason ?? state.word, message: state.message }
}

function placeOf({ v1, v2 }: Pair): BothRunningView[] {
  return v1 && v2 ? [{ namespace: v1.namespace, name: v1.name, trainJob: v2.name }] : []
}

/** A hold that nobody has gone back from for so long is hardly needed as a way back. */
const oldHold = { days: 5 }

/** One step for what is wrong, one for what is not moved yet, one for what is held for long: only verbs that exist. */
function nextSteps(
  pairs: readonly Pair[],
  troubled: readonly JobRow[],
  { namespace, program, now }: Pick<FleetQuestion, 'namespace' | 'program' | 'now'>,
): NextView[] {
  const scope = namespace === undefined ? '-A' : `-n ${namespace}`
  const job = (verb: string, row: JobRow) =>
    `${program} ${verb} ${formatReference(row.kind, row.name)} -n ${row.namespace}`
  const [ill] = troubled
  const open = pairs.flatMap((pair) => (progressOf(pair) === 'notStarted' ? (pair.v1 ?? []) : []))
  const waiting = open.find(({ class: found }) => found?.word === 'Ready' || found?.word === 'NeedsRuntime')
  const old = heldLonger(pairs, oldHold.days * 86_400_000, now)
  const undecided = open.some(({ class: found }) => found?.word === 'NeedsDecision')
  return [
    ...(ill ? [{ type: job('status', ill), does: `why it is ${ill.state.word.toLowerCase()}` }] : []),
    ...(undecided
      ? [{ type: `${program} list ${scope} --class NeedsDecision`, does: 'what must be decided first' }]
      : []),
    ...(waiting ? [{ type: job('diff', waiting), does: 'what would differ as a TrainJob' }] : []),
    ...(old > 0
      ? [
          {
            type: `${program} finalize ${scope} --older-than ${oldHold.days}d`,
            does: `remove ${old} held v1 ${old === 1 ? 'job' : 'jobs'}`,
          },
        ]
      : []),
    ...(pairs.length > 0 ? [{ type: `${program} list ${scope}`, does: 'all of them, one line each' }] : []),
  ]
}
