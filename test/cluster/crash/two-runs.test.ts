import { afterAll, describe, expect, it } from 'vitest'
import { atWrite } from './at-write.ts'
import { deletePlaces, inPlace, type Place, type Run, settles, succeeds } from './places.ts'
import { alike, back, moved, slow } from './scenarios.ts'

const timeout = 300_000

afterAll(deletePlaces)

const lease = '/apis/coordination.k8s.io/v1/namespaces/NAMESPACE/leases/migration-bert'
const holder = 'kubectl-migrate.dev/holder'

/** Who has the lock of the job: its words, its process, and what it says of itself. */
async function lockOf(place: Place): Promise<{ readonly name: string; readonly self: { readonly pid: number } }> {
  const { metadata, spec } = await place.api('GET', lease)
  return {
    name: (spec as { holderIdentity: string }).holderIdentity,
    self: JSON.parse(metadata.annotations?.[holder] ?? ''),
  }
}

const changeLock = (place: Place, annotation: string | null, holderIdentity?: string) =>
  place.api(
    'PATCH',
    lease,
    { metadata: { annotations: { [holder]: annotation } }, spec: { holderIdentity } },
    'application/merge-patch+json',
  )

/** What a run has changed of the jobs, from one of its requests on. */
const changes = ({ requests }: Run, from = 0) =>
  requests.slice(from).filter(({ kind, title, status }) => kind === 'write' && /jobs/.test(title) && status === 200)

describe.concurrent('two runs at once:', { timeout }, () => {
  it.each(['cutover', 'rollback'] as const)('%s is refused while a cutover lives, and names it', async (verb) => {
    await inPlace(alike, 'v1', async (place) => {
      let second: Run | undefined
      let name = ''
      const beside = async (): Promise<void> => {
        name = (await lockOf(place)).name
        second = await place.run(alike[verb])
      }
      await succeeds(
        { ...place, run: (args) => place.run(args, atWrite('PATCH pytorchjobs/bert', 'after', beside).faults) },
        alike.cutover,
      )
      expect(second?.stderr).toContain(`error: ${place.namespace}/bert is being moved by ${name}\n`)
      expect([second?.code, second && changes(second)]).toEqual([4, []])
      await settles(place, moved(alike))
      return 'v2'
    })
  })

  it('one that was stopped for longer than its lock holds stops when it is continued, and the other ends the move', async () => {
    await inPlace(alike, 'v1', async (place) => {
      let sleeper = 0
      let asleep = (): void => undefined
      const slept = new Promise<void>((resolve) => {
        asleep = resolve
      })
      let asked = 0
      const stop = async (): Promise<void> => {
        const { self } = await lockOf(place)
        sleeper = self.pid
        process.kill(sleeper, 'SIGSTOP')
        // as another machine's: whether a process of this one lives is seen at once
        await changeLock(place, JSON.stringify({ ...self, host: 'elsewhere' }))
        asleep()
      }
      // it has announced the hold and not sent it
      let records = 0
      const first = place.run(alike.cutover, () => async (request, when) => {
        if (when === 'after') asked++
        if (when === 'after' && request.title.startsWith('PATCH configmaps/migration') && ++records === 4) await stop()
        return undefined
      })
      await slept
      const asleepAt = asked
      let stopped: Run | undefined
      const wake = async (): Promise<void> => {
        process.kill(sleeper, 'SIGCONT')
        stopped = await first
      }
      const second = await place.run(alike.cutover, atWrite('PATCH trainjobs/bert', 'before', wake).faults)
      expect(second.stderr).toMatch(/ pid \d+ has the lock; it is taken over if it is not renewed for 30 s\n/)
      expect([second.code, second.stdout]).toEqual([0, expect.stringContaining('is cut over: 3 of 3 pods run')])
      expect([stopped?.code, stopped?.stdout]).toEqual([4, expect.stringMatching(/: this run stopped where it was: /)])
      expect(stopped && changes(stopped, asleepAt)).toEqual([])
      await settles(place, moved(alike))
      return 'v2'
    })
  })

  it('one whose lock another takes stops without taking anything back; rollback waits for that lock', async () => {
    await inPlace(slow, 'v1', async (place) => {
      const steal = () => changeLock(place, null, 'eve@tower pid 7')
      const robbed = await place.run(slow.cutover, atWrite('PATCH trainjobs/bert', 'after', steal).faults)
      expect(robbed.stdout).toContain('this run stopped where it was: eve@tower pid 7 took the lock of this migration')
      expect(robbed.code).toBe(4)
      expect((await place.api('GET', lease)).metadata.name).toBe('migration-bert')
      const rollback = await succeeds(place, slow.rollback)
      expect(rollback.stderr).toContain('eve@tower pid 7 has the lock; it is taken over if it is not renewed for 30 s')
      await settles(place, back(slow))
      return 'v1'
    })
  })
})
