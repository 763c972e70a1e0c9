import { describe, expect, it } from 'vitest'
import { factsOf, planOf } from '../../../test/unit/cutover-world.ts'
import { v1Pod } from '../../../test/unit/objects.ts'
import type { Plan } from '../facts.ts'
import { gangKept, podGroupTaken } from './gangs.ts'
import type { TargetEvidence } from './guard.ts'

/** A plan whose runtime makes a gang. */
function gangPlan(more: Partial<Plan> = {}): Plan {
  const plan = planOf()
  const { runtime } = plan.conversion
  const spec = { ...runtime.spec, podGroupPolicy: { volcano: {} } }
  return { ...plan, conversion: { ...plan.conversion, runtime: { ...runtime, spec } }, ...more }
}

function evidence(plan: Plan, marks: object = {}, accepted: readonly string[] = []): TargetEvidence {
  const pod = v1Pod('bert', 'master', 0)
  const marked = {
    ...pod,
    metadata: { ...pod.metadata, ...marks },
    spec: { ...pod.spec, schedulerName: 'site' },
  }
  return { facts: factsOf({ v1Pods: [marked] }), plan, neighbours: [], accepted }
}

const volcano = { annotations: { 'scheduling.k8s.io/group-name': 'bert', 'volcano.sh/task-spec': 'master' } }
const plugins = { labels: { 'scheduling.x-k8s.io/pod-group': 'bert' } }

describe('a job whose pods are a gang', () => {
  it.each<[what: string, evidence: TargetEvidence, remedy: string | undefined]>([
    ['of Volcano', evidence(planOf(), volcano), '--gang-scheduler volcano'],
    ['of scheduler-plugins', evidence(planOf(), plugins), '--gang-scheduler site'],
    ['that the TrainJob keeps', evidence(gangPlan(), volcano), undefined],
    ['that somebody gave up', evidence(planOf(), volcano, ['gang']), undefined],
    ['of no scheduler', evidence(planOf()), undefined],
    // Volcano makes a PodGroup for a pod that has none, by another's hand
    ['of Volcano alone', evidence(planOf(), { annotations: { 'scheduling.k8s.io/group-name': 'x' } }), undefined],
  ])('%s', (_, given, remedy) => {
    expect(gangKept.check(given)?.remedy[0]).toBe(remedy)
  })
})

describe('a PodGroup of v1', () => {
  it.each<[what: string, plan: Plan, refused: boolean]>([
    ['stands in the way of one of the same name', gangPlan(), true],
    ['is gone where its owner suspended v1', gangPlan({ suspendBefore: true }), false],
    ['has another name than that of a twin', gangPlan({ trainJobName: 'bert-v2' }), false],
    ['is not there without a gang', planOf(), false],
  ])('%s', (_, plan, refused) => {
    expect(podGroupTaken.check(evidence(plan)) !== undefined).toBe(refused)
  })
})
