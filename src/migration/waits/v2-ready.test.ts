import { describe, expect, it } from 'vitest'
import {
  livePod,
  movedFacts,
  planOf,
  renderedJobSet,
  storedTrainJob,
  v2PodsOf,
} from '../../../test/unit/cutover-world.ts'
import {
  ago,
  condition,
  ended,
  heldV1,
  runningV1,
  unschedulable,
  waiting,
  warning,
} from '../../../test/unit/objects.ts'
import type { Pod, PodStatus } from '../../kube/pod.ts'
import type { Facts, Progress } from '../facts.ts'
import { v2Ready } from './v2-ready.ts'

const plan = planOf()
const held = heldV1('bert')

describe('v2 is ready', () => {
  const moved = (more: Partial<Facts> = {}) => movedFacts(plan, held, more)
  const pods = (status: Record<number, PodStatus>) => moved({ v2Pods: v2PodsOf(plan, status) })
  const [model] = plan.conversion.proof.v2
  const crashed: PodStatus = {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      {
        name: 'node',
        restartCount: 1,
        state: { running: {} },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      },
    ],
  }
  const pulling = (seconds: number, message: string): PodStatus => ({
    ...waiting('ImagePullBackOff', message),
    startTime: ago(seconds),
  })
  const evicted: Pod = livePod(model ?? expect.fail('no pods in the proof'), {
    status: { phase: 'Failed', reason: 'Evicted', conditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    tail: 'gone1',
  })

  it.each<[what: string, facts: Facts, progress: Progress]>([
    ['when all pods run', moved(), { done: '3 of 3 pods run, equal to the proof' }],
    [
      'when some run and some have succeeded',
      pods({ 1: { phase: 'Succeeded' } }),
      { done: '3 of 3 pods run, equal to the proof' },
    ],
    [
      'for good, when the TrainJob is Complete, whatever became of its pods',
      moved({ v2Pods: [], trainJob: storedTrainJob(plan, false, { conditions: [condition('Complete')] }) }),
      { done: 'TrainJob is Complete', settled: true },
    ],
    [
      'not before all pods exist',
      moved({ v2Pods: v2PodsOf(plan).slice(0, 1) }),
      { waiting: '1 of 3 pods ready; rank 1, 2 not created yet' },
    ],
    [
      'not before all pods exist, with the reason why they do not',
      moved({ v2Pods: [], events: [warning('Job', 'bert-node-0', 'FailedCreate', 'exceeded quota: gpus')] }),
      { waiting: '0 of 3 pods ready; rank 0, 1, 2 not created yet: exceeded quota: gpus' },
    ],
    [
      'not while the scheduler finds no node, in its own words',
      pods({ 1: unschedulable('0/8 nodes are available: 8 Insufficient nvidia.com/gpu') }),
      { waiting: '2 of 3 pods ready; rank 1 Unschedulable: 0/8 nodes are available: 8 Insufficient nvidia.com/gpu' },
    ],
    [
      'not while an image is pulled again and again, for any reason that may pass',
      pods({ 0: pulling(3600, 'toomanyrequests'), 2: { phase: 'Pending' } }),
      { waiting: '1 of 3 pods ready; rank 0 ImagePullBackOff: toomanyrequests' },
    ],
    [
      'not while the registry says that there is no such image, within two minutes',
      pods({ 0: pulling(100, 'reg/x:1: not found') }),
      { waiting: '2 of 3 pods ready; rank 0 ImagePullBackOff: reg/x:1: not found' },
    ],
    [
      'not while a pod runs unready',
      pods({ 2: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } }),
      { waiting: '2 of 3 pods ready; rank 2 runs but is not ready' },
    ],
    [
      'not while an evicted pod is to be replaced',
      moved({ v2Pods: [evicted, ...v2PodsOf(plan).slice(1)] }),
      { waiting: '2 of 3 pods ready; rank 0 not created yet' },
    ],
    [
      'when the evicted pod is replaced',
      moved({ v2Pods: [evicted, ...v2PodsOf(plan)] }),
      { done: '3 of 3 pods run, equal to the proof' },
    ],
    [
      'never, when a pod failed',
      pods({ 1: ended(3) }),
      { failed: 'rank 1 (worker-0) failed: container pytorch ended with exit code 3' },
    ],
    [
      'never, when a container was restarted, though it runs again',
      pods({ 0: crashed }),
      { failed: 'rank 0 (master-0) failed: container node ended with exit code 137 (OOMKilled)' },
    ],
    [
      'never, when a pod failed and is gone already',
      moved({ v2Pods: [], ended: v2PodsOf(plan, { 2: ended(1) }).slice(2) }),
      { failed: 'rank 2 (worker-1) failed: container pytorch ended with exit code 1' },
    ],
    [
      'never, when an image name is wrong',
      pods({ 0: waiting('InvalidImageName', 'invalid reference format') }),
      { failed: 'rank 0 (master-0) failed: InvalidImageName: invalid reference format' },
    ],
    [
      'never, when the registry still says so after two minutes',
      pods({ 0: pulling(121, 'reg/x:1: not found') }),
      { failed: 'rank 0 (master-0) failed: ImagePullBackOff: reg/x:1: not found' },
    ],
    [
      'never, when its JobSet failed',
      moved({
        v2Pods: [],
        jobSet: {
          ...renderedJobSet(plan, false),
          status: { conditions: [condition('Failed', { reason: 'FailedJobs' })] },
        },
      }),
      { failed: 'JobSet bert failed: FailedJobs' },
    ],
    [
      'never, when the TrainJob failed',
      moved({
        v2Pods: [],
        trainJob: storedTrainJob(plan, false, {
          conditions: [condition('Failed', { reason: 'DeadlineExceeded', message: 'too late' })],
        }),
      }),
      { failed: 'TrainJob failed: DeadlineExceeded: too late' },
    ],
    [
      'never, when somebody deleted the TrainJob',
      moved({ trainJob: undefined }),
      { failed: 'somebody deleted the TrainJob' },
    ],
    [
      'never, when somebody suspended it',
      moved({ trainJob: storedTrainJob(plan, true) }),
      { failed: 'somebody suspended the TrainJob' },
    ],
    [
      'never, when somebody resumed v1',
      moved({ v1: runningV1('bert') }),
      { failed: 'somebody resumed v1 while v2 was starting' },
    ],
  ])('%s', (_, facts, progress) => {
    expect(v2Ready(facts, plan)).toEqual(progress)
  })

  it('never, when a real pod is not the one that was proved', () => {
    const [first, ...rest] = v2PodsOf(plan)
    const spec = { ...first?.spec, containers: [{ name: 'node', image: 'reg.example.com/other:1' }] }
    const progress = v2Ready(moved({ v2Pods: [{ ...first, spec } as Pod, ...rest] }), plan)
    expect(progress).toEqual({ failed: expect.stringMatching(/^rank 0 \(master-0\) is not what was proved: /) })
  })

  it('never, when Trainer cannot resume the JobSet: only an event after the resume tells', () => {
    const resumed = { ...condition('Suspended', { age: 30 }), status: 'False' as const }
    const refusal = (seconds: number) => {
      const event = warning('TrainJob', 'bert', 'TrainJobResourcesCreationFailed', 'field is immutable', seconds)
      return { ...event, involvedObject: { ...event.involvedObject, uid: 'uid-v2' } }
    }
    const facts = (seconds: number) =>
      moved({
        v2Pods: [],
        trainJob: storedTrainJob(plan, false, { conditions: [resumed] }),
        jobSet: renderedJobSet(plan, true),
        events: [refusal(seconds)],
      })
    expect(v2Ready(facts(20), plan)).toEqual({ failed: 'Trainer cannot resume the JobSet: field is immutable' })
    expect(v2Ready(facts(40), plan)).toEqual({ waiting: '0 of 3 pods ready; rank 0, 1, 2 not created yet' })
  })
})
