import type { Container, ContainerPort, EnvVar, PodSpec, Volume, VolumeMount } from '../kube/pod.ts'

/**
 * Trainer's way to put things into a container: an item that is there already is replaced in place, another one is appended.
 * Source: Trainer v2.3.0, pkg/apply/apply.go.
 */
export function upsertEnv(container: Container, variables: readonly EnvVar[]): void {
  const env = [...(container.env ?? [])]
  for (const variable of variables) upsert(env, variable, ({ name }) => name === variable.name)
  if (env.length > 0) container.env = env
}

/** Ports are the same by number OR by name, and an absent name equals an absent name. */
export function upsertPort(container: Container, port: ContainerPort): void {
  const ports = [...(container.ports ?? [])]
  upsert(ports, port, ({ containerPort, name }) => containerPort === port.containerPort || name === port.name)
  container.ports = ports
}

/** Mounts are the same by their path. */
export function upsertMount(container: Container, mount: VolumeMount): void {
  const mounts = [...(container.volumeMounts ?? [])]
  upsert(mounts, mount, ({ mountPath }) => mountPath === mount.mountPath)
  container.volumeMounts = mounts
}

/** Volumes are the same by their name. */
export function upsertVolume(pod: PodSpec, volume: Volume): void {
  const volumes = [...(pod.volumes ?? [])]
  upsert(volumes, volume, ({ name }) => name === volume.name)
  pod.volumes = volumes
}

function upsert<T>(items: T[], item: T, same: (candidate: T) => boolean): void {
  const at = items.findIndex(same)
  if (at < 0) items.push(item)
  else items[at] = item
}

/** Trainer copies env of a TrainJob field by field and loses fieldRef.apiVersion and sources it does not know. */
export function copiedVariable(variable: EnvVar): EnvVar {
  const from = variable.valueFrom
  if (!from) return { name: variable.name, value: variable.value ?? '' }
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = from
  return {
    name: variable.name,
    valueFrom: {
      ...(fieldRef ? { fieldRef: { fieldPath: fieldRef.fieldPath } } : {}),
      ...(resourceFieldRef ? { resourceFieldRef } : {}),
      ...(configMapKeyRef ? { configMapKeyRef } : {}),
      ...(secretKeyRef ? { secretKeyRef } : {}),
    },
  }
}
