import { trackerOf } from '../../kube/tracker.ts'
import type { Guard, JobEvidence } from './guard.ts'

/** A tool that would put v1 back as its source says, or delete the job, in the middle of the move or after it. */
export const tracked: Guard<JobEvidence> = {
  code: 'tracked',
  check({ v1, kind, namespace, name }) {
    const tracker = trackerOf(v1.metadata)
    if (!tracker) return undefined
    const { tool, source } = tracker
    return {
      message: `${tool} keeps it as its source says (${source})`,
      why: `${tool} would resume the held ${kind.kind}, and its next sync would not know the TrainJob`,
      remedy: [`change the source of ${source}: $0 convert job ${name} -n ${namespace}   (prints what belongs there)`],
    }
  },
}

/** An owner (a workflow, a pipeline, a trial) waits for this very object, and its deletion takes the job along. */
export const owned: Guard<JobEvidence> = {
  code: 'owned',
  check({ v1, namespace, name }) {
    const [owner] = v1.metadata.ownerReferences ?? []
    if (!owner) return undefined
    return {
      message: `it belongs to ${owner.kind} ${owner.name} (${owner.apiVersion})`,
      why: `the ${owner.kind} made it, waits for it, and would not know the TrainJob`,
      remedy: [`let the ${owner.kind} make a TrainJob: $0 convert job ${name} -n ${namespace}   (prints it)`],
    }
  },
}
