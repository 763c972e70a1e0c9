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
  const ask = (token: string | undefined): Promise<UnreadPage<T>> => {
    const page = fetchPage(token)
    // whoever stops reading early leaves it alone: its failure is nobody's business
    page.catch(() => undefined)
    return page
  }
  let next: Promise<UnreadPage<T>> | undefined = ask(undefined)
  while (next !== undefined) {
    let document: ListDocument<T>
    try {
      ;({ document, next } = await readPage(await next, ask))
    } catch (error) {
      if (!(error instanceof ExpiredError) || restarts >= maxRestarts) throw error
      restarts += 1
      next = ask(error.continueToken)
      continue
    }
    // of the first page: a watch from there misses nothing, whatever moment later pages are of
    resourceVersion ??= document.metadata?.resourceVersion ?? ''
    const items = (document.items ?? []).filter((item) => isNew(item, given))
    for (const item of items) named(item, resource)
    yield { items, resourceVersion, remaining: next ? document.metadata?.remainingItemCount : 0 }
  }
}

/** Parses a page once the request for the next one has left. Here, as a generator that waits for its reader would keep the text meanwhile. */
async function readPage<T>(
  { next: told, document: parse }: UnreadPage<T>,
  ask: (continueToken: string) => Promise<UnreadPage<T>>,
): Promise<{ readonly document: ListDocument<T>; readonly next: Promise<UnreadPage<T>> | undefined }> {
  const early = told === undefined ? undefined : ask(told)
  if (early) await sent()
  const document = parse()
  const token = document.metadata?.continue
  return { document, next: token === told ? early : token ? ask(token) : undefined }
}

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
