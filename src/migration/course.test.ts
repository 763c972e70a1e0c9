import { describe, expect, it } from 'vitest'
import { factsOf, heldByUs, movedFacts, planOf, renderedJobSet, storedTrainJob } from '../../test/unit/cutover-world.ts'
import { ago, condition, heldV1, runningV1, trainJob, v1Job } from '../../test/unit/objects.ts'
import type { KubeObject } from '../kube/object.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { courseOf, suspendBefore } from './course.ts'
import type { Facts } from './facts.ts'
import { v1Annotations } from './hold.ts'

const hour = 3_600_000
const plan = planOf()
const held = heldByUs()
const asleep = v1Job('bert', { suspend: true, conditions: [condition('Suspended')] })
const asleepPlan = planOf(asleep)

/** What is to be done, in a word or two: ids of the steps, or why there are none. */
function course(facts: Facts, of = plan): string {
  const found = courseOf(facts, of, hour)
  if ('already' in found) return `already: ${found.already}`
  if ('refused' in found) return `refused: ${found.refused.code}`
  return `${found.resumes ? 'go on: ' : ''}${found.steps.map(({ id }) => id).join(', ')}`
}

const all = 'runtime, train-job, preview, hold, start, observe'
/** Of a job that is held: that is taken back too, whichever step fails. */
const held1st = 'hold, runtime, train-job, preview, start, observe'

/** Our TrainJob, resumed so many seconds ago. */
function resumed(seconds: number): TrainJob {
  return storedTrainJob(plan, false, {
    conditions: [{ ...condition('Suspended'), status: 'False', lastTransitionTime: ago(seconds) }],
  })
}

const changed: TrainJob = storedTrainJob(plan, true)
changed.spec = { ...changed.spec, trainer: { ...changed.spec.trainer, numNodes: 7 } }

describe('what is to be done', () => {
  it.each<[what: string, facts: Facts, answer: string]>([
    ['a running job', factsOf(), all],
    [
      'a running job with a TrainJob of its name that came from elsewhere',
      factsOf({ trainJob: trainJob('bert') }),
      all,
    ],
    ['interrupted before the hold', factsOf({ trainJob: storedTrainJob(plan, true) }), `go on: ${all}`],
    ['interrupted after the hold', factsOf({ v1: held, trainJob: storedTrainJob(plan, true) }), `go on: ${held1st}`],
    ['interrupted while v2 starts', movedFacts(plan, held, { trainJob: resumed(60), v2Pods: [] }), `go on: ${held1st}`],
    ['done a moment ago', movedFacts(plan, held, { trainJob: resumed(60) }), `go on: ${held1st}`],
    [
      'done long ago, and well',
      movedFacts(plan, held, { trainJob: resumed(7200) }),
      'already: 3 of 3 pods run, equal to the proof; v1 is kept suspended',
    ],
    [
      'done long ago, and not well: nobody takes away what trained for hours',
      movedFacts(plan, held, { trainJob: resumed(7200), v2Pods: [] }),
      'refused: v2-unhealthy',
    ],
    [
      'v2 complete',
      movedFacts(plan, held, { trainJob: storedTrainJob(plan, false, { conditions: [condition('Complete')] }) }),
      'already: the TrainJob is Complete, v1 is kept suspended',
    ],
    [
      'v2 failed after it was cut over',
      movedFacts(plan, held, { trainJob: storedTrainJob(plan, false, { conditions: [condition('Failed')] }) }),
      'refused: v2-failed',
    ],
    ['interrupted on its way back, v1 still held', factsOf({ v1: held, v1Pods: [] }), `go on: ${held1st}`],
    [
      'held, and changed by somebody since',
      factsOf({ v1: heldByUs({ generation: 2 }, { generation: 3 }), v1Pods: [] }),
      'refused: held-changed',
    ],
    [
      'suspended by its owner before the hold',
      factsOf({ v1: heldV1('bert'), trainJob: storedTrainJob(plan, true) }),
      'refused: owner-suspended',
    ],
    ['both sides run', movedFacts(plan, runningV1('bert')), 'refused: both-run'],
    [
      'v2 complete, and v1 runs again',
      movedFacts(plan, runningV1('bert'), {
        trainJob: storedTrainJob(plan, false, { conditions: [condition('Complete')] }),
      }),
      'refused: v2-complete',
    ],
    [
      'our TrainJob is on its way out',
      factsOf({ trainJob: { ...changed, metadata: { ...changed.metadata, deletionTimestamp: ago(1) } } }),
      'refused: trainjob-deleting',
    ],
    ['v1 converts to something else now', factsOf({ trainJob: changed }), 'refused: trainjob-differs'],
  ])('%s', (_, facts, answer) => {
    expect(course(facts)).toBe(answer)
  })

  it.each<[what: string, facts: Facts, answer: string]>([
    [
      'is left suspended: nothing is held or started',
      factsOf({ v1: asleep, v1Pods: [] }),
      'runtime, train-job, preview',
    ],
    [
      'is done when its TrainJob is suspended as well',
      factsOf({
        v1: asleep,
        v1Pods: [],
        trainJob: storedTrainJob(asleepPlan, true),
        jobSet: renderedJobSet(asleepPlan, true),
      }),
      'already: its owner suspended v1, and the TrainJob is suspended as well',
    ],
    [
      'is the owner’s business when one side was resumed since',
      factsOf({ v1: runningV1('bert'), trainJob: storedTrainJob(asleepPlan, true) }),
      'refused: owner-resumed',
    ],
  ])('a job its owner suspended %s', (_, facts, answer) => {
    expect(course(facts, asleepPlan)).toBe(answer)
  })
})

describe('what suspend of v1 was before the hold', () => {
  it.each<[what: string, v1: KubeObject, before: boolean | undefined]>([
    ['absent, and not held', v1Job('bert'), undefined],
    ['false, and not held', v1Job('bert', { suspend: false }), false],
    ['true by its owner', v1Job('bert', { suspend: true }), true],
    ['absent, as the hold noted', heldByUs(), undefined],
    ['false, as the hold noted', heldByUs({ suspend: false }), false],
    ['true, as the note of a hold that is over counts for nothing', v1Job('bert', { suspend: true }), true],
    ['true, as the note cannot be read', heldByUs({}, { annotations: { [v1Annotations.held]: '{' } }), true],
  ])('%s', (_, v1, before) => {
    expect(suspendBefore(planOf(v1).job, factsOf({ v1 }))).toBe(before)
  })
})
