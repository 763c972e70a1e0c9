import type { Container, PodSpec } from '../../kube/pod.ts'
import { v1Labels } from '../../v1/labels.ts'
import type { Binding } from './bound-env.ts'

/** The downward API field by which v1's pods learn their position inside their role; each target has one of its own for it. */
export const roleIndexField = `metadata.labels['${v1Labels.replicaIndex}']`

/** Whether a pod asks for its position inside its role. */
export function asksRoleIndex({ containers, initContainers = [] }: PodSpec): boolean {
  return [...containers, ...initContainers].some(({ env = [] }) =>
    env.some(({ valueFrom }) => valueFrom?.fieldRef?.fieldPath === roleIndexField),
  )
}

/** The pod with the target's own field in its place. */
export function withRoleIndex(spec: PodSpec, { indexField }: Pick<Binding, 'indexField'>): PodSpec {
  if (!asksRoleIndex(spec)) return spec
  const given = <T extends Container>(container: T): T =>
    container.env
      ? {
          ...container,
          env: container.env.map((variable) =>
            variable.valueFrom?.fieldRef?.fieldPath === roleIndexField
              ? { ...variable, valueFrom: { fieldRef: { fieldPath: indexField } } }
              : variable,
          ),
        }
      : container
  return {
    ...spec,
    containers: spec.containers.map(given),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(given) } : {}),
  }
}
