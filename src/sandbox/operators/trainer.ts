import type { Condition, KubeObject } from '../../kube/object.ts'
import { printYaml } from '../../kube/print-yaml.ts'
import { renderJobSet, UnmodelledError } from '../../v2/render.ts'
import type { JobSetSpec, TrainingRuntime, TrainJob } from '../../v2/trainjob.ts'
import {
  change,
  conditionsOf,
  isTrue,
  kinds,
  make,
  ownerOf,
  type Reconcile,
  setStatus,
  tell,
  type Workshop,
  withCondition,
} from './workshop.ts'

const manager = 'trainer'
const defaultController = 'trainer.kubeflow.org/trainjob-controller'

/**
 * Kubeflow Trainer as users see it: the JobSet of a TrainJob by the v2 pod model, the runtime's snapshot, conditions.
 * Source: Trainer v2.3.0, pkg/controller/trainjob_controller.go, pkg/runtime/core.
 */
export const trainer: Reconcile = (workshop, object) => {
  const trainJob = object as TrainJob
  const { managedBy = defaultController } = trainJob.spec
  if (trainJob.metadata.deletionTimestamp !== undefined || managedBy !== defaultController) return
  const conditions = conditionsOf(trainJob)
  const ended = isTrue(conditions, 'Complete') || isTrue(conditions, 'Failed')
  if (!ended && !render(workshop, trainJob)) return
  const jobSet = workshop.store.find(kinds.jobSets, trainJob.metadata.namespace, trainJob.metadata.name ?? '')
  const next = conditionsAfter(conditions, trainJob, jobSet, workshop.clock.now())
  const jobs = (jobSet?.['status'] as { replicatedJobsStatus?: readonly object[] } | undefined)?.replicatedJobsStatus
  const status = { ...(next.length > 0 && { conditions: next }), ...(jobs && { jobsStatus: jobs }) }
  setStatus(workshop, kinds.trainJobs, trainJob, status, manager)
}

/** Makes the JobSet, or lets it follow suspend; false where none can be made. */
function render(workshop: Workshop, trainJob: TrainJob): boolean {
  const { namespace, name = '' } = trainJob.metadata
  const runtime = runtimeOf(workshop, trainJob)
  if (!runtime) return false
  const refused = (reason: string): void => {
    const message = `Failed to create resources: ${reason}`
    tell(workshop, trainJob, {
      type: 'Warning',
      reason: 'TrainJobResourcesCreationFailed',
      message,
      source: 'trainjob-controller',
    })
  }
  let spec: JobSetSpec
  try {
    spec = renderJobSet(trainJob, runtime)
  } catch (error) {
    if (!(error instanceof UnmodelledError)) throw error
    refused(`the sandbox has no model of it: ${error.message}`)
    return false
  }
  const before = workshop.store.find(kinds.jobSets, namespace, name)
  if (before) {
    if ((before['spec'] as JobSetSpec).suspend !== spec.suspend) {
      change(
        workshop,
        kinds.jobSets,
        before,
        (object) => ({ ...object, spec: { ...(object['spec'] as object), suspend: spec.suspend } }),
        manager,
      )
    }
    return true
  }
  const owner = { namespace, ownerReferences: [ownerOf(trainJob)] }
  const snapshot: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...owner, name: `${name}-runtime-snapshot` },
    data: { runtime: printYaml(runtime) },
  }
  make(workshop, kinds.configMaps, snapshot, manager)
  const { labels, annotations } = trainJob.metadata
  const copied = Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith('kubectl')))
  const jobSet: KubeObject = {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: {
      ...owner,
      name,
      ...(labels && { labels }),
      ...(Object.keys(copied).length > 0 && { annotations: copied }),
    },
    spec: withDefaults(spec),
  }
  return make(workshop, kinds.jobSets, jobSet, manager, refused) !== undefined
}

/** What JobSet's webhook fills in (v0.12.0, pkg/webhooks/jobset_webhook.go). */
function withDefaults(spec: JobSetSpec): JobSetSpec {
  return {
    ...spec,
    network: { enableDNSHostnames: true, publishNotReadyAddresses: true, ...(spec['network'] as object | undefined) },
    successPolicy: spec.successPolicy ?? { operator: 'All' },
    startupPolicy: spec['startupPolicy'] ?? { startupPolicyOrder: 'AnyOrder' },
    replicatedJobs: spec.replicatedJobs.map((job) => ({
      groupName: 'default',
      ...job,
      replicas: job.replicas ?? 1,
      template: { ...job.template, spec: { completionMode: 'Indexed', ...job.template.spec } },
    })),
  }
}

/** The runtime a TrainJob refers to, as it is now. */
function runtimeOf({ store }: Workshop, { metadata, spec }: TrainJob): TrainingRuntime | undefined {
  const { name, kind } = spec.runtimeRef
  const found =
    kind === 'TrainingRuntime'
      ? store.find(kinds.runtimes, metadata.namespace, name)
      : store.find(kinds.clusterRuntimes, undefined, name)
  return found as TrainingRuntime | undefined
}

function conditionsAfter(
  conditions: readonly Condition[],
  trainJob: TrainJob,
  jobSet: KubeObject | undefined,
  now: Date,
): readonly Condition[] {
  let next = conditions
  if (trainJob.spec.suspend === true) {
    const message = 'TrainJob is suspended'
    next = withCondition(next, { type: 'Suspended', status: 'True', reason: 'Suspended', message }, now)
  } else if (isTrue(next, 'Suspended')) {
    next = withCondition(
      next,
      { type: 'Suspended', status: 'False', reason: 'Resumed', message: 'TrainJob is resumed' },
      now,
    )
  }
  for (const [from, to] of [
    ['Completed', 'Complete'],
    ['Failed', 'Failed'],
  ] as const) {
    const ended = jobSet && conditionsOf(jobSet).find(({ type, status }) => type === from && status === 'True')
    if (ended) next = withCondition(next, { ...ended, type: to }, now)
  }
  return next
}
