import { isRecord } from '../../kube/object.ts'
import type { Container, PodSpec } from '../../kube/pod.ts'
import { v1Labels } from '../../v1/labels.ts'
import type { Binding } from './bound-env.ts'

/** The downward API field by which v1's pods learn their position inside their role; each target has one of its own for it. */
export const roleIndexField = `metadata.labels['${v1Labels.replicaIndex}']`

/** Whether a pod asks for its position inside its role, in env or in a file. */
export function asksRoleIndex({ containers, initContainers = [], volumes = [] }: PodSpec): boolean {
  return (
    [...containers, ...initContainers].some(({ env = [] }) =>
      env.some(({ valueFrom }) => valueFrom?.fieldRef?.fieldPath === roleIndexField),
    ) || volumes.some(namesRoleIndex)
  )
}

function namesRoleIndex(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) =>
    key === 'fieldPath' ? item === roleIndexField : namesRoleIndex(item),
  )
}

/** The pod with the target's own field in its place. */
export function withRoleIndex(spec: PodSpec, { indexField }: Pick<Binding, 'indexField'>): PodSpec {
  if (!asksRoleIndex(spec)) return spec
  const given = <T>(value: T): T => {
    if (Array.isArray(value)) return value.map(given) as T
    if (!isRecord(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === 'fieldPath' && item === roleIndexField ? indexField : given(item),
      ]),
    ) as T
  }
  const inEnv = <T extends Container>(container: T): T =>
    container.env ? { ...container, env: given(container.env) } : container
  return {
    ...spec,
    containers: spec.containers.map(inEnv),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(inEnv) } : {}),
    ...(spec.volumes ? { volumes: given(spec.volumes) } : {}),
  }
}
