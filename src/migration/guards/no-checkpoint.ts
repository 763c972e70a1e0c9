import { checkpointPlaces } from '../../v1/checkpoint-places.ts'
import { isSuspended } from '../../v1/state.ts'
import type { Guard, TargetEvidence } from './guard.ts'

const code = 'no-checkpoint'

/** A training that runs and keeps nothing outside its pods would begin anew. */
export const noCheckpoint: Guard<TargetEvidence> = {
  code,
  check({ facts: { v1, v1Pods, trainJob }, plan, accepted }) {
    // a cutover that has begun goes on: it was asked before
    if (accepted.includes(code) || trainJob || !v1 || isSuspended(v1)) return undefined
    if (!v1Pods.some(({ status }) => status?.phase === 'Running')) return undefined
    if (checkpointPlaces(plan.job).length > 0) return undefined
    return {
      message: 'it runs, and nothing tells where it would keep a checkpoint',
      why: 'no writable volume that outlives its pods, no address of an object store, no --output_dir, --checkpoint-dir or CHECKPOINT_DIR: v2 would train it all again',
      remedy: [`--accept ${code}   (where it keeps one elsewhere, or may begin anew)`],
    }
  },
}
