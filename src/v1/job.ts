import { withoutNulls } from '../kube/clone.ts'
import { formatFieldPath } from '../kube/field-path.ts'
import { labelValueFault } from '../kube/label-value.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { PodTemplate } from '../kube/pod.ts'
import { checkTypes, fieldTypes } from './field-types.ts'
import type { Gang } from './gang.ts'
import { type KindInfo, kindInfo, type RestartPolicy } from './kinds.ts'
import { checkMpiOperator } from './mpi-operator.ts'
import { nameOf } from './names.ts'

/** One replica type of a v1 job with the operator's defaults applied. */
export interface Replica {
  /** canonical name, e.g. `Master` */
  readonly name: string
  /** the key as written, which older objects may spell in another case */
  readonly key: string
  /** lower case, as in pod names and labels, e.g. `master` */
  readonly role: string
  readonly count: number
  readonly restartPolicy: RestartPolicy
  readonly template: PodTemplate
  /** name of the container the operator treats as the one that trains */
  readonly main: string
}

export interface RunPolicy {
  cleanPodPolicy?: string
  ttlSecondsAfterFinished?: number
  activeDeadlineSeconds?: number
  backoffLimit?: number
  schedulingPolicy?: Record<string, unknown>
  suspend?: boolean
  managedBy?: string
  [field: string]: unknown
}

/** A v1 job as its operator sees it after defaulting, null read as absent; `object` is the untouched original. */
export interface V1Job {
  readonly info: KindInfo
  readonly object: KubeObject
  readonly name: string
  /** `default` when the manifest names none */
  readonly namespace: string
  /** in the order the kind numbers them; only those present */
  readonly replicas: readonly Replica[]
  /** pods in all */
  readonly total: number
  readonly runPolicy: RunPolicy
  /** how the operator that runs it schedules gangs, where that is known: the job does not say */
  readonly gang?: Gang
  readonly spec: Readonly<Record<string, unknown>>
}

/** One reason why Training Operator would not run this job. */
export interface FieldProblem {
  readonly path: string
  readonly message: string
}

export type ParsedJob = { readonly job: V1Job } | { readonly problems: readonly FieldProblem[] }

const restartPolicies: readonly string[] = ['Always', 'OnFailure', 'Never', 'ExitCode']

/**
 * Reads a v1 job and applies the operator's defaults, or says what its webhook and CRD would refuse, every reason at once.
 * Source: Training Operator v1.9.4, pkg/apis/kubeflow.org/v1/*_defaults.go and pkg/webhooks/<kind>/.
 */
export function parseV1Job(object: KubeObject): ParsedJob {
  const info = kindInfo(object.kind, object.apiVersion)
  if (!info) return { problems: [{ path: 'kind', message: `${object.kind} is not a kind of Training Operator v1` }] }
  const problems: FieldProblem[] = []
  const refuse = (path: string, message: string) => void problems.push({ path, message })
  const name = nameOf(object, refuse)
  if (checkTypes(object.metadata, fieldTypes.metadata, 'metadata', refuse)) checkLabels(object, refuse)
  if (object['spec'] !== undefined) checkTypes(object['spec'], fieldTypes.spec, 'spec', refuse)
  const spec = isRecord(object['spec']) ? withoutNulls(object['spec']) : {}
  const written = spec[info.specKey]
  if (!isRecord(written)) refuse(`spec.${info.specKey}`, 'must be a map of replica types')
  const replicas = isRecord(written) ? readReplicas(info, written, refuse) : []
  checkKind(info, spec, isRecord(written) ? written : {}, refuse)
  checkManager(info, spec['runPolicy'], refuse)
  if (info.operator === 'mpi-operator') problems.push(...checkMpiOperator(spec))
  if (problems.length > 0) return { problems }
  return {
    job: {
      info,
      object,
      name,
      namespace: object.metadata.namespace ?? 'default',
      replicas,
      total: replicas.reduce((sum, replica) => sum + replica.count, 0),
      runPolicy: isRecord(spec['runPolicy']) ? (spec['runPolicy'] as RunPolicy) : {},
      spec,
    },
  }
}

type Refuse = (path: string, message: string) => void

function checkLabels({ metadata }: KubeObject, refuse: Refuse): void {
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    const fault = value === null ? undefined : labelValueFault(value)
    if (fault !== undefined) refuse(formatFieldPath(['metadata', 'labels', key]), fault)
  }
}

function readReplicas(info: KindInfo, written: Record<string, unknown>, refuse: Refuse): Replica[] {
  const canonical = new Map(info.replicaNames.map((name) => [name.toLowerCase(), name]))
  const found = new Map<string, Replica>()
  for (const [key, value] of Object.entries(written)) {
    const path = `spec.${info.specKey}.${key}`
    const name = canonical.get(key.toLowerCase()) ?? ownType(info, key)
    if (name === undefined) {
      refuse(path, `is not a replica type of ${info.kind}: ${info.replicaNames.join(', ')}`)
    } else if (found.has(name)) {
      refuse(path, `${name} is written twice, in two spellings`)
    } else {
      const replica = readReplica(info, name, key, value, path, refuse)
      if (replica) found.set(name, replica)
    }
  }
  const known = info.replicaNames.flatMap((name) => found.get(name) ?? [])
  return [...known, ...[...found.values()].filter((replica) => !known.includes(replica))]
}

/**
 * A replica type that is none of TFJob's: Training Operator makes its pods all the same, and nothing decides by them. Undefined for one
 * that pods cannot be called by.
 * Source: Training Operator v1.9.4, pkg/webhooks/tensorflow/tfjob_webhook.go, pkg/controller.v1/tensorflow/tensorflow.go.
 */
function ownType({ kind }: KindInfo, key: string): string | undefined {
  return kind === 'TFJob' && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/i.test(key) ? key : undefined
}

function readReplica(
  info: KindInfo,
  name: string,
  key: string,
  value: unknown,
  path: string,
  refuse: Refuse,
): Replica | undefined {
  if (!isRecord(value)) {
    refuse(path, 'must be a replica spec with a template')
    return undefined
  }
  if (!checkTypes(value['template'], fieldTypes.template, `${path}.template`, refuse)) return undefined
  const template = isRecord(value['template']) ? (value['template'] as unknown as PodTemplate) : undefined
  const containers = template?.spec?.containers
  if (!template || !Array.isArray(containers) || containers.length === 0) {
    refuse(`${path}.template.spec.containers`, 'must be specified')
    return undefined
  }
  if (Array.isArray(template.spec['ephemeralContainers']) && template.spec['ephemeralContainers'].length > 0) {
    refuse(`${path}.template.spec.ephemeralContainers`, 'must not be set: the API server takes no new pod that has any')
  }
  containers.forEach((container, at) => {
    if (!container?.image) refuse(`${path}.template.spec.containers[${at}].image`, 'is required')
  })
  const main = info.container ?? containers[0]?.name ?? ''
  if (!containers.some((container) => container?.name === main)) {
    refuse(`${path}.template.spec.containers`, `must have at least one container with name ${main}`)
  }
  const count = readCount(info, name, value['replicas'], path, refuse)
  const ofLauncher = info.operator === 'mpi-operator' && name === 'Launcher' ? 'OnFailure' : undefined
  const written = value['restartPolicy'] === '' ? undefined : value['restartPolicy']
  const restartPolicy = written ?? ofLauncher ?? info.restartPolicy
  const allowed = info.operator === 'mpi-operator' ? ['OnFailure', 'Never'] : restartPolicies
  if (!allowed.includes(String(restartPolicy))) {
    refuse(`${path}.restartPolicy`, `${JSON.stringify(restartPolicy)} is none of ${allowed.join(', ')}`)
  }
  return {
    name,
    key,
    role: name.toLowerCase(),
    count,
    restartPolicy: restartPolicy as RestartPolicy,
    template: withDefaultPort(info, template, main),
    main,
  }
}

/** The kinds whose webhook wants the Master written out with exactly one replica. */
const oneMaster: readonly string[] = ['PyTorchJob', 'XGBoostJob']

/** The field is an int32. */
const mostReplicas = 2_147_483_647

function readCount(info: KindInfo, name: string, written: unknown, path: string, refuse: Refuse): number {
  if (written !== undefined && written !== null && (typeof written !== 'number' || !Number.isInteger(written))) {
    refuse(`${path}.replicas`, `${JSON.stringify(written)} must be a whole number`)
    return 0
  }
  if (name === 'Master' && oneMaster.includes(info.kind) && written !== 1) {
    refuse(`${path}.replicas`, 'must be 1')
    return 1
  }
  const count = typeof written === 'number' ? written : info.kind === 'MPIJob' && name === 'Worker' ? 0 : 1
  if (name === 'Launcher' && count !== 1) refuse(`${path}.replicas`, 'must be 1')
  else if (info.kind === 'PyTorchJob' && count < 1) refuse(`${path}.replicas`, 'must be at least 1')
  else if (count < 0) refuse(`${path}.replicas`, 'must not be negative')
  else if (count > mostReplicas) refuse(`${path}.replicas`, `must not be more than ${mostReplicas}`)
  return count
}

function withDefaultPort({ port }: KindInfo, template: PodTemplate, main: string): PodTemplate {
  const { containers } = template.spec
  const at = containers.findIndex(({ name }) => name === main)
  const container = containers[at]
  if (!container || !port || container.ports?.some(({ name }) => name === port.name)) return template
  const ports = [...(container.ports ?? []), { name: port.name, containerPort: port.number }]
  return { ...template, spec: { ...template.spec, containers: containers.with(at, { ...container, ports }) } }
}

/** Rules of one kind's webhook beside those of its replicas. */
function checkKind(
  info: KindInfo,
  spec: Record<string, unknown>,
  written: Readonly<Record<string, unknown>>,
  refuse: Refuse,
): void {
  const names = Object.keys(written).map((key) => key.toLowerCase())
  const has = (name: string) => names.includes(name.toLowerCase())
  switch (info.kind) {
    case 'PyTorchJob':
      checkElastic(spec, has('Worker'), refuse)
      return
    case 'TFJob':
      if (has('Chief') && has('Master')) refuse('spec.tfReplicaSpecs', 'must not have more than 1 Chief or Master role')
      return
    case 'XGBoostJob':
      if (!has('Master')) refuse('spec.xgbReplicaSpecs', 'must be specified with a Master')
      return
    case 'MPIJob':
      if (!has('Launcher')) refuse('spec.mpiReplicaSpecs', 'must be specified with a Launcher')
      return
    case 'PaddleJob':
    case 'JAXJob':
      return
  }
}

/** Other controllers' jobs are skipped by the operator, where its webhook takes them at all (pkg/common/util/webhooks.go). */
function checkManager({ operator }: KindInfo, runPolicy: unknown, refuse: Refuse): void {
  const managers: readonly unknown[] = [`kubeflow.org/${operator ?? 'training-operator'}`, 'kueue.x-k8s.io/multikueue']
  const manager = isRecord(runPolicy) ? (runPolicy['managedBy'] ?? undefined) : undefined
  if (manager !== undefined && !managers.includes(manager)) {
    refuse('spec.runPolicy.managedBy', `${JSON.stringify(manager)} is none of ${managers.join(', ')}`)
  }
}

function checkElastic(spec: Record<string, unknown>, hasWorker: boolean, refuse: Refuse): void {
  const elastic = spec['elasticPolicy']
  if (!isRecord(elastic)) return
  if (!hasWorker) {
    refuse('spec.pytorchReplicaSpecs.Worker', 'must be configured if elastic policy is used')
  }
  if (elastic['nProcPerNode'] !== undefined && spec['nprocPerNode'] !== undefined) {
    refuse('spec.elasticPolicy.nProcPerNode', 'must not be used with spec.nprocPerNode')
  }
  // pkg/controller.v1/pytorch/elastic.go cuts the last comma off, and ends in a panic where there is none
  const { rdzvConf } = elastic
  if (Array.isArray(rdzvConf) && rdzvConf.length === 0) {
    refuse('spec.elasticPolicy.rdzvConf', 'must not be an empty list: Training Operator fails at it and makes no pods')
  }
}

/** Number of the kind's default port on the container that trains, as the replica declares it. */
export function defaultPort(job: V1Job, name: string): number {
  const replica = job.replicas.find((candidate) => candidate.name === name)
  const container = replica?.template.spec.containers.find((candidate) => candidate.name === replica.main)
  return (
    container?.ports?.find((port) => port.name === job.info.port?.name)?.containerPort ?? job.info.port?.number ?? 0
  )
}
