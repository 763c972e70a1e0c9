import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { type MovingOptions, runMoving, standing } from '../../test/unit/run-moving.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'

const cutover = 'cutover job bert --yes --observe 0'

function world(): FakeCluster {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  return cluster
}

const v1Of = (cluster: FakeCluster): KubeObject => cluster.all(resources.pytorchJobs)[0] ?? expect.fail('no v1')

/** The owner of v1 gives it another deadline. */
function edit(cluster: FakeCluster): void {
  const v1 = v1Of(cluster)
  const spec = isRecord(v1['spec']) ? v1['spec'] : {}
  cluster.put({ ...v1, spec: { ...spec, runPolicy: { activeDeadlineSeconds: 7200 } } })
}

function deadlineOf(cluster: FakeCluster): unknown {
  const { spec } = v1Of(cluster) as { spec?: { runPolicy?: { activeDeadlineSeconds?: unknown } } }
  return spec?.runPolicy?.activeDeadlineSeconds
}

describe('a v1 job that its owner edits after a run that moved it was killed', () => {
  it.each<[what: string, words: string, killed: MovingOptions['killed']]>([
    ['cutover, once its manifest was kept', cutover, { write: resources.secrets, when: 'after' }],
    ['cutover, once its runtime was made', cutover, { write: resources.trainingRuntimes, when: 'after' }],
    [
      'start, once its runtime was made',
      'start job bert --yes --observe 0',
      { write: resources.trainingRuntimes, when: 'after' },
    ],
  ])(
    '%s: it is not moved by the record of what it was, which would come back after finalize',
    async (_, words, killed) => {
      const cluster = world()
      await runMoving(words, cluster, { killed })
      edit(cluster)
      const ran = await runMoving(cutover, cluster)
      expect([ran.code, ran.stderr.split('\n')]).toEqual([
        1,
        [
          'error: nlp/bert is not cut over: its spec was changed since a move of it was begun that was never ended',
          '       what that move keeps for the way back is the job as it was before',
          '       nothing was changed',
          '       kubectl migrate rollback pytorchjob/bert -n nlp   (ends that move; then the same again)',
          '',
        ],
      ])
      expect((await runMoving('rollback job bert --yes', cluster)).code).toBe(0)
      expect((await runMoving(cutover, cluster)).code).toBe(0)
      expect((await runMoving('finalize job bert --yes --even-if-unproven', cluster)).code).toBe(0)
      expect((await runMoving('rollback job bert --yes', cluster)).code).toBe(0)
      expect([standing(cluster), deadlineOf(cluster)]).toEqual(['v1 runs 3, v2 0', 7200])
    },
  )
})

describe('a v1 job that somebody brought back by hand, and edited', () => {
  it('is moved again once rollback has ended the record of the first move', async () => {
    const cluster = world()
    expect((await runMoving(cutover, cluster)).code).toBe(0)
    cluster.remove(resources.trainJobs, 'nlp', 'bert')
    const v1 = v1Of(cluster)
    cluster.put({ ...v1, spec: { ...(v1['spec'] as object), runPolicy: { suspend: false } } })
    await expect.poll(() => standing(cluster)).toBe('v1 runs 3, v2 0')
    edit(cluster)
    expect((await runMoving(cutover, cluster)).stderr).toContain('its spec was changed since a move of it was begun')
    const back = await runMoving('rollback job bert --yes', cluster)
    expect([back.code, standing(cluster)]).toEqual([0, 'v1 runs 3, v2 0'])
    expect((await runMoving(cutover, cluster)).code).toBe(0)
  })
})
