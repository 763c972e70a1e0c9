import { isFinished } from '../../kube/job-state.ts'
import { v1State } from '../../v1/state.ts'
import { recordedEnding } from '../hold.ts'
import type { Guard, JobEvidence } from './guard.ts'

/** What finished is never run again: a TrainJob would train it a second time. */
export const finished: Guard<JobEvidence> = {
  code: 'finished',
  check({ v1, namespace, name }) {
    const { word } = v1State(v1)
    const ending = recordedEnding(v1)
    if (!isFinished(word) && ending === undefined) return undefined
    return {
      message: `${ending === undefined ? `it is ${word}` : `it ended while it was held (${ending})`}: a finished job is not run again`,
      remedy: [`$0 convert job ${name} -n ${namespace}   (for the manifest of its next run)`],
    }
  },
}

/** A job on its way out takes its pods along; nothing holds it. */
export const deleting: Guard<JobEvidence> = {
  code: 'deleting',
  check({ v1 }) {
    if (v1.metadata.deletionTimestamp === undefined) return undefined
    return { message: 'it is being deleted', remedy: ['wait until it is gone; then create the TrainJob yourself'] }
  },
}
