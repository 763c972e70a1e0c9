import { describe, expect, it } from 'vitest'
import { factsOf, planOf } from '../../../test/unit/cutover-world.ts'
import { condition, ended, runningV1, v1Job, v1Pod } from '../../../test/unit/objects.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Pod } from '../../kube/pod.ts'
import { endedByItself, v1Ending } from './v1-ending.ts'

/** A job whose replicas all have this restart policy. */
function withPolicy(restartPolicy: string): KubeObject {
  const job = runningV1('bert')
  const spec = job['spec'] as { pytorchReplicaSpecs: Record<string, object> }
  const replicas = Object.entries(spec.pytorchReplicaSpecs).map(([role, replica]) => [
    role,
    { ...replica, restartPolicy },
  ])
  return { ...job, spec: { pytorchReplicaSpecs: Object.fromEntries(replicas) } }
}

const workersOnly = runningV1('bert', { roles: { Worker: 2 } })
const pod = (role: string, index: number, code: number): Pod => v1Pod('bert', role, index, { status: ended(code) })

describe('v1 has ended by itself', () => {
  it.each<[what: string, job: KubeObject, pods: Pod[], ending: string | undefined]>([
    ['no pod ended', runningV1('bert'), [], undefined],
    ['the Master succeeded', runningV1('bert'), [pod('master', 0, 0)], "v1's bert-master-0 succeeded by itself"],
    ['only a Worker succeeded beside a Master', runningV1('bert'), [pod('worker', 0, 0)], undefined],
    ['one of two Workers without a Master', workersOnly, [pod('worker', 0, 0)], undefined],
    [
      'all Workers without a Master',
      workersOnly,
      [pod('worker', 0, 0), pod('worker', 1, 0)],
      "v1's bert-worker-0, bert-worker-1 succeeded by itself",
    ],
    ['a pod that is restarted failed', runningV1('bert'), [pod('worker', 0, 3)], undefined],
    [
      'a pod that is never restarted failed',
      withPolicy('Never'),
      [pod('worker', 0, 3)],
      "v1's bert-worker-0 failed by itself with exit code 3",
    ],
    [
      'an exit code that fails the job',
      withPolicy('ExitCode'),
      [pod('worker', 1, 127)],
      "v1's bert-worker-1 failed by itself with exit code 127",
    ],
    ['an exit code that is restarted', withPolicy('ExitCode'), [pod('worker', 1, 128)], undefined],
    ['a pod of a job that had the name before', runningV1('bert', { uid: 'other' }), [pod('master', 0, 0)], undefined],
  ])('%s', (_, job, pods, ending) => {
    expect(v1Ending(factsOf({ v1: job, ended: pods }), planOf(job))).toBe(ending)
  })

  it('by what its operator says', () => {
    const done = v1Job('bert', { conditions: [condition('Succeeded', { message: 'it is done' })] })
    expect(v1Ending(factsOf({ v1: done }), planOf())).toBe('v1 is Succeeded: it is done')
  })
})

describe('a pod ended by itself, not because it was deleted', () => {
  const finished = (finishedAt: string, deletion?: string): Pod => {
    const before = v1Pod('bert', 'master', 0, { status: ended(0) })
    const terminated = { exitCode: 0, finishedAt }
    return {
      ...before,
      metadata: {
        ...before.metadata,
        ...(deletion ? { deletionTimestamp: deletion, deletionGracePeriodSeconds: 30 } : {}),
      },
      status: { phase: 'Succeeded', containerStatuses: [{ name: 'pytorch', state: { terminated } }] },
    }
  }

  it.each<[what: string, pod: Pod, itself: boolean]>([
    ['nobody deleted it', finished('2026-03-01T12:00:00Z'), true],
    ['it ended before the deletion was asked for', finished('2026-03-01T11:59:59Z', '2026-03-01T12:00:30Z'), true],
    ['it answered SIGTERM with 0 in the same second', finished('2026-03-01T12:00:00Z', '2026-03-01T12:00:30Z'), false],
    ['it answered SIGTERM with 0 later', finished('2026-03-01T12:00:20Z', '2026-03-01T12:00:30Z'), false],
    ['it runs', v1Pod('bert', 'master', 0), false],
  ])('%s: %s', (_, pod, itself) => {
    expect(endedByItself(pod)).toBe(itself)
  })
})
