import type { KubeObject } from '../kube/object.ts'
import { nothing } from './apply/tracked.ts'
import type { Clock } from './clock.ts'
import { Failure } from './failure.ts'
import type { ServedResource } from './served.ts'
import type { Change, Store } from './store.ts'
import { table } from './table.ts'

/** Something that goes on: it writes until it ends or is stopped. */
export type Following = (write: (text: string) => void, end: () => void) => () => void

export interface WatchOptions {
  readonly store: Store
  readonly clock: Clock
  readonly resource: ServedResource
  readonly namespace: string | undefined
  readonly matches: (object: KubeObject) => boolean
  /** resource version to begin after; '' and '0': with all that is there */
  readonly from: string
  /** sendInitialEvents: whether all that is there comes first, and then a bookmark that says so; undefined where it was not asked */
  readonly initial: boolean | undefined
  readonly bookmarks: boolean
  /** seconds until the server ends it */
  readonly timeout: number
  readonly table: boolean
}

/** seconds between bookmarks, and of the last one before the server ends a watch (k8s.io/apiserver v0.36.3, storage/cacher/cacher.go) */
const bookmarkEvery = 60
const lastBookmark = 2

/** A watch as the API server serves it: one JSON event a line, an ERROR event with status 410 where its beginning is forgotten. */
export function followWatch(options: WatchOptions): Following {
  const { store, clock, resource, namespace, from, bookmarks, timeout } = options
  return (write, end) => {
    const say = (type: string, object: unknown): void => write(`${JSON.stringify({ type, object })}\n`)
    /** of the last change of its kind since it began, anywhere */
    let latest: number | undefined
    const tell = (change: Change): void => {
      if (change.resource.plural !== resource.plural || change.resource.group !== resource.group) return
      latest = change.version
      if (namespace !== undefined && change.object.metadata.namespace !== namespace) return
      const event = eventOf(change, options.matches)
      if (event) say(event.type, bodyOf(event.object, options))
    }
    if (options.initial ?? (from === '' || from === '0')) {
      for (const object of store.list(resource, namespace))
        if (options.matches(object)) say('ADDED', bodyOf(object, options))
    } else if (from !== '' && from !== '0') {
      try {
        for (const change of store.changesAfter(Number(from))) tell(change)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        say('ERROR', error.status)
        end()
        return () => undefined
      }
    }
    const stops = [store.onChange(tell), clock.after(timeout, () => finish())]
    // an API server tells of no version before it has seen a newer one of the kind
    const bookmark = (): void => {
      if (latest !== undefined) say('BOOKMARK', bookmarkOf(resource, latest))
    }
    const regularly = (): void => {
      bookmark()
      stops.push(clock.after(bookmarkEvery, regularly))
    }
    if (bookmarks && !options.table) {
      if (options.initial) say('BOOKMARK', bookmarkOf(resource, store.version, { 'k8s.io/initial-events-end': 'true' }))
      const last = timeout - lastBookmark
      if (last > 0 && last % bookmarkEvery !== 0) stops.push(clock.after(last, bookmark))
      stops.push(clock.after(bookmarkEvery, regularly))
    }
    const stop = (): void => {
      for (const cancel of stops) cancel()
    }
    const finish = (): void => {
      stop()
      end()
    }
    return stop
  }
}

/** An object of which only the version counts; a built-in one has the members that its Go type always writes. */
function bookmarkOf(resource: ServedResource, version: number, annotations?: Readonly<Record<string, string>>): object {
  const metadata = { resourceVersion: String(version), ...(annotations && { annotations }) }
  return { ...nothing(resource), metadata }
}

/** What a change is for a watch that sees a selection: an object may come into it, and leave it. */
function eventOf(
  { type, object, before }: Change,
  matches: (object: KubeObject) => boolean,
): { readonly type: string; readonly object: KubeObject } | undefined {
  const is = type !== 'DELETED' && matches(object)
  const was = before !== undefined && matches(before)
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object }
  if (!was) return undefined
  // what has left is shown as it was, at the version of its leaving
  const { resourceVersion } = object.metadata
  return { type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion } } }
}

function bodyOf(object: KubeObject, { table: asTable, resource, clock }: WatchOptions): unknown {
  if (!asTable) return object
  return table(resource, [object], clock.now(), { resourceVersion: object.metadata.resourceVersion }, 'Object')
}
