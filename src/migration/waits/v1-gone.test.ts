import { describe, expect, it } from 'vitest'
import { factsOf, planOf } from '../../../test/unit/cutover-world.ts'
import { condition, ended, heldV1, runningV1, v1Job, v1Pod } from '../../../test/unit/objects.ts'
import type { Pod } from '../../kube/pod.ts'
import type { Facts, Progress } from '../facts.ts'
import { v1Gone } from './v1-gone.ts'

const graceful = (role: string, terminationGracePeriodSeconds: number): Pod => {
  const pod = v1Pod('bert', role, 0, { deleting: true })
  return { ...pod, spec: { ...pod.spec, terminationGracePeriodSeconds } }
}
const plan = planOf()
const held = heldV1('bert')
const succeeded = v1Pod('bert', 'master', 0, { status: ended(0) })

describe('v1 is gone', () => {
  it.each<[what: string, facts: Partial<Facts>, progress: Progress]>([
    ['when it says Suspended and has no pods', { v1: held, v1Pods: [] }, { done: '3 pods gone, v1 kept suspended' }],
    [
      'not while a pod is left, even if it says Suspended',
      { v1: held, v1Pods: [v1Pod('bert', 'worker', 0, { deleting: true })] },
      { waiting: '1 of 3 pods still terminate: bert-worker-0' },
    ],
    [
      'not while pods have time to end, of which it says how much',
      { v1: held, v1Pods: [graceful('worker', 30), graceful('master', 600)] },
      { waiting: '2 of 3 pods still terminate (grace period 600 s): bert-master-0, bert-worker-0' },
    ],
    [
      'not before its operator has confirmed, even without pods',
      { v1: v1Job('bert', { suspend: true, conditions: [condition('Running')] }), v1Pods: [] },
      { waiting: 'Training Operator has not confirmed the suspension yet' },
    ],
    ['never, when somebody resumed it', { v1: runningV1('bert') }, { failed: 'somebody resumed v1' }],
    ['never, when somebody deleted it', { v1: undefined }, { failed: 'somebody deleted the v1 job' }],
    [
      'never, when another job has its name',
      { v1: heldV1('bert', { uid: 'new' }) },
      { failed: 'somebody deleted the v1 job' },
    ],
    [
      'for good, when its Master had succeeded before the hold',
      { v1: held, v1Pods: [], ended: [succeeded] },
      { ended: "v1's bert-master-0 succeeded by itself" },
    ],
  ])('%s', (_, facts, progress) => {
    expect(v1Gone(factsOf(facts), plan)).toEqual(progress)
  })
})
