import { describe, expect, it } from 'vitest'
import { movedFacts, planOf, storedTrainJob, v2PodsOf } from '../../../test/unit/cutover-world.ts'
import { condition, ended, heldV1, runningV1 } from '../../../test/unit/objects.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { PodStatus } from '../../kube/pod.ts'
import type { Facts } from '../facts.ts'
import { removeTrainJob, trainJobRemoved } from '../steps/create-train-job.ts'
import { v2Ending } from './v2-ending.ts'
import { v2Ready } from './v2-ready.ts'

const held = heldV1('bert')
const workersOnly = runningV1('bert', { roles: { Worker: 2 } })
const succeeded: PodStatus = { phase: 'Succeeded' }

const facts = (job: KubeObject, status: Record<number, PodStatus>, more: Partial<Facts> = {}): Facts => {
  const plan = planOf(job)
  return movedFacts(plan, held, { v2Pods: v2PodsOf(plan, status), ...more })
}

describe('v2 has finished', () => {
  it.each<[what: string, job: KubeObject, status: Record<number, PodStatus>, ending: string | undefined]>([
    ['not while all pods run', runningV1('bert'), {}, undefined],
    [
      'when the Master succeeded',
      runningV1('bert'),
      { 0: succeeded },
      'rank 0 (master-0) succeeded, which decides the job',
    ],
    [
      'when the Master succeeded and a Worker failed, having lost it',
      runningV1('bert'),
      { 0: succeeded, 1: ended(1) },
      'rank 0 (master-0) succeeded, which decides the job',
    ],
    ['not when only a Worker succeeded', runningV1('bert'), { 1: succeeded }, undefined],
    ['not when some of equal Workers succeeded', workersOnly, { 0: succeeded }, undefined],
  ])('%s', (_, job, status, ending) => {
    expect(v2Ending(facts(job, status), planOf(job))).toBe(ending)
  })

  it('when the pod that decides has succeeded and is gone', () => {
    const plan = planOf()
    const gone = v2PodsOf(plan, { 0: succeeded }).slice(0, 1)
    expect(v2Ending(facts(runningV1('bert'), {}, { v2Pods: [], ended: gone }), plan)).toContain('rank 0')
  })

  it('when the TrainJob is Complete', () => {
    const plan = planOf(workersOnly)
    const trainJob = storedTrainJob(plan, false, { conditions: [condition('Complete')] })
    expect(v2Ending(facts(workersOnly, {}, { trainJob, v2Pods: [] }), plan)).toBe('TrainJob is Complete')
  })

  it('and is a success then, is not removed, and keeps v1 stopped', () => {
    const plan = planOf()
    const done = facts(runningV1('bert'), { 0: succeeded, 2: ended(1) })
    const says = 'rank 0 (master-0) succeeded, which decides the job'
    expect(v2Ready(done, plan)).toEqual({ done: says, settled: true })
    expect(removeTrainJob(done, plan)).toEqual([])
    expect(trainJobRemoved(done, plan)).toEqual({ ended: says })
  })
})
