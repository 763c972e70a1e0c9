import type { KubeObject } from '../../kube/object.ts'
import { servedAs } from '../served.ts'
import { change, kinds, remove, type Workshop } from './workshop.ts'

/** What a deleted object owned goes too; an object with another owner that is there stays. */
export function collect(workshop: Workshop, gone: KubeObject): void {
  for (const { resource, object } of workshop.dependents.all(gone.metadata.uid)) {
    const others = object.metadata.ownerReferences?.filter(({ uid }) => uid !== gone.metadata.uid) ?? []
    const alive = others.some(({ uid }) => workshop.dependents.isThere(uid))
    if (!alive) remove(workshop, servedAs(resource), object)
  }
}

/** Foreground deletion: what blocks goes first, then the finalizer. */
export function collectFirst(workshop: Workshop, resource: string, owner: KubeObject): void {
  if (!owner.metadata.finalizers?.includes('foregroundDeletion')) return
  const left = workshop.dependents.all(owner.metadata.uid)
  for (const { resource: kind, object } of left) remove(workshop, servedAs(kind), object)
  if (workshop.dependents.all(owner.metadata.uid).length > 0) return
  const free = (object: KubeObject): KubeObject => ({
    ...object,
    metadata: {
      ...object.metadata,
      finalizers: object.metadata.finalizers?.filter((name) => name !== 'foregroundDeletion'),
    },
  })
  change(workshop, servedAs(resource), owner, free, 'kube-controller-manager')
}

/** A namespace goes when nothing is in it any more. */
export function emptyNamespace(workshop: Workshop, namespace: KubeObject): void {
  const { name = '', deletionTimestamp } = namespace.metadata
  if (deletionTimestamp === undefined) return
  const inside = [...workshop.store.everything()].filter(({ object }) => object.metadata.namespace === name)
  for (const { resource, object } of inside) remove(workshop, servedAs(resource), object)
  const left = [...workshop.store.everything()].some(({ object }) => object.metadata.namespace === name)
  if (!left) workshop.store.remove(kinds.namespaces, undefined, name)
}
