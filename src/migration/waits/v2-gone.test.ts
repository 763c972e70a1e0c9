import { describe, expect, it } from 'vitest'
import { factsOf, planOf, renderedJobSet, storedTrainJob, v2PodsOf } from '../../../test/unit/cutover-world.ts'
import { now } from '../../../test/unit/objects.ts'
import type { Facts, Progress } from '../facts.ts'
import { v2Gone } from './v2-gone.ts'

const plan = planOf()

describe('v2 is gone', () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'bert-node-0' } }
  it.each<[what: string, facts: Partial<Facts>, progress: Progress]>([
    ['when nothing of it is left', {}, { done: 'TrainJob removed' }],
    ['not while a Job could still make pods', { jobs: [job] }, { waiting: 'of v2 still to go: 1 Job' }],
    [
      'not while anything is left',
      {
        trainJob: storedTrainJob(plan, false),
        jobSet: renderedJobSet(plan, false),
        jobs: [job],
        v2Pods: v2PodsOf(plan),
      },
      { waiting: 'of v2 still to go: the TrainJob, its JobSet, 1 Job, 3 pods' },
    ],
  ])('%s', (_, facts, progress) => {
    expect(v2Gone(factsOf({ now, ...facts }))).toEqual(progress)
  })
})
