import { type JobState, readiness } from '../kube/job-state.ts'
import type { ListedJob, ListedPair } from '../present/list.ts'
import { type Pair, phaseOf } from '../read/pairs.ts'
import type { JobRow } from '../read/rows.ts'

/** A pair as every format of `list` shows it. */
export function pairView(pair: Pair): ListedPair {
  const { v1, v2, link } = pair
  const first = v1 ?? v2
  return {
    namespace: first?.namespace ?? '',
    name: first?.name ?? '',
    phase: phaseOf(pair),
    link,
    v1: v1 && jobView(v1),
    v2: v2 && jobView(v2),
  }
}

function jobView(row: JobRow): ListedJob {
  const { kind, name, uid, created, state, queue, runtime, creator, gpus, class: found } = row
  const classified = found && { class: found.word, codes: found.codes }
  return { kind, name, uid, created, ...stateView(state), ...classified, gpus, queue, runtime, creator }
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
