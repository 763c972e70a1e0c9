import { isRecord, type KubeObject } from '../kube/object.ts'
import type { PodPair } from './pods.ts'
import { holdsAll, type Labels, selects } from './selector.ts'

/** What a neighbour can select a pod by. */
export interface SelectedPod {
  readonly namespace: string
  readonly labels: Labels
  /** host names other pods reach it by */
  readonly addresses: readonly string[]
}

/** An object of the cluster that selects pods of a job, on one side or on both. */
export interface NeighbourRow {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** what of it selects, where that is not the whole: `from`, `to` */
  readonly part?: string
  /** how many of each side's pods it selects */
  readonly v1: number
  readonly v2: number
  readonly pods: number
  /** ports it names */
  readonly ports: readonly string[]
  /** lost: selects v1's pod of a rank and not v2's; gained: the other way round only */
  readonly verdict: 'same' | 'lost' | 'gained'
}

type Matches = (pod: SelectedPod) => boolean

interface Selecting {
  readonly part?: string
  readonly matches: Matches
}

/**
 * Which of the objects select which pods: by rank, v1's labels and host names against v2's. Objects that select no pod of either side are left
 * out, and so are those that v1 jobs or JobSets own. What differs comes first.
 */
export function neighbourRows(
  objects: readonly KubeObject[],
  pairs: readonly Pick<PodPair, 'v1' | 'v2'>[],
): NeighbourRow[] {
  const services = objects.filter(({ kind }) => kind === 'Service')
  const rows = objects
    .filter((object) => !isOperators(object))
    .flatMap((object) =>
      selectorsOf(object, services).flatMap(({ part, matches }): NeighbourRow[] => {
        const found = pairs.map(({ v1, v2 }) => [matches(v1), matches(v2)] as const)
        const [v1, v2] = [found.filter(([one]) => one).length, found.filter(([, other]) => other).length]
        if (v1 + v2 === 0) return []
        const lost = found.some(([one, other]) => one && !other)
        const { namespace = '', name = '' } = object.metadata
        return [
          {
            kind: object.kind,
            namespace,
            name,
            ...(part === undefined ? {} : { part }),
            v1,
            v2,
            pods: pairs.length,
            ports: portsOf(object),
            verdict: lost ? 'lost' : v1 === v2 ? 'same' : 'gained',
          },
        ]
      }),
    )
  const order = { lost: 0, gained: 1, same: 2 } as const
  return rows.sort((a, b) => order[a.verdict] - order[b.verdict])
}

/** `NetworkPolicy allow-train selects v1 8/8 pods, v2 0/8, and names port 23456` */
export function neighbourSentence({ kind, name, part, v1, v2, pods, ports }: NeighbourRow): string {
  const verb = part === undefined ? 'selects' : `lets ${part === 'from' ? 'in from' : 'out to'}`
  const named = ports.length === 0 ? '' : `, and names port ${ports.join(', ')}`
  return `${kind} ${name} ${verb} v1 ${v1}/${pods} pods, v2 ${v2}/${pods}${named}`
}

/** The operators make and remove these with the pods. */
function isOperators({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ apiVersion }) => apiVersion.startsWith('kubeflow.org/') || apiVersion.startsWith('jobset.x-k8s.io/'),
  )
}

function selectorsOf(object: KubeObject, services: readonly KubeObject[]): Selecting[] {
  const spec = isRecord(object['spec']) ? object['spec'] : {}
  const here: Matches = ({ namespace }) => namespace === object.metadata.namespace
  const own = (matches: (labels: Labels) => boolean): Selecting[] => [
    { matches: (pod) => here(pod) && matches(pod.labels) },
  ]
  switch (object.kind) {
    case 'NetworkPolicy':
      return [...own((labels) => selects(spec['podSelector'] ?? {}, labels)), ...peers(spec, here)]
    case 'CiliumNetworkPolicy':
      return own((labels) => selects(withoutPrefix(spec['endpointSelector']), labels))
    case 'PodDisruptionBudget':
      return own((labels) => selects(spec['selector'], labels))
    case 'Service':
      return own((labels) => holdsAll(spec['selector'], labels))
    case 'PodMonitor':
      return [{ matches: (pod) => watches(spec, object, pod.namespace) && selects(spec['selector'], pod.labels) }]
    case 'ServiceMonitor':
      return [{ matches: (pod) => services.some((service) => monitored(spec, object, service, pod)) }]
    case 'Sidecar':
      return own((labels) => holdsAll(isRecord(spec['workloadSelector']) && spec['workloadSelector']['labels'], labels))
    case 'DestinationRule':
      return [{ matches: (pod) => ruled(spec, object, services, pod) }]
    // without a selector Istio's policies are for every pod of the namespace: the same on both sides
    default:
      return own((labels) => selects(spec['selector'] ?? {}, labels))
  }
}

/** Pods that a NetworkPolicy lets others reach, or lets in: `from` and `to` of its rules. */
function peers(spec: Readonly<Record<string, unknown>>, here: Matches): Selecting[] {
  return [
    ['ingress', 'from'],
    ['egress', 'to'],
  ].flatMap(([direction = '', part = '']) => {
    const selectors = records(spec[direction])
      .flatMap((rule) => records(rule[part]))
      .filter((peer) => isRecord(peer['podSelector']))
    if (selectors.length === 0) return []
    const matches: Matches = (pod) =>
      selectors.some(
        (peer) =>
          (peer['namespaceSelector'] === undefined ? here(pod) : mayBeIn(peer['namespaceSelector'], pod.namespace)) &&
          selects(peer['podSelector'], pod.labels),
      )
    return [{ part, matches }]
  })
}

/** Labels of namespaces are not read, but for the one every namespace has: any other may be there. */
function mayBeIn(selector: unknown, namespace: string): boolean {
  const name = 'kubernetes.io/metadata.name'
  const { matchLabels, matchExpressions } = isRecord(selector) ? selector : {}
  const wanted = isRecord(matchLabels) && name in matchLabels ? { matchLabels: { [name]: matchLabels[name] } } : {}
  const terms = records(matchExpressions).filter(({ key }) => key === name)
  return selects({ ...wanted, matchExpressions: terms }, { [name]: namespace })
}

function watches(spec: Readonly<Record<string, unknown>>, { metadata }: KubeObject, namespace: string): boolean {
  const { any, matchNames } = isRecord(spec['namespaceSelector']) ? spec['namespaceSelector'] : {}
  if (any === true) return true
  return Array.isArray(matchNames) && matchNames.length > 0
    ? matchNames.includes(namespace)
    : namespace === metadata.namespace
}

function monitored(
  spec: Readonly<Record<string, unknown>>,
  monitor: KubeObject,
  service: KubeObject,
  pod: SelectedPod,
): boolean {
  const { namespace = '', labels = {} } = service.metadata
  return watches(spec, monitor, namespace) && selects(spec['selector'], labels) && serves(service, pod)
}

function serves({ metadata, spec }: KubeObject, { namespace, labels }: SelectedPod): boolean {
  return metadata.namespace === namespace && isRecord(spec) && holdsAll(spec['selector'], labels)
}

/** A DestinationRule is for a host: the name of a Service, or of a pod of the job. */
function ruled(
  spec: Readonly<Record<string, unknown>>,
  { metadata }: KubeObject,
  services: readonly KubeObject[],
  pod: SelectedPod,
): boolean {
  const host = String(spec['host'] ?? '')
  const [name = '', namespace = metadata.namespace] = host.split('.')
  const workload = isRecord(spec['workloadSelector']) ? spec['workloadSelector'] : undefined
  if (workload) return pod.namespace === metadata.namespace && selects(workload, pod.labels)
  if (pod.namespace === metadata.namespace && pod.addresses.includes(host)) return true
  return services.some(
    (service) => service.metadata.name === name && service.metadata.namespace === namespace && serves(service, pod),
  )
}

/** Cilium writes where a label comes from before its key. */
function withoutPrefix(selector: unknown): unknown {
  const bare = (key: string) => key.replace(/^(k8s|any):/, '')
  const { matchLabels, matchExpressions } = isRecord(selector) ? selector : {}
  return {
    matchLabels: Object.fromEntries(
      Object.entries(isRecord(matchLabels) ? matchLabels : {}).map(([key, value]) => [bare(key), value]),
    ),
    matchExpressions: records(matchExpressions).map((term) => ({ ...term, key: bare(String(term['key'])) })),
  }
}

/** Ports a policy's rules name. */
function portsOf({ spec }: KubeObject): string[] {
  const rules = isRecord(spec) ? [...records(spec['ingress']), ...records(spec['egress'])] : []
  const ports = rules.flatMap((rule) => records(rule['ports'])).flatMap(({ port }) => port ?? [])
  return [...new Set(ports.map(String))]
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
