import { equalJson } from '../kube/clone.ts'
import type { KubeObject } from '../kube/object.ts'
import { alreadyExists, conflict, expired, notFound, objectModified } from './failure.ts'
import { qualifiedName, type ServedResource } from './served.ts'

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: ServedResource
  readonly object: KubeObject
  /** as it was before; absent when it is new */
  readonly before?: KubeObject
  /** resource version of the change */
  readonly version: number
}

/** Objects of one resource, by namespace; they are never changed in place: a reader may keep what it was given. */
class Shelf {
  readonly #namespaces = new Map<string, Map<string, KubeObject>>()
  readonly #sorted = new Map<string, readonly KubeObject[]>()
  #all: readonly KubeObject[] | undefined

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#namespaces.get(namespace)?.get(name)
  }

  set(namespace: string, name: string, object: KubeObject): void {
    const objects = this.#namespaces.get(namespace) ?? new Map<string, KubeObject>()
    this.#namespaces.set(namespace, objects.set(name, object))
    this.#sorted.delete(namespace)
    this.#all = undefined
  }

  delete(namespace: string, name: string): void {
    this.#namespaces.get(namespace)?.delete(name)
    this.#sorted.delete(namespace)
    this.#all = undefined
  }

  list(namespace: string | undefined): readonly KubeObject[] {
    if (namespace === undefined) {
      // etcd's keys are `team-a/x` and `team/x`: `-` comes before `/`
      const keys = [...this.#namespaces.keys()].map((name) => `${name}/`).sort()
      this.#all ??= keys.flatMap((key) => this.list(key.slice(0, -1)))
      return this.#all
    }
    const known = this.#sorted.get(namespace)
    if (known) return known
    const entries = [...(this.#namespaces.get(namespace)?.entries() ?? [])]
    const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
    this.#sorted.set(namespace, sorted)
    return sorted
  }
}

/**
 * What etcd and the watch cache are to an API server: objects by resource, a version that grows by one at each write, and the last
 * changes for watches that begin at an older version.
 */
export class Store {
  readonly #objects = new Map<string, Shelf>()
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #remembered: number
  #changes: Change[] = []
  #version = 1

  /** @param remembered changes a watch can begin before */
  constructor(remembered = 10_000) {
    this.#remembered = remembered
  }

  get version(): number {
    return this.#version
  }

  find(resource: ServedResource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#of(resource).get(namespace ?? '', name)
  }

  get(resource: ServedResource, namespace: string | undefined, name: string): KubeObject {
    const found = this.find(resource, namespace, name)
    if (!found) throw notFound(resource, name)
    return found
  }

  /** All of a resource, or of one namespace, by namespace and name, as etcd's keys are ordered. */
  list(resource: ServedResource, namespace?: string): readonly KubeObject[] {
    return this.#of(resource).list(namespace)
  }

  /** every object, of whatever resource */
  *everything(): Iterable<{ readonly resource: string; readonly object: KubeObject }> {
    for (const [resource, shelf] of this.#objects)
      for (const object of shelf.list(undefined)) yield { resource, object }
  }

  /** Puts back what another store held, at its version. Watches that begin before are told that their beginning is forgotten. */
  restore(
    version: number,
    objects: Iterable<{ readonly resource: ServedResource; readonly object: KubeObject }>,
  ): void {
    this.#version = version
    for (const { resource, object } of objects) {
      this.#of(resource).set(object.metadata.namespace ?? '', object.metadata.name ?? '', object)
    }
  }

  create(resource: ServedResource, object: KubeObject): KubeObject {
    const { namespace, name = '' } = object.metadata
    if (this.find(resource, namespace, name)) throw alreadyExists(resource, name)
    return this.#write('ADDED', resource, object)
  }

  /** Replaces an object; one that is as it was is not written. Refused where the object carries another version than the stored one. */
  update(resource: ServedResource, object: KubeObject): KubeObject {
    const { namespace, name = '', resourceVersion, uid } = object.metadata
    const before = this.get(resource, namespace, name)
    if (uid !== undefined && uid !== before.metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`
      throw conflict(resource, name, why)
    }
    if (
      resourceVersion !== undefined &&
      resourceVersion !== '' &&
      resourceVersion !== before.metadata.resourceVersion
    ) {
      throw conflict(resource, name, objectModified)
    }
    const next = { ...object, metadata: { ...object.metadata, resourceVersion: before.metadata.resourceVersion } }
    if (isSame(next, before)) return before
    return this.#write('MODIFIED', resource, next, before)
  }

  /** @param last the object as its last write makes it, where that is what lets it go; refused at another version than the stored one */
  remove(resource: ServedResource, namespace: string | undefined, name: string, last?: KubeObject): KubeObject {
    const before = this.get(resource, namespace, name)
    const { resourceVersion = before.metadata.resourceVersion } = last?.metadata ?? {}
    if (resourceVersion !== before.metadata.resourceVersion) throw conflict(resource, name, objectModified)
    this.#of(resource).delete(namespace ?? '', name)
    const version = ++this.#version
    const object = { ...(last ?? before), metadata: { ...(last ?? before).metadata, resourceVersion: String(version) } }
    this.#tell({ type: 'DELETED', resource, object, before, version })
    return object
  }

  /** Called after every write; returns how to stop. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The changes after a version; throws 410 where they are forgotten. */
  changesAfter(version: number): readonly Change[] {
    if (!this.remembers(version)) throw expired(`too old resource version: ${version} (${this.#oldest})`)
    return this.#changes.filter((change) => change.version > version)
  }

  /** Whether all changes after a version are known. */
  remembers(version: number): boolean {
    return version >= this.#oldest
  }

  get #oldest(): number {
    const [first] = this.#changes
    return first === undefined ? this.#version : first.version - 1
  }

  #write(type: Change['type'], resource: ServedResource, object: KubeObject, before?: KubeObject): KubeObject {
    const version = ++this.#version
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    this.#of(resource).set(stored.metadata.namespace ?? '', stored.metadata.name ?? '', stored)
    this.#tell({ type, resource, object: stored, ...(before && { before }), version })
    return stored
  }

  #tell(change: Change): void {
    this.#changes.push(change)
    if (this.#changes.length > 2 * this.#remembered) this.#changes = this.#changes.slice(-this.#remembered)
    for (const listener of this.#listeners) listener(change)
  }

  #of(resource: ServedResource): Shelf {
    const key = qualifiedName(resource)
    const found = this.#objects.get(key) ?? new Shelf()
    this.#objects.set(key, found)
    return found
  }
}

/** Who owns what is looked at last: it may have to be worked out, and where something else has changed it does not matter. */
function isSame(one: KubeObject, other: KubeObject): boolean {
  const { managedFields: mine, ...metadata } = one.metadata
  const { managedFields: its, ...others } = other.metadata
  return equalJson({ ...one, metadata }, { ...other, metadata: others }) && equalJson(mine, its)
}
