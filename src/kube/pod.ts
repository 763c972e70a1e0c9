import type { ObjectMeta } from './object.ts'

/** core/v1 EnvVar. */
export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    fieldRef?: { fieldPath: string; apiVersion?: string }
    resourceFieldRef?: { resource: string; containerName?: string; divisor?: string | number }
    configMapKeyRef?: { name?: string; key: string; optional?: boolean }
    secretKeyRef?: { name?: string; key: string; optional?: boolean }
    [source: string]: unknown
  }
}

/** core/v1 ContainerPort. */
export interface ContainerPort {
  name?: string
  containerPort: number
  protocol?: string
  [field: string]: unknown
}

/** core/v1 VolumeMount. */
export interface VolumeMount {
  name: string
  mountPath: string
  subPath?: string
  readOnly?: boolean
  [field: string]: unknown
}

/** core/v1 ResourceRequirements: quantities by the resource’s name. */
export interface Resources {
  limits?: Record<string, string | number>
  requests?: Record<string, string | number>
  claims?: unknown[]
}

/** core/v1 Container: the fields this project reads; others pass through. */
export interface Container {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  env?: EnvVar[]
  envFrom?: unknown[]
  ports?: ContainerPort[]
  resources?: Resources
  volumeMounts?: VolumeMount[]
  [field: string]: unknown
}

/** core/v1 Volume: its name and one source. */
export interface Volume {
  name: string
  [source: string]: unknown
}

/** core/v1 PodSpec: the fields this project reads; others pass through. */
export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  volumes?: Volume[]
  restartPolicy?: string
  nodeSelector?: Record<string, string>
  tolerations?: unknown[]
  affinity?: Record<string, unknown>
  nodeName?: string
  hostname?: string
  subdomain?: string
  [field: string]: unknown
}

/** core/v1 PodTemplateSpec. */
export interface PodTemplate {
  metadata?: ObjectMeta
  spec: PodSpec
}

/** A live pod: what state, trees and differential tests read of it. */
export interface Pod {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  spec: PodSpec
  status?: PodStatus
  [field: string]: unknown
}

/** core/v1 ContainerState: at most one of its members; times are RFC 3339. */
export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: { exitCode: number; reason?: string; message?: string; finishedAt?: string; startedAt?: string }
}

/** core/v1 ContainerStatus: the fields this project reads. */
export interface ContainerStatus {
  name: string
  /** with the digest that was pulled, in the words of the container runtime */
  imageID?: string
  ready?: boolean
  started?: boolean
  restartCount?: number
  state?: ContainerState
  lastState?: ContainerState
}

/** core/v1 PodStatus: the fields this project reads. */
export interface PodStatus {
  readonly hostIP?: string
  readonly hostIPs?: readonly { readonly ip: string }[]
  readonly podIP?: string
  readonly podIPs?: readonly { readonly ip: string }[]
  phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  reason?: string
  message?: string
  startTime?: string
  conditions?: { type: string; status: string; reason?: string; message?: string }[]
  containerStatuses?: ContainerStatus[]
  initContainerStatuses?: ContainerStatus[]
}
