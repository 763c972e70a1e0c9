import { humanDuration } from '../kube/duration.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { type PrinterColumn, printerColumns } from './schema.ts'
import { qualifiedName, type ServedResource } from './served.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly priority: number
  readonly cell: (object: KubeObject, now: Date) => unknown
}

/** A list as `kubectl get` asks for it (meta.k8s.io/v1 Table). */
export function table(
  resource: ServedResource,
  objects: readonly KubeObject[],
  now: Date,
  metadata: object,
  include: 'None' | 'Metadata' | 'Object' = 'Metadata',
): object {
  const columns = columnsOf(resource)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type, format = '', priority }) => ({
      name,
      type,
      format,
      description: '',
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, now)),
      ...(include !== 'None' && { object: include === 'Object' ? object : partial(object) }),
    })),
  }
}

function partial({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}

const name: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  priority: 0,
  cell: ({ metadata }) => metadata.name,
}
const age: Column = {
  name: 'Age',
  type: 'string',
  priority: 0,
  cell: ({ metadata }, now) => ageText(metadata.creationTimestamp, now),
}

const text = (title: string, cell: Column['cell'], priority = 0): Column => ({
  name: title,
  type: 'string',
  priority,
  cell,
})

/** Columns of built-in kinds (kubernetes v1.36.3, pkg/printers/internalversion/printers.go), those the sandbox fills. */
const builtIn: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    name,
    text('Ready', (pod) => {
      const statuses = (pod as Pod).status?.containerStatuses ?? []
      return `${statuses.filter(({ ready }) => ready).length}/${(pod as Pod).spec.containers.length}`
    }),
    text('Status', (pod) => podStatus(pod as Pod)),
    text('Restarts', (pod) =>
      String((pod as Pod).status?.containerStatuses?.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0) ?? 0),
    ),
    age,
    text('IP', (pod) => at(pod, 'status.podIP') ?? '<none>', 1),
    text('Node', (pod) => at(pod, 'spec.nodeName') ?? '<none>', 1),
    text('Nominated Node', () => '<none>', 1),
    text('Readiness Gates', () => '<none>', 1),
  ],
  'jobs.batch': [
    name,
    text('Status', (job) => jobStatus(job)),
    text('Completions', (job) => `${at(job, 'status.succeeded') ?? 0}/${at(job, 'spec.completions') ?? 1}`),
    text('Duration', (job, now) => ageText(at(job, 'status.startTime') as string | undefined, now, '')),
    age,
  ],
  services: [
    name,
    text('Type', (service) => at(service, 'spec.type') ?? 'ClusterIP'),
    text('Cluster-IP', (service) => at(service, 'spec.clusterIP') ?? '<none>'),
    text('External-IP', () => '<none>'),
    text('Port(s)', (service) => portsText(at(service, 'spec.ports'))),
    age,
  ],
  configmaps: [
    name,
    { ...text('Data', ({ data }) => Object.keys(isRecord(data) ? data : {}).length), type: 'string' },
    age,
  ],
  secrets: [
    name,
    text('Type', ({ type }) => type ?? 'Opaque'),
    text('Data', ({ data }) => Object.keys(isRecord(data) ? data : {}).length),
    age,
  ],
  namespaces: [name, text('Status', (namespace) => at(namespace, 'status.phase')), age],
  nodes: [
    name,
    text('Status', () => 'Ready'),
    text('Roles', () => '<none>'),
    age,
    text('Version', (node) => at(node, 'status.nodeInfo.kubeletVersion')),
  ],
  events: [
    text('Last Seen', (event, now) => ageText(at(event, 'lastTimestamp') as string | undefined, now)),
    text('Type', (event) => event['type']),
    text('Reason', (event) => event['reason']),
    text(
      'Object',
      (event) => `${String(at(event, 'involvedObject.kind')).toLowerCase()}/${at(event, 'involvedObject.name')}`,
    ),
    text('Message', (event) => event['message']),
  ],
  'deployments.apps': [
    name,
    text(
      'Ready',
      (deployment) => `${at(deployment, 'status.readyReplicas') ?? 0}/${at(deployment, 'spec.replicas') ?? 1}`,
    ),
    text('Up-to-date', (deployment) => at(deployment, 'status.updatedReplicas') ?? 0),
    text('Available', (deployment) => at(deployment, 'status.availableReplicas') ?? 0),
    age,
  ],
  persistentvolumeclaims: [
    name,
    text('Status', (claim) => at(claim, 'status.phase')),
    text('Volume', (claim) => at(claim, 'spec.volumeName')),
    text('Capacity', (claim) => at(claim, 'status.capacity.storage')),
    text('Access Modes', (claim) => accessModes(at(claim, 'spec.accessModes'))),
    text('StorageClass', (claim) => at(claim, 'spec.storageClassName')),
    age,
  ],
  'leases.coordination.k8s.io': [name, text('Holder', (lease) => at(lease, 'spec.holderIdentity')), age],
  'customresourcedefinitions.apiextensions.k8s.io': [
    name,
    text('Created At', ({ metadata }) => metadata.creationTimestamp),
  ],
}

function columnsOf(resource: ServedResource): readonly Column[] {
  const own = printerColumns(resource)
  if (own !== undefined && resource.custom) {
    return own.length === 0 ? [name, age] : [name, ...own.map(columnOf)]
  }
  return builtIn[qualifiedName(resource)] ?? [name, age]
}

function columnOf({ name: title, type, jsonPath, priority = 0 }: PrinterColumn): Column {
  const cell: Column['cell'] = (object, now) => {
    const value = atJsonPath(object, jsonPath)
    if (value === undefined || value === null) return type === 'date' ? '<unknown>' : ''
    if (type === 'date') return ageText(String(value), now)
    return type === 'string' ? String(value) : value
  }
  return { name: title, type, priority, cell }
}

/** The JSONPath of printer columns: fields, `[-1:]`, `[N]`, and one filter by equality. */
function atJsonPath(object: KubeObject, path: string): unknown {
  let value: unknown = object
  for (const [, key, index, field, wanted] of path.matchAll(
    /\.([\w-]+)|\[(-?\d+):?\]|\[\?\(@\.(\w+)\s*==\s*["']([^"']*)["']\)\]/g,
  )) {
    if (key !== undefined) value = isRecord(value) ? value[key] : undefined
    else if (!Array.isArray(value)) return undefined
    else if (index !== undefined) value = value.at(Number(index))
    else value = (value as unknown[]).find((item) => isRecord(item) && item[field ?? ''] === wanted)
  }
  return value
}

function at(object: KubeObject, path: string): unknown {
  let value: unknown = object
  for (const key of path.split('.')) value = isRecord(value) ? value[key] : undefined
  return value
}

/** How long ago a moment was; kubectl's own word for one that lies ahead. */
function ageText(since: string | undefined, now: Date, none = '<unknown>'): string {
  if (since === undefined) return none
  const seconds = Math.floor((now.getTime() - Date.parse(since)) / 1000)
  return seconds < -1 ? '<invalid>' : humanDuration(Math.max(0, seconds))
}

function podStatus({ metadata, status = {} }: Pod): string {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  for (const { state } of status.containerStatuses ?? []) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason
    if (reason !== undefined && reason !== '') return reason
  }
  return status.reason ?? status.phase ?? 'Unknown'
}

function jobStatus(job: KubeObject): string {
  const conditions = at(job, 'status.conditions')
  const found = Array.isArray(conditions)
    ? (conditions as { type: string; status: string }[]).filter(({ status }) => status === 'True')
    : []
  for (const type of ['Complete', 'Failed', 'Suspended']) if (found.some((entry) => entry.type === type)) return type
  return 'Running'
}

function portsText(ports: unknown): string {
  if (!Array.isArray(ports) || ports.length === 0) return '<none>'
  return (ports as { port: number; protocol?: string }[])
    .map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`)
    .join(',')
}

function accessModes(modes: unknown): string {
  const short: Record<string, string> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX' }
  return Array.isArray(modes) ? (modes as string[]).map((mode) => short[mode] ?? mode).join(',') : ''
}
