import { stateWords as states } from '../kube/job-state.ts'
import type { ListedPair } from '../present/list.ts'
import { v1Kinds } from '../v1/kinds.ts'

/** What --kind takes. */
export const kindWords: readonly string[] = [...v1Kinds.map(({ kind }) => kind), 'TrainJob']

/** What --state takes. */
export const stateWords: readonly string[] = states

/** Whether a pair is one of those asked for; no kind and no state means any. */
export function wanted({
  kind,
  state,
}: {
  readonly kind: readonly string[]
  readonly state: readonly string[]
}): (pair: ListedPair) => boolean {
  return ({ v1, v2 }) => {
    const sides = [v1, v2].filter((side) => side !== undefined)
    const ofKind = kind.length === 0 || sides.some((side) => kind.includes(side.kind))
    return ofKind && (state.length === 0 || sides.some((side) => state.includes(side.state)))
  }
}
