import { afterAll, describe, expect, it } from 'vitest'
import { pointsOfKind } from './drawn.ts'
import { deletePlaces, inPlace, type Place, settles, succeeds } from './places.ts'
import { dies } from './points.ts'
import { back, kinds, moved } from './scenarios.ts'

afterAll(deletePlaces)

/** Which objects Trainer makes of each kind, the tests of convert say. */
async function sides(place: Place) {
  const { v1, v2Ready } = await place.state()
  return { v1, v2Ready }
}

describe.concurrent.each(kinds)('$title:', { timeout: 300_000 }, (scenario) => {
  it.each(pointsOfKind(scenario))(
    'killed %s: the same command goes on, and rollback takes it back',
    async (_, crash) => {
      await inPlace(scenario, 'v1', async (place) => {
        await dies(place, scenario.cutover, crash)
        await succeeds(place, scenario.cutover)
        const { objects: _moved, ...there } = moved(scenario)
        await settles(place, there, () => sides(place))
        await succeeds(place, scenario.rollback)
        const { objects: _back, ...here } = back(scenario)
        await settles(place, here, () => sides(place))
        expect(place.pods.present('v2')).toBe(0)
        return 'v1'
      })
    },
  )
})
