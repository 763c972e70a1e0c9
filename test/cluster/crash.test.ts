import { describe, expect, it } from 'vitest'
import { type Crash, crashPoints, type EndState, inPlace, type Place } from './crash.ts'

const cutover = ['cutover', 'job', 'bert', '--yes', '--observe', '0']
const rollback = ['rollback', 'job', 'bert', '--yes']

const record = 'configmaps/migration-1'
const lease = { take: 'POST NAMESPACE/leases', leave: 'DELETE leases/migration-bert' }
const cutoverWrites = [
  lease.take,
  'POST NAMESPACE/configmaps',
  'POST NAMESPACE/secrets',
  `PATCH ${record}`,
  'POST NAMESPACE/trainingruntimes',
  `PATCH ${record}`,
  'POST NAMESPACE/trainjobs',
  `PATCH ${record}`,
  `PATCH ${record}`,
  'PATCH pytorchjobs/bert',
  `PATCH ${record}`,
  `PATCH ${record}`,
  'PATCH trainjobs/bert',
  `PATCH ${record}`,
  `PATCH ${record}`,
  lease.leave,
]
const rollbackWrites = [
  lease.take,
  `PATCH ${record}`,
  'DELETE trainjobs/bert',
  `PATCH ${record}`,
  `PATCH ${record}`,
  'PATCH pytorchjobs/bert',
  `PATCH ${record}`,
  `PATCH ${record}`,
  lease.leave,
]

const runtime = 'TrainingRuntime/v1-pytorch-HASH'
const records = ['ConfigMap/migration-1', 'Secret/migration-1']

/** What a cutover leaves that nothing interrupted. */
const moved: EndState = {
  v1: { ready: 0, suspend: true, marks: ['kubectl-migrate.dev/held'] },
  v2Ready: 3,
  objects: [
    'ConfigMap/bert-runtime-snapshot',
    'ConfigMap/migration-1',
    'Job/bert-node-0',
    'JobSet/bert',
    'Secret/migration-1',
    'Service/bert',
    'TrainJob/bert',
    runtime,
  ],
}

/** What a rollback leaves, and a cutover that never began to write but for the runtime that jobs share. */
const back: EndState = { v1: { ready: 3, suspend: false, marks: [] }, v2Ready: 0, objects: [...records, runtime] }

const title = (writes: readonly string[]) =>
  crashPoints(writes).map((at) => [at.when, `${at.write} ${writes[at.write - 1]}`, at] as const)

/**
 * What came of a write is stored with the next intent where nothing is to be waited for: then there is one write less. A run that
 * takes long renews its lock.
 */
function distinct(writes: readonly string[]): string[] {
  return writes.filter((write) => !/^PATCH leases/.test(write)).filter((write, at, own) => write !== own[at - 1])
}

/** Many places share a machine; each waits for pods several times. */
const timeout = 300_000

async function dies(place: Place, args: readonly string[], crash: Crash): Promise<void> {
  const { code, writes } = await place.run(args, crash)
  if (writes.length >= crash.write) expect(code).toBe(137)
  else expect(code).toBe(0)
}

async function succeeds(place: Place, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await place.run(args)
  expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, ''])
}

describe.concurrent('nothing interrupts', { timeout }, () => {
  it('a cutover and its rollback: these are their writes', async () => {
    await inPlace(async (place) => {
      expect(distinct((await place.run(cutover)).writes)).toEqual(distinct(cutoverWrites))
      expect(await place.state()).toEqual(moved)
      expect(distinct((await place.run(rollback)).writes)).toEqual(distinct(rollbackWrites))
      expect(await place.state()).toEqual(back)
    })
  })
})

describe.concurrent('a cutover killed', { timeout }, () => {
  it.each(title(cutoverWrites))('%s %s is gone on with by the same command', async (_, __, crash) => {
    await inPlace(async (place) => {
      await dies(place, cutover, crash)
      await succeeds(place, cutover)
      expect(await place.state()).toEqual(moved)
    })
  })

  it.each(title(cutoverWrites))('%s %s is taken back by rollback', async (_, __, crash) => {
    await inPlace(async (place) => {
      await dies(place, cutover, crash)
      await succeeds(place, rollback)
      const { objects, ...sides } = await place.state()
      const others = objects.filter((name) => name !== runtime && !records.includes(name))
      expect({ ...sides, objects: others }).toEqual({ ...back, objects: [] })
    })
  })
})

describe.concurrent('a rollback killed', { timeout }, () => {
  it.each(title(rollbackWrites))('%s %s is gone on with by the same command', async (_, __, crash) => {
    await inPlace(async (place) => {
      await succeeds(place, cutover)
      await dies(place, rollback, crash)
      await succeeds(place, rollback)
      expect(await place.state()).toEqual(back)
    })
  })

  it.each(title(rollbackWrites))('%s %s leaves a job that can be cut over', async (_, __, crash) => {
    await inPlace(async (place) => {
      await succeeds(place, cutover)
      await dies(place, rollback, crash)
      const again = await place.run(cutover)
      if (again.stderr.includes('is being deleted')) await succeeds(place, cutover)
      else expect([again.code, again.code === 0 ? '' : again.stdout + again.stderr]).toEqual([0, ''])
      // a job that was back already is moved by a migration of its own
      const { objects, ...sides } = await place.state()
      const { objects: expected, ...expectedSides } = moved
      const others = (names: readonly string[]) => names.filter((name) => !/migration-\d$/.test(name))
      expect({ ...sides, objects: others(objects) }).toEqual({ ...expectedSides, objects: others(expected) })
    })
  })
})
