import { expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving } from '../../test/unit/run-moving.ts'
import { resources } from '../kube/resources.ts'

const hour = 3_600_000

it.each([
  ['forward', 2 * hour],
  ['back', -2 * hour],
])('a clock that is set %s in the middle of a move ends no wait, and lengthens none', async (_, by) => {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  let time = Date.parse('2026-01-01T00:00:00Z')
  const patch = cluster.patch.bind(cluster)
  cluster.patch = async (resource, ...rest) => {
    // the hold, the start and the way back
    if (resource === resources.pytorchJobs || resource === resources.trainJobs) time += by
    return (await patch(resource, ...rest)) as never
  }
  const now = () => new Date(time)
  const moved = await runMoving('cutover job bert --yes --timeout 1m --observe 10s', cluster, { now })
  expect([moved.code, moved.stdout]).toEqual([
    0,
    'nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n',
  ])
  const back = await runMoving('rollback job bert --yes --timeout 1m', cluster, { now })
  expect([back.code, back.stdout]).toEqual([
    0,
    'nlp/bert is rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n',
  ])
})
