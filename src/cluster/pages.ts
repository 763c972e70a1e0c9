import type { KubeObject } from '../kube/object.ts'
import type { Resource } from '../kube/resources.ts'
import type { ListPage } from './cluster.ts'
import { ExpiredError } from './status.ts'

/** A list as the server sends it: items without apiVersion and kind for built-in resources. */
export interface ListDocument<T> {
  readonly metadata?: {
    readonly resourceVersion?: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items?: T[] | null
}

/** A list that expires this often while it is read is on a server that compacts faster than anybody reads. */
const maxRestarts = 3

/**
 * Reads a list page by page, the next page on its way while the present one is used, and parsed when that is done. When the continue token has expired
 * (410: the server compacted its history), the list goes on with the token the server offers, which is not one
 * consistent moment any more; without an offer it starts again, and objects already given are left out.
 */
export async function* pagesOf<T extends KubeObject>(
  resource: Resource,
  fetchPage: (continueToken: string | undefined) => Promise<() => ListDocument<T>>,
): AsyncGenerator<ListPage<T>> {
  const given = new Set<string>()
  let resourceVersion: string | undefined
  let restarts = 0
  let next: Promise<() => ListDocument<T>> | undefined = fetchPage(undefined)
  while (next !== undefined) {
    let document: ListDocument<T>
    try {
      document = (await next)()
    } catch (error) {
      if (!(error instanceof ExpiredError) || restarts >= maxRestarts) throw error
      restarts += 1
      next = fetchPage(error.continueToken)
      continue
    }
    const token = document.metadata?.continue
    next = token ? fetchPage(token) : undefined
    // whoever stops reading early leaves this one alone: its failure is nobody's business
    next?.catch(() => undefined)
    // of the first page: a watch from there misses nothing, whatever moment later pages are of
    resourceVersion ??= document.metadata?.resourceVersion ?? ''
    const items = (document.items ?? []).filter((item) => isNew(item, given))
    for (const item of items) named(item, resource)
    yield { items, resourceVersion, remaining: token ? document.metadata?.remainingItemCount : 0 }
  }
}

function isNew(item: KubeObject, given: Set<string>): boolean {
  const identity = item.metadata.uid ?? `${item.metadata.namespace ?? ''}/${item.metadata.name ?? ''}`
  if (given.has(identity)) return false
  given.add(identity)
  return true
}

/** Items of built-in lists carry neither apiVersion nor kind. */
function named(item: KubeObject, resource: Resource): void {
  item.apiVersion ??= resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
  item.kind ??= resource.kind
}
