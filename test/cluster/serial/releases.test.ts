import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deletePlaces, inPlace, settles, succeeds } from '../crash/places.ts'
import { alike, back, differ, moved, type Scenario, scenario } from '../crash/scenarios.ts'
import { cluster } from '../harness.ts'
import { installTrainer, restoreTrainer } from './releases.ts'

/** MIGRATE_TEST_RELEASES=v2.1.0,v2.2.1: releases of Trainer whose own operators move jobs there and back; each is built first. */
const releases = (process.env['MIGRATE_TEST_RELEASES'] ?? '').split(',').filter(Boolean)

/** v1's launchers ask for 5 GiB of ephemeral storage, which the cluster's own nodes do not have (v1.9.4, pkg/config). */
const roomy = `storage-${randomBytes(4).toString('hex')}`
const taint = { key: 'kubectl-migrate.test/storage', value: roomy, effect: 'NoSchedule' }

const mpi = scenario('an MPIJob', {
  kind: 'MPIJob',
  roles: { Launcher: { replicas: 1 }, Worker: { replicas: 2 } },
  podSpec: { tolerations: [taint] },
  flags: ['--mpi', 'exec'],
  made: [],
})

/** Which objects stand beside the pods differs between releases; what the release before made would be taken for this one's. */
const sides = ({ v1, v2Ready }: ReturnType<typeof moved>) => ({ v1, v2Ready })

const left = ({ objects }: ReturnType<typeof moved>): string[] =>
  objects.filter((name) => /^(TrainJob|JobSet)\//.test(name))

describe.each(releases)('Trainer %s', { timeout: 600_000 }, (release) => {
  beforeAll(async () => {
    const capacity = { cpu: '64', memory: '512Gi', pods: '500', 'ephemeral-storage': '1Ti' }
    await cluster().create('default', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: roomy },
      spec: { taints: [taint] },
      status: { capacity, allocatable: capacity },
    })
    await installTrainer(release)
  }, 3_600_000)

  afterAll(async () => {
    await deletePlaces()
    await cluster().kubectl(['delete', 'node', roomy])
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
      await settles(look, sides(moved(moving)))
      await succeeds(place, moving.rollback)
      await settles(look, sides(back(moving)))
      expect(left(await place.state())).toEqual([])
      return 'v1'
    })
  })
})
