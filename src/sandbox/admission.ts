import type { KubeObject } from '../kube/object.ts'
import { isV1Job } from '../v1/kinds.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import { longestTrainJobName } from '../v2/names.ts'
import { jobSetPods } from '../v2/pods.ts'
import { trainJobFaults } from '../v2/train-job-faults.ts'
import type { JobSetSpec, TrainJob } from '../v2/trainjob.ts'
import { denied, Failure } from './failure.ts'
import { parsedJob } from './parsed-jobs.ts'
import { qualifiedName, type ServedResource, servedAs } from './served.ts'
import type { Store } from './store.ts'

const kinds = {
  namespaces: servedAs('namespaces'),
  runtimes: servedAs('trainingruntimes.trainer.kubeflow.org'),
  clusterRuntimes: servedAs('clustertrainingruntimes.trainer.kubeflow.org'),
} as const

const trainJobWebhook = 'validator.trainjob.trainer.kubeflow.org'

/**
 * What the webhooks of both operators, and of the API server itself, say to an object that is created or changed; throws what
 * they refuse with.
 */
export function admit(store: Store, resource: ServedResource, object: KubeObject, before?: KubeObject): KubeObject {
  if (resource.namespaced && !before) refuseAbsentNamespace(store, resource, object)
  if (isV1Job(object)) refuseBadJob(object)
  if (resource.plural === 'trainjobs') return admitTrainJob(store, object as TrainJob, before)
  if (resource.plural === 'jobsets' && !before) refuseLongJobSet(object)
  if (['configmaps', 'secrets'].includes(qualifiedName(resource))) refuseImmutable(resource, object, before)
  return object
}

function refuseAbsentNamespace(store: Store, resource: ServedResource, { metadata }: KubeObject): void {
  const { namespace = '', name } = metadata
  const found = store.find(kinds.namespaces, undefined, namespace)
  if (!found) {
    const details = { name: namespace, kind: 'namespaces' }
    throw new Failure(404, 'NotFound', `namespaces "${namespace}" not found`, details)
  }
  if (found.metadata.deletionTimestamp === undefined) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  const details = {
    name,
    kind: resource.plural,
    ...(resource.group !== '' && { group: resource.group }),
    causes: [cause],
  }
  const plural = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
  throw new Failure(403, 'Forbidden', `${plural} "${name}" is forbidden: ${why}`, details)
}

/** Training Operator v1.9.4 refuses what it cannot run (pkg/webhooks/<kind>). */
function refuseBadJob(object: KubeObject): void {
  const parsed = parsedJob(object)
  if (!('problems' in parsed)) return
  const problems = parsed.problems.map((problem) => `${problem.path}: ${problem.message}`).join(', ')
  throw denied(`validator.${object.kind.toLowerCase()}.training-operator.kubeflow.org`, problems)
}

/** Trainer v2.3.0, pkg/webhooks/trainjob_webhook.go; defaults of pkg/apis/trainer/v1alpha1/trainjob_types.go. */
function admitTrainJob(store: Store, trainJob: TrainJob, before?: KubeObject): KubeObject {
  const { name, kind = 'ClusterTrainingRuntime' } = trainJob.spec.runtimeRef
  const isCluster = kind === 'ClusterTrainingRuntime'
  const resource = isCluster ? kinds.clusterRuntimes : kinds.runtimes
  const runtime = store.find(resource, isCluster ? undefined : trainJob.metadata.namespace, name)
  if (!runtime && trainJob.metadata.deletionTimestamp === undefined) {
    const missing = `${kind}.trainer.kubeflow.org "${name}" not found: specified ${isCluster ? 'clusterTrainingRuntime' : 'trainingRuntime'} must be created before the TrainJob is created`
    const reference = JSON.stringify({ name, apiGroup: 'trainer.kubeflow.org', kind })
    throw denied(trainJobWebhook, `spec.runtimeRef: Invalid value: ${reference}: ${missing}`)
  }
  const [fault] = before ? [] : trainJobFaults(trainJob, newestDialect)
  if (fault) throw denied(trainJobWebhook, `${fault.path}: ${fault.message}`)
  return trainJob
}

/** JobSet v0.12.0, pkg/webhooks/jobset_webhook.go: names of Jobs and pods are derived from it. */
function refuseLongJobSet({ metadata, spec }: KubeObject): void {
  const { name = '', namespace = '' } = metadata
  const longest = longestTrainJobName(name, jobSetPods(name, namespace, spec as JobSetSpec))
  if (name.length <= longest) return
  const message = 'JobSet name is too long, job names generated for this JobSet will exceed 63 characters'
  throw denied('vjobset.kb.io', message)
}

function refuseImmutable(resource: ServedResource, object: KubeObject, before?: KubeObject): void {
  if (before?.['immutable'] !== true) return
  const same = ['data', 'stringData', 'binaryData', 'immutable'].every(
    (key) => object[key] === undefined || JSON.stringify(object[key]) === JSON.stringify(before[key]),
  )
  if (same) return
  const name = object.metadata.name ?? ''
  const message = 'field is immutable when `immutable` is set'
  const causes = [{ reason: 'FieldValueForbidden', message: `Forbidden: ${message}`, field: 'data' }]
  const details = { name, kind: resource.kind, causes }
  throw new Failure(422, 'Invalid', `${resource.kind} "${name}" is invalid: data: Forbidden: ${message}`, details)
}
