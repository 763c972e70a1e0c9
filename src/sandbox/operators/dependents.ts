import type { KubeObject } from '../../kube/object.ts'

interface Dependent {
  /** `pods`, `jobs.batch` */
  readonly resource: string
  readonly object: KubeObject
}

/** Which objects there are, and which belong to which owner, by the owner's uid. */
export class Dependents {
  readonly #uids = new Set<string>()
  readonly #of = new Map<string, Map<string, Dependent>>()

  note(resource: string, object: KubeObject, gone: boolean): void {
    const { uid = '', ownerReferences = [] } = object.metadata
    if (gone) this.#uids.delete(uid)
    else this.#uids.add(uid)
    for (const owner of ownerReferences) {
      const all = this.#of.get(owner.uid) ?? new Map<string, Dependent>()
      if (gone) all.delete(uid)
      else all.set(uid, { resource, object })
      if (all.size === 0) this.#of.delete(owner.uid)
      else this.#of.set(owner.uid, all)
    }
  }

  all(uid: string | undefined): readonly Dependent[] {
    return [...(this.#of.get(uid ?? '')?.values() ?? [])]
  }

  of(uid: string | undefined, resource: string): KubeObject[] {
    return this.all(uid).flatMap((entry) => (entry.resource === resource ? [entry.object] : []))
  }

  isThere(uid: string): boolean {
    return this.#uids.has(uid)
  }
}
