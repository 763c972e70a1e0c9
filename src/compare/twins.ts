import type { ModelPod } from '../kube/model-pod.ts'
import { isRecord } from '../kube/object.ts'
import type { Container, PodSpec } from '../kube/pod.ts'
import { pathName } from './leaves.ts'

/** Whether a host name of either side may stand in a text, so that equal texts may mean different pods. */
export type MayBeHost = (text: string) => boolean

/** Fields of a pod that are compared item by item, or that others are read by. */
const apart: readonly string[] = ['containers', 'initContainers', 'hostNetwork']
/** Words that begin the paths of what is no field of the spec. */
const besideSpec = new Set(['labels', 'annotations', 'finalizers'])
const plainName = /^[a-z0-9-]+$/
const plainKey = /^\w+$/

/** Whether no two parts of a pod can have values at the same path: its containers have names of their own, and no name reads like a path. */
export function hasPlainNames({ spec }: ModelPod): boolean {
  return (
    areFields(spec) &&
    [spec.containers, spec.initContainers ?? []].every(
      (list) =>
        list.every((container) => plainName.test(container.name) && areFields(container)) &&
        new Set(list.map(({ name }) => name)).size === list.length,
    )
  )
}

function areFields(value: object): boolean {
  for (const field of Object.keys(value)) if (!plainKey.test(field) || besideSpec.has(field)) return false
  return true
}

/**
 * The two pods without those fields of their specs and containers that are alike on both sides and name no host: no value of these differs.
 * For pods with plain names: then what is left has no value at a path of what was taken out, and can be compared by itself. Env is left in.
 */
export function withoutTwins(v1: ModelPod, v2: ModelPod, mayBeHost: MayBeHost): readonly [ModelPod, ModelPod] {
  const portsAlike = v1.spec['hostNetwork'] === v2.spec['hostNetwork']
  const [left, right] = apartOf(v1.spec, v2.spec, (field) => !apart.includes(field), mayBeHost)
  for (const list of ['containers', 'initContainers'] as const) {
    const named = (pod: ModelPod) => pod.spec[list]?.map((each) => [pathName(list, each.name, pod.main), each] as const)
    const ours = new Map(named(v1))
    const theirs = new Map(named(v2))
    for (const [name, container] of ours) {
      const twin = theirs.get(name)
      if (!twin) continue
      const [one, other] = apartOf(container, twin, (field) => isApart(field, portsAlike), mayBeHost)
      ours.set(name, one)
      theirs.set(name, other)
    }
    if (left[list]) left[list] = [...ours.values()]
    if (right[list]) right[list] = [...theirs.values()]
  }
  return [
    { ...v1, spec: left },
    { ...v2, spec: right },
  ]
}

function isApart(field: string, portsAlike: boolean): boolean {
  return field !== 'name' && field !== 'env' && (field !== 'ports' || portsAlike)
}

/** Copies of both without what is alike in both. */
function apartOf<T extends PodSpec | Container>(
  left: T,
  right: T,
  mayDrop: (field: string) => boolean,
  mayBeHost: MayBeHost,
): readonly [T, T] {
  const alike = new Set(
    Object.keys(left).filter(
      (field) => mayDrop(field) && Object.hasOwn(right, field) && areTwins(left[field], right[field], mayBeHost),
    ),
  )
  return [without(left, alike), without(right, alike)]
}

function without<T extends object>(value: T, fields: ReadonlySet<string>): T {
  return Object.fromEntries(Object.entries(value).filter(([field]) => !fields.has(field))) as T
}

/** Whether two values are alike and mean the same on both sides, whatever pod they stand in. */
function areTwins(a: unknown, b: unknown, mayBeHost: MayBeHost): boolean {
  if (typeof a === 'string') return a === b && !mayDepend(a) && !mayBeHost(a)
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => areTwins(item, b[at], mayBeHost))
  }
  if (!isRecord(a)) return a === b && !mayBeHost(String(a))
  if (!isRecord(b)) return false
  const keys = Object.keys(a)
  const others = Object.keys(b)
  return (
    keys.length === others.length &&
    keys.every(
      (key, at) =>
        // values whose paths meet add up in the order they stand in, and only keys with dots or brackets bring that about
        (key === others[at] || (plainKey.test(key) && Object.hasOwn(b, key))) &&
        key !== 'fieldRef' &&
        key !== 'resourceFieldRef' &&
        areTwins(a[key], b[key], mayBeHost),
    )
  )
}

/** A reference to env, or a character that another notation of the text has something else for. */
function mayDepend(text: string): boolean {
  return /[$\\"\0-\x1f\x7f-\uffff]/.test(text)
}
