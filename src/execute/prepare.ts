import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { convertJob } from '../convert/convert.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { podState } from '../kube/pod-state.ts'
import { resources } from '../kube/resources.ts'
import { admissionOf } from '../migration/admission.ts'
import { suspendBefore } from '../migration/course.ts'
import type { Plan } from '../migration/facts.ts'
import type { Refused } from '../migration/guards/guard.ts'
import { jobGuards, refusals, targetGuards } from '../migration/guards/index.ts'
import { isOurs } from '../migration/ownership.ts'
import { Problem } from '../problem.ts'
import { readDialect } from '../read/dialect.ts'
import { Gaps, settle } from '../read/gaps.ts'
import type { JobReference } from '../read/reference.ts'
import { resolveJob } from '../read/resolve.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { Observer } from './observer.ts'

export interface PrepareOptions {
  readonly reference: JobReference
  readonly namespace: string
  readonly toolVersion: string
  /** codes of `lost` findings that are accepted by name */
  readonly accept: readonly string[]
  /** milliseconds v2 must stay healthy */
  readonly observe: number
  readonly now: () => Date
}

/** A job that passed every guard, and the watcher of its facts. */
export interface Prepared {
  readonly plan: Plan
  readonly observer: Observer
}

/** Number of guards a job has passed when it is prepared. */
export const guardCount = jobGuards.length + targetGuards.length

/**
 * Reads a job and everything the guards look at, converts and proves it. Nothing is written.
 * Throws a Problem: what `resolveJob` and `convertJob` say, and `guard-CODE` (exit 1) for each guard that refuses.
 */
export async function prepare(cluster: Cluster, options: PrepareOptions): Promise<Prepared> {
  const { reference, namespace, now } = options
  const [{ kind, object: v1 }, dialect] = await settle(
    resolveJob(cluster, reference, namespace, 'cutover'),
    readDialect(cluster),
  )
  const name = v1.metadata.name ?? reference.name
  const workload = await kueueWorkload(cluster, v1, namespace)
  refuse(v1, refusals(jobGuards, { kind, namespace, name, v1, workload }))

  const { toolVersion, accept, observe } = options
  // the step that makes the TrainJob suspends it whatever the conversion says
  const conversion = convertJob(v1, { live: true, run: true, anyName: true, dialect, toolVersion, accept })
  const uid = v1.metadata.uid ?? ''
  const runtime = conversion.runtime.metadata.name ?? ''
  const observer = new Observer(cluster, { kind, namespace, name, uid, runtime }, now)
  const [service] = await settle(
    new Gaps().optional(resources.services, namespace, () => cluster.find(resources.services, namespace, name)),
    observer.read(),
  )
  const { facts } = observer
  const before = suspendBefore(conversion.job, ours(facts.trainJob, uid))
  const held = conversion.job.runPolicy.suspend === true && before !== true
  const plan: Plan = {
    kind,
    namespace,
    name,
    uid,
    generation: v1.metadata.generation,
    conversion,
    suspendBefore: before,
    // a job an earlier run holds has no pods to count
    readyBefore: held ? conversion.job.total : facts.v1Pods.filter((pod) => podState(pod).ready).length,
    admission: admissionOf(conversion.proof.v1, facts.v1Pods),
    observe,
  }
  refuse(v1, refusals(targetGuards, { facts, plan, service }))
  return { plan, observer }
}

function ours(trainJob: TrainJob | undefined, uid: string): TrainJob | undefined {
  return trainJob && isOurs(trainJob, { uid }) ? trainJob : undefined
}

/** The Problem of a job that guards refuse to move; the first one names it. */
export function refusedProblem(job: KubeObject, refused: readonly (Refused & { readonly code: string })[]): Problem {
  const [first, ...more] = refused
  const { namespace, name } = job.metadata
  const told = more.map(({ message }) => `and ${message}`)
  return new Problem({
    code: `guard-${first?.code ?? ''}`,
    what: `${namespace}/${name} is not cut over: ${first?.message ?? ''}`,
    why: [...(first?.why === undefined ? [] : [first.why]), ...told, 'nothing was changed'].join('\n'),
    next: refused.flatMap(({ remedy }) => remedy),
    exit: exitCode.no,
  })
}

function refuse(job: KubeObject, refused: readonly (Refused & { readonly code: string })[]): void {
  if (refused.length > 0) throw refusedProblem(job, refused)
}

/**
 * The Kueue Workload of a job; undefined without Kueue, and where Workloads may not be read: Kueue would undo the hold
 * then, which is noticed and rolled back.
 */
async function kueueWorkload(cluster: Cluster, v1: KubeObject, namespace: string): Promise<KubeObject | undefined> {
  const labelSelector = `kueue.x-k8s.io/job-uid=${v1.metadata.uid}`
  for (const resource of [resources.workloads, resources.workloadsV1beta2]) {
    try {
      return (await cluster.list(resource, { namespace, labelSelector })).items[0]
    } catch (error) {
      if (failedWith(error, 'forbidden')) return undefined
      if (!failedWith(error, 'apiAbsent')) throw error
    }
  }
  return undefined
}
