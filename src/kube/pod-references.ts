import { isRecord } from './object.ts'

/** Kinds of the objects that a pod cannot start without, or takes data from. */
export type ReferredKind = 'PersistentVolumeClaim' | 'ConfigMap' | 'Secret' | 'ServiceAccount'

/** An object of its namespace that a pod needs. */
export interface PodReference {
  readonly kind: ReferredKind
  readonly name: string
}

/** What the pods of a spec (core/v1 PodSpec) take from their namespace: volumes, env, image pull secrets, the account. Each once. */
export function podReferences(spec: unknown): PodReference[] {
  const found = [
    named('ServiceAccount', at(spec, 'serviceAccountName')),
    ...list(spec, 'imagePullSecrets').map((secret) => named('Secret', at(secret, 'name'))),
    ...list(spec, 'volumes').flatMap(ofVolume),
    ...['containers', 'initContainers'].flatMap((key) => list(spec, key).flatMap(ofContainer)),
  ].filter((reference) => reference !== undefined)
  return [...new Map(found.map((reference) => [`${reference.kind} ${reference.name}`, reference])).values()]
}

function ofVolume(volume: unknown): (PodReference | undefined)[] {
  return [
    named('PersistentVolumeClaim', at(at(volume, 'persistentVolumeClaim'), 'claimName')),
    named('ConfigMap', at(at(volume, 'configMap'), 'name')),
    named('Secret', at(at(volume, 'secret'), 'secretName')),
    // drivers in the pod, FlexVolumes and in-tree drivers name their secret alike
    ...(isRecord(volume) ? Object.values(volume) : []).flatMap((source) => [
      named('Secret', at(at(source, 'secretRef'), 'name')),
      named('Secret', at(at(source, 'nodePublishSecretRef'), 'name')),
    ]),
    ...list(at(volume, 'projected'), 'sources').flatMap((source) => [
      named('ConfigMap', at(at(source, 'configMap'), 'name')),
      named('Secret', at(at(source, 'secret'), 'name')),
    ]),
  ]
}

function ofContainer(container: unknown): (PodReference | undefined)[] {
  return [
    ...list(container, 'env').flatMap((variable) => [
      named('ConfigMap', at(at(at(variable, 'valueFrom'), 'configMapKeyRef'), 'name')),
      named('Secret', at(at(at(variable, 'valueFrom'), 'secretKeyRef'), 'name')),
    ]),
    ...list(container, 'envFrom').flatMap((source) => [
      named('ConfigMap', at(at(source, 'configMapRef'), 'name')),
      named('Secret', at(at(source, 'secretRef'), 'name')),
    ]),
  ]
}

function named(kind: ReferredKind, name: unknown): PodReference | undefined {
  return typeof name === 'string' && name !== '' ? { kind, name } : undefined
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

function list(value: unknown, key: string): unknown[] {
  const found = at(value, key)
  return Array.isArray(found) ? found : []
}
