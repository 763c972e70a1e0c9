import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { cluster } from '../harness.ts'
import { installKueue, removeKueue, restartKueue } from '../kueue.ts'
import { life } from '../stages.ts'
import { createFlavor, killedAt, makePlace, type Place, queuedJob } from './place.ts'

const say = (line: string): void => console.error(`[kueue] ${line}`)

function ownFolder(): string {
  const { folder } = inject('controlPlane')
  if (folder === undefined) throw new Error('Kueue is only installed into a control plane of our own')
  return folder
}

const webhooks = async (): Promise<string[]> => {
  const { items } = await cluster().get<{ items: { metadata: { name: string } }[] }>([
    'mutatingwebhookconfigurations,validatingwebhookconfigurations',
  ])
  return items.map(({ metadata }) => metadata.name).filter((name) => name.includes('kueue'))
}

const words = ['job', 'bert', '--yes']
const cutover = ['cutover', ...words, '--observe', '1s', '--accept', 'no-checkpoint']
const rollback = ['rollback', ...words]
const v1Pod = 'bert-master-0'
const v2Pod = 'bert-node-0-0'
const movedWorkloads = ['pytorchjob bert held', 'trainjob bert runs']
const cutOver = (place: Place) =>
  `${place.namespace}/bert is cut over: 1 of 1 pod run, equal to the proof; v1 is kept suspended\n`
const rolledBack = (place: Place) =>
  `${place.namespace}/bert is rolled back: TrainJob removed, v1 resumed, 1 of 1 pod running\n`

/** Acts in a place of its own, in which no two sides may ever be alive at once, nor more be charged than one of them needs. */
async function inPlace(gpus: number, most: number, act: (place: Place) => Promise<void>): Promise<void> {
  const place = await makePlace(gpus)
  try {
    await act(place)
    // the ClusterQueue tells its use a while after the Workload has its quota
    await cluster().waitFor(`${most} GPUs are charged`, async () => place.mostCharged() >= most)
    expect({ overlaps: place.pods.overlaps, charged: place.mostCharged() }).toEqual({ overlaps: [], charged: most })
  } finally {
    await place.close()
  }
}

const create = async ({ namespace }: Place, ...jobs: readonly object[]) => cluster().create(namespace, ...jobs)
const remove = async ({ namespace }: Place, ...what: readonly string[]) =>
  cluster().kubectl(['delete', ...what], { namespace })
const annotations = async ({ namespace }: Place) => {
  const job = await cluster().get<{ metadata: { annotations?: object } }>(['pytorchjob/bert'], { namespace })
  return Object.keys(job.metadata.annotations ?? {}).filter((key) => key.startsWith('kubectl-migrate.dev/'))
}

/** Two jobs of which only one finds room: `ahead` runs, `bert` waits. */
async function waitsBehind(place: Place): Promise<void> {
  await create(place, queuedJob('ahead', 2))
  await place.runs('ahead-master-0')
  await create(place, queuedJob('bert', 2))
  await place.stands('pytorchjob ahead runs', 'pytorchjob bert waits')
}

describe('Kueue, installed for this phase only', () => {
  beforeAll(async () => {
    await installKueue(ownFolder(), say)
    await createFlavor()
  })
  afterAll(async () => {
    await removeKueue(ownFolder(), say)
    expect(await webhooks()).toEqual([])
  })

  it('has webhooks in the cluster', async () => {
    expect((await webhooks()).sort()).toEqual([
      'kueue-mutating-webhook-configuration',
      'kueue-validating-webhook-configuration',
    ])
  })

  describe.concurrent('a job of a queue', { timeout: 300_000 }, () => {
    it('is suspended without quota and admitted where it fits', async () => {
      await inPlace(4, 2, async (place) => {
        await create(place, queuedJob('too-big', 8), queuedJob('fits', 2))
        await place.runs('fits-master-0')
        await place.stands('pytorchjob fits runs', 'pytorchjob too waits')
      })
    })

    it('is cut over out of its queue and back into it, and never charged twice', async () => {
      await inPlace(8, 2, async (place) => {
        await create(place, queuedJob('bert', 2))
        await place.runs(v1Pod)
        expect((await place.migrate(cutover)).stdout).toBe(cutOver(place))
        await place.runs(v2Pod)
        await place.stands(...movedWorkloads)
        expect((await place.migrate(rollback)).stdout).toBe(rolledBack(place))
        await place.runs(v1Pod)
        await place.stands('pytorchjob bert runs')
        expect(await annotations(place)).toEqual([])
        // typed twice: there is nothing left to do
        const again = await place.migrate(rollback)
        expect([again.code, again.stdout]).toEqual([
          0,
          `${place.namespace}/bert has nothing to roll back: v1 is not held\n`,
        ])
      })
    })

    it('whose room somebody else is given goes back to its queue, exit 6, and runs when there is room', async () => {
      await inPlace(2, 2, async (place) => {
        await create(place, queuedJob('bert', 2))
        await place.runs(v1Pod)
        await create(place, queuedJob('ahead', 2))
        await place.stands('pytorchjob ahead waits', 'pytorchjob bert runs')
        const refused = await place.migrate(cutover)
        const [ahead] = await place.workloadsOf('ahead')
        expect([refused.code, refused.stderr]).toEqual([
          1,
          expect.stringContaining(
            `Workload ${place.namespace}/${ahead} could be given the room between v1 and v2 (in queue team)`,
          ),
        ])
        // while this run waits for its answer, the other one is given the room
        let held = false
        const taken = () => async (asked: { title: string }, when: string) => {
          if (!held && when === 'after' && /^PATCH workloads/.test(asked.title)) {
            held = true
            await place.stands('pytorchjob ahead runs', 'pytorchjob bert held', 'trainjob bert gated')
          }
          return undefined
        }
        const words = ['--accept', 'hand-over-slot', '--queue-timeout', '3s']
        const { code, stdout } = await place.migrate([...cutover, ...words], taken)
        expect([code, stdout]).toEqual([
          6,
          expect.stringMatching(
            /bert was NOT cut over: not within 0:03: in queue team: .*; v1 is rolled back, and waits in queue team: .*\n$/,
          ),
        ])
        await place.stands('pytorchjob ahead runs', 'pytorchjob bert waits')
        expect(await annotations(place)).toEqual([])
        await remove(place, 'pytorchjob', 'ahead')
        await place.runs(v1Pod)
      })
    })

    it('that was never admitted waits as a TrainJob, or as itself again, and runs on one side when there is room', async () => {
      await inPlace(2, 2, async (place) => {
        await waitsBehind(place)
        const waiting = await place.migrate(cutover)
        expect([waiting.code, waiting.stdout]).toEqual([
          0,
          expect.stringMatching(/bert is cut over: it waits in queue team: .*, as v1 did; v1 is kept suspended\n$/),
        ])
        await place.stands('pytorchjob ahead runs', 'pytorchjob bert held', 'trainjob bert waits')
        const back = await place.migrate(rollback)
        expect([back.code, back.stdout]).toEqual([
          0,
          expect.stringMatching(
            /bert is rolled back: TrainJob removed, v1 waits as it did before, in queue team: .*\n$/,
          ),
        ])
        await place.stands('pytorchjob ahead runs', 'pytorchjob bert waits')
        expect((await place.migrate(cutover)).code).toBe(0)
        await remove(place, 'pytorchjob', 'ahead')
        await place.runs(v2Pod)
        await place.stands(...movedWorkloads)
      })
    })

    const moments = [
      ['with the hold on record', 'after', /^PATCH pytorchjobs/, 'cutover'],
      ['when its Workload is deactivated', 'after', /^PATCH workloads/, 'rollback'],
      ['before v2 is let into the queue', 'before', /^PATCH trainjobs/, 'cutover'],
      ['before v2 is let into the queue', 'before', /^PATCH trainjobs/, 'rollback'],
    ] as const
    it.each(moments)(
      'whose cutover is killed %s (%s %s) is left as if nobody had by %s',
      async (_, when, write, next) => {
        await inPlace(8, 2, async (place) => {
          await create(place, queuedJob('bert', 2))
          await place.runs(v1Pod)
          expect((await place.migrate(cutover, killedAt(when, write))).code).toBe(137)
          const { stdout } = await place.migrate(next === 'cutover' ? cutover : rollback)
          expect(stdout).toBe(next === 'cutover' ? cutOver(place) : rolledBack(place))
          await place.runs(next === 'cutover' ? v2Pod : v1Pod)
          await place.stands(...(next === 'cutover' ? movedWorkloads : ['pytorchjob bert runs']))
        })
      },
    )

    it('whose Workload is deleted while its pods stop goes back to v1, exit 5', async () => {
      await inPlace(8, 2, async (place) => {
        await create(place, queuedJob('bert', 2, { [life.stopSeconds]: '4' }))
        await place.runs(v1Pod)
        const [workload = ''] = await place.workloadsOf('bert')
        const deletes = () => async (asked: { title: string }, when: string) => {
          if (when === 'after' && asked.title === `PATCH workloads/${workload}`)
            await remove(place, 'workload', workload)
          return undefined
        }
        const { code, stdout } = await place.migrate(cutover, deletes)
        const why = 'the Workload of v1 is active again, so Kueue would run it'
        const back = 'rolled back: v1 resumed, 1 of 1 pod running, TrainJob removed'
        expect([code, stdout]).toEqual([5, `${place.namespace}/bert was NOT cut over: ${why}; ${back}\n`])
        await place.runs(v1Pod)
        await place.stands('pytorchjob bert runs')
        expect(await annotations(place)).toEqual([])
      })
    })

    it('whose Workload is deleted when it is held waits to run beside v2: status says so, and the same command holds it again', async () => {
      await inPlace(2, 2, async (place) => {
        await create(place, queuedJob('bert', 2))
        await place.runs(v1Pod)
        expect((await place.migrate(cutover)).code).toBe(0)
        const isV1 = (name: string) => name.startsWith('pytorchjob')
        const [held = ''] = (await place.workloadsOf('bert')).filter(isV1)
        await remove(place, 'workload', held)
        // Kueue makes another
        await place.stands('pytorchjob bert waits', 'trainjob bert runs')
        const status = await place.migrate(['status', 'job', 'bert'])
        expect([status.code, status.stdout]).toEqual([1, expect.stringContaining('REACTIVATED')])
        const again = await place.migrate(cutover)
        expect([again.code, again.code === 0 ? '' : again.stdout + again.stderr]).toEqual([0, ''])
        await place.stands(...movedWorkloads)
        expect((await place.migrate(['status', 'job', 'bert'])).code).toBe(0)
      })
    })
  })

  it('a held job stays held when Kueue is restarted', { timeout: 300_000 }, async () => {
    await inPlace(8, 2, async (place) => {
      await create(place, queuedJob('bert', 2))
      await place.runs(v1Pod)
      expect((await place.migrate(cutover)).stdout).toBe(cutOver(place))
      await restartKueue(ownFolder(), say)
      // it has looked at what there is when it has looked at another
      await create(place, queuedJob('next', 16))
      await place.stands('pytorchjob bert held', 'pytorchjob next waits', 'trainjob bert runs')
      await place.runs(v2Pod)
      expect((await place.migrate(rollback)).stdout).toBe(rolledBack(place))
    })
  })
})

describe('after that phase', () => {
  it('no webhook, definition or process of Kueue is left', async () => {
    expect(await webhooks()).toEqual([])
    const definitions = await cluster().kubectl(['get', 'crd', '-o', 'name'])
    expect(definitions.stdout).not.toContain('kueue')
    const namespaces = await cluster().kubectl(['get', 'namespaces', '-o', 'name'])
    expect(namespaces.stdout).not.toContain('kueue')
  })
})
