import type { Replica, V1Job } from '../v1/job.ts'

/** Whether v1 counts restarts of this replica's containers against runPolicy.backoffLimit. */
export function countsRestarts({ restartPolicy }: Replica): boolean {
  return restartPolicy === 'OnFailure' || restartPolicy === 'Always'
}

/**
 * Whether a pod of this replica that is lost or evicted fails the job although its containers restart.
 * Source: Training Operator v1.9.4, UpdateJobStatus of each kind's controller: these two ask for ExitCode only.
 */
export function failsWhenEvicted({ info }: V1Job, replica: Replica): boolean {
  return countsRestarts(replica) && (info.kind === 'XGBoostJob' || info.kind === 'MPIJob')
}

/** Whether v1 makes a pod of this replica anew in some case. */
export function restarts(replica: Replica): boolean {
  return countsRestarts(replica) || replica.restartPolicy === 'ExitCode'
}

/**
 * Whether a pod of this replica that somebody deletes while it runs fails the job: v1 counts it as failed while it stops.
 * Source: Training Operator v1.9.4, pkg/core/status.go UpdateJobReplicaStatuses, UpdateJobStatus of each kind's controller.
 */
export function failsWhenDeleted(job: V1Job, replica: Replica): boolean {
  return !restarts(replica) || job.info.kind === 'TFJob' || failsWhenEvicted(job, replica)
}

/**
 * Whether an exit code of this replica neither fails the job nor makes its pod anew.
 * Source: Training Operator v1.9.4, pkg/controller.v1/mpi/mpijob_controller.go ReconcilePods, UpdateJobStatus.
 */
export function ignoresExitCodes({ info, runPolicy }: V1Job, { restartPolicy }: Replica): boolean {
  return info.kind === 'MPIJob' && restartPolicy === 'ExitCode' && runPolicy.backoffLimit !== 0
}

/** Whether a v1 job can fail while one of its pods runs. */
export function failsWithPodsRunning(job: V1Job): boolean {
  const { runPolicy, replicas, total } = job
  if (runPolicy.activeDeadlineSeconds !== undefined) return true
  if (runPolicy.backoffLimit !== undefined && replicas.some(countsRestarts)) return true
  const canFail = (replica: Replica) =>
    countsRestarts(replica) ? failsWhenEvicted(job, replica) : !ignoresExitCodes(job, replica)
  return total > 1 && replicas.some(canFail)
}
