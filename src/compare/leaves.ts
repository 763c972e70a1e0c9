import { effectiveEnv, expand, fieldValue, resourceValue } from '../kube/expand.ts'
import type { ModelPod } from '../kube/model-pod.ts'
import { isRecord } from '../kube/object.ts'
import type { Container, EnvVar } from '../kube/pod.ts'
import { formatQuantity, parseQuantity } from '../kube/quantity.ts'
import { remembered } from '../kube/remembered.ts'

/** One value of a pod as its processes and kubelet would see it. */
export interface Leaf {
  /** as this side has it, env and arguments expanded */
  readonly value: string
  /** the same with what only names a pod or an operator's convention taken out: what is compared */
  readonly canonical: string
}

/** All values of a pod by path: `containers[main].env.RANK`, `volumes[data].persistentVolumeClaim.claimName`. */
export type Leaves = Map<string, Leaf>

/** Host names of a job's pods and the token that stands for each pod on both sides, e.g. `<master-0>`. */
export type HostNames = (text: string) => string

type ResourceReference = NonNullable<NonNullable<EnvVar['valueFrom']>['resourceFieldRef']>

/** Value of a port's leaf when it has no name. */
const unnamedPort = '(unnamed)'

/**
 * Which values of a pod: all; `own`, those that may differ from pod to pod of a role (labels, annotations, env, and what can refer
 * to them); `shared`, the rest, which depends on the pod template alone.
 */
export type Part = 'all' | 'own' | 'shared'

/** Fields of a container that flatten in a way of their own. */
const containerFields = new Set(['name', 'env', 'command', 'args', 'ports', 'resources', 'volumeMounts'])
const podFields = new Set(['containers', 'initContainers', 'volumes', 'nodeName', 'hostname', 'subdomain'])

/**
 * Every value of a pod, expanded: env as its processes see it, `$(NAME)` in command and args replaced, quantities in one spelling,
 * lists that Kubernetes treats as maps keyed by what identifies an item. `main` is the path name of the container that trains.
 */
export function podLeaves(pod: ModelPod, hosts: HostNames, part: Part = 'all'): Leaves {
  const leaves: Leaves = new Map()
  if (part !== 'shared') {
    members(leaves, 'labels', pod.labels, hosts)
    members(leaves, 'annotations', pod.annotations, hosts)
    for (const finalizer of pod.finalizers ?? []) put(leaves, `finalizers[${finalizer}]`, finalizer, hosts)
  }
  for (const list of ['containers', 'initContainers'] as const) {
    for (const container of pod.spec[list] ?? []) addContainer(leaves, list, container, pod, hosts, part)
  }
  const volumes = pod.spec.volumes ?? []
  if (includes(part, volumes.some(hasReference))) {
    addList(
      leaves,
      'volumes',
      volumes.map((volume) => resolved(volume, pod)),
      'name',
      hosts,
    )
  }
  if (part === 'own') return leaves
  for (const [field, value] of Object.entries(pod.spec)) {
    if (!podFields.has(field)) flatten(leaves, field, value, hosts)
  }
  return leaves
}

function includes(part: Part, isOwn: boolean): boolean {
  return part === 'all' || (part === 'own') === isOwn
}

function addContainer(
  leaves: Leaves,
  list: string,
  container: Container,
  pod: ModelPod,
  hosts: HostNames,
  part: Part,
): void {
  const path = `${list}[${pathName(list, container.name, pod.main)}]`
  const env = part === 'shared' ? undefined : effectiveEnv(container, pod)
  for (const [name, value] of env ?? []) put(leaves, `${path}.env.${name}`, value, hosts)
  for (const field of ['command', 'args'] as const) {
    const text = expandedText(container, field, part, env)
    if (text !== undefined) put(leaves, `${path}.${field}`, text, hosts)
  }
  if (part === 'own') return
  addPorts(leaves, path, container, pod.spec['hostNetwork'] === true, hosts)
  for (const kind of ['limits', 'requests'] as const) {
    for (const [name, amount] of Object.entries(container.resources?.[kind] ?? {})) {
      leaves.set(`${path}.resources.${kind}.${name}`, { value: String(amount), canonical: oneSpelling(String(amount)) })
    }
  }
  if (container.resources?.claims) flatten(leaves, `${path}.resources.claims`, container.resources.claims, hosts)
  addList(leaves, `${path}.volumeMounts`, container.volumeMounts ?? [], 'mountPath', hosts)
  for (const [field, value] of Object.entries(container)) {
    if (!containerFields.has(field)) flatten(leaves, `${path}.${field}`, value, hosts)
  }
}

/** Whether volumes may differ between pods of one template, as they make files of fields of their pod. */
export function hasOwnVolumes({ spec }: ModelPod): boolean {
  return (spec.volumes ?? []).some(hasReference)
}

/** A command or its arguments as the process gets them; undefined where there are none in this part. */
export function expandedText(
  container: Container,
  field: 'command' | 'args',
  part: Part,
  env: ReadonlyMap<string, string> | undefined,
): string | undefined {
  const texts = container[field]
  if (!texts || !includes(part, texts.some(canRefer))) return undefined
  return JSON.stringify(texts.map((text) => expand(String(text), (name) => env?.get(name))))
}

/** Whether `$(NAME)` may stand in a text. */
function canRefer(text: unknown): boolean {
  return String(text).includes('$')
}

/** Whether a volume makes files of fields of its pod. */
function hasReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([key, item]) => key === 'fieldRef' || key === 'resourceFieldRef' || hasReference(item),
  )
}

/**
 * Whether the `shared` values of two pods of one job are the same because both come from one template: a quick look at whether
 * their parts are the very same objects. False says nothing.
 */
export function shareTemplate(a: ModelPod, b: ModelPod): boolean {
  return (
    a.main === b.main &&
    areIdentical(a.spec, b.spec, ['containers', 'initContainers']) &&
    shareContainers(a.spec.containers, b.spec.containers) &&
    shareContainers(a.spec.initContainers ?? [], b.spec.initContainers ?? [])
  )
}

function shareContainers(a: readonly Container[], b: readonly Container[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at] || areIdentical(one, b[at] ?? {}, ['env']))
}

/** Whether all members but some are the very same. */
function areIdentical(a: object, b: object, but: readonly string[]): boolean {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        (but.includes(key) || (a as Record<string, unknown>)[key] === (b as Record<string, unknown>)[key]),
    )
  )
}

/** A quantity in its usual spelling, other text as it is. */
const oneSpelling = remembered((amount) => {
  const parsed = parseQuantity(amount)
  return parsed === undefined ? amount : formatQuantity(parsed)
}, 1000)

/** The container that trains is called `main` on both sides, so that one of that name is not. */
export function pathName(list: string, name: string, main: string): string {
  if (list !== 'containers') return name
  return name === main ? 'main' : name === 'main' ? "'main'" : name
}

/** A pod on the host's network claims its ports there, whether it says so or not (kubernetes v1.36.3, pkg/apis/core/v1/defaults.go). */
function addPorts(leaves: Leaves, path: string, container: Container, onHost: boolean, hosts: HostNames): void {
  for (const { containerPort, protocol = 'TCP', name, ...rest } of container.ports ?? []) {
    const port = `${path}.ports[${containerPort}/${protocol}`
    let key = `${port}]`
    for (let nth = 2; leaves.has(key); nth++) key = `${port} #${nth}]`
    put(leaves, key, name ?? unnamedPort, hosts)
    members(leaves, key, onHost ? { hostPort: containerPort, ...rest } : rest, hosts)
  }
}

/** A volume with the fields of the pod that it makes files of. */
function resolved(value: unknown, pod: ModelPod): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, pod))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === 'fieldRef' && isRecord(item)) return [key, fieldValue(String(item['fieldPath']), pod)]
      if (key === 'resourceFieldRef' && isRecord(item)) return [key, resourceValue(item as ResourceReference, pod)]
      return [key, resolved(item, pod)]
    }),
  )
}

function addList(leaves: Leaves, path: string, items: readonly unknown[], key: string, hosts: HostNames): void {
  items.forEach((item, at) => {
    const name = isRecord(item) ? item[key] : undefined
    flatten(leaves, `${path}[${name === undefined ? at : String(name)}]`, item, hosts)
  })
}

function members(leaves: Leaves, path: string, record: Readonly<Record<string, unknown>>, hosts: HostNames): void {
  for (const [key, item] of Object.entries(record)) flatten(leaves, `${path}.${key}`, item, hosts)
}

function flatten(leaves: Leaves, path: string, value: unknown, hosts: HostNames): void {
  if (value === undefined || value === null) return
  if (Array.isArray(value)) {
    if (value.length === 0) put(leaves, path, '[]', hosts)
    value.forEach((item, at) => {
      const name = isRecord(item) ? (item['name'] ?? item['key'] ?? item['topologyKey']) : undefined
      flatten(leaves, `${path}[${typeof name === 'string' ? name : at}]`, item, hosts)
    })
  } else if (isRecord(value)) {
    if (Object.keys(value).length === 0) put(leaves, path, '{}', hosts)
    members(leaves, path, value, hosts)
  } else {
    put(leaves, path, String(value), hosts)
  }
}

/** What programs read. Elsewhere a name like a pod's is that of another object, such as a ConfigMap, and the same on both sides. */
const readByPrograms =
  /^(containers|initContainers)\[[^\]]*\]\.(env\.|command$|args$|(liveness|readiness|startup)Probe\.|lifecycle\.)/

/** Whether the values of two pods at a path mean the same. */
export function areSame(path: string, v1: Leaf | undefined, v2: Leaf | undefined): boolean {
  if (v1 === undefined || v2 === undefined) return v1 === v2
  return v1.canonical === v2.canonical || (v1.value === v2.value && !readByPrograms.test(path))
}

/** A second value at one path, as two mounts of one path would give, keeps both. */
function put(leaves: Leaves, path: string, value: string, hosts: HostNames): void {
  const before = leaves.get(path)
  const text = before ? `${before.value}, ${value}` : value
  leaves.set(path, { value: text, canonical: hosts(text) })
}
