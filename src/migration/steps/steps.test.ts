import { describe, expect, it } from 'vitest'
import {
  factsOf,
  heldByUs,
  movedFacts,
  planOf,
  renderedJobSet,
  storedRuntime,
  storedTrainJob,
} from '../../../test/unit/cutover-world.ts'
import { condition, ended, runningV1, trainJob, v1Job, v1Pod } from '../../../test/unit/objects.ts'
import { actionTitle } from '../action.ts'
import type { Facts } from '../facts.ts'
import { v1Annotations } from '../hold.ts'
import type { Step } from '../step.ts'
import { createRuntime } from './create-runtime.ts'
import { createTrainJob } from './create-train-job.ts'
import { holdV1 } from './hold-v1.ts'
import { observe } from './observe.ts'
import { preview } from './preview.ts'
import { startV2 } from './start-v2.ts'

const plan = planOf()
const running = { ...runningV1('bert'), metadata: { ...runningV1('bert').metadata, resourceVersion: '7' } }
const held = heldByUs({}, { resourceVersion: '9' })
const runtime = plan.conversion.runtime.metadata.name

/** What a step would write on the way there and on the way back, and why it must not. */
function told(step: Step, facts: Facts, of = plan) {
  return {
    refuses: step.precondition(facts, of)?.why,
    forward: step.forward(facts, of).map(actionTitle),
    undo: step.undo(facts, of).map(actionTitle),
  }
}

const create = (kind: string, name = 'bert') => `create ${kind}.trainer.kubeflow.org nlp/${name}`
const ours = storedTrainJob(plan, true)
const foreign = trainJob('bert')
const leaving = { ...ours, metadata: { ...ours.metadata, deletionTimestamp: '2026-03-01T12:00:00Z' } }
const changedRuntime = { ...storedRuntime(plan), spec: { ...storedRuntime(plan).spec, mlPolicy: { numNodes: 9 } } }
const masterDone = v1Pod('bert', 'master', 0, { status: ended(0) })

describe('what each step writes, by the facts', () => {
  it.each<[step: Step, when: string, facts: Facts, expected: Partial<ReturnType<typeof told>>]>([
    [createRuntime, 'it is absent', factsOf(), { forward: [create('trainingruntimes', runtime)] }],
    [createRuntime, 'it is there', factsOf({ runtime: storedRuntime(plan) }), {}],
    [createRuntime, 'it has other content', factsOf({ runtime: changedRuntime }), { refuses: 'changed' }],
    [createTrainJob, 'there is none', factsOf(), { forward: [create('trainjobs')] }],
    [
      createTrainJob,
      'ours is there',
      factsOf({ trainJob: ours }),
      { undo: ['delete trainjobs.trainer.kubeflow.org nlp/bert'] },
    ],
    [createTrainJob, 'ours is going already', factsOf({ trainJob: leaving }), {}],
    [createTrainJob, 'somebody else’s is there', factsOf({ trainJob: foreign }), { refuses: 'changed' }],
    [preview, 'there is nothing yet', factsOf(), {}],
    [holdV1, 'v1 runs', factsOf({ v1: running }), { forward: ['patch pytorchjobs.kubeflow.org nlp/bert'] }],
    [holdV1, 'v1 is held', factsOf({ v1: held, v1Pods: [] }), { undo: ['patch pytorchjobs.kubeflow.org nlp/bert'] }],
    [
      holdV1,
      'v1 was changed since it was converted',
      factsOf({ v1: { ...running, metadata: { ...running.metadata, generation: 5 } } }),
      { refuses: 'changed', forward: ['patch pytorchjobs.kubeflow.org nlp/bert'] },
    ],
    [
      holdV1,
      'another job has the name',
      factsOf({ v1: { ...held, metadata: { ...held.metadata, uid: 'new' } } }),
      { refuses: 'changed' },
    ],
    [holdV1, 'v1 is deleted', factsOf({ v1: undefined }), { refuses: 'changed' }],
    [
      holdV1,
      'v1 has succeeded',
      factsOf({ v1: v1Job('bert', { conditions: [condition('Succeeded')] }) }),
      { refuses: 'ended', forward: ['patch pytorchjobs.kubeflow.org nlp/bert'] },
    ],
    [
      holdV1,
      'v1 is held, and its Master had succeeded: it is never resumed',
      factsOf({ v1: held, v1Pods: [], ended: [masterDone] }),
      { refuses: 'ended', undo: ['patch pytorchjobs.kubeflow.org nlp/bert'] },
    ],
    [
      holdV1,
      'it is recorded that v1 ended while it was held: it is never resumed',
      factsOf({ v1: heldByUs({}, { annotations: { [v1Annotations.ended]: 'its master succeeded' } }), v1Pods: [] }),
      { refuses: 'ended' },
    ],
    [
      holdV1,
      'its owner suspended it a moment ago',
      factsOf({ v1: v1Job('bert', { suspend: true }) }),
      { refuses: 'changed' },
    ],
    [
      holdV1,
      'v1 is held, and was changed since',
      factsOf({ v1: heldByUs({ generation: 2 }, { generation: 3 }) }),
      { refuses: 'changed' },
    ],
    [
      startV2,
      'v1 is gone',
      factsOf({ v1: held, v1Pods: [], trainJob: ours }),
      {
        forward: ['patch trainjobs.trainer.kubeflow.org nlp/bert'],
        undo: ['delete trainjobs.trainer.kubeflow.org nlp/bert'],
      },
    ],
    [
      startV2,
      'a pod of v1 is left',
      factsOf({ v1: held, v1Pods: [v1Pod('bert', 'worker', 0)], trainJob: ours }),
      {
        refuses: 'changed',
        forward: ['patch trainjobs.trainer.kubeflow.org nlp/bert'],
        undo: ['delete trainjobs.trainer.kubeflow.org nlp/bert'],
      },
    ],
    [startV2, 'v2 runs', movedFacts(plan, held), { undo: ['delete trainjobs.trainer.kubeflow.org nlp/bert'] }],
    [observe, 'v2 runs', movedFacts(plan, held), {}],
  ])('$id when %s', (step, _, facts, expected) => {
    expect(told(step, facts)).toEqual({ refuses: undefined, forward: [], undo: [], ...expected })
  })
})

describe('every write says what must be unchanged', () => {
  it('suspends v1 as it was read', () => {
    expect(holdV1.forward(factsOf({ v1: running }), plan)).toMatchObject([
      {
        body: {
          metadata: { annotations: { 'kubectl-migrate.dev/held': '{"ready":3,"migration":"of-the-test"}' } },
          spec: { runPolicy: { suspend: true } },
        },
        unchanged: { uid: plan.uid, resourceVersion: '7' },
      },
    ])
  })

  it.each([
    ['absent', {}, null],
    ['false', { suspend: false as const }, false],
  ])('puts suspend back as it was: %s', (_, hold, suspend) => {
    const v1 = heldByUs(hold, { resourceVersion: '9' })
    expect(holdV1.undo(factsOf({ v1 }), plan)).toMatchObject([
      {
        body: {
          metadata: { annotations: { 'kubectl-migrate.dev/held': null } },
          spec: { runPolicy: { suspend } },
        },
        unchanged: { uid: plan.uid, resourceVersion: '9' },
      },
    ])
  })

  it('never resumes what its owner had suspended', () => {
    expect(holdV1.undo(factsOf({ v1: v1Job('bert', { suspend: true }) }), plan)).toEqual([])
  })

  it('resumes and deletes the TrainJob as it was read', () => {
    const facts = factsOf({ v1: held, v1Pods: [], trainJob: ours })
    expect(startV2.forward(facts, plan)).toMatchObject([
      { body: { spec: { suspend: false } }, unchanged: { uid: 'uid-v2', resourceVersion: '20' } },
    ])
    expect(startV2.undo(facts, plan)).toMatchObject([
      { verb: 'delete', unchanged: { uid: 'uid-v2', resourceVersion: '20' } },
    ])
  })

  it('makes the TrainJob suspended, with a record of whether v1 ran', () => {
    const [action] = createTrainJob.forward(factsOf(), plan)
    expect(action).toMatchObject({
      object: {
        metadata: {
          name: 'bert',
          annotations: {
            'kubectl-migrate.dev/source': 'PyTorchJob/bert',
            'kubectl-migrate.dev/source-uid': plan.uid,
            'kubectl-migrate.dev/source-suspended': 'false',
          },
        },
        spec: { suspend: true },
      },
    })
  })
})

describe('the TrainJob as the server stored it', () => {
  it('is taken with what webhooks of others add to it', () => {
    const patches = [{ manager: 'kueue.x-k8s.io/manager', trainingRuntimeSpec: { template: {} } }]
    const stored = {
      ...ours,
      spec: { ...ours.spec, runtimePatches: [...(ours.spec.runtimePatches ?? []), ...patches] },
    }
    expect(createTrainJob.verify(factsOf({ trainJob: stored }), plan)).toEqual({ done: 'bert is there, suspended' })
  })

  it('is not taken when a field was dropped', () => {
    const { trainer: _, ...spec } = ours.spec
    const progress = createTrainJob.verify(factsOf({ trainJob: { ...ours, spec } }), plan)
    expect(progress).toEqual({
      failed: expect.stringContaining('the TrainJob is not what v1 converts to: spec.trainer is absent'),
    })
  })
})

describe('every step', () => {
  it.each([createRuntime, createTrainJob, preview, holdV1, startV2, observe])('$id says what it does', (step) => {
    expect(step.describe(plan)).toMatch(/^\S.*[^.]$/)
  })

  it('observes for as long as it was told', () => {
    expect(observe.lasts?.(plan)).toBe(120_000)
    expect(observe.verify(movedFacts(plan, held, { jobSet: renderedJobSet(plan, false) }), plan)).toHaveProperty('done')
  })
})
