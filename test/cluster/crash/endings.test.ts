import { afterAll, describe, expect, it } from 'vitest'
import { endingPoints } from './drawn.ts'
import type { Faults } from './fault-proxy.ts'
import { deletePlaces, inPlace, type Place, settles, succeeds, until, v1Path } from './places.ts'
import { type Crash, distinct, killAt, writesOf } from './points.ts'
import { back, completing, ending, failing, failingWrites, moved, type Scenario } from './scenarios.ts'

const timeout = 300_000

afterAll(deletePlaces)

/** Ends a run at a point, unless it has come to its own end before. */
async function killed(place: Place, args: readonly string[], crash: Crash, more?: Faults): Promise<void> {
  const kill = killAt(crash)
  const { code } = await place.run(args, (end) => {
    const faults = kill(end)
    return async (request, when) => (await more?.(request, when)) ?? (await faults(request, when))
  })
  expect([0, 1, 5, 137]).toContain(code)
}

/** What is there beside what a migration may always leave. */
async function left(place: Place, scenario: Scenario) {
  const { objects, ...sides } = await place.state()
  const allowed = back(scenario).objects
  return { ...sides, others: objects.filter((name) => !allowed.includes(name)) }
}

async function isComplete(place: Place): Promise<boolean> {
  const path = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainjobs/bert'
  return JSON.stringify((await place.api('GET', path))['status'] ?? {}).includes('"Complete"')
}

const { objects: _, ...asItWas } = back(failing)

describe.concurrent('v2 fails when it was started:', { timeout }, () => {
  it('these are the writes of such a cutover, and v1 runs again', async () => {
    await inPlace(failing, 'v1', async (place) => {
      const cutover = await place.run(failing.cutover)
      expect([cutover.code, cutover.stdout]).toEqual([5, expect.stringContaining('was NOT cut over')])
      expect(distinct(writesOf(cutover))).toEqual(distinct(failingWrites(failing)))
      await settles(place, back(failing))
      return 'v1'
    })
  })

  it.each(endingPoints.failsAndGoesOn)('killed %s: the same command ends likewise', async (_, crash) => {
    await inPlace(failing, 'v1', async (place) => {
      await killed(place, failing.cutover, crash)
      const again = await place.run(failing.cutover)
      // a TrainJob that has failed already is not started again: how to go back is said
      if (again.code === 1) await succeeds(place, failing.rollback)
      else expect([again.code, again.stdout]).toEqual([5, expect.stringContaining('was NOT cut over')])
      await settles(place, { ...asItWas, others: [] }, () => left(place, failing))
      return 'v1'
    })
  })

  it.each(endingPoints.failsAndIsTakenBack)('killed %s: rollback puts v1 back', async (_, crash) => {
    await inPlace(failing, 'v1', async (place) => {
      await killed(place, failing.cutover, crash)
      await succeeds(place, failing.rollback)
      await settles(place, { ...asItWas, others: [] }, () => left(place, failing))
      return 'v1'
    })
  })
})

describe.concurrent('v2 completes as soon as it was started:', { timeout }, () => {
  const end = { ...moved(completing), v2Ready: 0 }

  it.each(endingPoints.completesAndGoesOn)('killed %s: the same command succeeds', async (_, crash) => {
    await inPlace(completing, 'v1', async (place) => {
      await killed(place, completing.cutover, crash)
      await succeeds(place, completing.cutover)
      await until(place, 'v2 is Complete', () => isComplete(place))
      await settles(place, end)
      return 'spent'
    })
  })

  it.each(endingPoints.completesAndIsTakenBack)(
    'killed %s: rollback does not run again what has finished',
    async (_, crash) => {
      await inPlace(completing, 'v1', async (place) => {
        await killed(place, completing.cutover, crash)
        await until(place, 'v2 is Complete', () => isComplete(place))
        const { code, stderr } = await place.run(completing.rollback)
        expect([code, stderr]).toEqual([1, expect.stringContaining('v2 has finished')])
        expect(await place.state()).toMatchObject({ v1: { ready: 0, suspend: true }, v2Ready: 0 })
        return 'spent'
      })
    },
  )
})

describe.concurrent('v1 ends by itself when it is being held:', { timeout }, () => {
  /** Its Master succeeds just before the hold is sent on, or just after: then its pods are about to be deleted. */
  const masterEnds = (place: Place, moment: 'before' | 'after'): Faults => {
    let sent = 0
    return async ({ title, kind }, when) => {
      if (kind !== 'write' || title !== `PATCH pytorchjobs/bert`) return undefined
      // a pod that ends after it is told to go was stopped: its end is dated before, however late it can be written
      if (when === 'before') sent = Date.now()
      if (when !== moment) return undefined
      const time = new Date(sent - (moment === 'after' ? 1000 : 0)).toISOString().replace(/\.\d+/, '')
      const terminated = { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time }
      const status = {
        phase: 'Succeeded',
        containerStatuses: [
          { name: 'pytorch', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } },
        ],
      }
      const path = '/api/v1/namespaces/NAMESPACE/pods/bert-master-0/status'
      await place.api('PATCH', path, { status }, 'application/merge-patch+json')
      return undefined
    }
  }

  describe.each([
    ['before', endingPoints.v1EndsBefore],
    ['after', endingPoints.v1EndsAfter],
  ] as const)('just %s', (moment, points) => {
    it.each(points)('killed %s: v2 is never started, v1 never again', async (_, crash) => {
      await inPlace(ending, 'v1', async (place) => {
        await killed(place, ending.cutover, crash, masterEnds(place, moment))
        const again = await place.run(ending.cutover)
        expect([again.code, `${again.stdout}${again.stderr}`]).toEqual([
          1,
          expect.stringMatching(/by itself|is Succeeded|finished job/),
        ])
        const { others, ...sides } = await left(place, ending)
        expect([sides.v2Ready, others]).toEqual([0, []])
        const rollback = await place.run(ending.rollback)
        expect([rollback.code, rollback.stdout + rollback.stderr]).toEqual([
          expect.anything(),
          expect.not.stringContaining('v1 resumed'),
        ])
        expect((await place.api('GET', `${v1Path(ending)}/bert`))['status']).toBeDefined()
        expect([...place.pods.seen].filter((name) => name.includes('-node-'))).toEqual([])
        return 'spent'
      })
    })
  })
})
