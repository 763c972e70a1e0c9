import { isWholeCopy, twinChanges } from '../../convert/twin.ts'
import { trueCondition } from '../conditions.ts'
import type { Guard, TargetEvidence } from './guard.ts'

/** A whole copy that has trained to its end did the job's work: it is not thrown away to train on from v1's checkpoint. */
export const twinFinished: Guard<TargetEvidence> = {
  code: 'twin-complete',
  check({ facts, plan }) {
    const twin = facts.twin?.trainJob
    const changes = twin && twinChanges(twin)
    if (!twin || !trueCondition(twin, 'Complete') || !changes || !isWholeCopy(changes)) return undefined
    const job = `${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
    return {
      message: `its twin ${twin.metadata.name} is Complete: it has trained the whole job`,
      why: 'a cutover would remove it, and train on from what v1 has',
      remedy: [
        `$0 cutover ${job} --keep-name   (keeps the twin as the result, and holds v1)`,
        `$0 rollback ${job}   (removes the twin; then cut over)`,
      ],
    }
  },
}
