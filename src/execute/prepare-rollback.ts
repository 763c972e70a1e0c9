import type { Cluster } from '../cluster/cluster.ts'
import { exitCode } from '../exit-code.ts'
import { podState } from '../kube/pod-state.ts'
import { suspendBefore } from '../migration/course.ts'
import { holdOf } from '../migration/hold.ts'
import type { RollbackPlan } from '../migration/rollback.ts'
import { Problem } from '../problem.ts'
import type { JobReference } from '../read/reference.ts'
import { resolveJob } from '../read/resolve.ts'
import { parseV1Job } from '../v1/job.ts'
import { Observer } from './observer.ts'

/** A job on its way back, and the watcher of its facts. */
export interface PreparedRollback {
  readonly plan: RollbackPlan
  readonly observer: Observer
}

/**
 * Reads what a way back is decided on. It is not converted again: a job that could no longer be cut over can still go back.
 * Throws a Problem as `resolveJob` does, and `invalid-job` for one Training Operator would not run.
 */
export async function prepareRollback(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
  rerun: boolean,
  now: () => Date,
): Promise<PreparedRollback> {
  const { kind, object: v1 } = await resolveJob(cluster, reference, namespace, 'rollback')
  const parsed = parseV1Job(v1)
  if (!('job' in parsed)) {
    throw new Problem({
      code: 'invalid-job',
      what: `${kind.kind} ${namespace}/${reference.name} is not a job Training Operator would run`,
      why: parsed.problems.map(({ path, message }) => `${path} ${message}`).join('; '),
      exit: exitCode.usage,
    })
  }
  const { job } = parsed
  const name = v1.metadata.name ?? reference.name
  const uid = v1.metadata.uid ?? ''
  const observer = new Observer(cluster, { kind, namespace, name, uid }, now)
  await observer.read()
  const readyBefore =
    holdOf(observer.facts.v1)?.ready ?? observer.facts.v1Pods.filter((pod) => podState(pod).ready).length
  return { plan: { kind, namespace, name, uid, job, suspendBefore: suspendBefore(job), readyBefore, rerun }, observer }
}
