import { nextInLine } from '../waiting.ts'
import { someOf } from '../words.ts'
import type { Guard, TargetEvidence } from './guard.ts'

/** Between v1's last pod and v2's first one the room is nobody's. */
export const handOverSlot: Guard<TargetEvidence> = {
  code: 'hand-over-slot',
  check({ facts, plan, waiting, accepted }) {
    // a cutover that has begun goes on: it was asked before
    if (!waiting || accepted.includes('hand-over-slot') || facts.trainJob) return undefined
    const line = nextInLine(waiting, facts, plan)
    const [first] = line
    if (!first) return undefined
    // with a queue nothing runs beside v1
    const overlap = plan.queue
      ? []
      : [
          `$0 cutover ${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace} --overlap   (v2 starts before v1 stops, where there is room for both)`,
        ]
    return {
      message: `${someOf(line.map(({ what }) => what))} could be given the room between v1 and v2 (${first.words})`,
      why: 'v2 would wait for that room, and after a way back v1 would',
      remedy: ['--accept hand-over-slot   (where that may be)', ...overlap],
    }
  },
}
