import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cluster } from '../harness.ts'
import { taintedNode } from '../tainted-node.ts'
import { atWrite } from './at-write.ts'
import { deletePlaces, inPlace, settles, until as soon, succeeds, v1Path } from './places.ts'
import { alike, scenario, slow } from './scenarios.ts'

const timeout = 300_000

/** A node of two slots, which only the jobs of this file get. */
const { name: node, object, toleration, slot } = taintedNode('slots', { slots: 2 })

beforeAll(() => cluster().create('default', object))

afterAll(async () => {
  await deletePlaces()
  await cluster().kubectl(['delete', 'node', node])
})

const onSlots = { limits: { [slot]: '1' } }

const crowded = scenario('as many pods as there are slots', {
  roles: { Master: { replicas: 1, ...onSlots }, Worker: { replicas: 1, ...onSlots } },
  podSpec: { tolerations: [toleration] },
  flags: ['--timeout', '12s'],
  accepts: [],
  made: [],
})

const competitor = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `competitor-${node}` },
  spec: { tolerations: [toleration], containers: [{ name: 'main', image: 'example.org/other:1', resources: onSlots }] },
}

/** In a namespace that nobody watches: it is of neither side. */
const pods = '/api/v1/namespaces/default/pods'

describe.concurrent('what a job needs is taken by others:', { timeout }, () => {
  it('room: who waits for it is named before; one that comes meanwhile is exit 6, and what v1 waits for is told', async () => {
    await inPlace(crowded, 'v1', async (place) => {
      const compete = async (until: (pod: string) => boolean): Promise<void> => {
        await place.api('POST', pods, competitor)
        await soon(place, 'the competitor is looked at', async () =>
          until(JSON.stringify(await place.api('GET', `${pods}/competitor-${node}`))),
        )
      }
      await compete((pod) => pod.includes('"Unschedulable"'))
      const refused = await place.run(crowded.cutover)
      const told = `pod default/competitor-${node} could be given the room between v1 and v2`
      expect(refused.stderr).toContain(`${place.namespace}/bert is not cut over: ${told}`)
      expect([refused.code, refused.requests.filter(({ kind }) => kind === 'write')]).toEqual([1, []])
      await place.api('DELETE', `${pods}/competitor-${node}`, { gracePeriodSeconds: 0 })

      const takeSlot = () => compete((pod) => pod.includes('"nodeName"'))
      const run = await place.run(crowded.cutover, atWrite('PATCH pytorchjobs/bert', 'after', takeSlot).faults)
      expect(run.stdout).toMatch(
        new RegExp(
          `NEITHER cut over NOR rolled back: not within 0:12: 1 of 2 pods ready; .*Insufficient ${slot}.*; ` +
            `then resume v1 failed: not within 0:12: 1 of 2 pods of v1 run again: bert-\\w+-0 Unschedulable: .*Insufficient ${slot}`,
        ),
      )
      expect(run.code).toBe(6)
      await place.api('DELETE', `${pods}/competitor-${node}`, { gracePeriodSeconds: 0 })
      await succeeds(place, crowded.rollback)
      await soon(place, 'v1 runs', () => place.pods.ready('v1') === 2)
      return 'spent'
    })
  })

  it('its namespace: the run ends, and starts nothing', async () => {
    await inPlace(slow, 'v1', async (place) => {
      const run = await place.run(
        slow.cutover,
        atWrite('PATCH trainjobs/bert', 'after', () => cluster().deleteNamespace(place.namespace)).faults,
      )
      // whichever goes first of its objects: the lock, or the jobs
      expect(run.stdout).toMatch(/ is NEITHER cut over NOR rolled back: |: this run stopped where it was: /)
      expect([run.code, place.pods.ready('v2')]).toEqual([expect.toBeOneOf([4, 6]), 0])
      return 'spent'
    })
  })

  it('its held v1: cutover and finalize say so and leave v2 alone, rollback makes it again', async () => {
    await inPlace(alike, 'v1', async (place) => {
      await succeeds(place, alike.cutover)
      await place.api('DELETE', `${v1Path(alike)}/bert`, { propagationPolicy: 'Background' })
      await soon(place, 'it is gone', async () => (await place.api('GET', `${v1Path(alike)}/bert`)).kind === 'Status')
      const refused = await place.run(alike.cutover)
      expect([refused.code, refused.requests.filter(({ kind }) => kind === 'write')]).toEqual([1, []])
      expect(refused.stderr).toContain('bert is not cut over: it was before, and v1 is gone')
      const finalized = await succeeds(place, ['finalize', 'job', 'bert', '--yes'])
      expect(finalized.stdout).toContain('bert is finalized already: somebody deleted v1; its manifest is in Secret ')
      await settles(place, 3, async () => place.pods.ready('v2'))
      await succeeds(place, alike.rollback)
      await settles(place, { ready: 3, suspend: false, marks: ['kubectl-migrate.dev/restored'] }, async () => {
        return (await place.state()).v1
      })
      expect(place.pods.ready('v2')).toBe(0)
      return 'spent'
    })
  })

  it('its held v1, for another of its name: neither is touched, and status says it', async () => {
    await inPlace(alike, 'v1', async (place) => {
      await succeeds(place, alike.cutover)
      await place.api('DELETE', `${v1Path(alike)}/bert`, { propagationPolicy: 'Background' })
      await soon(place, 'it is gone', async () => (await place.api('GET', `${v1Path(alike)}/bert`)).kind === 'Status')
      const suspended = {
        ...alike.job,
        spec: { ...(alike.job as { spec: object }).spec, runPolicy: { suspend: true } },
      }
      await place.api('POST', v1Path(alike), suspended)
      const v1 = await place.api('GET', `${v1Path(alike)}/bert`)
      for (const [verb, code, said] of [
        ['cutover', 1, 'there is a TrainJob bert already, and it was not made from this PyTorchJob'],
        ['rollback', 0, 'has nothing to roll back: v1 is suspended by its owner, not by a cutover'],
      ] as const) {
        const refused = await place.run(alike[verb])
        const writes = refused.requests.filter(({ kind }) => kind === 'write').map(({ title }) => title)
        expect(`${refused.stdout}${refused.stderr}`).toContain(said)
        expect([refused.code, writes]).toEqual([code, []])
      }
      const status = await cluster().migrate(['status'], { namespace: place.namespace })
      expect([status.code, status.stdout]).toEqual([1, expect.stringContaining(`REVIVED   ${place.namespace}/bert`)])
      const { metadata } = await place.api('GET', `${v1Path(alike)}/bert`)
      expect(metadata.generation).toBe(v1.metadata.generation)
      await settles(place, 3, async () => place.pods.ready('v2'))
      return 'spent'
    })
  })
})
