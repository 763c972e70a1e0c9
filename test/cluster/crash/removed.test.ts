import { afterAll, describe, expect, it } from 'vitest'
import type { Pod } from '../../../src/kube/pod.ts'
import { life } from '../harness.ts'
import { atWrite } from './at-write.ts'
import { deletePlaces, inPlace, type Place, settles, until } from './places.ts'
import { back, pair } from './scenarios.ts'

afterAll(deletePlaces)

/** Its deciding pod takes five seconds to go: time enough to be told how it ended. */
const going = pair('v2 is removed', '-node-0-0', { [life.stopSeconds]: '5' })
const pods = '/api/v1/namespaces/NAMESPACE/pods'

async function deciding({ api }: Place): Promise<Pod> {
  const { items } = (await api('GET', pods)) as unknown as { items: Pod[] }
  const found = items.find(({ metadata }) => metadata.name?.startsWith('bert-node-0-0-'))
  if (!found) throw new Error('the deciding pod of v2 is not there')
  return found
}

/** As its kubelet tells that it has exited with code 0, so many seconds ago. */
async function succeeds(place: Place, seconds: number): Promise<void> {
  const time = new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, '')
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time }
  const container = { name: 'node', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } }
  const { name } = (await deciding(place)).metadata
  const status = { phase: 'Succeeded', containerStatuses: [container] }
  await place.api('PATCH', `${pods}/${name}/status`, { status }, 'application/merge-patch+json')
}

/** Goes back, and acts once just before the TrainJob is deleted, or just after. */
function rollsBack(place: Place, moment: 'before' | 'after', act: () => Promise<void>) {
  return place.run(going.rollback, atWrite('DELETE trainjobs/bert', moment, act).faults)
}

describe.concurrent('the pod that decides v2 succeeds when its TrainJob is deleted:', { timeout: 300_000 }, () => {
  it.each(['before', 'after'] as const)('of itself, just %s: v1 is not resumed, by no command', async (moment) => {
    await inPlace(going, 'v2', async (place) => {
      const run = await rollsBack(place, moment, () => succeeds(place, 3))
      expect([run.code, run.stdout]).toEqual([1, expect.stringMatching(/was NOT rolled back: v2 ha[sd] finished/)])
      const again = await place.run(going.rollback)
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('v1 would train it all again')])
      expect((await place.state()).v1).toMatchObject({ ready: 0, suspend: true })
      return 'spent'
    })
  })

  it('as it answers SIGTERM with exit code 0: v1 goes on', async () => {
    await inPlace(going, 'v2', async (place) => {
      const run = await rollsBack(place, 'after', async () => {
        await until(
          place,
          'it is told to stop',
          async () => (await deciding(place)).metadata.deletionTimestamp !== undefined,
        )
        await succeeds(place, 0)
      })
      expect([run.code, run.code === 0 ? '' : run.stdout + run.stderr]).toEqual([0, ''])
      await settles(place, back(going))
      return 'v1'
    })
  })
})
