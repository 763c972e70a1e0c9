import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { ProcessIdentity } from '../env.ts'
import { resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import { JournalLost } from './journal-lost.ts'
import { Lease, type LeaseWorld, removeDeadLease } from './lease.ts'

const job = { namespace: 'nlp', name: 'bert' }
const jane: ProcessIdentity = { user: 'jane', host: 'laptop', pid: 4711, place: 'boot-1 pid:1', started: '100' }
const joe: ProcessIdentity = { user: 'joe', host: 'desk', pid: 99, place: 'boot-2 pid:1', started: '5' }

const worldOf = (self: ProcessIdentity, alive = false): LeaseWorld => fakeEnv({ self, isAlive: () => alive }).env

async function acquire(cluster: FakeCluster, world: LeaseWorld) {
  const told: string[] = []
  const lease = await Lease.acquire(cluster, job, world, (line) => told.push(line))
  return { lease, told }
}

async function problemOf(running: Promise<unknown>): Promise<Problem['data']> {
  const error = await running.catch((thrown: unknown) => thrown)
  return error instanceof Problem ? error.data : expect.fail(`no Problem: ${error}`)
}

const holder = (cluster: FakeCluster) =>
  (cluster.all(resources.leases)[0]?.['spec'] as { holderIdentity?: string } | undefined)?.holderIdentity

describe('the lock of a job', () => {
  it('is taken with one write and given back with another', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const { lease } = await acquire(cluster, worldOf(jane))
    expect(holder(cluster)).toBe('jane@laptop pid 4711')
    await lease.release()
    expect(cluster.log).toEqual([
      'create leases.coordination.k8s.io nlp migration-bert',
      'delete leases.coordination.k8s.io nlp migration-bert',
    ])
    expect(cluster.all(resources.leases)).toEqual([])
  })

  const lost = new ClusterError({
    kind: 'internal',
    status: 503,
    message: '',
    verb: 'delete',
    resource: 'leases',
  } as never)
  it.each<[what: string, meanwhile: (cluster: FakeCluster) => unknown, left: string | undefined]>([
    ['is tried again', () => undefined, undefined],
    [
      'is over where it was done all the same',
      (cluster) => cluster.remove(resources.leases, 'nlp', 'migration-bert'),
      undefined,
    ],
    [
      'is left where somebody else has taken the lock',
      (cluster) => {
        const [found] = cluster.all(resources.leases)
        if (found)
          cluster.put({ ...found, metadata: { ...found.metadata, annotations: {} }, spec: { holderIdentity: 'eve' } })
      },
      'eve',
    ],
  ])('is given back though the request fails: that %s', async (_, meanwhile, left) => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const { lease } = await acquire(cluster, worldOf(jane))
    const remove = cluster.delete.bind(cluster)
    let failed = false
    cluster.delete = async (...given) => {
      if (failed) return await remove(...given)
      failed = true
      meanwhile(cluster)
      throw lost
    }
    await lease.release()
    expect([failed, holder(cluster)]).toEqual([true, left])
  })

  it('stays where it cannot be given back at all, which harms nobody', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const { lease } = await acquire(cluster, worldOf(jane))
    let tried = 0
    cluster.delete = async () => {
      tried++
      throw lost
    }
    await lease.release()
    expect([tried, holder(cluster)]).toEqual([3, 'jane@laptop pid 4711'])
  })

  it('of a process that has ended on this machine is taken over at once', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    await acquire(cluster, worldOf(jane))
    const world = worldOf({ ...jane, pid: 4712 })
    const { told } = await acquire(cluster, world)
    expect([holder(cluster), told, world.elapsed()]).toEqual(['jane@laptop pid 4712', [], worldOf(jane).elapsed()])
  })

  it.each([
    ['another user', { ...jane, user: 'eve' }],
    ['another host', { ...jane, host: 'tower' }],
    ['another boot, or container', { ...jane, place: 'boot-1 pid:2' }],
    ['a place nobody knows', { ...jane, place: '' }],
  ])('of %s is not: its pid means nothing here', async (_, other) => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    await acquire(cluster, worldOf(other))
    const { told } = await acquire(cluster, worldOf(jane))
    expect(told).toEqual([
      `${other.user}@${other.host} pid 4711 has the lock; it is taken over if it is not renewed for 30 s`,
    ])
    expect(holder(cluster)).toBe('jane@laptop pid 4711')
  })

  it('of a live process of this machine is refused at once, with its name', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    await acquire(cluster, worldOf(jane))
    const problem = await problemOf(acquire(cluster, worldOf({ ...jane, pid: 4712 }, true)))
    expect(problem).toMatchObject({ code: 'locked', what: 'nlp/bert is being moved by jane@laptop pid 4711', exit: 4 })
    expect(holder(cluster)).toBe('jane@laptop pid 4711')
  })

  it('of another machine is refused as soon as it is seen to be renewed, whatever its clock says', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const longAgo = fakeEnv({ self: joe, now: () => new Date('1999-01-01T00:00:00Z') }).env
    await acquire(cluster, longAgo)
    const world = worldOf(jane)
    let looks = 0
    const sleep = async (milliseconds: number) => {
      await world.sleep(milliseconds)
      const [lease = expect.fail('no lease')] = cluster.all(resources.leases)
      if (++looks === 5) cluster.put(lease)
    }
    const patient = { ...world, elapsed: () => world.elapsed(), sleep }
    const problem = await problemOf(acquire(cluster, patient))
    expect([problem.what, looks]).toEqual(['nlp/bert is being moved by joe@desk pid 99', 5])
  })

  it('is renewed when that is due, and not before', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const world = worldOf(jane)
    const { lease } = await acquire(cluster, world)
    const writes = () => cluster.log.filter((line) => line.startsWith('patch')).length
    await lease.keep()
    expect(writes()).toBe(0)
    await world.sleep(10_000)
    await lease.keep()
    await lease.keep()
    expect(writes()).toBe(1)
  })

  it('stops the run that finds that another has it: it was stopped for longer than the lock holds', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const sleeper = worldOf(jane)
    const { lease } = await acquire(cluster, sleeper)
    await acquire(cluster, worldOf(joe))
    await sleeper.sleep(60_000)
    await expect(lease.keep()).rejects.toThrow(
      new JournalLost('joe@desk pid 99 took the lock of this migration, Lease migration-bert'),
    )
    await lease.release()
    expect(holder(cluster)).toBe('joe@desk pid 99')
  })

  it('stops the run whose lock somebody deleted, as with its whole namespace', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const world = worldOf(jane)
    const { lease } = await acquire(cluster, world)
    cluster.remove(resources.leases, 'nlp', 'migration-bert')
    await world.sleep(60_000)
    await expect(lease.keep()).rejects.toThrow(
      new JournalLost('somebody deleted the lock of this migration, Lease migration-bert'),
    )
  })

  it('that a killed run left is removed where there is nothing left to do, and nobody else’s', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    await acquire(cluster, worldOf(jane))
    await removeDeadLease(cluster, job, worldOf(joe))
    await removeDeadLease(cluster, job, worldOf(jane, true))
    expect(holder(cluster)).toBe('jane@laptop pid 4711')
    await removeDeadLease(cluster, job, worldOf(jane))
    expect(cluster.all(resources.leases)).toEqual([])
  })
})
