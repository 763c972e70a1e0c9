import { isHeld } from '../queue.ts'
import type { Step } from '../step.ts'
import { unprepared } from '../steps-before.ts'
import { holdV1 } from './hold-v1.ts'

/** v1 is stopped to let v2 start after it: only while v2 stands ready for that. */
export const holdForV2: Step = {
  ...holdV1,
  precondition: (facts, plan) =>
    holdV1.precondition(facts, plan) ?? (isHeld(facts, plan) ? undefined : unprepared(facts, plan)),
  confirm: { ...holdV1.confirm, before: ['v1Pods', 'runtime', 'trainJob', 'jobSet'] },
}
