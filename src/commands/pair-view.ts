import { lastSeen } from '../kube/event.ts'
import { type JobState, readiness } from '../kube/job-state.ts'
import type { ListedJob, ListedPair } from '../present/list.ts'
import { type Pair, phaseOf } from '../read/pairs.ts'
import type { JobRow } from '../read/rows.ts'
import type { WideFact, WideFacts } from '../read/wide-facts.ts'

/** A pair as every format of `list` shows it. */
export function pairView(pair: Pair, facts?: WideFacts): ListedPair {
  const { v1, v2, link } = pair
  const first = v1 ?? v2
  return {
    namespace: first?.namespace ?? '',
    name: first?.name ?? '',
    phase: phaseOf(pair),
    link,
    v1: v1 && jobView(v1, facts?.get(v1)),
    v2: v2 && jobView(v2, facts?.get(v2)),
  }
}

function jobView(row: JobRow, fact?: WideFact): ListedJob {
  const { kind, name, uid, created, state, queue, runtime, creator, gpus, class: found } = row
  const classified = found && { class: found.word, codes: found.codes }
  return {
    kind,
    name,
    uid,
    created,
    ...stateView(state),
    ...classified,
    gpus,
    queue,
    runtime,
    creator,
    ...(fact && wideView(fact)),
  }
}

function wideView({ pools, started, lastEvent }: WideFact): Pick<ListedJob, 'pools' | 'started' | 'lastEvent'> {
  const { reason = '', message = '' } = lastEvent ?? {}
  return { pools, started, ...(lastEvent && { lastEvent: { reason, message, lastSeen: lastSeen(lastEvent) } }) }
}

/** The parts of a state that a view shows. */
export function stateView(state: JobState) {
  const { word, reason, message, roles } = state
  return {
    state: word,
    reason,
    message,
    ...readiness(state),
    roles: roles.map(({ role, ready, desired, succeeded }) => ({ role, ready, desired, succeeded })),
  }
}
