import { describe, expect, it } from 'vitest'
import { condition, heldV1, runningTrainJob, runningV1, stoppedV1, trainJob, v1Job } from '../../test/unit/objects.ts'
import type { KubeObject } from '../kube/object.ts'
import { pairJobs } from '../read/pairs.ts'
import { trainJobRow, v1Row } from '../read/rows.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { fleetProgress } from './fleet-progress.ts'

const progress = (...objects: KubeObject[]) => {
  const isV2 = (object: KubeObject) => object.kind === 'TrainJob'
  const v1 = objects.filter((object) => !isV2(object)).map((object) => v1Row(object).row)
  const v2 = objects.filter(isV2).map((object) => trainJobRow(object as TrainJob, undefined).row)
  return fleetProgress(pairJobs(v1, v2))
}

const ofNightly = (object: KubeObject, generateName = 'nightly-'): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, generateName },
})
const movedFrom = (name: string) => ({ annotations: { 'kubectl-migrate.dev/source': `PyTorchJob/${name}` } })
const done = { conditions: [condition('Succeeded')] }

describe('the whole of a move', () => {
  it.each<[what: string, objects: KubeObject[], expected: object]>([
    ['a job that ends stays in it', [v1Job('a', done), runningV1('b')], { names: 2, ended: 1, notStarted: 1 }],
    [
      'a job whose v1 side was deleted stays in it',
      [runningTrainJob('a', movedFrom('a'))],
      { names: 1, migrated: 1, held: 0 },
    ],
    ['a TrainJob that never was a v1 job is not in it', [runningTrainJob('a')], { names: 0, migrated: 0 }],
    [
      'runs of one series are one name, which waits while one of them does',
      [ofNightly(v1Job('nightly-aaaaa', done)), ofNightly(runningV1('nightly-bbbbb'))],
      { names: 1, notStarted: 1, ended: 0 },
    ],
    [
      'a series is migrated when its newest run is a TrainJob, whoever made it',
      [
        ofNightly(v1Job('nightly-aaaaa', { ...done, age: 900 })),
        ofNightly(runningTrainJob('nightly-bbbbb', { age: 60 })),
      ],
      { names: 1, migrated: 1, ended: 0 },
    ],
    [
      'of one name in two namespaces each counts',
      [runningV1('a'), runningV1('a', { namespace: 'vision' })],
      { names: 2 },
    ],
    [
      'v1 held and a TrainJob that starts is under way, one that failed has failed',
      [heldV1('a'), trainJob('a'), heldV1('b'), trainJob('b', { conditions: [condition('Failed')] })],
      { names: 2, inProgress: 1, failed: 1, migrated: 0 },
    ],
    [
      'v1 that a cutover stopped is under way, also without its TrainJob',
      [stoppedV1('a')],
      { names: 1, inProgress: 1 },
    ],
  ])('%s', (_, objects, expected) => {
    expect(progress(...objects)).toMatchObject(expected)
  })
})
