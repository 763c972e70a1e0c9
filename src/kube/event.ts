import type { KubeObject } from './object.ts'

/** core/v1 Event: what is read of it. Writers through events.k8s.io/v1 fill eventTime and series instead of lastTimestamp and count. */
export interface KubeEvent extends KubeObject {
  involvedObject: { kind?: string; name?: string; namespace?: string; uid?: string }
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  eventTime?: string | null
  series?: { count?: number; lastObservedTime?: string }
}

/** When an event was last seen, RFC 3339; empty when it says nothing of time. */
export function lastSeen(event: KubeEvent): string {
  return (
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.firstTimestamp ??
    event.metadata.creationTimestamp ??
    ''
  )
}

/** Orders events newest first; times with and without fractions compare as times. */
export function newestFirst(a: KubeEvent, b: KubeEvent): number {
  return (Date.parse(lastSeen(b)) || 0) - (Date.parse(lastSeen(a)) || 0)
}
