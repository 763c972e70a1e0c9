import { afterAll, describe, expect, it } from 'vitest'
import type { Fault, Faults, Request } from './fault-proxy.ts'
import { deletePlaces, inPlace, type Place, settles, succeeds } from './places.ts'
import { back, cutoverWrites, moved, pair, rollbackWrites, type Scenario } from './scenarios.ts'

const timeout = 300_000
const faulty = pair('one request goes wrong')
const all = process.env['MIGRATE_TEST_CRASH'] === 'all'

afterAll(deletePlaces)

/** What becomes of a request, and of whom it is asked. */
interface Case {
  readonly what: string
  readonly fault: Fault
  /** before: the API server never sees it; after: it has acted */
  readonly when: 'before' | 'after'
  readonly flags?: readonly string[]
}

/** Long enough for a busy machine, and short enough to wait for. */
const impatient = ['--request-timeout', '5s']

/** What time cures: a read is asked again. */
const passing: readonly Case[] = [
  { what: 'the connection breaks before it is sent on', fault: 'cut', when: 'before' },
  { what: 'the connection breaks within the answer', fault: 'cut', when: 'after' },
  { what: '429, to be tried again in a second', fault: { status: 429, retryAfter: 1 }, when: 'before' },
  { what: '500', fault: { status: 500 }, when: 'before' },
  { what: '503', fault: { status: 503 }, when: 'before' },
]
const ofAny: readonly Case[] = [
  ...passing,
  { what: '409', fault: { status: 409 }, when: 'before' },
  { what: 'no answer', fault: 'silence', when: 'before', flags: impatient },
]
const ofWrites: readonly Case[] = [
  ...ofAny,
  { what: 'no answer, though it acted', fault: 'silence', when: 'after', flags: impatient },
  { what: '500, though it acted', fault: { status: 500 }, when: 'after' },
  { what: '504, though it acted', fault: { status: 504 }, when: 'after' },
]

interface Move {
  readonly verb: 'cutover' | 'rollback'
  readonly from: 'v1' | 'v2'
  readonly writes: readonly string[]
  /** of one run, at most: what has no request of that number is a run without a fault */
  readonly reads: number
  readonly watches: number
  end(scenario: Scenario): ReturnType<typeof moved>
}
const cutover: Move = {
  ...{ verb: 'cutover', from: 'v1', writes: cutoverWrites(faulty), reads: 45, watches: 11, end: moved },
}
const rollback: Move = {
  ...{ verb: 'rollback', from: 'v2', writes: rollbackWrites(faulty), reads: 21, watches: 11, end: back },
}

type Point = [kind: Request['kind'], number: number, what: string, tried: Case]

/** Every request with every fault where MIGRATE_TEST_CRASH=all; else every write with one of them, by turns. */
function pointsOf({ writes, reads, watches }: Move): Point[] {
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1)
  const point =
    (kind: Request['kind'], number: number) =>
    (tried: Case): Point => [kind, number, tried.what, tried]
  const turn = (number: number) => ofWrites.filter((_, at) => all || at === (number * 3) % ofWrites.length)
  const ofReads = (kind: Request['kind'], count: number) =>
    all ? numbers(count).flatMap((number) => ofAny.map(point(kind, number))) : []
  return [
    ...numbers(writes.length).flatMap((number) => turn(number).map(point('write', number))),
    ...ofReads('read', reads),
    ...ofReads('watch', watches),
  ]
}

/** A run that did not succeed has left v1 as it was, and nothing of v2. */
async function isUndone(place: Place): Promise<void> {
  const { objects: allowed, ...expected } = back(faulty)
  await settles(place, { ...expected, others: [] }, async () => {
    const { objects, ...sides } = await place.state()
    return { ...sides, others: objects.filter((name) => !allowed.includes(name) && name !== 'Lease/migration-bert') }
  })
}

describe.concurrent.each([cutover, rollback])('one request of a $verb goes wrong:', { timeout }, (move) => {
  it.each(pointsOf(move))('%s %i: %s', async (kind, number, _, { fault, when, flags = [] }) => {
    await inPlace(faulty, move.from, async (place) => {
      const run = await place.run([...faulty[move.verb], ...flags], () => (request, moment) => {
        return request.kind === kind && request.number === number && moment === when ? fault : undefined
      })
      // the record changed under the run, as far as it can know: it leaves everything as it stands
      const conflict = typeof fault === 'object' && fault.status === 409
      const fine = [0, 1, 3, 5, ...(conflict ? [4] : []), ...(move === rollback ? [6] : [])]
      expect([run.code, fine.includes(run.code) ? '' : run.stdout + run.stderr]).toEqual([run.code, ''])
      if (run.code === 0) await settles(place, move.end(faulty))
      else if (run.code !== 4 && move === cutover) await isUndone(place)
      await succeeds(place, faulty[move.verb])
      await settles(place, move.end(faulty))
      return move === cutover ? 'v2' : 'v1'
    })
  })
})

describe.concurrent('each read and each watch goes wrong the first time, and nobody notices:', { timeout }, () => {
  it.each(passing.map((tried) => [tried.what, tried] as const))('%s', async (_, { fault, when }) => {
    const once = (): Faults => (request, moment) =>
      request.kind !== 'write' && !request.again && moment === when ? fault : undefined
    await inPlace(faulty, 'v1', async (place) => {
      for (const { verb, end } of [cutover, rollback]) {
        const run = await place.run(faulty[verb], once)
        expect([run.code, run.code === 0 ? '' : run.stdout + run.stderr]).toEqual([0, ''])
        await settles(place, end(faulty))
      }
      return 'v1'
    })
  })
})

describe.concurrent('a write that is held up reaches the API server when the next run has begun:', { timeout }, () => {
  /** Kills a run at its write, and lets that write go as soon as the next run has read something. */
  async function late(place: Place, number: number, killed: readonly string[], next: readonly string[]) {
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await place.run(killed, (kill) => async (request, when) => {
      if (request.kind !== 'write' || request.number !== number || when !== 'before') return undefined
      kill()
      await released
      return undefined
    })
    return await place.run(next, () => (request, when) => {
      if (request.kind === 'read' && when === 'after') release()
      return undefined
    })
  }

  /** All of a cutover but the last; by default those of objects, not of the record. */
  const writes = cutover.writes
    .slice(0, -1)
    .map((title, at) => [at + 1, title] as const)
    .filter(([, title]) => all || !/configmaps\/|leases|secrets/.test(title))

  it.each(writes)('write %i of a cutover, %s, and the next run is the same', async (number) => {
    await inPlace(faulty, 'v1', async (place) => {
      const { code, stdout, stderr } = await late(place, number, faulty.cutover, faulty.cutover)
      expect([code, [0, 1, 4, 5].includes(code) ? '' : stdout + stderr]).toEqual([code, ''])
      await succeeds(place, faulty.cutover)
      await settles(place, moved(faulty))
      return 'v2'
    })
  })

  it.each(writes)('write %i of a cutover, %s, and the next run is a rollback', async (number) => {
    await inPlace(faulty, 'v1', async (place) => {
      const { code, stdout, stderr } = await late(place, number, faulty.cutover, faulty.rollback)
      expect([code, [0, 1, 4, 5].includes(code) ? '' : stdout + stderr]).toEqual([code, ''])
      await succeeds(place, faulty.rollback)
      await isUndone(place)
      return 'v1'
    })
  })
})
