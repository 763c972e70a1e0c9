import { afterAll, describe, expect, it } from 'vitest'
import { deletePlaces, inPlace, type Place, settles, succeeds } from './places.ts'
import { crashPoints, dies } from './points.ts'
import { back, cutoverWrites, kinds, moved, type Scenario } from './scenarios.ts'

afterAll(deletePlaces)

/** Which objects Trainer makes of each kind, the tests of convert say. */
async function sides(place: Place) {
  const { v1, v2Ready } = await place.state()
  return { v1, v2Ready }
}

/** By default the one where v1 is held and nothing runs. */
function pointsOf(scenario: Scenario) {
  const all = process.env['MIGRATE_TEST_CRASH'] === 'all'
  const hold = `PATCH ${scenario.kind.toLowerCase()}s/bert`
  return crashPoints(cutoverWrites(scenario)).filter(
    ([title]) => all || (title.startsWith('after') && title.endsWith(hold)),
  )
}

describe.concurrent.each(kinds)('$title:', { timeout: 300_000 }, (scenario) => {
  it.each(pointsOf(scenario))('killed %s: the same command goes on, and rollback takes it back', async (_, crash) => {
    await inPlace(scenario, 'v1', async (place) => {
      await dies(place, scenario.cutover, crash)
      await succeeds(place, scenario.cutover)
      const { objects: _moved, ...there } = moved(scenario)
      await settles(() => sides(place), there)
      await succeeds(place, scenario.rollback)
      const { objects: _back, ...here } = back(scenario)
      await settles(() => sides(place), here)
      expect(place.pods.present('v2')).toBe(0)
      return 'v1'
    })
  })
})
