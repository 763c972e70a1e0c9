import { isWholeCopy, twinChanges } from '../../convert/twin.ts'
import { isRecord, type KubeObject } from '../../kube/object.ts'
import type { Pod } from '../../kube/pod.ts'
import { v2Labels } from '../../v2/pods.ts'
import type { TrainJob } from '../../v2/trainjob.ts'
import { trueCondition } from '../conditions.ts'
import type { Facts, Subject, TrainJobFacts, TwinFacts } from '../facts.ts'
import { isOurs, ownedBy } from '../ownership.ts'
import { isHeld } from '../queue.ts'
import { endedByItself } from './v1-ending.ts'

/**
 * How v2 finished with success, judged by its own objects, for a way back that knows no proof: the TrainJob or its JobSet says
 * so, or the pods that decide by the success policies of JobSet and Jobs have succeeded. Undefined while it has not.
 * Source: JobSet v0.12.0 api/jobset/v1alpha2 (successPolicy), Kubernetes batch/v1 (Job.spec.successPolicy, succeededIndexes).
 */
export function v2Finished(facts: Facts): string | undefined {
  return decided(facts, [...facts.v2Pods, ...facts.ended])
}

/**
 * How v2 finished with success after a run had asked for its TrainJob to be deleted, and before anything stopped its pods: its objects go
 * one after the other, so that a pod may succeed while its TrainJob is gone already. Who answers SIGTERM with exit code 0 has not finished.
 * Of a held v1, its twin was v2.
 */
export function v2FinishedAsItWent(facts: Facts, plan: Subject): string | undefined {
  if (finishedAsItWent(facts, plan)) return 'v2 had finished when its TrainJob was deleted'
  return isHeld(facts, plan) ? twinFinishedAsItWent(facts, plan) : undefined
}

/** The same of a twin that is a whole copy of its job: it has done the job's work. */
export function twinFinishedAsItWent({ twin }: Facts, plan: Subject): string | undefined {
  const last = twin?.lastSeen?.trainJob
  if (!last || !isWhole(last) || !finishedAsItWent(twin, plan)) return undefined
  return `its twin ${last.metadata.name} had finished when it was deleted`
}

/** How a twin that is a whole copy has finished with success while it is there, undefined while it has not. */
export function twinFinished(facts: Facts): string | undefined {
  const { twin } = facts
  if (!twin?.trainJob || twin.lastSeen?.removed || !isWhole(twin.trainJob)) return undefined
  return decided(twin, [...twin.v2Pods, ...(twin.ended ?? [])])
}

function isWhole(twin: TrainJob): boolean {
  const changes = twinChanges(twin)
  return changes !== undefined && isWholeCopy(changes)
}

function finishedAsItWent({ trainJob, lastSeen, ended = [] }: TwinFacts, plan: Subject): boolean {
  const last = lastSeen?.trainJob
  if (trainJob || !lastSeen || !last || !isOurs(last, plan)) return false
  if (!ownedBy(lastSeen.jobSet ?? last, last.metadata.uid)) return false
  const jobs = lastSeen.jobs.filter((job) => ownedBy(job, lastSeen.jobSet?.metadata.uid))
  const pods = ended.filter((pod) => endedByItself(pod) && jobs.some(({ metadata }) => ownedBy(pod, metadata.uid)))
  return decided({ ...lastSeen, jobs }, pods) !== undefined
}

function decided(
  { trainJob, jobSet, jobs }: Pick<TrainJobFacts, 'trainJob' | 'jobSet' | 'jobs'>,
  pods: readonly Pod[],
): string | undefined {
  if (trueCondition(trainJob, 'Complete')) return 'the TrainJob is Complete'
  if (!jobSet) return undefined
  if (trueCondition(jobSet, 'Completed')) return 'its JobSet is Completed'
  const { operator, targets } = successPolicyOf(jobSet)
  const done = targets.map((name) => replicatedJobDone(name, jobs, pods))
  const over = operator === 'Any' ? done.includes(true) : done.length > 0 && !done.includes(false)
  return over ? 'the pods that decide the job have succeeded' : undefined
}

function successPolicyOf({ spec }: KubeObject): { readonly operator: unknown; readonly targets: readonly string[] } {
  const { successPolicy, replicatedJobs } = isRecord(spec) ? spec : {}
  const all = records(replicatedJobs).map(({ name }) => String(name))
  const { operator, targetReplicatedJobs } = isRecord(successPolicy) ? successPolicy : {}
  const named = Array.isArray(targetReplicatedJobs) ? targetReplicatedJobs.map(String) : []
  return { operator, targets: named.length > 0 ? named : all }
}

function replicatedJobDone(name: string, all: readonly KubeObject[], pods: readonly Pod[]): boolean {
  const jobs = all.filter(({ metadata }) => metadata.labels?.[v2Labels.replicatedJobName] === name)
  return jobs.length > 0 && jobs.every((job) => jobDone(job, pods))
}

function jobDone(job: KubeObject, pods: readonly Pod[]): boolean {
  if (trueCondition(job, 'Complete') || trueCondition(job, 'SuccessCriteriaMet')) return true
  const succeeded = new Set(
    pods
      .filter(
        ({ metadata, status }) =>
          metadata.labels?.[v2Labels.jobName] === job.metadata.name && status?.phase === 'Succeeded',
      )
      .map(({ metadata }) => metadata.labels?.[v2Labels.completionIndex] ?? ''),
  )
  const { completions, successPolicy } = isRecord(job['spec']) ? job['spec'] : {}
  const rules = isRecord(successPolicy) ? records(successPolicy['rules']) : []
  // the runtimes of this project name one index, the first
  if (rules.some(({ succeededIndexes }) => succeeded.has(String(succeededIndexes)))) return true
  return typeof completions === 'number' && completions > 0 && succeeded.size >= completions
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
