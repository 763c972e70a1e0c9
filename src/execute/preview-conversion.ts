import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError, failedWith } from '../cluster/errors.ts'
import { compareJobSet, comparePodToModel } from '../compare/live.ts'
import type { PodDifference } from '../compare/pods.ts'
import type { Conversion } from '../convert/convert.ts'
import type { Proof } from '../convert/proof.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeEvent } from '../kube/event.ts'
import { queueLabel } from '../kube/kueue.ts'
import { hasLabel } from '../kube/label-selector.ts'
import type { ModelPod } from '../kube/model-pod.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { PodTemplate } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import { ownedBy } from '../migration/ownership.ts'
import { runtimeDifferenceOf } from '../migration/steps/create-runtime.ts'
import { Problem } from '../problem.ts'
import { isServed } from '../read/is-served.ts'
import { v2Labels } from '../v2/pods.ts'
import { creationFailed } from '../v2/state.ts'
import { annotations, type JobSetSpec, previewLabel, type TrainingRuntime, type TrainJob } from '../v2/trainjob.ts'
import { onceRuntimeIsSeen } from './runtime-seen.ts'

/** What the cluster's operators make of a suspended TrainJob, held against the model. */
export interface Preview {
  /** values the model expects and the operators do not render; `pod` says where, empty for the JobSet */
  readonly differences: readonly PodDifference[]
  readonly jobs: number
}

interface PreviewOptions {
  readonly cluster: Cluster
  readonly namespace: string
  /** of a TrainJob by a name nobody uses */
  readonly conversion: Conversion
  /** aborted by Ctrl-C: what was made is removed all the same */
  readonly signal: AbortSignal
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly note: (text: string) => void
}

const [interval, patience, jobPatience] = [200, 60_000, 50]

/**
 * Makes a suspended TrainJob, and its runtime where it is not there, reads what the operators render of it, and removes both again,
 * whatever happens. Throws a Problem where Kueue could start it, where the name is somebody's, and where nothing is rendered in a minute.
 */
export async function previewConversion(options: PreviewOptions): Promise<Preview> {
  const { cluster, namespace, conversion, note } = options
  await refuseQueued(options)
  const name = conversion.trainJob.metadata.name ?? ''
  await removeLeftover(options, name)
  const runtime = await ensureRuntime(cluster, namespace, conversion)
  let trainJob: TrainJob | undefined
  try {
    note(`preview: TrainJob ${name} is made, suspended, and removed again`)
    trainJob = await onceRuntimeIsSeen(options.sleep, () =>
      cluster.create<TrainJob>(resources.trainJobs, marked(conversion, namespace)),
    )
    if (queueOf(trainJob) !== undefined || trainJob.spec.suspend !== true)
      throw queued(conversion, 'its webhook gave the preview a queue')
    return await rendered(options, trainJob)
  } finally {
    if (trainJob) await removeTrainJob(options, trainJob)
    if (runtime) await removeRuntime(cluster, namespace, runtime)
  }
}

/** The differences between a live JobSet with its Jobs, and what was predicted of them. */
export function previewDifferences(
  { jobSet: expected, v2 }: Pick<Proof, 'jobSet' | 'v2'>,
  jobSet: KubeObject,
  jobs: readonly KubeObject[],
): PodDifference[] {
  const spec = jobSet['spec'] as JobSetSpec
  const ofJobs = jobs.flatMap(({ metadata, spec: job }) => {
    const labels = metadata.labels ?? {}
    const model = v2.find(
      (pod) =>
        pod.labels[v2Labels.replicatedJobName] === labels[v2Labels.replicatedJobName] &&
        pod.labels[v2Labels.jobIndex] === labels[v2Labels.jobIndex],
    )
    const template = (isRecord(job) ? job['template'] : undefined) as PodTemplate | undefined
    if (!model || !template) {
      return [{ pod: `Job ${metadata.name}`, rank: 0, path: 'Job', v1: 'absent', v2: 'a Job that nobody expected' }]
    }
    const live = { apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata }, spec: template.spec }
    return comparePodToModel(ofTemplate(model), live).map((difference) => ({
      ...difference,
      pod: `Job ${metadata.name}`,
    }))
  })
  return [...compareJobSet({ ...expected, suspend: spec.suspend ?? false }, spec), ...ofJobs]
}

/** A pod without what the Job controller alone adds to it. */
function ofTemplate(model: ModelPod): ModelPod {
  const added: readonly string[] = [v2Labels.completionIndex, v2Labels.jobName, 'job-name']
  const without = (map: ModelPod['labels']) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => !added.includes(key)))
  const plain = <C extends { env?: { name: string }[] }>(container: C): C => ({
    ...container,
    ...(container.env ? { env: container.env.filter(({ name }) => name !== 'JOB_COMPLETION_INDEX') } : {}),
  })
  const { containers, initContainers } = model.spec
  return {
    ...model,
    labels: without(model.labels),
    annotations: without(model.annotations),
    spec: {
      ...model.spec,
      containers: containers.map(plain),
      ...(initContainers ? { initContainers: initContainers.map(plain) } : {}),
    },
  }
}

/** Records no source: no other verb may take it for the job's own TrainJob. */
function marked({ trainJob }: Conversion, namespace: string): TrainJob {
  const { metadata, spec } = trainJob
  const ours: readonly string[] = Object.values(annotations)
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => !ours.includes(key))
  return {
    ...trainJob,
    metadata: {
      ...metadata,
      namespace,
      labels: { ...metadata.labels, [previewLabel]: 'true' },
      annotations: Object.fromEntries(kept),
    },
    spec: { ...spec, suspend: true },
  }
}

async function rendered(
  { cluster, namespace, conversion, signal, sleep }: PreviewOptions,
  trainJob: TrainJob,
): Promise<Preview> {
  const { proof } = conversion
  const { name = '', uid } = trainJob.metadata
  const expected = proof.jobSet.replicatedJobs
    .filter((job) => job['dependsOn'] === undefined)
    .reduce((sum, { replicas = 1 }) => sum + replicas, 0)
  let seen = 0
  for (let waited = 0; waited < patience; waited += interval) {
    if (signal.aborted) throw new ClusterError({ kind: 'aborted' })
    const jobSet = await cluster.find(resources.jobSets, namespace, name)
    if (jobSet && ownedBy(jobSet, uid)) {
      const labelSelector = hasLabel(v2Labels.jobSetName, name)
      const { items } = await cluster.list(resources.jobs, { namespace, labelSelector })
      // Jobs come a moment after their JobSet; where they do not, the JobSet alone is compared
      if (items.length >= expected || ++seen > jobPatience)
        return { differences: previewDifferences(proof, jobSet, items), jobs: items.length }
    } else await refuseUnmade(cluster, namespace, trainJob)
    await sleep(interval)
  }
  throw new Problem({
    code: 'preview-not-rendered',
    what: `Trainer rendered nothing of TrainJob ${namespace}/${name} in a minute`,
    why: 'it, or JobSet, does not run here; what was made for the preview is removed',
    next: ['kubectl get pods -A | grep -e trainer -e jobset'],
    exit: exitCode.no,
  })
}

/** Nothing but an event tells of a JobSet that cannot be made. */
async function refuseUnmade(cluster: Cluster, namespace: string, { metadata }: TrainJob): Promise<void> {
  const fieldSelector = `involvedObject.name=${metadata.name},type=Warning`
  let events: readonly KubeEvent[] = []
  try {
    events = (await cluster.list<KubeEvent>(resources.events, { namespace, fieldSelector })).items
  } catch (error) {
    if (!failedWith(error, 'forbidden')) throw error
  }
  const event = events.find(
    ({ reason, involvedObject }) => reason === creationFailed && involvedObject.uid === metadata.uid,
  )
  if (!event) return
  throw new Problem({
    code: 'preview-not-rendered',
    what: `Trainer cannot make the JobSet of TrainJob ${namespace}/${metadata.name}`,
    why: event.message,
    exit: exitCode.no,
  })
}

async function ensureRuntime(
  cluster: Cluster,
  namespace: string,
  { runtime, reused }: Conversion,
): Promise<TrainingRuntime | undefined> {
  if (reused) return undefined
  const name = runtime.metadata.name ?? ''
  const found = await cluster.find<TrainingRuntime>(resources.trainingRuntimes, namespace, name)
  const difference = found && runtimeDifferenceOf(runtime, found)
  if (difference !== undefined) {
    throw new Problem({
      code: 'runtime-differs',
      what: difference,
      why: 'its name says what it contains',
      exit: exitCode.no,
    })
  }
  if (found) return undefined
  const object = { ...runtime, metadata: { ...runtime.metadata, namespace } }
  return await cluster.create<TrainingRuntime>(resources.trainingRuntimes, object)
}

async function removeLeftover(options: PreviewOptions, name: string): Promise<void> {
  const { cluster, namespace, note } = options
  const found = await cluster.find<TrainJob>(resources.trainJobs, namespace, name)
  if (!found) return
  if (found.metadata.labels?.[previewLabel] === undefined) {
    throw new Problem({
      code: 'preview-name-taken',
      what: `there is a TrainJob ${namespace}/${name} already, which no preview made`,
      next: [`kubectl get trainjob ${name} -n ${namespace} -o yaml`],
      exit: exitCode.no,
    })
  }
  note(`preview: TrainJob ${name} of an earlier preview is removed`)
  await removeTrainJob(options, found)
}

async function removeTrainJob({ cluster, namespace, sleep }: PreviewOptions, { metadata }: TrainJob): Promise<void> {
  const { name = '', uid } = metadata
  await cluster.delete(resources.trainJobs, namespace, name, {
    preconditions: { uid },
    propagationPolicy: 'Background',
  })
  for (let waited = 0; waited < patience; waited += interval) {
    if (!(await cluster.find(resources.trainJobs, namespace, name))) return
    await sleep(interval)
  }
}

/** Only where no TrainJob has come to use it meanwhile. */
async function removeRuntime(cluster: Cluster, namespace: string, { metadata }: TrainingRuntime): Promise<void> {
  const { name = '', uid } = metadata
  const { items } = await cluster.list<TrainJob>(resources.trainJobs, { namespace })
  if (items.some(({ spec }) => spec.runtimeRef.kind === 'TrainingRuntime' && spec.runtimeRef.name === name)) return
  await cluster.delete(resources.trainingRuntimes, namespace, name, { preconditions: { uid } })
}

function queueOf({ metadata }: KubeObject): string | undefined {
  return metadata.labels?.[queueLabel]
}

/** Kueue starts a suspended job when it admits it: a preview would run. */
async function refuseQueued({ cluster, namespace, conversion }: PreviewOptions): Promise<void> {
  const queue = queueOf(conversion.job.object) ?? queueOf(conversion.trainJob)
  if (queue !== undefined) throw queued(conversion, `the job waits in queue ${queue}`)
  for (const resource of [resources.localQueuesV1beta2, resources.localQueues]) {
    try {
      if (await cluster.find(resource, namespace, 'default')) {
        throw queued(conversion, `namespace ${namespace} has a LocalQueue default, which every job is put into`)
      }
      return
    } catch (error) {
      if (failedWith(error, 'forbidden')) {
        if (!(await isServed(cluster, resource.group))) return
        throw queued(conversion, 'Kueue is here, and you may not read its LocalQueues')
      }
      if (!failedWith(error, 'apiAbsent')) throw error
    }
  }
}

function queued({ job }: Conversion, why: string): Problem {
  return new Problem({
    code: 'preview-queued',
    what: `${job.object.kind} ${job.namespace}/${job.name} is not previewed: Kueue could start the preview`,
    why,
    next: ['without --preview the comparison rests on the model, and makes nothing'],
    exit: exitCode.no,
  })
}
