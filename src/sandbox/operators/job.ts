import type { ModelPod } from '../../kube/model-pod.ts'
import type { Condition, KubeObject } from '../../kube/object.ts'
import type { Pod } from '../../kube/pod.ts'
import { hasEnded } from '../../kube/pod-state.ts'
import { jobSetPods, v2Labels } from '../../v2/pods.ts'
import type { JobSetSpec } from '../../v2/trainjob.ts'
import { timeText } from '../clock.ts'
import {
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

const manager = 'kube-controller-manager'

interface JobSpec {
  readonly suspend?: boolean
  readonly completions?: number
  readonly backoffLimit?: number
  readonly successPolicy?: {
    readonly rules: readonly { readonly succeededIndexes?: string; readonly succeededCount?: number }[]
  }
  readonly podFailurePolicy?: { readonly rules: readonly FailureRule[] }
}

interface FailureRule {
  readonly action: string
  readonly onExitCodes?: {
    readonly containerName?: string
    readonly operator: string
    readonly values: readonly number[]
  }
  readonly onPodConditions?: readonly { readonly type: string; readonly status?: string }[]
}

/**
 * The Job controller for Jobs of a JobSet: one pod an index, replaced when it fails, until success policy, failure policy or back-off
 * limit decide. Source: kubernetes v1.36.3, pkg/controller/job/job_controller.go.
 */
export const job: Reconcile = (workshop, object) => {
  if (object.metadata.deletionTimestamp !== undefined) return
  const spec = object['spec'] as JobSpec
  const before = conditionsOf(object)
  const pods = ownedOf(workshop, kinds.pods, object) as Pod[]
  if (isTrue(before, 'Complete') || isTrue(before, 'Failed')) {
    for (const pod of pods) if (isActive(pod)) remove(workshop, kinds.pods, pod)
    return
  }
  const conditions = spec.suspend === true ? suspend(workshop, object, pods) : proceed(workshop, object, spec, pods)
  store(workshop, object, conditions)
}

function suspend(workshop: Workshop, object: KubeObject, pods: readonly Pod[]): readonly Condition[] {
  for (const pod of pods) if (isActive(pod)) remove(workshop, kinds.pods, pod)
  return set(
    workshop,
    object,
    conditionsOf(object),
    ['Suspended', 'True', 'JobSuspended', 'Job suspended'],
    'Suspended',
  )
}

function proceed(workshop: Workshop, object: KubeObject, spec: JobSpec, pods: readonly Pod[]): readonly Condition[] {
  let conditions = conditionsOf(object)
  if (isTrue(conditions, 'Suspended')) {
    conditions = set(workshop, object, conditions, ['Suspended', 'False', 'JobResumed', 'Job resumed'], 'Resumed')
  }
  const failed = pods.filter(({ status }) => status?.phase === 'Failed')
  const failure = failureOf(spec, failed)
  if (failure) {
    for (const pod of pods) if (isActive(pod)) remove(workshop, kinds.pods, pod)
    return set(workshop, object, conditions, ['Failed', 'True', ...failure], failure[0])
  }
  const done = completedIndexes(pods)
  const met = (spec.successPolicy?.rules ?? []).findIndex((rule) => isMet(rule, done))
  if (met >= 0 || done.length >= (spec.completions ?? 1)) {
    for (const pod of pods) if (isActive(pod)) remove(workshop, kinds.pods, pod)
    const words =
      met >= 0
        ? (['SuccessPolicy', `Matched rules at index ${met}`] as const)
        : (['CompletionsReached', 'Reached expected number of succeeded pods'] as const)
    conditions = set(workshop, object, conditions, ['SuccessCriteriaMet', 'True', ...words])
    return set(workshop, object, conditions, ['Complete', 'True', ...words], 'Completed')
  }
  for (const model of modelsOf(workshop, object)) {
    const index = model.labels[v2Labels.completionIndex]
    const taken = pods.some(
      (pod) => indexOf(pod) === index && (isActive(pod) || pod.status?.phase === 'Succeeded' || isLeaving(pod)),
    )
    if (!taken) makePod(workshop, object, model)
  }
  return conditions
}

/** The pods of this Job, by the model of its JobSet. */
function modelsOf({ store: objects }: Workshop, { metadata }: KubeObject): ModelPod[] {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'JobSet')
  const jobSet = owner && objects.find(kinds.jobSets, metadata.namespace, owner.name)
  if (!jobSet) return []
  const models = jobSetPods(owner.name, metadata.namespace ?? '', jobSet['spec'] as JobSetSpec)
  return models.filter(({ labels }) => labels[v2Labels.jobName] === metadata.name)
}

function makePod(workshop: Workshop, owner: KubeObject, model: ModelPod): void {
  const subdomain = model.addresses.at(-1)?.split('.')[1]
  const uid = owner.metadata.uid ?? ''
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${model.name}-`,
      namespace: model.namespace,
      labels: { ...model.labels, 'batch.kubernetes.io/controller-uid': uid, 'controller-uid': uid },
      annotations: { ...model.annotations },
      ownerReferences: [ownerOf(owner)],
    },
    spec: { ...structuredClone(model.spec), hostname: model.hostname, ...(subdomain !== undefined && { subdomain }) },
  }
  const refused = (reason: string): void =>
    tell(workshop, owner, {
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${reason}`,
      source: 'job-controller',
    })
  const made = make(workshop, kinds.pods, pod, manager, refused)
  if (!made) return
  const message = `Created pod: ${made.metadata.name}`
  tell(workshop, owner, { type: 'Normal', reason: 'SuccessfulCreate', message, source: 'job-controller' })
}

/** Reason and message of a Job that is over because of its failed pods. */
function failureOf(
  { podFailurePolicy, backoffLimit = 6 }: JobSpec,
  failed: readonly Pod[],
): [string, string] | undefined {
  let counted = 0
  for (const pod of failed) {
    const at = podFailurePolicy?.rules.findIndex((rule) => matches(rule, pod)) ?? -1
    const action = podFailurePolicy?.rules[at]?.action
    if (action === 'FailJob') {
      const ended = pod.status?.containerStatuses?.find(({ state }) => state?.terminated)
      const where = `${pod.metadata.namespace}/${pod.metadata.name}`
      const words = `Container ${ended?.name} for pod ${where} failed with exit code ${ended?.state?.terminated?.exitCode} matching FailJob rule at index ${at}`
      return ['PodFailurePolicy', words]
    }
    if (action !== 'Ignore') counted++
  }
  return counted > backoffLimit ? ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] : undefined
}

function matches({ onExitCodes, onPodConditions }: FailureRule, { status }: Pod): boolean {
  if (onPodConditions) {
    return onPodConditions.some(({ type, status: wanted = 'True' }) =>
      status?.conditions?.some((condition) => condition.type === type && condition.status === wanted),
    )
  }
  if (!onExitCodes) return false
  const { containerName, operator, values } = onExitCodes
  const codes = (status?.containerStatuses ?? [])
    .filter(({ name }) => containerName === undefined || name === containerName)
    .map(({ state }) => state?.terminated?.exitCode ?? 0)
    .filter((code) => code !== 0)
  return codes.some((code) => values.includes(code) === (operator === 'In'))
}

/** `0`, `1,3-5`: indexes as success policies and statuses write them. */
function indexesIn(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, at) => from + at)
  })
}

function isMet(
  rule: { readonly succeededIndexes?: string; readonly succeededCount?: number },
  done: readonly number[],
): boolean {
  const wanted = rule.succeededIndexes === undefined ? undefined : indexesIn(rule.succeededIndexes)
  const counting = wanted ? done.filter((index) => wanted.includes(index)) : done
  return counting.length >= (rule.succeededCount ?? wanted?.length ?? 1) && counting.length > 0
}

function completedIndexes(pods: readonly Pod[]): number[] {
  const done = pods.filter(({ status }) => status?.phase === 'Succeeded').map((pod) => Number(indexOf(pod)))
  return [...new Set(done)].sort((a, b) => a - b)
}

function indexOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.[v2Labels.completionIndex]
}

function isActive(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && !hasEnded(pod)
}

/** podReplacementPolicy Failed: a pod that is being deleted keeps its place until it has ended. */
function isLeaving({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && status?.phase !== 'Failed'
}

function set(
  workshop: Workshop,
  object: KubeObject,
  conditions: readonly Condition[],
  [type, status, reason, message]: readonly [string, Condition['status'], string, string],
  event?: string,
): readonly Condition[] {
  const now = workshop.clock.now()
  const next = withCondition(conditions, { type, status, reason, message }, now, {
    lastProbeTime: timeText(now),
  } as Partial<Condition>)
  if (next === conditions || event === undefined) return next
  const words = event === 'Completed' ? 'Job completed' : message
  tell(workshop, object, {
    type: type === 'Failed' ? 'Warning' : 'Normal',
    reason: event,
    message: words,
    source: 'job-controller',
  })
  return next
}

function store(workshop: Workshop, object: KubeObject, conditions: readonly Condition[]): void {
  const pods = ownedOf(workshop, kinds.pods, object) as Pod[]
  const done = completedIndexes(pods)
  const active = pods.filter(isActive)
  const before = (object['status'] ?? {}) as { startTime?: string }
  const over = isTrue(conditions, 'Complete')
  const suspended = (object['spec'] as JobSpec).suspend === true
  const ready = active.filter(({ status }) =>
    status?.conditions?.some((entry) => entry.type === 'Ready' && entry.status === 'True'),
  )
  const failed = pods.filter(
    ({ status, metadata }) => status?.phase === 'Failed' && metadata.deletionTimestamp === undefined,
  )
  const now = timeText(workshop.clock.now())
  const status = {
    ...(active.length > 0 && { active: active.length }),
    ...(conditions.length > 0 && { conditions }),
    ...(done.length > 0 && { succeeded: done.length, completedIndexes: done.join(',') }),
    ...(failed.length > 0 && { failed: failed.length }),
    ...(over && { completionTime: now }),
    ready: ready.length,
    ...(!suspended && { startTime: before.startTime ?? now }),
    terminating: pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).length,
    uncountedTerminatedPods: {},
  }
  setStatus(workshop, kinds.jobs, object, status, manager)
}
