import { type DiffRow, diffRows, type Explanation } from '../compare/rows.ts'
import type { ModelPod } from '../kube/model-pod.ts'
import { isRecord } from '../kube/object.ts'
import { v2Labels } from '../v2/pods.ts'
import type { JobSetSpec, ReplicatedJob, TrainJob } from '../v2/trainjob.ts'
import { codes, type FindingCode } from './codes.ts'
import type { Proof } from './proof.ts'

/** A TrainJob and what is predicted of it. */
export interface Rendered {
  readonly trainJob: TrainJob
  readonly proof: Proof
}

type Values = Readonly<Record<string, string | undefined>>

/**
 * What of a job stands in no pod, pod by pod: how often it is tried, which pods decide its success, deadlines, suspension, its queue. `v1`
 * are v1's rules as our own conversion writes them, `written` is what somebody else wrote.
 */
export function endingRows(v1: Rendered, written: Rendered): DiffRow[] {
  const ours = new Map(v1.proof.comparison.pairs.map((pair) => [pair.label, pair.v2]))
  const pairs = written.proof.comparison.pairs.map((pair) => {
    const like = ours.get(pair.label)
    const [mine, theirs] = [like ? valuesOf(v1, like) : {}, valuesOf(written, pair.v2)]
    const leaves = Object.keys({ ...mine, ...theirs }).flatMap((path) => {
      const [a, b] = [mine[path], theirs[path]]
      if (a === undefined && b === undefined) return []
      return [{ path, v1: a, v2: b, verdict: a === b ? ('same' as const) : ('different' as const) }]
    })
    return { ...pair, leaves }
  })
  const rows = diffRows({ pairs, differences: [] }, new Set(), ({ path, v1, v2 }) => causeOf(path, v1, v2))
  return rows.map((row) => ({ ...row, aspect: 'other', origin: 'job' }))
}

/** What of these is told as a change, by its code; what is not is a difference nobody explains. */
function causeOf(path: string, v1: string | undefined, v2: string | undefined): Explanation | undefined {
  const told = (code: FindingCode) => ({ code, why: codes[code].why, harmless: false })
  if (path === 'suspend') return v2 === 'true' ? told('suspended-for-safety') : undefined
  if (path === 'activeDeadlineSeconds' && v2 === `${v1} of the TrainJob`) return told('deadline-deletes-pods')
  return path.startsWith('job.') || path.startsWith('jobSet.') ? told('runtime-endings') : undefined
}

function valuesOf({ trainJob, proof: { jobSet } }: Rendered, pod: ModelPod): Values {
  const job = jobSet.replicatedJobs.find(({ name }) => name === pod.labels[v2Labels.replicatedJobName])
  const spec: Partial<ReplicatedJob['template']['spec']> = job?.template.spec ?? {}
  const failure = spec.podFailurePolicy
  return {
    'job.backoffLimit': limit(spec.backoffLimit ?? 6),
    'job.backoffLimitPerIndex': text(spec['backoffLimitPerIndex']),
    'job.maxFailedIndexes': text(spec['maxFailedIndexes']),
    'job.podFailurePolicy': text(failure)?.replaceAll(
      `"containerName":${JSON.stringify(pod.main)}`,
      '"containerName":"<main>"',
    ),
    'job.podReplacementPolicy': spec.podReplacementPolicy ?? (failure ? 'Failed' : 'TerminatingOrFailed'),
    'job.success': job && decides(jobSet, job, Number(pod.labels[v2Labels.completionIndex])),
    'jobSet.failurePolicy': text(jobSet['failurePolicy']),
    activeDeadlineSeconds: text(spec.activeDeadlineSeconds) ?? ofTrainJob(trainJob.spec.activeDeadlineSeconds),
    ttlSecondsAfterFinished: text(spec['ttlSecondsAfterFinished'] ?? jobSet['ttlSecondsAfterFinished']),
    suspend: String(trainJob.spec.suspend ?? false),
    managedBy: managed(trainJob.spec.managedBy),
    queue: trainJob.metadata.labels?.['kueue.x-k8s.io/queue-name'],
    priority: trainJob.metadata.labels?.['kueue.x-k8s.io/priority-class'],
  }
}

const noLimit = 2_147_483_647

function limit(count: number): string {
  return count >= noLimit ? 'no limit' : String(count)
}

function ofTrainJob(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds} of the TrainJob`
}

/** Trainer's own controller is what an absent one means. */
function managed(by: string | undefined): string | undefined {
  return by === 'trainer.kubeflow.org/trainjob-controller' ? undefined : by
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)
}

/** Whether the success of a pod decides that of the job: by the JobSet's policy, then by its Job's. */
function decides({ successPolicy, replicatedJobs }: JobSetSpec, job: ReplicatedJob, index: number): string {
  const targets = successPolicy?.targetReplicatedJobs ?? []
  if (targets.length > 0 && !targets.includes(job.name)) return 'does not count'
  const { successPolicy: own, parallelism = 1 } = job.template.spec
  const alone = replicatedJobs.length === 1 && (job.replicas ?? 1) === 1
  const any = successPolicy?.operator === 'Any' && !alone
  for (const rule of own?.rules ?? []) {
    if (rule.succeededIndexes !== undefined)
      return holds(rule.succeededIndexes, index) ? 'must succeed' : 'does not count'
    if (rule.succeededCount !== undefined) return some(rule.succeededCount)
  }
  return any && parallelism === 1 ? some(1) : any ? 'one Job is enough' : 'must succeed'
}

function some(count: number): string {
  return count === 1 ? 'one pod is enough' : `${count} pods are enough`
}

/** `0,2-4` */
function holds(indexes: string, index: number): boolean {
  return indexes.split(',').some((part) => {
    const [first = '', last = first] = part.split('-')
    return index >= Number(first) && index <= Number(last)
  })
}
