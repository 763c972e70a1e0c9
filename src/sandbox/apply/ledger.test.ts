import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../kube/object.ts'
import { servedAs } from '../served.ts'
import { managedAfter } from './managed-after.ts'
import { entriesOf } from './managers.ts'
import { created, updated, type Writer } from './tracked.ts'

const jobs = servedAs('pytorchjobs.kubeflow.org')
const writer = (manager: string, second: number, more: object = {}): Writer => {
  return { manager, time: `2026-01-01T00:00:0${second}Z`, ...more }
}
/** a job, and what it is made of that has been looked at */
function job(more: object = {}, looked: string[] = []) {
  const spec = { runPolicy: { suspend: true }, pytorchReplicaSpecs: {} }
  const watched = new Proxy(spec, {
    ownKeys(target) {
      looked.push('spec')
      return Reflect.ownKeys(target)
    },
  })
  return { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name: 'x' }, spec: watched, ...more }
}
const withOwners = (object: KubeObject, managedFields: unknown): KubeObject => {
  return { ...object, metadata: { ...object.metadata, managedFields } }
}
const phase = (reason: string) => ({ status: { conditions: [{ type: reason, status: 'True' }] } })
const operator = (second: number): Writer => writer('operator', second, { subresource: 'status' })

/** An object that somebody creates, and whose status an operator then writes so many times. */
function life(writes: number, look: (owners: unknown) => unknown = () => undefined) {
  let object = job() as KubeObject
  let managers = created(jobs, object, writer('alice', 0))
  object = withOwners(object, managedAfter(jobs, undefined, object, writer('alice', 0)))
  for (let at = 1; at <= writes; at++) {
    look(object.metadata['managedFields'])
    const next: KubeObject = { ...object, ...phase(`No${at}`) }
    managers = updated(jobs, managers, object, next, operator(at))
    object = withOwners(next, managedAfter(jobs, object, next, operator(at)))
  }
  return { owners: object.metadata['managedFields'], expected: entriesOf(managers) }
}

describe('who owns what', () => {
  it('is worked out when somebody looks', () => {
    const looked: string[] = []
    const object = job({}, looked)
    const owners = managedAfter(jobs, undefined, object, writer('alice', 0))
    const before = looked.length
    const next = { ...withOwners(object, owners), ...phase('Created') }
    const later = managedAfter(jobs, withOwners(object, owners), next, operator(1))
    expect(looked.length).toBe(before)
    expect(Array.isArray(later) ? later.length : 0).toBe(2)
    expect(looked.length).toBeGreaterThan(before)
  })

  it.each([0, 1, 4, 5, 9])('is the same after a creation and %i writes as if it were worked out at each', (writes) => {
    const { owners, expected } = life(writes)
    expect(JSON.parse(JSON.stringify(owners))).toEqual(expected)
    const seen = life(writes, JSON.stringify)
    expect(seen.owners).toEqual(expected)
  })

  it('stays as it is where a status does not change', () => {
    const object = withOwners({ ...job(), ...phase('Created') }, life(1).owners)
    const same = { ...object, ...phase('Created') }
    expect(managedAfter(jobs, object, same, operator(2))).toBe(object.metadata['managedFields'])
  })

  it('is nothing, and no member of its JSON, where an item of a list cannot be told from others', () => {
    const pods = servedAs('pods')
    const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [null] } }
    const owners = managedAfter(pods, undefined, pod, writer('alice', 0))
    expect(JSON.stringify({ managedFields: owners })).toBe('{}')
    expect(managedAfter(pods, withOwners(pod, []), { ...pod, spec: {} }, writer('alice', 1))).toBeUndefined()
  })

  it('is nothing for an object of which nobody owns anything, at once', () => {
    const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }
    const maps = servedAs('configmaps')
    expect(managedAfter(maps, undefined, bare, writer('alice', 0))).toBeUndefined()
    const full: KubeObject = { ...bare, data: { a: 'b' } }
    const owned = withOwners(full, managedAfter(maps, undefined, full, writer('alice', 0)))
    const emptied = withOwners(bare, owned.metadata['managedFields'])
    expect(managedAfter(maps, owned, emptied, writer('alice', 1))).toBeUndefined()
  })
})
