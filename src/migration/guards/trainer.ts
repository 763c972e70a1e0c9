import { isTestedRelease } from '../../kube/release.ts'
import { testedTrainers } from '../../v2/tested.ts'
import type { Guard, TargetEvidence } from './guard.ts'

/** What another release of Trainer makes of a TrainJob that is resumed or deleted is known from its sources only. */
export const trainerUntested: Guard<TargetEvidence> = {
  code: 'trainer-untested',
  check({ facts, dialect, trainerRelease, accepted }) {
    // releases after the last one known may take the same TrainJobs: their own number decides where it can be seen
    const release = trainerRelease ?? dialect?.version
    if (release === undefined || isTestedRelease(release, testedTrainers) || accepted.includes('trainer-untested'))
      return undefined
    // a cutover that has begun goes on: it was asked before
    if (facts.trainJob) return undefined
    return {
      message: `Trainer ${release} is installed, and jobs were moved there and back in tests with ${testedTrainers.join(', ')} only`,
      why: 'its TrainJobs are known; how its operators start, stop and remove them is not',
      remedy: ['--accept trainer-untested   (move a job of little worth first)'],
    }
  },
}
