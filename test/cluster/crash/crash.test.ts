import { afterAll, describe, expect, it } from 'vitest'
import { type Direction, moves, pointsOf, scenarios } from './drawn.ts'
import { deletePlaces, inPlace, type Place, type Run, settles, succeeds } from './places.ts'
import { type Crash, dies, distinct, writesOf } from './points.ts'
import { back, cutoverWrites, moved, rollbackWrites, type Scenario } from './scenarios.ts'

/** Many places share a machine; each waits for pods several times. */
const timeout = 300_000

afterAll(deletePlaces)

/** Migrations of the job that are recorded. */
async function records(place: Place): Promise<number> {
  const path = '/api/v1/namespaces/NAMESPACE/configmaps?labelSelector=kubectl-migrate.dev/record'
  return ((await place.api('GET', path))['items'] as unknown[]).length
}

/** What is there, without what a rollback that found nothing did not have to make. */
async function isBack(place: Place, scenario: Scenario): Promise<void> {
  const { objects: allowed, ...expected } = back(scenario)
  const look = async () => {
    const { objects, ...sides } = await place.state()
    return { ...sides, others: objects.filter((name) => !allowed.includes(name)) }
  }
  await settles(place, { ...expected, others: [] }, look)
}

/** A TrainJob takes a moment to go, and says so. */
async function cutoverAgain(place: Place, scenario: Scenario): Promise<Run> {
  const again = await place.run(scenario.cutover)
  if (again.stderr.includes('is being deleted')) return await succeeds(place, scenario.cutover)
  expect([again.code, again.code === 0 ? '' : again.stdout + again.stderr]).toEqual([0, ''])
  return again
}

/** What is done with a run that was killed, and how the job stands after that. */
const flows: Readonly<Record<Direction, (place: Place, scenario: Scenario, crash: Crash) => Promise<'v1' | 'v2'>>> = {
  'a cutover is gone on with by the same command': async (place, scenario, crash) => {
    await dies(place, scenario.cutover, crash)
    await succeeds(place, scenario.cutover)
    await settles(place, moved(scenario))
    expect(await records(place)).toBe(1)
    return 'v2'
  },
  'a rollback is gone on with by the same command': async (place, scenario, crash) => {
    const before = await records(place)
    await dies(place, scenario.rollback, crash)
    await succeeds(place, scenario.rollback)
    await settles(place, back(scenario))
    expect(await records(place)).toBe(before)
    return 'v1'
  },
  'a cutover is taken back by rollback': async (place, scenario, crash) => {
    await dies(place, scenario.cutover, crash)
    await succeeds(place, scenario.rollback)
    await isBack(place, scenario)
    return 'v1'
  },
  'a rollback leaves a job that can be cut over': async (place, scenario, crash) => {
    await dies(place, scenario.rollback, crash)
    await cutoverAgain(place, scenario)
    await settles(place, moved(scenario))
    return 'v2'
  },
}

describe.concurrent.each(scenarios)('$title:', { timeout }, (scenario) => {
  it('these are the writes of a cutover and its rollback, and this is what they leave', async () => {
    await inPlace(scenario, 'v1', async (place) => {
      const cutover = await succeeds(place, scenario.cutover)
      expect(distinct(writesOf(cutover))).toEqual(distinct(cutoverWrites(scenario)))
      await settles(place, moved(scenario))
      const rollback = await succeeds(place, scenario.rollback)
      expect(distinct(writesOf(rollback))).toEqual(distinct(rollbackWrites(scenario)))
      await settles(place, back(scenario))
      return 'v1'
    })
  })

  it.each(pointsOf(scenario))('killed %s: %s', async (_, direction, crash) => {
    await inPlace(scenario, moves[direction].from, (place) => flows[direction](place, scenario, crash))
  })
})
