import { describe, expect, it } from 'vitest'
import { factsOf, planOf, renderedJobSet, storedTrainJob } from '../../../test/unit/cutover-world.ts'
import { warning } from '../../../test/unit/objects.ts'
import type { Facts, Progress } from '../facts.ts'
import { v2Rendered } from './v2-rendered.ts'

const plan = planOf()

describe('v2 is rendered', () => {
  const base = { trainJob: storedTrainJob(plan, true) }
  const jobSet = renderedJobSet(plan, true)
  const other = structuredClone(jobSet) as typeof jobSet & { spec: { replicatedJobs: { name: string }[] } }
  other.spec.replicatedJobs[0] = { ...other.spec.replicatedJobs[0], name: 'trainer' }
  const refusal = warning(
    'TrainJob',
    'bert',
    'TrainJobResourcesCreationFailed',
    'TrainJob resources reconciliation failed: no',
  )
  const about = (uid: string) => ({ ...refusal, involvedObject: { ...refusal.involvedObject, uid } })

  it.each<[what: string, facts: Partial<Facts>, progress: Progress]>([
    [
      'when the JobSet is what was proved',
      { ...base, jobSet },
      { done: 'operators render 3 pods, equal to the proof' },
    ],
    [
      'also when it runs already',
      { trainJob: storedTrainJob(plan, false), jobSet: renderedJobSet(plan, false) },
      { done: 'operators render 3 pods, equal to the proof' },
    ],
    ['not before there is one', base, { waiting: 'Trainer has rendered no JobSet yet' }],
    [
      'not by a JobSet of somebody else',
      { ...base, jobSet: { ...jobSet, metadata: { name: 'bert' } } },
      { waiting: 'Trainer has rendered no JobSet yet' },
    ],
    [
      'never, when Trainer cannot',
      { ...base, events: [about('uid-v2')] },
      { failed: 'Trainer cannot make the JobSet: no' },
    ],
    [
      'though Trainer could not for a TrainJob that had the name before',
      { ...base, events: [about('old')] },
      { waiting: 'Trainer has rendered no JobSet yet' },
    ],
    ['never, when somebody deleted the TrainJob', {}, { failed: 'somebody deleted the TrainJob' }],
  ])('%s', (_, facts, progress) => {
    expect(v2Rendered(factsOf(facts), plan)).toEqual(progress)
  })

  it('never, when the operators render something else', () => {
    const progress = v2Rendered(factsOf({ ...base, jobSet: other }), plan)
    expect(progress).toEqual({
      failed: expect.stringMatching(/^the operators render something else than the proof: replicatedJobs\[node\]/),
    })
  })
})
