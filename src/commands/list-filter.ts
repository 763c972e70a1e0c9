import { classWords as words } from '../convert/class-words.ts'
import { stateWords as states } from '../kube/job-state.ts'
import type { ListedPair } from '../present/list.ts'
import { v1Kinds } from '../v1/kinds.ts'

/** What --kind takes. */
export const kindWords: readonly string[] = [...v1Kinds.map(({ kind }) => kind), 'TrainJob']

/** What --state takes. */
export const stateWords: readonly string[] = states

/** What --class takes. */
export const classWords: readonly string[] = words

/** Whether a pair is one of those asked for; no kind and no state means any. */
export function wanted({
  kind,
  state,
  class: classes,
}: {
  readonly kind: readonly string[]
  readonly state: readonly string[]
  readonly class: readonly string[]
}): (pair: ListedPair) => boolean {
  return ({ v1, v2 }) => {
    const sides = [v1, v2].filter((side) => side !== undefined)
    const ofKind = kind.length === 0 || sides.some((side) => kind.includes(side.kind))
    const ofClass = classes.length === 0 || (v1?.class !== undefined && classes.includes(v1.class))
    return ofKind && ofClass && (state.length === 0 || sides.some((side) => state.includes(side.state)))
  }
}
