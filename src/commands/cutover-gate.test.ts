import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import { resources } from '../kube/resources.ts'

/** A log of a hundred steps that end at this loss. */
function log(loss: number): string {
  const at = (step: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + step * 1000).toISOString()
  return Array.from({ length: 100 }, (_, step) => `${at(step)} step ${step} loss ${loss + 1 / (step + 1)}\n`).join('')
}

interface World {
  readonly twin?: boolean
  /** where its log ends; null: it tells nothing */
  readonly v2?: number | null
}

async function world({ twin = true, v2 = 1.5 }: World = {}): Promise<FakeCluster> {
  const second = v2 === null ? 'begins\n' : log(v2)
  const logs = { 'bert-master-0/pytorch': log(1.5), 'bert-v2-node-0-0-abcde/node': second }
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')], logs })
  startOperators(cluster)
  // compare has a connection of its own, which here is the same one
  cluster.close = () => undefined
  if (twin) expect((await runMoving('start job bert --yes', cluster)).code).toBe(0)
  return cluster
}

const cutover = 'cutover job bert --yes --gate compare'

describe('--gate compare', () => {
  it('moves a job whose twin trains as it does', async () => {
    const cluster = await world()
    const { code, stderr } = await runMoving(cutover, cluster)
    expect(code, stderr).toBe(0)
    expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
  })

  it('writes nothing where the twin trains otherwise', async () => {
    const cluster = await world({ v2: 9 })
    const { code, stderr, writes } = await runMoving(cutover, cluster)
    expect(stderr).toContain(
      'error: nlp/bert is not cut over: --gate compare needs a match with its twin bert-v2, and the verdict is differs\n',
    )
    expect(stderr).toContain('kubectl migrate compare pytorchjob/bert -n nlp ')
    expect([code, writes, standing(cluster)]).toEqual([1, [], 'v1 runs 3, v2 3'])
  })

  it('writes nothing where nothing can be said: v2 tells no loss', async () => {
    const cluster = await world({ v2: null })
    const { code, stderr, writes } = await runMoving(cutover, cluster)
    expect(stderr).toContain('--gate compare needs a match with its twin bert-v2, and the verdict is inconclusive\n')
    expect([code, writes, standing(cluster)]).toEqual([1, [], 'v1 runs 3, v2 3'])
  })

  it('writes nothing where there is no twin, and says how one is made', async () => {
    const { code, stderr, writes } = await runMoving(cutover, await world({ twin: false }))
    expect(stderr).toContain('--gate compare needs a twin that trains beside it, and there is none\n')
    expect(stderr).toContain('kubectl migrate start pytorchjob/bert -n nlp ')
    expect([code, writes]).toEqual([1, []])
  })

  describe('with --keep-name', () => {
    const keep = `${cutover} --keep-name --observe 0`

    it('lets a twin take v1’s place that trains as v1 does', async () => {
      const cluster = await world()
      const { code, stderr } = await runMoving(keep, cluster)
      expect(code, stderr).toBe(0)
      expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
    })

    it.each([
      ['differs', 9],
      ['inconclusive', null],
    ])('writes nothing where the verdict is %s', async (verdict, v2) => {
      const cluster = await world({ v2 })
      const { code, stderr, writes } = await runMoving(keep, cluster)
      expect(stderr).toContain(
        `error: nlp/bert is not cut over: --gate compare needs a match with its twin bert-v2, and the verdict is ${verdict}\n`,
      )
      expect([code, writes, standing(cluster)]).toEqual([1, [], 'v1 runs 3, v2 3'])
    })

    it('does not ask again once v1 is held: its pods are gone, and their logs with them', async () => {
      const cluster = await world()
      await runMoving(keep, cluster, { killed: { write: resources.pytorchJobs, when: 'after' } })
      const { code, stderr } = await runMoving(keep, cluster)
      expect(code, stderr).toBe(0)
      expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
    })
  })
})
