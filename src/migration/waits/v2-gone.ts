import type { Facts, Progress } from '../facts.ts'
import { countOf } from '../words.ts'

/**
 * Whether nothing of v2 is left that runs or could make a pod: the TrainJob, its JobSet, every Job (the Job controller makes
 * pods as long as the Job exists) and every pod.
 */
export function v2Gone(facts: Facts): Progress {
  const left = [
    facts.trainJob ? 'the TrainJob' : '',
    facts.jobSet ? 'its JobSet' : '',
    facts.jobs.length > 0 ? countOf(facts.jobs.length, 'Job') : '',
    facts.v2Pods.length > 0 ? countOf(facts.v2Pods.length, 'pod') : '',
  ].filter((part) => part !== '')
  return left.length === 0 ? { done: 'TrainJob removed' } : { waiting: `${left.join(', ')} of v2 still to go` }
}
