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

/** One page as it came, parsed when it is used. */
export interface UnreadPage<T> {
  /** the token of the page after it, where that can be told without parsing */
  readonly next?: string | undefined
  document(): ListDocument<T>
}

/** A list that expires this often while it is read is on a server that compacts faster than anybody reads. */
const maxRestarts = 3

/**
 * Reads a list page by page, the next page on its way while the present one is parsed and used, and parsed when that is done. When the continue token has expired
 * (410: the server compacted its history), the list goes on with the token the server offers, which is not one
 * consistent moment any more; without an offer it starts again, and objects already given are left out.
 */
export async function* pagesOf<T extends KubeObject>(
  resource: Resource,
  fetchPage: (continueToken: string | undefined) => Promise<UnreadPage<T>>,
): AsyncGenerator<ListPage<T>> {
  const given = new Set<string>()
  let resourceVersion: string | undefined
  let restarts = 0
  let next: Promise<UnreadPage<T>> | undefined = fetchPage(undefined)
  while (next !== undefined) {
    let read: ReadPage<T>
    try {
      read = await readPage(await next, fetchPage)
    } catch (error) {
      if (!(error instanceof ExpiredError) || restarts >= maxRestarts) throw error
      restarts += 1
      next = fetchPage(error.continueToken)
      continue
    }
    const { document, told, early } = read
    const token = document.metadata?.continue
    next = token === told ? early : token ? fetchPage(token) : undefined
    next?.catch(nobodysBusiness)
    // of the first page: a watch from there misses nothing, whatever moment later pages are of
    resourceVersion ??= document.metadata?.resourceVersion ?? ''
    const items = (document.items ?? []).filter((item) => isNew(item, given))
    for (const item of items) named(item, resource)
    yield { items, resourceVersion, remaining: token ? document.metadata?.remainingItemCount : 0 }
  }
}

interface ReadPage<T> {
  readonly document: ListDocument<T>
  /** the token that the text told, and the page after it, which is on its way */
  readonly told: string | undefined
  readonly early: Promise<UnreadPage<T>> | undefined
}

/** Parses a page once the request for the next one has left. Here, as a generator that waits for its reader would keep the text meanwhile. */
async function readPage<T>(
  { next: told, document }: UnreadPage<T>,
  fetchPage: (continueToken: string | undefined) => Promise<UnreadPage<T>>,
): Promise<ReadPage<T>> {
  if (told === undefined) return { document: document(), told, early: undefined }
  const early = fetchPage(told)
  early.catch(nobodysBusiness)
  await sent()
  return { document: document(), told, early }
}

/** Whoever stops reading early leaves the next page alone, with its failure. */
const nobodysBusiness = (): undefined => undefined

/** A turn in which a request leaves, before a page keeps this thread busy. */
const sent = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

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
