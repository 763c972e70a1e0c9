import type { ModelPod } from '../kube/model-pod.ts'
import type { Container, PodSpec } from '../kube/pod.ts'
import { type JobSetSpec, type ReplicatedJob, trainerContainer } from './trainjob.ts'

/** Labels of JobSet v0.12 (api/jobset/v1alpha2/jobset_types.go) and of the Job controller that this project reads. */
export const v2Labels = {
  jobSetName: 'jobset.sigs.k8s.io/jobset-name',
  replicatedJobName: 'jobset.sigs.k8s.io/replicatedjob-name',
  replicatedJobReplicas: 'jobset.sigs.k8s.io/replicatedjob-replicas',
  globalReplicas: 'jobset.sigs.k8s.io/global-replicas',
  jobIndex: 'jobset.sigs.k8s.io/job-index',
  jobGlobalIndex: 'jobset.sigs.k8s.io/job-global-index',
  jobName: 'batch.kubernetes.io/job-name',
  completionIndex: 'batch.kubernetes.io/job-completion-index',
} as const

/** What the Job controller adds to every container of an Indexed Job (kubernetes v1.36.3, pkg/controller/job/indexed_job_utils.go). */
const completionIndexEnv = 'JOB_COMPLETION_INDEX'

/**
 * The pods that JobSet and the Job controller make of a rendered JobSet, job after job, each in the order of its index.
 * Names lack the five random letters. What the API server defaults later is absent, but for the JobSet webhook's own defaults.
 * Source: JobSet v0.12.0, pkg/controllers/jobset_controller.go, pkg/webhooks/jobset_webhook.go; kubernetes v1.36.3, pkg/controller/job.
 */
export function jobSetPods(name: string, namespace: string, spec: JobSetSpec): ModelPod[] {
  const globalReplicas = spec.replicatedJobs.reduce((sum, job) => sum + (job.replicas ?? 1), 0)
  let globalIndex = 0
  return spec.replicatedJobs.flatMap((job) => {
    const first = globalIndex
    globalIndex += job.replicas ?? 1
    const podSpec = podSpecOf(job)
    return range(job.replicas ?? 1).flatMap((jobIndex) =>
      range(podCount(job)).map((index) =>
        pod({ name, namespace, job, podSpec, jobIndex, index, globalReplicas, globalIndex: first + jobIndex, spec }),
      ),
    )
  })
}

interface Place {
  readonly name: string
  readonly namespace: string
  readonly job: ReplicatedJob
  /** of all pods of the job */
  readonly podSpec: PodSpec
  readonly jobIndex: number
  readonly index: number
  readonly globalReplicas: number
  readonly globalIndex: number
  readonly spec: JobSetSpec
}

function podSpecOf({ template }: ReplicatedJob): PodSpec {
  const { spec } = template.spec.template
  return {
    ...spec,
    containers: spec.containers.map(withCompletionIndex),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(withCompletionIndex) } : {}),
    restartPolicy: spec.restartPolicy ?? 'OnFailure',
  }
}

function pod(place: Place): ModelPod {
  const { name, namespace, job, podSpec, jobIndex, index } = place
  const template = job.template.spec.template
  const jobName = `${name}-${job.name}-${jobIndex}`
  const hostname = `${jobName}-${index}`
  const network = place.spec['network'] as { subdomain?: string; enableDNSHostnames?: boolean } | undefined
  const address = `${hostname}.${network?.subdomain ?? name}`
  const machinery = {
    [v2Labels.jobSetName]: name,
    [v2Labels.replicatedJobName]: job.name,
    [v2Labels.replicatedJobReplicas]: String(job.replicas ?? 1),
    [v2Labels.globalReplicas]: String(place.globalReplicas),
    [v2Labels.jobIndex]: String(jobIndex),
    [v2Labels.jobGlobalIndex]: String(place.globalIndex),
    [v2Labels.completionIndex]: String(index),
  }
  return {
    role: job.name,
    index: Math.max(jobIndex, index),
    name: hostname,
    namespace,
    hostname,
    addresses: [
      `${address}.${namespace}.svc.cluster.local`,
      `${address}.${namespace}.svc`,
      `${address}.${namespace}`,
      address,
    ],
    // the Job controller still writes the name under its old key as well
    labels: { ...template.metadata?.labels, ...machinery, [v2Labels.jobName]: jobName, 'job-name': jobName },
    annotations: { ...template.metadata?.annotations, ...machinery },
    finalizers: template.metadata?.finalizers,
    spec: podSpec,
    main: mainContainer(podSpec.containers),
  }
}

function withCompletionIndex(container: Container): Container {
  if (container.env?.some(({ name }) => name === completionIndexEnv)) return container
  const variable = {
    name: completionIndexEnv,
    valueFrom: { fieldRef: { fieldPath: `metadata.labels['${v2Labels.completionIndex}']` } },
  }
  return { ...container, env: [...(container.env ?? []), variable] }
}

/** Trainer's own container where there is one, else the first. */
function mainContainer(containers: readonly Container[]): string {
  return (containers.find(({ name }) => name === trainerContainer) ?? containers[0])?.name ?? trainerContainer
}

function podCount(job: ReplicatedJob): number {
  const { parallelism = 1, completions } = job.template.spec
  return Math.min(parallelism, completions ?? parallelism)
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
