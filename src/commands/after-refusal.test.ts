import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { condition, v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving } from '../../test/unit/run-moving.ts'
import { resources } from '../kube/resources.ts'
import { parseRecord } from '../migration/record.ts'

const cutover = 'cutover job bert --yes --observe 0'
const rollback = 'rollback job bert --yes'

function left(cluster: FakeCluster): [locks: number, record: string | undefined] {
  const [object] = cluster.all(resources.configMaps).map(parseRecord)
  const state = object && !('unreadable' in object) ? object.state : undefined
  return [cluster.all(resources.leases).length, state]
}

function world(): FakeCluster {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  return cluster
}

describe('a command that is refused leaves neither a lock nor a record that is under way:', () => {
  it('rollback, of a v2 that is Complete since a rollback was killed', async () => {
    const cluster = world()
    await runMoving(cutover, cluster)
    await runMoving(rollback, cluster, { killed: { write: resources.trainJobs, when: 'before' } })
    expect(left(cluster)).toEqual([1, 'returning'])
    for (const trainJob of cluster.all(resources.trainJobs))
      cluster.put({ ...trainJob, status: { conditions: [condition('Complete')] } })
    const { code, stderr } = await runMoving(rollback, cluster)
    expect([code, stderr]).toEqual([1, expect.stringContaining('v2 has finished (the TrainJob is Complete)')])
    expect(left(cluster)).toEqual([0, 'moved'])
  })

  it('cutover, of a v1 that has finished since a cutover was killed', async () => {
    const cluster = world()
    await runMoving(cutover, cluster, { killed: { write: resources.trainingRuntimes, when: 'before' } })
    expect(left(cluster)).toEqual([1, 'moving'])
    for (const v1 of cluster.all(resources.pytorchJobs))
      cluster.put({ ...v1, status: { conditions: [condition('Succeeded')] } })
    const { code } = await runMoving(cutover, cluster)
    expect([code, ...left(cluster)]).toEqual([1, 0, 'ended'])
  })

  it('nothing else is written, and who has the lock keeps it', async () => {
    const cluster = world()
    await runMoving(cutover, cluster)
    for (const trainJob of cluster.all(resources.trainJobs))
      cluster.put({ ...trainJob, status: { conditions: [condition('Complete')] } })
    const lease = { holderIdentity: 'eve@tower pid 7', leaseDurationSeconds: 30 }
    const metadata = { name: 'migration-bert', namespace: 'nlp' }
    cluster.put({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: lease })
    const { code, writes } = await runMoving(rollback, cluster)
    expect([code, writes, left(cluster)]).toEqual([1, [], [1, 'moved']])
  })
})
