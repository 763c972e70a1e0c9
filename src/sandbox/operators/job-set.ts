import type { Condition, KubeObject, ObjectMeta } from '../../kube/object.ts'
import { v2Labels } from '../../v2/pods.ts'
import type { JobSetSpec, ReplicatedJob } from '../../v2/trainjob.ts'
import {
  change,
  conditionsOf,
  isTrue,
  kinds,
  make,
  ownedOf,
  ownerOf,
  type Reconcile,
  remove,
  setStatus,
  tell,
  type Workshop,
  withCondition,
} from './workshop.ts'

const manager = 'jobset'

/**
 * The JobSet controller as users see it: a Job for each replica of each replicated job, the headless Service, success and failure.
 * Restarts of a whole JobSet and startup order are not simulated. Source: JobSet v0.12.0, pkg/controllers/jobset_controller.go.
 */
export const jobSet: Reconcile = (workshop, object) => {
  if (object.metadata.deletionTimestamp !== undefined) return
  const spec = object['spec'] as JobSetSpec
  const before = conditionsOf(object)
  if (isTrue(before, 'Completed') || isTrue(before, 'Failed')) return endJobs(workshop, object)
  makeService(workshop, object, spec)
  makeJobs(workshop, object, spec)
  const jobs = ownedOf(workshop, kinds.jobs, object)
  const conditions = conditionsAfter(workshop, object, spec, jobs)
  const over = conditions.find(({ type, status }) => (type === 'Completed' || type === 'Failed') && status === 'True')
  const status = {
    ...(conditions.length > 0 && { conditions }),
    replicatedJobsStatus: spec.replicatedJobs.map((job) => countsOf(job, jobs)),
    restarts: 0,
    ...(over && { terminalState: over.type }),
  }
  setStatus(workshop, kinds.jobSets, object, status, manager)
}

function makeService(workshop: Workshop, { metadata }: KubeObject, spec: JobSetSpec): void {
  const network = spec['network'] as { subdomain?: string; publishNotReadyAddresses?: boolean } | undefined
  const { name = '', namespace } = metadata
  const owner = workshop.store.find(kinds.jobSets, namespace, name)
  if (!owner) return
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: network?.subdomain ?? name, namespace, ownerReferences: [ownerOf(owner)] },
    spec: {
      clusterIP: 'None',
      clusterIPs: ['None'],
      type: 'ClusterIP',
      publishNotReadyAddresses: network?.publishNotReadyAddresses ?? true,
      selector: { [v2Labels.jobSetName]: name },
    },
  }
  make(workshop, kinds.services, service, manager)
}

function makeJobs(workshop: Workshop, jobSetObject: KubeObject, spec: JobSetSpec): void {
  const { name = '', namespace } = jobSetObject.metadata
  const total = spec.replicatedJobs.reduce((sum, { replicas = 1 }) => sum + replicas, 0)
  let global = 0
  for (const job of spec.replicatedJobs) {
    for (let index = 0; index < (job.replicas ?? 1); index++) {
      const machinery = {
        [v2Labels.jobSetName]: name,
        [v2Labels.replicatedJobName]: job.name,
        [v2Labels.replicatedJobReplicas]: String(job.replicas ?? 1),
        [v2Labels.globalReplicas]: String(total),
        [v2Labels.jobIndex]: String(index),
        [v2Labels.jobGlobalIndex]: String(global++),
      }
      const { metadata, spec: jobSpec } = job.template
      const labelled = (meta: ObjectMeta | undefined) => ({
        labels: { ...meta?.labels, ...machinery },
        annotations: { ...meta?.annotations, ...machinery },
      })
      const { template: pods, ...own } = structuredClone(jobSpec)
      const object: KubeObject = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name: `${name}-${job.name}-${index}`,
          namespace,
          ...labelled(metadata),
          ownerReferences: [ownerOf(jobSetObject)],
        },
        spec: {
          completionMode: 'Indexed',
          ...own,
          template: { ...pods, metadata: { ...pods.metadata, ...labelled(pods.metadata) } },
          suspend: spec.suspend ?? false,
        },
      }
      const before = workshop.store.find(kinds.jobs, namespace, object.metadata.name ?? '')
      if (!before) make(workshop, kinds.jobs, object, manager)
      else if ((before['spec'] as { suspend?: boolean }).suspend !== (spec.suspend ?? false)) {
        const follow = (job: KubeObject): KubeObject => ({
          ...job,
          spec: { ...(job['spec'] as object), suspend: spec.suspend ?? false },
        })
        change(workshop, kinds.jobs, before, follow, manager)
      }
    }
  }
}

/** Jobs that still run when the JobSet has ended are deleted, with their pods. */
function endJobs(workshop: Workshop, object: KubeObject): void {
  for (const job of ownedOf(workshop, kinds.jobs, object)) {
    if (!hasEnded(job)) remove(workshop, kinds.jobs, job)
  }
}

function hasEnded(job: KubeObject): boolean {
  const conditions = conditionsOf(job)
  return isTrue(conditions, 'Complete') || isTrue(conditions, 'Failed')
}

function conditionsAfter(
  workshop: Workshop,
  object: KubeObject,
  spec: JobSetSpec,
  jobs: readonly KubeObject[],
): readonly Condition[] {
  const before = conditionsOf(object)
  const now = workshop.clock.now()
  const set = (
    conditions: readonly Condition[],
    type: string,
    status: Condition['status'],
    reason: string,
    message: string,
  ) => {
    const next = withCondition(conditions, { type, status, reason, message }, now)
    const event = { type: type === 'Failed' ? 'Warning' : 'Normal', reason, message, source: 'jobset' } as const
    if (next !== conditions) tell(workshop, object, event)
    return next
  }
  const failed = jobs.find((job) => isTrue(conditionsOf(job), 'Failed'))
  if (failed) {
    const words = `jobset failed due to one or more job failures (first failed job: ${failed.metadata.name})`
    return set(before, 'Failed', 'True', 'FailedJobs', words)
  }
  if (isComplete(spec, jobs))
    return set(before, 'Completed', 'True', 'AllJobsCompleted', 'jobset completed successfully')
  if (spec.suspend === true) return set(before, 'Suspended', 'True', 'SuspendedJobs', 'jobset is suspended')
  return isTrue(before, 'Suspended') ? set(before, 'Suspended', 'False', 'ResumeJobs', 'jobset is resumed') : before
}

function isComplete({ successPolicy, replicatedJobs }: JobSetSpec, jobs: readonly KubeObject[]): boolean {
  const targets = successPolicy?.targetReplicatedJobs ?? []
  const counts = (name: string | undefined): boolean => targets.length === 0 || targets.includes(name ?? '')
  const wanted = replicatedJobs.filter(({ name }) => counts(name)).reduce((sum, { replicas = 1 }) => sum + replicas, 0)
  const done = jobs.filter(
    (job) => counts(job.metadata.labels?.[v2Labels.replicatedJobName]) && isTrue(conditionsOf(job), 'Complete'),
  )
  return successPolicy?.operator === 'Any' ? done.length > 0 : done.length >= wanted && wanted > 0
}

/** Counts Jobs, not pods. */
function countsOf({ name }: ReplicatedJob, jobs: readonly KubeObject[]): object {
  const own = jobs.filter(({ metadata }) => metadata.labels?.[v2Labels.replicatedJobName] === name)
  const numbers = own.map((job) => {
    const { active = 0, ready = 0, succeeded = 0 } = (job['status'] ?? {}) as Record<string, number>
    const { parallelism = 1, suspend = false } = job['spec'] as { parallelism?: number; suspend?: boolean }
    const conditions = conditionsOf(job)
    const over = isTrue(conditions, 'Complete') || isTrue(conditions, 'Failed')
    return {
      active: !over && active > 0 ? 1 : 0,
      ready: !over && ready + succeeded >= parallelism ? 1 : 0,
      succeeded: isTrue(conditions, 'Complete') ? 1 : 0,
      failed: isTrue(conditions, 'Failed') ? 1 : 0,
      suspended: suspend && !over ? 1 : 0,
    }
  })
  const sum = (key: keyof (typeof numbers)[number]): number => numbers.reduce((total, entry) => total + entry[key], 0)
  return {
    active: sum('active'),
    failed: sum('failed'),
    name,
    ready: sum('ready'),
    succeeded: sum('succeeded'),
    suspended: sum('suspended'),
  }
}
