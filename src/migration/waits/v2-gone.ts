import type { KubeObject } from '../../kube/object.ts'
import type { Progress, TrainJobFacts, TwinFacts } from '../facts.ts'
import { countOf } from '../words.ts'

/**
 * Whether nothing of v2 is left that runs or could make a pod: the TrainJob, its JobSet, every Job (the Job controller makes
 * pods as long as the Job exists) and every pod; and nothing that the next TrainJob of the name would take for somebody else's.
 */
export function v2Gone(facts: TrainJobFacts): Progress {
  const left = [
    facts.trainJob ? 'the TrainJob' : '',
    facts.jobSet ? 'its JobSet' : '',
    facts.jobs.length > 0 ? countOf(facts.jobs.length, 'Job') : '',
    facts.v2Pods.length > 0 ? countOf(facts.v2Pods.length, 'pod') : '',
    isOfV2(facts.service) ? 'its Service' : '',
    isOfV2(facts.snapshot) ? 'the snapshot of its runtime' : '',
    ...facts.extras.filter(isOfV2).map(({ kind }) => `its ${kind}`),
  ].filter((part) => part !== '')
  return left.length === 0 ? { done: 'TrainJob removed' } : { waiting: `of v2 still to go: ${left.join(', ')}` }
}

/** The same, once it is told how its pods ended: one may have succeeded when the TrainJob was gone already. */
export function v2GoneAndTold(facts: TwinFacts): Progress {
  const gone = v2Gone(facts)
  const untold = facts.lastSeen?.untold ?? 0
  return 'done' in gone && untold > 0 ? { waiting: 'how its last pods ended is not told yet' } : gone
}

function isOfV2(object: KubeObject | undefined): boolean {
  const owners = object?.metadata.ownerReferences ?? []
  return owners.some(({ kind }) => kind === 'TrainJob' || kind === 'JobSet')
}
