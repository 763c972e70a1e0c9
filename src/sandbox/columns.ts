import { humanDuration } from '../kube/duration.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { hasEnded } from '../kube/pod-state.ts'

/** A column of what `kubectl get` shows; one of priority 1 is shown with `-o wide`. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly priority: number
  readonly cell: (object: KubeObject, now: Date) => unknown
}

const text = (title: string, cell: Column['cell'], priority = 0): Column => ({
  name: title,
  type: 'string',
  priority,
  cell,
})
const wide = (title: string, cell: Column['cell']): Column => text(title, cell, 1)

export const name: Column = { ...text('Name', ({ metadata }) => metadata.name), format: 'name' }
export const age: Column = text('Age', ({ metadata }, now) => ageText(metadata.creationTimestamp, now))

const createdAt: Column = { ...text('Created At', ({ metadata }) => metadata.creationTimestamp), type: 'date' }

const bindingColumns: readonly Column[] = [
  name,
  text('Role', (binding) => `${at(binding, 'roleRef.kind')}/${at(binding, 'roleRef.name')}`),
  age,
  wide('Users', (binding) => subjects(binding, 'User')),
  wide('Groups', (binding) => subjects(binding, 'Group')),
  wide('ServiceAccounts', (binding) => subjects(binding, 'ServiceAccount')),
]
const templateColumns: readonly Column[] = [
  wide('Containers', (object) => containersOf(object, 'name')),
  wide('Images', (object) => containersOf(object, 'image')),
  wide('Selector', (object) => labelsText(at(object, 'spec.selector.matchLabels'))),
]
const webhookColumns: readonly Column[] = [
  name,
  { ...text('Webhooks', ({ webhooks }) => (Array.isArray(webhooks) ? webhooks.length : 0)), type: 'integer' },
  age,
]

/** Columns of built-in kinds (kubernetes v1.36.3, pkg/printers/internalversion/printers.go). */
export const builtInColumns: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    name,
    text('Ready', (pod) => {
      const statuses = (pod as Pod).status?.containerStatuses ?? []
      return `${statuses.filter(({ ready }) => ready).length}/${(pod as Pod).spec.containers.length}`
    }),
    text('Status', (pod) => podStatus(pod as Pod)),
    text('Restarts', (pod, now) => restarts(pod as Pod, now)),
    age,
    wide('IP', (pod) => at(pod, 'status.podIP') ?? none),
    wide('Node', (pod) => at(pod, 'spec.nodeName') ?? none),
    wide('Nominated Node', () => none),
    wide('Readiness Gates', () => none),
  ],
  'jobs.batch': [
    name,
    text('Status', (job) => jobStatus(job)),
    text('Completions', (job) => `${at(job, 'status.succeeded') ?? 0}/${at(job, 'spec.completions') ?? 1}`),
    text('Duration', (job, now) => jobDuration(job, now)),
    age,
    ...templateColumns,
  ],
  services: [
    name,
    text('Type', (service) => at(service, 'spec.type') ?? 'ClusterIP'),
    text('Cluster-IP', (service) => at(service, 'spec.clusterIP') ?? none),
    text('External-IP', () => none),
    text('Port(s)', (service) => portsText(at(service, 'spec.ports'))),
    age,
    wide('Selector', (service) => labelsText(at(service, 'spec.selector'))),
  ],
  configmaps: [name, text('Data', ({ data, binaryData }) => sizeOf(data) + sizeOf(binaryData)), age],
  secrets: [name, text('Type', ({ type }) => type ?? 'Opaque'), text('Data', ({ data }) => sizeOf(data)), age],
  namespaces: [name, text('Status', (namespace) => at(namespace, 'status.phase')), age],
  nodes: [
    name,
    text('Status', (node) => (at(node, 'spec.unschedulable') === true ? 'Ready,SchedulingDisabled' : 'Ready')),
    text('Roles', () => none),
    age,
    text('Version', (node) => at(node, 'status.nodeInfo.kubeletVersion')),
    wide('Internal-IP', () => none),
    wide('External-IP', () => none),
    wide('OS-Image', (node) => at(node, 'status.nodeInfo.osImage') || unknown),
    wide('Kernel-Version', (node) => {
      const version = at(node, 'status.nodeInfo.kernelVersion') || unknown
      return `${version} (${at(node, 'status.nodeInfo.architecture')})`
    }),
    wide('Container-Runtime', (node) => at(node, 'status.nodeInfo.containerRuntimeVersion') || unknown),
  ],
  events: [
    text('Last Seen', (event, now) => ageText(at(event, 'lastTimestamp') as string | undefined, now)),
    text('Type', ({ type }) => type),
    text('Reason', ({ reason }) => reason),
    text('Object', (event) => {
      return `${String(at(event, 'involvedObject.kind')).toLowerCase()}/${at(event, 'involvedObject.name')}`
    }),
    wide('Subobject', (event) => at(event, 'involvedObject.fieldPath') ?? ''),
    wide('Source', (event) => at(event, 'source.component') ?? ''),
    text('Message', ({ message }) => String(message ?? '').trim()),
    wide('First Seen', (event, now) => ageText(at(event, 'firstTimestamp') as string | undefined, now)),
    wide('Count', ({ count }) => count ?? 1),
    wide('Name', ({ metadata }) => metadata.name),
  ],
  'deployments.apps': [
    name,
    text('Ready', (deployment) => {
      return `${at(deployment, 'status.readyReplicas') ?? 0}/${at(deployment, 'spec.replicas') ?? 1}`
    }),
    text('Up-to-date', (deployment) => at(deployment, 'status.updatedReplicas') ?? 0),
    text('Available', (deployment) => at(deployment, 'status.availableReplicas') ?? 0),
    age,
    ...templateColumns,
  ],
  persistentvolumeclaims: [
    name,
    text('Status', (claim) => at(claim, 'status.phase') ?? ''),
    text('Volume', (claim) => at(claim, 'spec.volumeName') ?? ''),
    text('Capacity', (claim) => at(claim, 'status.capacity.storage') ?? ''),
    text('Access Modes', (claim) => accessModes(at(claim, 'status.accessModes'))),
    text('StorageClass', (claim) => at(claim, 'spec.storageClassName') ?? ''),
    text('VolumeAttributesClass', (claim) => at(claim, 'spec.volumeAttributesClassName') ?? '<unset>'),
    age,
    wide('VolumeMode', (claim) => at(claim, 'spec.volumeMode') ?? '<unset>'),
  ],
  resourcequotas: [
    name,
    text('Request', (quota) => quotaText(quota, false)),
    text('Limit', (quota) => quotaText(quota, true)),
    age,
  ],
  'networkpolicies.networking.k8s.io': [
    name,
    text('Pod-Selector', (policy) => labelsText(at(policy, 'spec.podSelector.matchLabels'))),
    age,
  ],
  'poddisruptionbudgets.policy': [
    name,
    text('Min Available', (budget) => String(at(budget, 'spec.minAvailable') ?? 'N/A')),
    text('Max Unavailable', (budget) => String(at(budget, 'spec.maxUnavailable') ?? 'N/A')),
    { ...text('Allowed Disruptions', (budget) => at(budget, 'status.disruptionsAllowed') ?? 0), type: 'integer' },
    age,
  ],
  'roles.rbac.authorization.k8s.io': [name, createdAt],
  'clusterroles.rbac.authorization.k8s.io': [name, createdAt],
  'rolebindings.rbac.authorization.k8s.io': bindingColumns,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingColumns,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookColumns,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookColumns,
  'leases.coordination.k8s.io': [name, text('Holder', (lease) => at(lease, 'spec.holderIdentity') ?? ''), age],
  'customresourcedefinitions.apiextensions.k8s.io': [name, createdAt],
}

const none = '<none>'
const unknown = '<unknown>'

function at(object: KubeObject, path: string): unknown {
  let value: unknown = object
  for (const key of path.split('.')) value = isRecord(value) ? value[key] : undefined
  return value
}

function sizeOf(value: unknown): number {
  return isRecord(value) ? Object.keys(value).length : 0
}

/** How long ago a moment was; kubectl's own word for one that lies ahead. */
export function ageText(since: string | undefined, now: Date): string {
  if (since === undefined) return unknown
  const seconds = Math.floor((now.getTime() - Date.parse(since)) / 1000)
  return seconds < -1 ? '<invalid>' : humanDuration(Math.max(0, seconds))
}

function podStatus(pod: Pod): string {
  const { metadata, status = {} } = pod
  if (metadata.deletionTimestamp !== undefined && !hasEnded(pod)) return 'Terminating'
  if (status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated'))
    return 'SchedulingGated'
  for (const { state } of status.containerStatuses ?? []) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason
    if (reason !== undefined && reason !== '') return reason
  }
  return status.reason ?? status.phase ?? 'Unknown'
}

function restarts({ status = {} }: Pod, now: Date): string {
  const count = status.containerStatuses?.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0) ?? 0
  const ends = (status.containerStatuses ?? []).flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
  const last = ends.sort().at(-1)
  return count === 0 || last === undefined ? String(count) : `${count} (${ageText(last, now)} ago)`
}

function jobStatus(job: KubeObject): string {
  const conditions = at(job, 'status.conditions')
  const found = Array.isArray(conditions)
    ? (conditions as { type: string; status: string }[]).filter(({ status }) => status === 'True')
    : []
  const is = (type: string): boolean => found.some((entry) => entry.type === type)
  if (is('Complete')) return 'Complete'
  if (is('Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(is) ?? 'Running'
}

function jobDuration(job: KubeObject, now: Date): string {
  const start = at(job, 'status.startTime')
  const end = at(job, 'status.completionTime')
  if (typeof start !== 'string') return ''
  return ageText(start, typeof end === 'string' ? new Date(end) : now)
}

function portsText(ports: unknown): string {
  if (!Array.isArray(ports) || ports.length === 0) return none
  return (ports as { port: number; protocol?: string }[])
    .map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`)
    .join(',')
}

function accessModes(modes: unknown): string {
  const short: Record<string, string> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX' }
  return Array.isArray(modes) ? (modes as string[]).map((mode) => short[mode] ?? mode).join(',') : ''
}

function labelsText(labels: unknown): string {
  if (!isRecord(labels) || Object.keys(labels).length === 0) return none
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',')
}

function containersOf(object: KubeObject, field: 'name' | 'image'): string {
  const containers = at(object, 'spec.template.spec.containers')
  return Array.isArray(containers) ? (containers as Record<string, string>[]).map((one) => one[field]).join(',') : ''
}

function subjects({ subjects: list }: KubeObject, kind: string): string {
  if (!Array.isArray(list)) return ''
  return (list as { kind: string; name: string; namespace?: string }[])
    .filter((subject) => subject.kind === kind)
    .map((subject) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ')
}

function quotaText(quota: KubeObject, limits: boolean): string {
  const hard = at(quota, 'status.hard')
  const used = at(quota, 'status.used')
  return Object.entries(isRecord(hard) ? hard : {})
    .filter(([key]) => key.startsWith('limits.') === limits)
    .map(([key, value]) => `${key}: ${isRecord(used) ? (used[key] ?? 0) : 0}/${value}`)
    .sort()
    .join(', ')
}
