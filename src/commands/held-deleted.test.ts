import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { condition, v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { type Ran, runMoving, standing } from '../../test/unit/run-moving.ts'
import { type Resource, resources } from '../kube/resources.ts'

/** A job that was cut over, whose held v1 somebody deleted. */
async function deleted(): Promise<FakeCluster> {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  expect((await runMoving('cutover job bert --yes --observe 0', cluster)).code).toBe(0)
  cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
  return cluster
}

const jobWrites = ({ writes }: Ran): string[] => writes.filter((line) => /jobs\./.test(line))

describe('a held v1 job that somebody deleted by hand', () => {
  it.each(['cutover job bert --yes', 'cutover pytorchjob/bert --yes --keep-name'])(
    'is told by %s, with the ways on; nothing is written',
    async (words) => {
      const ran = await runMoving(words, await deleted())
      expect([ran.code, ran.writes, ran.stderr]).toEqual([
        1,
        [],
        [
          'error: nlp/bert is not cut over: it was before, and v1 is gone',
          '       somebody deleted it while it was held; nothing was changed',
          '       kubectl migrate status pytorchjob/bert -n nlp   (what stands)',
          '       kubectl migrate rollback pytorchjob/bert -n nlp   (makes v1 again from its Secret)',
          '',
        ].join('\n'),
      ])
    },
  )

  it('is finalized already, and the record says so', async () => {
    const cluster = await deleted()
    const ran = await runMoving('finalize job bert --yes', cluster)
    expect([ran.code, ran.stdout]).toEqual([
      0,
      'nlp/bert is finalized already: somebody deleted v1; its manifest is in Secret migration-pytorchjob-bert-uid-v1-b-1\n',
    ])
    expect([jobWrites(ran), standing(cluster)]).toEqual([[], 'v1 gone 0, v2 3'])
    expect((await runMoving('cutover job bert --yes', cluster)).stderr).toContain('       finalize deleted it; nothing')
    expect((await runMoving('rollback job bert --yes', cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('is not made again by rollback where its TrainJob is Complete, or gone as well, but with --rerun', async () => {
    for (const complete of [true, false]) {
      const cluster = await deleted()
      for (const one of cluster.all(resources.trainJobs)) {
        if (complete) cluster.put({ ...one, status: { conditions: [condition('Complete')] } })
        else cluster.remove(resources.trainJobs, 'nlp', 'bert')
      }
      const refused = await runMoving('rollback job bert --yes', cluster)
      expect([refused.code, jobWrites(refused)]).toEqual([1, []])
      expect(refused.stderr).toContain(complete ? 'v2 has finished' : 'v1 and its TrainJob are both gone')
      expect((await runMoving('rollback job bert --yes --rerun', cluster)).code).toBe(0)
      expect(standing(cluster)).toBe('v1 runs 3, v2 0')
    }
  })

  it.each([
    ['is gone', [], 'somebody deleted v1 meanwhile'],
    [
      'has a successor',
      [v1Job('bert', { uid: 'uid-of-another' })],
      'somebody deleted v1 meanwhile and made another PyTorchJob bert, which may run beside v2',
    ],
  ])('while v2 started: the cutover is done, and says that v1 %s', async (_, made, words) => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    const patch = cluster.patch.bind(cluster)
    cluster.patch = async (resource, ...rest) => {
      const stored = await patch(resource, ...rest)
      if (resource !== resources.trainJobs) return stored as never
      cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
      for (const one of made) cluster.put(one)
      return stored as never
    }
    const ran = await runMoving('cutover job bert --yes --observe 0', cluster)
    expect([ran.code, ran.stdout]).toEqual([0, `nlp/bert is cut over: 3 of 3 pods run, equal to the proof; ${words}\n`])
    const again = '  kubectl migrate rollback pytorchjob/bert -n nlp   (makes v1 again from its Secret)\n'
    expect(ran.stderr.includes(again)).toBe(made.length === 0)
    if (made.length > 0) return
    expect((await runMoving('rollback job bert --yes', cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })
})

describe('a v1 job that somebody deleted after the run that moved it was killed', () => {
  const words = 'cutover job bert --yes --observe 0'
  const { pytorchJobs, trainJobs } = resources

  /** Each run is killed once it wrote to one of these, the next goes on; then v1 is deleted. */
  async function killedAfter(...resourcesWritten: readonly Resource[]): Promise<FakeCluster> {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    for (const write of resourcesWritten) {
      expect((await runMoving(words, cluster, { killed: { write, when: 'after' } })).code).toBe(137)
    }
    cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
    return cluster
  }

  it.each([
    ['once v2 was started', [trainJobs, trainJobs], 'rollback job bert --yes'],
    ['right after the hold, which nobody saw to its end', [pytorchJobs], 'rollback job bert --yes --rerun'],
  ])('%s: rollback makes it again', async (_, written, back) => {
    const cluster = await killedAfter(...written)
    const told = await runMoving(words, cluster)
    expect([told.code, told.writes, told.stderr]).toEqual([
      1,
      [],
      [
        'error: nlp/bert is not cut over: a run that was killed had begun to, and v1 is gone',
        '       somebody deleted it while it was held; nothing was changed',
        '       kubectl migrate status pytorchjob/bert -n nlp   (what stands)',
        '       kubectl migrate rollback pytorchjob/bert -n nlp   (makes v1 again from its Secret)',
        '',
      ].join('\n'),
    ])
    expect((await runMoving(back, cluster)).code).toBe(0)
    expect([standing(cluster), cluster.all(resources.trainJobs)]).toEqual(['v1 runs 3, v2 0', []])
  })

  it('right after the hold: it may have finished, and is not run again unasked', async () => {
    const cluster = await killedAfter(pytorchJobs)
    const ran = await runMoving('rollback job bert --yes', cluster)
    expect([ran.code, ran.writes, ran.stderr.split('\n')[0]]).toEqual([
      1,
      [],
      'error: nlp/bert is not rolled back: nobody saw how its pods ended when it was stopped, so it may have finished; the run that stopped it was killed',
    ])
  })

  it('before the hold: it was not wanted any more, and is not made again', async () => {
    const cluster = await killedAfter(trainJobs)
    const ran = await runMoving('rollback job bert --yes', cluster)
    expect([ran.code, ran.writes, ran.stderr.split('\n')[0]]).toEqual([
      1,
      [],
      'error: no v1 job called bert in namespace nlp',
    ])
  })
})
