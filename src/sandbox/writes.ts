import { equalJson } from '../kube/clone.ts'
import type { KubeObject } from '../kube/object.ts'
import { admit } from './admission.ts'
import { managedAfter } from './apply/managed-after.ts'
import { type Clock, timeText } from './clock.ts'
import { admittedCore, withCoreDefaults } from './core-defaults.ts'
import { afterDeletion, type DeleteOptions } from './deletion.ts'
import { badRequest, type Cause, invalid } from './failure.ts'
import { firstStatus } from './first-status.ts'
import { isName, nameFault } from './names.ts'
import { qualifiedName, type ServedResource } from './served.ts'
import type { Store } from './store.ts'
import { refuseOtherKind, validated } from './validation.ts'

/** What a write says beside its object. */
export interface WriteOptions {
  readonly manager: string
  readonly dryRun: boolean
  readonly validation: 'Strict' | 'Warn' | 'Ignore'
  readonly subresource?: 'status'
  /** the object is what a patch has made of the stored one */
  readonly isPatch?: boolean
  /** the object says itself who owns what of it; else what changes is the manager's */
  readonly recorded?: boolean
}

export interface Written {
  readonly object: KubeObject
  /** texts of Warning headers */
  readonly warnings: readonly string[]
}

/** Letters of generated names (k8s.io/apimachinery v0.36.3, pkg/util/rand). */
const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** Creates, changes and deletes objects as an API server does: names, defaults, validation, versions, generations, finalizers. */
export class Writes {
  readonly #store: Store
  readonly #clock: Clock
  readonly #random: () => number

  constructor(store: Store, clock: Clock, random: () => number) {
    this.#store = store
    this.#clock = clock
    this.#random = random
  }

  create(resource: ServedResource, namespace: string | undefined, given: KubeObject, options: WriteOptions): Written {
    refuseOtherKind(resource, given)
    const metadata = this.#named(resource, namespace, given)
    const { name = '' } = metadata
    const { status: _, ...unborn } = given
    const wanted = { ...(resource.status ? unborn : given), metadata } as KubeObject
    const checked = validated(resource, wanted, options)
    const { warnings } = checked
    const now = timeText(this.#clock.now())
    const defaulted = withCoreDefaults(resource, checked.object)
    const managed = options.recorded
      ? given.metadata['managedFields']
      : managedAfter(resource, undefined, defaulted, { manager: options.manager, time: now })
    const object = admittedCore(resource, defaulted)
    const { containers } = (object['spec'] ?? {}) as { containers?: readonly unknown[] }
    if (qualifiedName(resource) === 'pods' && containers?.length === 0) {
      throw invalid(resource, name, [
        { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers' },
      ])
    }
    const admitted = admit(this.#store, resource, object)
    const stored = this.#born(resource, admitted, name, managed)
    if (!options.dryRun) return { object: this.#store.create(resource, stored), warnings }
    if (this.#store.find(resource, namespace, name)) this.#store.create(resource, stored)
    return { object: stored, warnings }
  }

  /** Creates what the simulation itself has made, without a look at its fields: it is complete and right. */
  record(resource: ServedResource, object: KubeObject, manager: string): void {
    const managed = managedAfter(resource, undefined, object, { manager, time: timeText(this.#clock.now()) })
    const admitted = admit(this.#store, resource, object)
    this.#store.create(resource, this.#born(resource, admitted, object.metadata.name ?? '', managed))
  }

  #born(resource: ServedResource, admitted: KubeObject, name: string, managed: unknown): KubeObject {
    const now = timeText(this.#clock.now())
    const { managedFields: __, resourceVersion: ___, selfLink: ____, ...own } = admitted.metadata
    const status = firstStatus(resource, admitted)
    const born: KubeObject = {
      ...admitted,
      ...(qualifiedName(resource) === 'namespaces' && { spec: { finalizers: ['kubernetes'] } }),
      ...(status !== undefined && admitted['status'] === undefined && { status }),
      metadata: {
        ...own,
        name,
        uid: this.#uid(),
        creationTimestamp: now,
        ...(resource.generation && { generation: 1 }),
      },
    }
    return { ...born, metadata: { ...born.metadata, ...(managed !== undefined && { managedFields: managed }) } }
  }

  /** Replaces an object by what `change` makes of the stored one. */
  update(
    resource: ServedResource,
    namespace: string | undefined,
    name: string,
    change: (before: KubeObject) => KubeObject,
    options: WriteOptions,
  ): Written {
    const before = this.#store.get(resource, namespace, name)
    const changed = change(before)
    refuseOtherKind(resource, changed)
    if (changed.metadata.name !== name) {
      throw badRequest(`the name of the object (${changed.metadata.name}) does not match the name on the URL (${name})`)
    }
    const { uid, resourceVersion } = changed.metadata
    if (uid !== undefined && uid !== before.metadata.uid)
      throw invalid(resource, name, [immutableUid(uid), immutableUid(uid)])
    const checked = validated(resource, this.#kept(resource, changed, before, options), options, before)
    const { warnings } = checked
    // of other kinds what is filled in at their creation stays
    const isData = ['configmaps', 'secrets'].includes(qualifiedName(resource))
    const object = isData ? withCoreDefaults(resource, checked.object) : checked.object
    const now = timeText(this.#clock.now())
    const { manager, subresource } = options
    const writer = { manager, time: now, ...(subresource && { subresource }) }
    const managed = options.recorded
      ? changed.metadata['managedFields']
      : managedAfter(resource, before, object, writer)
    const admitted = options.subresource === 'status' ? object : admit(this.#store, resource, object, before)
    const grows = resource.generation && !meansTheSame(resource, admitted, before)
    const generation = grows ? { generation: (before.metadata.generation ?? 1) + 1 } : {}
    const { managedFields: _, ...own } = admitted.metadata
    const owners = managed === undefined ? {} : { managedFields: managed }
    const stored = { ...admitted, metadata: { ...own, ...owners, ...generation, resourceVersion } }
    if (options.dryRun)
      return {
        object: { ...stored, metadata: { ...stored.metadata, resourceVersion: before.metadata.resourceVersion } },
        warnings,
      }
    if (isFree(resource, stored)) return { object: this.#store.remove(resource, namespace, name, stored), warnings }
    return { object: this.#store.update(resource, stored), warnings }
  }

  /** The object as it is then, and whether it stays for a while. */
  delete(
    resource: ServedResource,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions,
  ): { readonly object: KubeObject; readonly stays: boolean } {
    const { dryRun } = options
    const before = this.#store.get(resource, namespace, name)
    const after = afterDeletion(resource, before, options, this.#clock.now())
    if (after === undefined) {
      return { object: dryRun ? before : this.#store.remove(resource, namespace, name), stays: false }
    }
    return { object: dryRun || after === before ? after : this.#store.update(resource, after), stays: true }
  }

  /** What a client cannot change stays as it was: identity, and the part the write is not about. */
  #kept(resource: ServedResource, changed: KubeObject, before: KubeObject, { subresource }: WriteOptions): KubeObject {
    const { uid, creationTimestamp, generation, namespace, deletionTimestamp, deletionGracePeriodSeconds } =
      before.metadata
    const identity = { uid, creationTimestamp, generation, namespace, deletionTimestamp, deletionGracePeriodSeconds }
    const given = Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined))
    if (subresource === 'status') return { ...before, status: changed['status'] }
    const { status: _, ...rest } = changed
    const kept = resource.status
      ? before['status'] === undefined
        ? {}
        : { status: before['status'] }
      : { status: changed['status'] }
    const status = kept.status === undefined ? {} : kept
    return { ...rest, ...status, metadata: { ...withoutEmptyMaps(changed.metadata), ...given } } as KubeObject
  }

  #named(resource: ServedResource, namespace: string | undefined, { metadata }: KubeObject): KubeObject['metadata'] {
    if (namespace !== undefined && metadata.namespace !== undefined && metadata.namespace !== namespace) {
      const words = 'the namespace of the provided object does not match the namespace sent on the request'
      throw badRequest(words)
    }
    if (namespace === undefined && resource.namespaced)
      throw badRequest('an empty namespace may not be set during creation')
    const { generateName } = metadata
    const name = metadata.name || (generateName && `${generateName}${this.#suffix()}`)
    if (!name) {
      const causes = [
        {
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
          field: 'metadata.name',
        },
      ]
      throw invalid(resource, '', causes)
    }
    if (!isName(resource, name)) throw invalid(resource, name, [nameFault(resource, name)])
    return { ...withoutEmptyMaps(metadata), name, ...(namespace !== undefined && { namespace }) }
  }

  #suffix(): string {
    return Array.from({ length: 5 }, () => letters[Math.floor(this.#random() * letters.length)]).join('')
  }

  /** RFC 4122, version 4, of the sandbox's own random numbers: a run with a seed makes the same ones. */
  #uid(): string {
    const digits = (length: number): string =>
      Math.floor(this.#random() * 16 ** length)
        .toString(16)
        .padStart(length, '0')
    return `${digits(8)}-${digits(4)}-4${digits(3)}-a${digits(3)}-${digits(12)}`
  }
}

/** Labels and annotations that are empty are none. */
function withoutEmptyMaps(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  const empty = (['labels', 'annotations'] as const).filter((key) => {
    const map = metadata[key]
    return map !== undefined && map !== null && Object.keys(map).length === 0
  })
  if (empty.length === 0) return metadata
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !(empty as string[]).includes(key)))
}

function immutableUid(uid: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: "${uid}": field is immutable`, field: 'metadata.uid' }
}

/** An object that is being deleted goes when its last finalizer does. */
function isFree(resource: ServedResource, { metadata }: KubeObject): boolean {
  const { deletionTimestamp, finalizers = [] } = metadata
  const graceful = qualifiedName(resource) === 'pods' && Number(metadata['deletionGracePeriodSeconds']) > 0
  return deletionTimestamp !== undefined && finalizers.length === 0 && !graceful
}

/** Whether two versions of an object are the same but for metadata and status. A pod's binding to its node is no change of what is wanted. */
function meansTheSame(resource: ServedResource, one: KubeObject, other: KubeObject): boolean {
  if (qualifiedName(resource) === 'pods') {
    const wanted = ({ spec }: KubeObject): object => ({ ...(spec as object), nodeName: undefined })
    return equalJson(wanted(one), wanted(other))
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  for (const key of ['apiVersion', 'kind', 'metadata', 'status']) keys.delete(key)
  return [...keys].every((key) => equalJson(one[key], other[key]))
}
