import { isRecord, type KubeObject } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import type { ListOptions, ListPage, WatchEvent } from './cluster.ts'
import { type ClusterError, failedWith, mayPass } from './errors.ts'

/** What a watch needs of the client. */
export interface WatchSource<T extends KubeObject> {
  list(): Promise<ListPage<T>>
  /** bytes of newline-separated JSON */
  open(resourceVersion: string, seconds: number): Promise<AsyncIterable<Uint8Array>>
  /** the typed error of an ERROR event's Status */
  failure(object: unknown): ClusterError
  /** ends early when aborted */
  sleep(milliseconds: number): Promise<void>
}

/** A server that stays away for this many attempts (about two minutes) ends the watch with its error. */
const maxFailures = 8
const longestBackoff = 30_000
/** milliseconds; a connection that lasted is no failure, one that ended sooner is not opened again at once */
const lasting = 1000

/**
 * Watches without a gap: from the resourceVersion given, else from a fresh list (RESYNC). A connection that ends is opened
 * again from the last event or bookmark; when that is too old (410), a fresh list is given as RESYNC. Ends without an
 * error when `options.signal` aborts; throws what waiting cannot cure (forbidden, API absent, certificate, ...).
 */
export async function* watchOf<T extends KubeObject>(
  options: ListOptions & { readonly resourceVersion?: string; readonly signal: AbortSignal },
  source: WatchSource<T>,
): AsyncGenerator<WatchEvent<T>> {
  let resourceVersion = options.resourceVersion
  let failures = 0
  while (!options.signal.aborted) {
    let openedAt: number | undefined
    try {
      if (resourceVersion === undefined) {
        const page = await source.list()
        resourceVersion = page.resourceVersion
        yield { type: 'RESYNC', ...page }
      }
      // client-go's reflector: between 5 and 10 minutes, so that not all clients come back at once
      const stream = await source.open(resourceVersion, Math.round(300 + Math.random() * 300))
      openedAt = performance.now()
      for await (const line of linesOf(stream)) {
        const event = parseEvent<T>(line)
        if (event === undefined) throw source.failure(undefined)
        if (event.type === 'ERROR') throw source.failure(event.object)
        failures = 0
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion
        if (event.type !== 'BOOKMARK') yield { type: event.type, object: event.object }
      }
      if (performance.now() - openedAt < lasting) await source.sleep(lasting)
    } catch (error) {
      if (options.signal.aborted) return
      const expired = failedWith(error, 'expired')
      if (expired) resourceVersion = undefined
      if (openedAt !== undefined && performance.now() - openedAt >= lasting) failures = 0
      failures += 1
      if (!(expired || mayPass(error)) || failures > maxFailures) throw error
      if (expired && failures === 1) continue
      await source.sleep(Math.min(longestBackoff, 500 * 2 ** failures) * (0.75 + Math.random() / 2))
    }
  }
}

type RawEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: unknown }

/** undefined for what no API server writes */
function parseEvent<T>(line: string): RawEvent<T> | undefined {
  const event = parseJson(line)
  return isRecord(event) && typeof event['type'] === 'string' && isRecord(event['object'])
    ? (event as RawEvent<T>)
    : undefined
}

/** Splits at newlines without decoding half a character; a last line that was cut off is dropped. */
async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pending: Uint8Array[] = []
  for await (const chunk of stream) {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      pending.push(chunk.subarray(start, end))
      const line = Buffer.concat(pending).toString('utf8')
      pending = []
      start = end + 1
      if (line.trim() !== '') yield line
    }
    if (start < chunk.length) pending.push(chunk.subarray(start))
  }
}
