import { afterAll, describe, expect, it } from 'vitest'
import { deletePlaces, type EndState, inPlace, type Place, settles, succeeds } from './places.ts'
import { type CrashPoint, crashPoints, dies, distinct, thorough, writesOf } from './points.ts'
import { back, moved, pair, type Scenario } from './scenarios.ts'

const timeout = 300_000

afterAll(deletePlaces)

/** A command that moves a job otherwise than a plain cutover. */
interface Way {
  readonly title: string
  readonly scenario: Scenario
  /** commands that come before it */
  readonly first: readonly (readonly string[])[]
  readonly command: readonly string[]
  /** that it makes, one after the other */
  readonly writes: readonly string[]
  readonly end: EndState
}

const twinned = { ...pair('with a twin'), beside: 'bert-v2' }
const overlapped = { ...pair('v2 before v1 stops'), beside: 'bert' }
const finalized = pair('deleted for good')
const start = ['start', 'job', 'bert', '--yes', '--observe', '0']

/** The same of a TrainJob under the name of the twin. */
function ofTwin(end: EndState): EndState {
  const objects = end.objects.map((name) => name.replace(/(?<=^(JobSet|Service|TrainJob|ConfigMap|Job)\/bert)/, '-v2'))
  return { ...end, objects: objects.sort() }
}

/** v1 runs on, and needs no Secret. */
const startedBeside: EndState = {
  ...ofTwin(moved(twinned)),
  v1: { ready: twinned.pods, suspend: false, marks: [] },
  objects: ofTwin(moved(twinned)).objects.filter((name) => !name.startsWith('Secret/')),
}

const record = 'PATCH configmaps/migration'
const lease = { take: 'POST NAMESPACE/leases', leave: 'DELETE leases/migration-bert' }
const begun = [lease.take, 'POST NAMESPACE/configmaps']
const kept = ['POST NAMESPACE/secrets', record]
const made = ['POST NAMESPACE/trainjobs', record]
const runtime = ['POST NAMESPACE/trainingruntimes', record]
/** What is waited for is stored before; the next intent, or the end, is stored after it. */
const held = [record, 'PATCH pytorchjobs/bert', record, record]
const begins = (name: string) => [record, `PATCH trainjobs/${name}`, record, record]

const ways: readonly Way[] = [
  {
    title: 'start',
    scenario: twinned,
    first: [],
    command: start,
    writes: [...begun, ...runtime, ...made, ...begins('bert-v2'), lease.leave],
    end: startedBeside,
  },
  {
    title: 'cutover of a job that has a twin',
    scenario: twinned,
    first: [start],
    command: twinned.cutover,
    writes: [
      ...[lease.take, record, ...kept, ...made, record, 'DELETE trainjobs/bert-v2', record],
      ...[...held, ...begins('bert'), lease.leave],
    ],
    end: moved(twinned),
  },
  {
    title: 'cutover --keep-name',
    scenario: twinned,
    first: [start],
    command: [...twinned.cutover, '--keep-name'],
    writes: [lease.take, record, ...kept, ...held, lease.leave],
    end: ofTwin(moved(twinned)),
  },
  {
    title: 'cutover --overlap',
    scenario: overlapped,
    first: [],
    command: [...overlapped.cutover, '--overlap'],
    writes: [...begun, ...kept, ...runtime, ...made, ...begins('bert'), ...held, lease.leave],
    end: moved(overlapped),
  },
  {
    title: 'finalize',
    scenario: finalized,
    first: [finalized.cutover],
    command: ['finalize', 'job', 'bert', '--yes', '--even-if-unproven'],
    writes: [lease.take, record, 'DELETE pytorchjobs/bert', record, record, lease.leave],
    end: { ...moved(finalized), v1: { ready: 0, suspend: 'gone', marks: [] } },
  },
]

async function begin(place: Place, { first }: Way): Promise<void> {
  for (const command of first) await succeeds(place, command)
}

/** v1 runs as before, and nothing of v2 is left. */
async function goesBack(place: Place, { scenario, end }: Way): Promise<void> {
  await succeeds(place, scenario.rollback)
  const { objects: allowed, ...expected } = back(scenario)
  const look = async () => {
    const { objects, v1, v2Ready } = await place.state()
    // a v1 that was deleted is made again, and says so
    const marks = v1.marks.filter((mark) => end.v1.suspend !== 'gone' || mark !== 'kubectl-migrate.dev/restored')
    return { v1: { ...v1, marks }, v2Ready, others: objects.filter((name) => !allowed.includes(name)) }
  }
  await settles(place, { ...expected, others: [] }, look)
}

/** By default those just after a job was written, which are few, by turns for going on and for going back. */
function pointsOf({ writes }: Way, back: boolean): CrashPoint[] {
  const points = crashPoints(writes, 'after')
  const after = points.filter(([title]) => /^after .*(PATCH|DELETE) \w+jobs\//.test(title))
  return thorough ? points : after.filter((_, at) => (at % 2 === 1) === back || after.length === 1)
}

describe.concurrent.each(ways)('$title:', { timeout }, (way) => {
  const { scenario, command, writes, end } = way

  it('these are its writes, this is what it leaves, and rollback takes it back', async () => {
    await inPlace(scenario, 'v1', async (place) => {
      await begin(place, way)
      const before = [...place.pods.seen]
      const run = await succeeds(place, command)
      expect(distinct(writesOf(run))).toEqual(distinct(writes))
      await settles(place, end)
      // a twin that keeps its name is not restarted
      if (command.includes('--keep-name')) expect([...place.pods.seen]).toEqual(before)
      await goesBack(place, way)
      return 'spent'
    })
  })

  it.each(pointsOf(way, false))('killed %s: the same command goes on', async (_, crash) => {
    await inPlace(scenario, 'v1', async (place) => {
      await begin(place, way)
      await dies(place, command, crash)
      await succeeds(place, command)
      await settles(place, end)
      return 'spent'
    })
  })

  it.each(pointsOf(way, true))('killed %s: rollback takes it back', async (_, crash) => {
    await inPlace(scenario, 'v1', async (place) => {
      await begin(place, way)
      await dies(place, command, crash)
      await goesBack(place, way)
      return 'spent'
    })
  })
})
