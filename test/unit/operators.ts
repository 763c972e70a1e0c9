import type { ModelPod } from '../../src/kube/model-pod.ts'
import type { Condition, KubeObject, OwnerReference } from '../../src/kube/object.ts'
import type { Pod, PodStatus } from '../../src/kube/pod.ts'
import { resources } from '../../src/kube/resources.ts'
import { parseV1Job } from '../../src/v1/job.ts'
import { v1Pods } from '../../src/v1/pods.ts'
import { isSuspended } from '../../src/v1/state.ts'
import { jobSetPods } from '../../src/v2/pods.ts'
import { renderJobSet } from '../../src/v2/render.ts'
import type { JobSetSpec, TrainingRuntime, TrainJob } from '../../src/v2/trainjob.ts'
import type { FakeCluster } from './fake-cluster.ts'

export interface OperatorsOptions {
  /** how a pod fares; undefined: it runs and is ready */
  readonly fate?: (pod: ModelPod) => PodStatus | undefined
  /** false: nobody reconciles TrainJobs */
  readonly trainer?: boolean
  /** false: nobody reconciles the JobSets that Trainer makes */
  readonly jobSet?: boolean
  /** false: pods of a held v1 job stay */
  readonly deletesV1Pods?: boolean
}

const ready: PodStatus = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }

/**
 * Training Operator, Trainer, JobSet, the Job controller and a kubelet for a fake cluster, as far as a cutover sees them: pods
 * come and go with suspend, statuses follow. They act a moment after each change, as the real ones do.
 */
export function startOperators(cluster: FakeCluster, options: OperatorsOptions = {}): void {
  const reconcile = (): void => {
    for (const job of cluster.all(resources.pytorchJobs)) reconcileV1(cluster, job, options)
    if (options.trainer === false) return
    for (const job of cluster.all(resources.trainJobs)) reconcileTrainJob(cluster, job as TrainJob, options)
  }
  cluster.onChange(({ resource }) => {
    if (resource === resources.pytorchJobs || resource === resources.trainJobs) setImmediate(reconcile)
  })
  reconcile()
}

function reconcileV1(cluster: FakeCluster, object: KubeObject, options: OperatorsOptions): void {
  const parsed = parseV1Job(object)
  if (!('job' in parsed)) throw new Error(`not a job: ${JSON.stringify(parsed.problems)}`)
  const suspended = isSuspended(object)
  const existing = podsOf(cluster, object)
  if (suspended) {
    if (options.deletesV1Pods === false) return
    for (const pod of existing) remove(cluster, pod)
  } else {
    for (const model of v1Pods(parsed.job)) {
      if (!existing.some(({ metadata }) => metadata.name === model.name)) {
        cluster.put(live(model, model.name, ownerOf(object), options))
      }
    }
  }
  const type = suspended ? 'Suspended' : 'Running'
  if (conditionOf(object) !== type) {
    cluster.put({ ...object, status: { conditions: [{ type, status: 'True' }] } })
  }
}

function reconcileTrainJob(cluster: FakeCluster, trainJob: TrainJob, options: OperatorsOptions): void {
  const { name = '', namespace = '' } = trainJob.metadata
  const runtime = cluster
    .all(resources.trainingRuntimes)
    .find(({ metadata }) => metadata.name === trainJob.spec.runtimeRef.name) as TrainingRuntime | undefined
  if (!runtime) return
  const spec: JobSetSpec = renderJobSet(trainJob, runtime)
  const before = cluster.all(resources.jobSets).find(({ metadata }) => metadata.name === name)
  const jobSet: KubeObject = {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { ...before?.metadata, name, namespace, ownerReferences: [ownerOf(trainJob)] },
    spec,
    ...(options.jobSet === false ? {} : { status: { conditions: [suspendedCondition(spec.suspend === true)] } }),
  }
  const changed = (before?.['spec'] as JobSetSpec | undefined)?.suspend !== spec.suspend
  const stored = before && !changed ? before : cluster.put(jobSet)
  const existing = podsOf(cluster, stored)
  if (options.jobSet === false) return
  if (spec.suspend) {
    for (const pod of existing) remove(cluster, pod)
    return
  }
  for (const model of jobSetPods(name, namespace, spec)) {
    const podName = `${model.name}-abcde`
    if (!existing.some(({ metadata }) => metadata.name === podName)) {
      cluster.put(live(model, podName, ownerOf(stored), options))
    }
  }
}

function suspendedCondition(is: boolean): Condition {
  return { type: 'Suspended', status: is ? 'True' : 'False', reason: is ? 'SuspendedJobs' : 'ResumeJobs' }
}

function live(model: ModelPod, name: string, owner: OwnerReference, { fate }: OperatorsOptions): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: model.namespace,
      labels: { ...model.labels },
      annotations: { ...model.annotations },
      ownerReferences: [owner],
    },
    spec: { ...model.spec },
    status: fate?.(model) ?? ready,
  }
}

function podsOf(cluster: FakeCluster, owner: KubeObject): KubeObject[] {
  const { uid } = owner.metadata
  return cluster
    .all(resources.pods)
    .filter(({ metadata }) => metadata.ownerReferences?.some((found) => found.uid === uid))
}

function ownerOf({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? '', controller: true }
}

function conditionOf(object: KubeObject): string | undefined {
  const status = object['status'] as { conditions?: { type: string }[] } | undefined
  return status?.conditions?.at(-1)?.type
}

function remove(cluster: FakeCluster, { metadata }: KubeObject): boolean {
  return cluster.remove(resources.pods, metadata.namespace, metadata.name ?? '')
}
