import { isRecord, type KubeObject } from '../kube/object.ts'

/** Where events are written in their newer form; they are kept, and read, as core/v1 Events. */
export const newEventsPath = /^\/apis\/events\.k8s\.io\/v1\/namespaces\/([^/]+)\/events$/

/** An Event of events.k8s.io/v1 as core/v1 has it (kubernetes v1.36.3, pkg/apis/events/v1/conversion.go). */
export function asCoreEvent(event: Readonly<Record<string, unknown>>): KubeObject {
  const { regarding, note, reportingController, apiVersion: _, kind: __, ...rest } = event
  const metadata = (isRecord(event['metadata']) ? event['metadata'] : {}) as KubeObject['metadata']
  return {
    ...rest,
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject: regarding ?? {},
    message: note ?? '',
    reportingComponent: reportingController ?? '',
    source: { component: reportingController },
  }
}

/** A core/v1 Event as events.k8s.io/v1. */
export function asNewEvent(event: KubeObject): KubeObject {
  const { involvedObject, message, reportingComponent, source: _, apiVersion: __, kind: ___, ...rest } = event
  return {
    ...rest,
    metadata: event.metadata,
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    regarding: involvedObject,
    note: message,
    reportingController: reportingComponent,
  }
}
