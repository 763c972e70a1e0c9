import { compareJobSet } from '../../compare/live.ts'
import { creationFailed } from '../../v2/state.ts'
import type { JobSetSpec } from '../../v2/trainjob.ts'
import type { Facts, Plan, Progress } from '../facts.ts'
import { ownedBy } from '../ownership.ts'
import { countOf, someOf } from '../words.ts'

/** Whether the operators rendered of the TrainJob what the proof says: every value it expects is in the JobSet. */
export function v2Rendered(facts: Facts, plan: Plan): Progress {
  const { trainJob, jobSet } = facts
  if (!trainJob) return { failed: 'somebody deleted the TrainJob' }
  const refusal = creationRefusal(facts)
  if (refusal !== undefined) return { failed: refusal }
  if (!jobSet || !ownedBy(jobSet, trainJob.metadata.uid)) return { waiting: 'Trainer has rendered no JobSet yet' }
  const live = jobSet['spec'] as JobSetSpec
  // a TrainJob that was started has a JobSet that is no longer suspended, now or in a moment, and that is all that may differ
  const suspend = trainJob.spec.suspend === true || (live.suspend ?? false)
  const differences = compareJobSet({ ...plan.conversion.proof.jobSet, suspend }, live)
  if (differences.length > 0) {
    const told = differences.map(({ path, v1, v2 }) => `${path} is ${v2}, not ${v1}`)
    return { failed: `the operators render something else than the proof: ${someOf(told)}` }
  }
  return { done: `operators render ${countOf(plan.conversion.proof.v2.length, 'pod')}, equal to the proof` }
}

/** The words of the event that alone tells of a JobSet nobody could make (Trainer v2.3.0, pkg/controller/trainjob_controller.go). */
export function creationRefusal({ events, trainJob, jobSet }: Facts): string | undefined {
  if (!trainJob || jobSet) return undefined
  const event = events.find(
    ({ reason, involvedObject }) => reason === creationFailed && involvedObject.uid === trainJob.metadata.uid,
  )
  return (
    event &&
    `Trainer cannot make the JobSet: ${(event.message ?? '').replace(/^TrainJob resources reconciliation failed: /, '')}`
  )
}
