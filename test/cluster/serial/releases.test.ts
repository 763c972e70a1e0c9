import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deletePlaces, inPlace, settles, succeeds } from '../crash/places.ts'
import { alike, back, differ, moved, mpi, type Scenario } from '../crash/scenarios.ts'
import { cluster } from '../harness.ts'
import { installTrainer, restoreTrainer } from './releases.ts'

/** MIGRATE_TEST_RELEASES=v2.1.0,v2.2.1: releases of Trainer whose own operators move jobs there and back; each is built first. */
const releases = (process.env['MIGRATE_TEST_RELEASES'] ?? '').split(',').filter(Boolean)

/** Which objects stand beside the pods differs between releases; what the release before made would be taken for this one's. */
const sides = ({ v1, v2Ready }: ReturnType<typeof moved>) => ({ v1, v2Ready })

const left = ({ objects }: ReturnType<typeof moved>): string[] =>
  objects.filter((name) => /^(TrainJob|JobSet)\//.test(name))

describe.each(releases)('Trainer %s', { timeout: 600_000 }, (release) => {
  beforeAll(() => installTrainer(release), 3_600_000)

  afterAll(async () => {
    await deletePlaces()
    await restoreTrainer()
  }, 600_000)

  it('is the one whose words TrainJobs are written in', async () => {
    const { stdout } = await cluster().migrate(['preflight'])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `written as Trainer ${release.slice(1).replace(/\.\d+$/, '')} has them`,
    )
  })

  it.each<[string, Scenario]>([alike, differ, mpi].map((each) => [each.title, each]))('%s', async (_, moving) => {
    await inPlace(moving, 'v1', async (place) => {
      const look = async () => sides(await place.state())
      await succeeds(place, [...moving.cutover, '--accept', 'trainer-untested'])
      await settles(place, sides(moved(moving)), look)
      await succeeds(place, moving.rollback)
      await settles(place, sides(back(moving)), look)
      expect(left(await place.state())).toEqual([])
      return 'v1'
    })
  })
})
