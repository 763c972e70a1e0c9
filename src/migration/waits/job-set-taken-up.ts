import { isRecord } from '../../kube/object.ts'
import { trueCondition } from '../conditions.ts'
import type { Facts, Progress } from '../facts.ts'

/**
 * Whether JobSet's controller has taken up the suspended JobSet that Trainer made: where it does not run, v1 would be stopped and no pod of v2
 * would ever come. Its condition Suspended is what a look without a fault ends with, and is written when the Jobs are made
 * (JobSet v0.12.0, pkg/controllers/jobset_controller.go, suspendJobs). A JobSet that is not suspended is told by its pods.
 */
export function jobSetTakenUp({ jobSet, events }: Facts): Progress {
  const spec = jobSet?.['spec']
  if (!jobSet || !isRecord(spec) || spec['suspend'] !== true || trueCondition(jobSet, 'Suspended')) {
    return { done: 'JobSet’s controller has taken it up' }
  }
  const { name, uid } = jobSet.metadata
  const event = events.find(({ reason, involvedObject }) => {
    return reason === 'JobCreationFailed' && involvedObject.uid === uid
  })
  if (event) return { waiting: `JobSet’s controller cannot make the Jobs of JobSet ${name}: ${event.message}` }
  return { waiting: `JobSet’s controller has not taken up JobSet ${name} yet` }
}
