import { isTestedTrainer, testedTrainers } from '../../v2/tested.ts'
import type { Guard, TargetEvidence } from './guard.ts'

/** What another release of Trainer makes of a TrainJob that is resumed or deleted is known from its sources only. */
export const trainerUntested: Guard<TargetEvidence> = {
  code: 'trainer-untested',
  check({ facts, dialect, accepted }) {
    if (dialect === undefined || isTestedTrainer(dialect) || accepted.includes('trainer-untested')) return undefined
    // a cutover that has begun goes on: it was asked before
    if (facts.trainJob) return undefined
    return {
      message: `Trainer ${dialect.version} is installed, and jobs were moved there and back in tests with ${testedTrainers.join(', ')} only`,
      why: 'the conversion is proved for it; how its operators start, stop and remove a TrainJob is not',
      remedy: ['--accept trainer-untested   (move a job of little worth first)'],
    }
  },
}
