import { failedWith } from '../cluster/errors.ts'
import { type Resource, resourceName } from '../kube/resources.ts'

/** Something that could not be read; what is shown lacks it, and says so. */
export interface Gap {
  /** `pods`, `events`, `jobsets.jobset.x-k8s.io` */
  readonly resource: string
  /** absent: in all namespaces */
  readonly namespace?: string
  /** gone: it was there when reading began */
  readonly why: 'forbidden' | 'not served' | 'gone'
  /** of what is gone */
  readonly name?: string
}

/** Collects what could not be read, each resource once. */
export class Gaps {
  readonly #byResource = new Map<string, Gap>()

  add(gap: Gap): void {
    this.#byResource.set(`${gap.resource} ${gap.namespace ?? ''}`, gap)
  }

  /** by resource, then namespace */
  get all(): readonly Gap[] {
    return [...this.#byResource.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap)
  }

  /** The value, or undefined with a gap noted when reading it is forbidden or its API absent; throws all else. */
  async optional<T>(resource: Resource, namespace: string | undefined, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read()
    } catch (error) {
      if (failedWith(error, 'forbidden')) this.add({ resource: resourceName(resource), namespace, why: 'forbidden' })
      else if (failedWith(error, 'apiAbsent')) this.add({ resource: resourceName(resource), why: 'not served' })
      else throw error
      return undefined
    }
  }
}

/** Promise.all that waits for every part before it throws the first failure, so that no request is left under way. */
export async function settle<T extends readonly unknown[]>(
  ...parts: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(parts)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never
}
