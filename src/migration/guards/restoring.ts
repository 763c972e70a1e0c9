import { isRestoring } from '../restored.ts'
import type { Guard, JobEvidence } from './guard.ts'

/** A rollback that was killed goes on; v2 still has the work. */
export const restoring: Guard<JobEvidence> = {
  code: 'restoring',
  check({ v1, kind, namespace, name }) {
    if (!isRestoring(v1)) return undefined
    return {
      message: 'a rollback made it again after finalize, and did not come to its end',
      remedy: [`$0 rollback ${kind.kind.toLowerCase()}/${name} -n ${namespace}   (goes on)`],
    }
  },
}
