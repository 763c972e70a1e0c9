import type { Condition, KubeObject, OwnerReference } from '../../kube/object.ts'
import { type Clock, timeText } from '../clock.ts'
import { Failure } from '../failure.ts'
import { qualifiedName, type ServedResource, servedAs } from '../served.ts'
import type { Store } from '../store.ts'
import type { Writes } from '../writes.ts'
import type { Dependents } from './dependents.ts'

/** What every simulated operator works with. */
export interface Workshop {
  readonly store: Store
  readonly writes: Writes
  readonly clock: Clock
  readonly random: () => number
  readonly dependents: Dependents
  /** keys of events that were told, to count up what is told again */
  readonly told: Map<string, string>
}

/** Looks at one object and does the next thing about it; called again after every change that concerns it. */
export type Reconcile = (workshop: Workshop, object: KubeObject) => void

export const kinds = {
  pods: servedAs('pods'),
  services: servedAs('services'),
  configMaps: servedAs('configmaps'),
  serviceAccounts: servedAs('serviceaccounts'),
  events: servedAs('events'),
  nodes: servedAs('nodes'),
  namespaces: servedAs('namespaces'),
  jobs: servedAs('jobs.batch'),
  jobSets: servedAs('jobsets.jobset.x-k8s.io'),
  trainJobs: servedAs('trainjobs.trainer.kubeflow.org'),
  runtimes: servedAs('trainingruntimes.trainer.kubeflow.org'),
  clusterRuntimes: servedAs('clustertrainingruntimes.trainer.kubeflow.org'),
  roles: servedAs('roles.rbac.authorization.k8s.io'),
  roleBindings: servedAs('rolebindings.rbac.authorization.k8s.io'),
  claims: servedAs('persistentvolumeclaims'),
} as const

/** Creates an object of an operator; what is there already stays as it is. Undefined where the API server refuses, with the reason told. */
export function make(
  { writes }: Workshop,
  resource: ServedResource,
  object: KubeObject,
  manager: string,
  refused?: (reason: string) => void,
): KubeObject | undefined {
  try {
    const options = { manager, dryRun: false, validation: 'Ignore' } as const
    return writes.create(resource, object.metadata.namespace, object, options).object
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.reason !== 'AlreadyExists') refused?.(error.message)
    return undefined
  }
}

export function setStatus(
  { writes }: Workshop,
  resource: ServedResource,
  object: KubeObject,
  status: object,
  manager: string,
): void {
  const { namespace, name = '' } = object.metadata
  const options = { manager, dryRun: false, validation: 'Ignore', subresource: 'status' } as const
  writes.update(resource, namespace, name, (before) => ({ ...before, status }), options)
}

/** @param recorded the manager is not recorded for what changes */
export function change(
  { writes }: Workshop,
  resource: ServedResource,
  { metadata }: KubeObject,
  map: (before: KubeObject) => KubeObject,
  manager: string,
  recorded = false,
): void {
  const options = { manager, recorded, dryRun: false, validation: 'Ignore' } as const
  writes.update(resource, metadata.namespace, metadata.name ?? '', map, options)
}

/** Deletes an object; false where it is gone, or going, already. */
export function remove(
  { store, writes }: Workshop,
  resource: ServedResource,
  { metadata }: KubeObject,
  grace?: number,
): boolean {
  const { namespace, name = '', deletionTimestamp } = metadata
  if (deletionTimestamp !== undefined || !store.find(resource, namespace, name)) return false
  writes.delete(resource, namespace, name, { dryRun: false, ...(grace !== undefined && { grace }) })
  return true
}

export function ownerOf({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  const { name = '', uid = '' } = metadata
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }
}

/** The objects of a resource that belong to an owner. */
export function ownedOf({ dependents }: Workshop, resource: ServedResource, owner: KubeObject): KubeObject[] {
  return dependents.of(owner.metadata.uid, qualifiedName(resource))
}

/** Conditions with one set; a condition that is so already keeps its time and place, another stands last. */
export function withCondition(
  conditions: readonly Condition[],
  { type, status, reason, message }: Omit<Condition, 'lastTransitionTime' | 'lastUpdateTime'>,
  now: Date,
  more: Partial<Condition> = {},
): readonly Condition[] {
  const before = conditions.find((condition) => condition.type === type)
  if (before?.status === status && before.reason === reason) return conditions
  const next: Condition = { type, status, reason, message, lastTransitionTime: timeText(now), ...more }
  return [...conditions.filter((condition) => condition !== before), next]
}

export function isTrue(conditions: readonly Condition[], type: string): boolean {
  return conditions.some((condition) => condition.type === type && condition.status === 'True')
}

export function conditionsOf(object: KubeObject): readonly Condition[] {
  return (object['status'] as { conditions?: readonly Condition[] } | undefined)?.conditions ?? []
}

export interface Told {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly source: string
}

/** Writes an event; one that was told before counts up. */
export function tell(workshop: Workshop, about: KubeObject, { type, reason, message, source }: Told): void {
  const { store, clock, random, told } = workshop
  const { namespace = 'default', name = '', uid, resourceVersion } = about.metadata
  const now = timeText(clock.now())
  const key = [namespace, uid, reason, message].join('\n')
  const before = told.get(key)
  const same = before === undefined ? undefined : store.find(kinds.events, namespace, before)
  if (same) {
    const count = Number(same['count'] ?? 1) + 1
    change(workshop, kinds.events, same, (event) => ({ ...event, count, lastTimestamp: now }), source)
    return
  }
  const tail = Math.floor(random() * 0xffffffffffff)
    .toString(16)
    .padStart(12, '0')
  const { apiVersion, kind } = about
  const event: KubeObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${tail}`, namespace },
    involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion },
    type,
    reason,
    message,
    source: { component: source },
    reportingComponent: source,
    reportingInstance: '',
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  }
  recordEvent(workshop, event, source)
  told.set(key, `${name}.${tail}`)
}

/** Events of operators are right as they are made, and there are many: they are not checked again. One in a namespace that is not there is lost. */
function recordEvent({ writes }: Workshop, event: KubeObject, manager: string): void {
  try {
    writes.record(kinds.events, event, manager)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
}

/** `pods nlp/bert-0`: what an operator's queue holds. */
export function queueKey(resource: ServedResource, { metadata }: KubeObject): string {
  return `${qualifiedName(resource)} ${metadata.namespace ?? ''}/${metadata.name}`
}
