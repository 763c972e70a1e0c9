import type { ModelPod } from '../../src/kube/model-pod.ts'
import type { KubeObject, ObjectMeta } from '../../src/kube/object.ts'
import type { Container, EnvVar, PodSpec } from '../../src/kube/pod.ts'
import { type KindInfo, kindInfo, type V1Kind } from '../../src/v1/kinds.ts'
import { v1Pods } from '../../src/v1/pods.ts'
import { parsedJob } from './pytorch-manifest.ts'

/** One replica type by what is not the usual. */
export interface RoleOptions {
  /** absent leaves the number to the operator */
  readonly replicas?: number
  readonly restartPolicy?: string
  /** fields of the container the kind's operator looks for */
  readonly container?: Partial<Container>
  readonly sidecars?: readonly Container[]
  /** fields of the pod spec beside its containers */
  readonly pod?: Partial<PodSpec>
  readonly metadata?: ObjectMeta
}

/** A job `train` of any kind, in namespace nlp, as a file holds it. */
export function kindManifest(
  kind: V1Kind,
  roles: Readonly<Record<string, RoleOptions>>,
  spec: Readonly<Record<string, unknown>> = {},
): KubeObject {
  const { specKey, container: name = 'mpi' } = kindInfo(kind) as KindInfo
  const replicas = Object.entries(roles).map(([role, { container, sidecars = [], pod, metadata, ...rest }]) => {
    const containers = [{ name, image: 'train:1', ...container }, ...sidecars]
    return [role, { ...rest, template: { ...(metadata ? { metadata } : {}), spec: { ...pod, containers } } }]
  })
  return {
    apiVersion: 'kubeflow.org/v1',
    kind,
    metadata: { name: 'train', namespace: 'nlp' },
    spec: { ...spec, [specKey]: Object.fromEntries(replicas) },
  }
}

/** The pods v1's operator makes of it, by their names without the job's. */
export function kindPods(...job: Parameters<typeof kindManifest>): Readonly<Record<string, ModelPod>> {
  const pods = v1Pods(parsedJob(kindManifest(...job)))
  return Object.fromEntries(pods.map((pod) => [pod.name.slice('train-'.length), pod]))
}

/** A pod's env as `NAME=value` lines, of one container, by default the one that trains. */
export function envLines(pod: ModelPod | undefined, container = pod?.main): string[] {
  const found = pod?.spec.containers.find(({ name }) => name === container)
  if (!found) throw new Error(`no container ${container}`)
  return (found.env ?? []).map(envLine)
}

function envLine({ name, value, valueFrom }: EnvVar): string {
  return `${name}=${valueFrom?.fieldRef ? `<${valueFrom.fieldRef.fieldPath}>` : (value ?? '')}`
}
