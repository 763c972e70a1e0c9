import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError, failedWith, mayHaveActed } from '../cluster/errors.ts'
import type { Env, ProcessIdentity } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import { resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import { JournalLost } from './journal-lost.ts'

/** What of the world a lock needs. */
export type LeaseWorld = Pick<Env, 'now' | 'sleep' | 'elapsed' | 'self' | 'isAlive'>

/** Which job is locked: by its name, whatever its kind, as jobs of two kinds would get the same TrainJob. */
export interface Locked {
  readonly namespace: string
  readonly name: string
}

/** seconds without a renewal after which another may take the lock */
const duration = 30
/** milliseconds between renewals */
const interval = 10_000
/** milliseconds between two looks at somebody else's lock */
const look = 2000
/** times a lock is tried to be removed, and milliseconds between them */
const removals = 3
const removalPause = 1000
const holderAnnotation = 'kubectl-migrate.dev/holder'

interface Holder extends ProcessIdentity {
  /** random: tells two runs of one process apart */
  readonly token: string
}

/** The lock of one job while a run moves it, as a Lease (coordination.k8s.io/v1). */
export class Lease {
  readonly #cluster: Cluster
  readonly #world: LeaseWorld
  readonly #holder: Holder
  #object: KubeObject
  #renewed: number

  private constructor(cluster: Cluster, world: LeaseWorld, holder: Holder, object: KubeObject) {
    this.#cluster = cluster
    this.#world = world
    this.#holder = holder
    this.#object = object
    this.#renewed = world.elapsed()
  }

  /**
   * Takes the lock. One whose process has ended on this machine is taken over at once; another's, when it was not renewed for as
   * long as it says while we looked: clocks of two machines are never compared. Throws a Problem (exit 4) that names a live holder.
   * @param tell says why it takes time
   */
  static async acquire(
    cluster: Cluster,
    locked: Locked,
    world: LeaseWorld,
    tell: (line: string) => void,
  ): Promise<Lease> {
    const holder: Holder = { ...world.self, token: crypto.randomUUID() }
    for (let attempt = 1; ; attempt++) {
      const wanted = leaseObject(locked, holder, world.now())
      try {
        return new Lease(cluster, world, holder, await cluster.create(resources.leases, wanted))
      } catch (error) {
        const unanswered = mayHaveActed(error) && attempt < 4
        if (!unanswered && !failedWith(error, 'alreadyExists')) throw error
      }
      const found = await cluster.find(resources.leases, locked.namespace, leaseName(locked))
      if (!found) continue
      if (holderOf(found)?.token === holder.token) return new Lease(cluster, world, holder, found)
      if (!isDeadLease(found, world)) await waitForExpiry(cluster, found, locked, world, tell)
      const { uid, resourceVersion } = found.metadata
      const body = { metadata: { annotations: wanted.metadata.annotations }, spec: wanted['spec'] }
      try {
        const preconditions = { uid, resourceVersion }
        const taken = await cluster.patch(resources.leases, locked.namespace, leaseName(locked), body, {
          preconditions,
        })
        return new Lease(cluster, world, holder, taken)
      } catch (error) {
        if (failedWith(error, 'conflict')) throw heldProblem(locked, found)
        if (!failedWith(error, 'notFound')) throw error
      }
    }
  }

  /** Renews it when that is due. Throws JournalLost where somebody else has it now. */
  async keep(): Promise<void> {
    const now = this.#world.elapsed()
    if (now - this.#renewed < interval) return
    const { namespace, name = '', uid, resourceVersion } = this.#object.metadata
    const body = { spec: { renewTime: microTime(this.#world.now()) } }
    try {
      const preconditions = { uid, resourceVersion }
      this.#object = await this.#cluster.patch(resources.leases, namespace, name, body, { preconditions })
    } catch (error) {
      if (!failedWith(error, 'conflict', 'notFound')) {
        // the record is what two runs meet at: a lock that cannot be renewed for a while harms nobody
        if (failedWith(error, 'timeout', 'unreachable', 'tooManyRequests', 'internal')) return
        throw error
      }
      const found = await this.#cluster.find(resources.leases, namespace, name)
      if (!found) throw new JournalLost(`somebody deleted the lock of this migration, Lease ${name}`)
      if (holderOf(found)?.token !== this.#holder.token) {
        throw new JournalLost(`${describeHolder(found)} took the lock of this migration, Lease ${name}`)
      }
      this.#object = found
    }
    this.#renewed = now
  }

  /** Lets it go; that it cannot be is no harm, as its process is about to end. */
  async release(): Promise<void> {
    await remove(this.#cluster, this.#object, this.#world)
  }
}

/**
 * Removes the lock a killed run of this machine left behind; one of a live process, or of another machine, stays.
 * @returns whether nobody has the job now
 */
export async function removeDeadLease(cluster: Cluster, locked: Locked, world: LeaseWorld): Promise<boolean> {
  const found = await cluster.find(resources.leases, locked.namespace, leaseName(locked))
  if (!found) return true
  if (!isDeadLease(found, world)) return false
  await remove(cluster, found, world)
  return true
}

/** Failures of which a moment may cure. */
const passing = ['conflict', 'timeout', 'unreachable', 'tooManyRequests', 'internal'] as const

/** Removes it, and tries again where a request failed; one that somebody else has meanwhile stays, and one that cannot be removed expires. */
async function remove(cluster: Cluster, lease: KubeObject, { sleep }: Pick<LeaseWorld, 'sleep'>): Promise<void> {
  const { namespace, name = '' } = lease.metadata
  try {
    let found: KubeObject | undefined = lease
    for (let attempt = 1; found !== undefined; attempt++) {
      const { uid, resourceVersion } = found.metadata
      try {
        await cluster.delete(resources.leases, namespace, name, { preconditions: { uid, resourceVersion } })
        return
      } catch (error) {
        if (attempt === removals || !failedWith(error, ...passing)) throw error
      }
      await sleep(removalPause)
      const now = await cluster.find(resources.leases, namespace, name)
      found = holderOf(now)?.token === holderOf(lease)?.token ? now : undefined
    }
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error
  }
}

async function waitForExpiry(
  cluster: Cluster,
  found: KubeObject,
  locked: Locked,
  { sleep, elapsed, self, isAlive }: LeaseWorld,
  tell: (line: string) => void,
): Promise<void> {
  const holder = holderOf(found)
  if (holder && isHere(holder, self) && isAlive(holder)) throw heldProblem(locked, found)
  const seconds = secondsOf(found)
  tell(`${describeHolder(found)} has the lock; it is taken over if it is not renewed for ${seconds} s`)
  const since = elapsed()
  while (elapsed() - since < seconds * 1000) {
    await sleep(look)
    const now = await cluster.find(resources.leases, locked.namespace, leaseName(locked))
    if (!now) return
    if (now.metadata.resourceVersion !== found.metadata.resourceVersion) throw heldProblem(locked, now)
  }
}

/** Whether the process that holds it was of this machine, and has ended. */
export function isDeadLease(lease: KubeObject, { self, isAlive }: Pick<LeaseWorld, 'self' | 'isAlive'>): boolean {
  const holder = holderOf(lease)
  return holder !== undefined && isHere(holder, self) && !isAlive(holder)
}

function isHere(holder: ProcessIdentity, self: ProcessIdentity): boolean {
  return holder.place !== '' && holder.place === self.place && holder.host === self.host && holder.user === self.user
}

function leaseName({ name }: Locked): string {
  return `migration-${name.slice(0, 200)}`
}

function leaseObject(locked: Locked, holder: Holder, now: Date): KubeObject {
  const time = microTime(now)
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: leaseName(locked),
      namespace: locked.namespace,
      annotations: { [holderAnnotation]: JSON.stringify(holder) },
    },
    spec: { holderIdentity: nameOf(holder), leaseDurationSeconds: duration, acquireTime: time, renewTime: time },
  }
}

/** `jane@laptop pid 4711`. */
function nameOf({ user, host, pid }: ProcessIdentity): string {
  return `${user}@${host} pid ${pid}`
}

function describeHolder(lease: KubeObject | undefined): string {
  const spec = lease?.['spec']
  const identity = isRecord(spec) ? spec['holderIdentity'] : undefined
  return typeof identity === 'string' && identity !== '' ? identity : 'somebody else'
}

/** Who a Lease says holds it; undefined for one of another make, which only its expiry frees. */
function holderOf(lease: KubeObject | undefined): Holder | undefined {
  const holder = parseJson(lease?.metadata.annotations?.[holderAnnotation] ?? '')
  return isRecord(holder) && typeof holder['pid'] === 'number' ? (holder as unknown as Holder) : undefined
}

/** What the holder promised, within reason. */
function secondsOf({ spec }: KubeObject): number {
  const seconds = isRecord(spec) ? spec['leaseDurationSeconds'] : undefined
  return typeof seconds === 'number' ? Math.min(Math.max(seconds, 5), 120) : duration
}

/** metav1.MicroTime. */
function microTime(time: Date): string {
  return time.toISOString().replace('Z', '000Z')
}

function heldProblem(locked: Locked, lease: KubeObject): Problem {
  const { namespace, name } = locked
  return new Problem({
    code: 'locked',
    what: `${namespace}/${name} is being moved by ${describeHolder(lease)}`,
    where: `Lease ${namespace}/${leaseName(locked)}`,
    why: 'two runs at once would undo each other’s work; nothing was changed',
    next: [`$0 status ${name} -n ${namespace}`, 'the same command again when that run has ended'],
    exit: exitCode.conflict,
  })
}
