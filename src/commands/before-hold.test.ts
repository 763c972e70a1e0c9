import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import { resources } from '../kube/resources.ts'

/** A cutover during which somebody does this right before the hold. */
async function meanwhile(act: (cluster: FakeCluster) => void, more = '') {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  if (more === ' --keep-name') expect((await runMoving('start job bert --yes --observe 0', cluster)).code).toBe(0)
  const hook = async (): Promise<number> => {
    act(cluster)
    return 0
  }
  const ran = await runMoving(`cutover job bert --yes --observe 0 --hook before-hold=./drain${more}`, cluster, { hook })
  return { ...ran, cluster, held: ran.writes.filter((line) => line.startsWith('patch pytorchjobs')) }
}

const runtimeOf = (cluster: FakeCluster) => cluster.all(resources.trainingRuntimes)[0] ?? v1Job('none')

describe('what was prepared and is no longer so when v1 is to be stopped', () => {
  it.each<[what: string, act: (cluster: FakeCluster) => void, reason: string]>([
    [
      'the TrainJob is deleted',
      (cluster) => cluster.remove(resources.trainJobs, 'nlp', 'bert'),
      'somebody deleted the TrainJob',
    ],
    [
      'its JobSet is deleted',
      (cluster) => cluster.remove(resources.jobSets, 'nlp', 'bert'),
      'what was prepared is no longer as it was: Trainer has rendered no JobSet yet',
    ],
    [
      'its runtime is deleted',
      (cluster) => cluster.remove(resources.trainingRuntimes, 'nlp', runtimeOf(cluster).metadata.name ?? ''),
      'somebody deleted its TrainingRuntime',
    ],
    [
      'its runtime is changed',
      (cluster) => {
        const runtime = runtimeOf(cluster)
        cluster.put({ ...runtime, spec: { ...(runtime['spec'] as object), mlPolicy: { numNodes: 9 } } })
      },
      'TrainingRuntime v1-pytorch-01ed374c0f was changed: ',
    ],
  ])('%s: v1 trains on', async (_, act, reason) => {
    const { code, stdout, held, cluster } = await meanwhile(act)
    expect(stdout).toContain(`nlp/bert was NOT cut over: ${reason}`)
    expect(stdout).toContain('; nothing of it is left, v1 was never stopped\n')
    expect([code, held, standing(cluster)]).toEqual([4, [], 'v1 runs 3, v2 0'])
  })

  it('is as it was: v1 is stopped', async () => {
    const { code, held, cluster } = await meanwhile(() => undefined)
    expect([code, held.length, standing(cluster)]).toEqual([0, 1, 'v1 suspended 0, v2 3'])
  })
})

describe('a twin that is to take v1’s place', () => {
  it.each<[what: string, act: (cluster: FakeCluster) => void, reason: string]>([
    [
      'is deleted',
      (cluster) => cluster.remove(resources.trainJobs, 'nlp', 'bert-v2'),
      'somebody deleted its twin bert-v2',
    ],
    [
      'has failed',
      (cluster) => {
        const [pod] = cluster.all(resources.pods).filter(({ metadata }) => metadata.name?.startsWith('bert-v2-'))
        if (pod) cluster.put({ ...pod, status: { phase: 'Failed' } })
      },
      'its twin bert-v2 is not well any more: rank 0 (master-0) failed',
    ],
  ])('%s right before v1 is stopped: v1 trains on', async (_, act, reason) => {
    const { code, stdout, held, cluster } = await meanwhile(act, ' --keep-name')
    expect(stdout).toContain(`nlp/bert was NOT cut over: ${reason}`)
    expect(stdout).toContain('v1 was never stopped')
    expect([code, held, standing(cluster)]).toEqual([4, [], expect.stringMatching(/^v1 runs 3, /)])
  })
})

describe('v2 that is to start before v1 stops', () => {
  it('does not start where v1 has ended while a question or a hook waited', async () => {
    const { code, stdout, writes, cluster } = await meanwhile((cluster) => {
      for (const pod of cluster.all(resources.pods)) cluster.put({ ...pod, status: { phase: 'Succeeded' } })
    }, ' --overlap')
    expect(stdout).toBe("nlp/bert was NOT cut over: v1's bert-master-0 succeeded by itself; nothing of it is left\n")
    expect(writes.filter((line) => line.startsWith('patch trainjobs'))).toEqual([])
    expect([code, standing(cluster)]).toEqual([1, 'v1 runs 0, v2 0'])
  })
})
