import type { Replica } from '../../v1/job.ts'
import { countsRestarts, failsWhenDeleted, failsWhenEvicted, ignoresExitCodes } from '../failure.ts'
import type { Feature, FeatureContext, Restart } from '../intent.ts'

/** v1 restarts without limit; Job wants a number. */
const noLimit = 2_147_483_647

/**
 * restartPolicy of each replica and runPolicy.backoffLimit.
 * Source of v1's meaning: Training Operator v1.9.4, pkg/controller.v1/common/{pod,job}.go.
 */
export const restartPolicy: Feature = {
  name: 'restart-policy',
  apply(context) {
    if (context.job.info.operator === 'mpi-operator') return ofMpiOperator(context)
    const { job, intent, ledger } = context
    for (const [at, replica] of job.replicas.entries()) {
      const role = intent.roles[at]
      if (role) role.restart = restart(context, replica)
      ledger.carry(['spec', job.info.specKey, replica.key, 'restartPolicy'])
      retries(context, replica)
    }
    const limit = job.runPolicy.backoffLimit
    if (limit === undefined) return
    const path = ['spec', 'runPolicy', 'backoffLimit']
    const counted = job.replicas.filter((replica) => countsRestarts(replica) || endsAtFirst(replica, limit))
    if (counted.length === 0) {
      ledger.note(path, {
        code: 'backoff-limit-unused',
        message: 'not carried: v1 counts restarts of containers, and no replica of this job restarts any',
      })
    } else {
      ledger.carry(path)
      intent.backoffLimit = limit
      if (limit > 0 && job.replicas.some(countsRestarts)) {
        ledger.note(path, {
          code: 'backoff-limit-evictions',
          message: `evicted, deleted and lost pods count against the ${limit} too`,
          why: 'v1 counts restarts of containers in place only, and begins again with a pod it made anew',
        })
      } else if (limit === 0 && !job.replicas.every((replica) => failsWhenDeleted(job, replica))) {
        ledger.note(path, {
          code: 'backoff-limit-evictions',
          message: 'a pod that is deleted while it runs fails the job',
          why: 'v1 makes it anew: it counts restarts of containers in place, and pods that fail without being deleted',
        })
      }
    }
  },
}

/** What the Job API has where none is said. */
const usualLimit = 6

/**
 * mpi-operator's launcher is a Job with runPolicy.backoffLimit; its workers are pods that nobody counts.
 * Source: mpi-operator v0.8.2, pkg/controller/mpi_job_controller.go newLauncherJob, getOrCreateWorker.
 */
function ofMpiOperator({ job, intent, ledger }: FeatureContext): void {
  ledger.carry(['spec', 'runPolicy', 'backoffLimit'])
  for (const [at, replica] of job.replicas.entries()) {
    const role = intent.roles[at]
    const path = ['spec', job.info.specKey, replica.key, 'restartPolicy']
    const podPolicy = replica.restartPolicy === 'OnFailure' ? 'OnFailure' : 'Never'
    const ofWorker = podPolicy === 'OnFailure' ? noLimit : 0
    const backoffLimit = replica.name === 'Launcher' ? (job.runPolicy.backoffLimit ?? usualLimit) : ofWorker
    if (role) role.restart = { podPolicy, backoffLimit, byExitCode: false }
    ledger.carry(path)
    if (replica.name === 'Worker' && podPolicy === 'Never' && replica.count > 0) {
      ledger.note(path, {
        code: 'mpi-worker-failure',
        message: 'a worker that fails fails the job',
        why: 'mpi-operator leaves a failed worker as it is, and the launcher to notice',
      })
    }
  }
}

/** With a limit of 0 any pod that failed fails the job, before its exit code is asked for (common/job.go exceedsBackoffLimit). */
function endsAtFirst(replica: Replica, limit: number | undefined): boolean {
  return replica.restartPolicy === 'ExitCode' && limit === 0
}

/** What is told of pods that are made anew. */
function retries({ job, ledger }: FeatureContext, replica: Replica): void {
  if (job.runPolicy.backoffLimit === 0) return
  const path = ['spec', job.info.specKey, replica.key, 'restartPolicy']
  if (ignoresExitCodes(job, replica)) {
    ledger.note(path, {
      code: 'mpi-exit-code',
      message: 'exit codes of 128 and above make the pod anew, 1 to 127 fail the job',
      why: 'with ExitCode v1 leaves a failed pod of an MPIJob where it is, and the job neither fails nor ends',
    })
  } else if (replica.restartPolicy === 'ExitCode') {
    ledger.note(path, {
      code: 'retry-back-off',
      message:
        'a pod that ended with 128 or above is followed after 10 s, then 20 s and so on, and stays beside its successor',
      why: 'v1 deletes it and makes the next one at once; the Job controller waits longer each time, up to 10 minutes',
    })
  } else if (failsWhenEvicted(job, replica)) {
    ledger.note(path, {
      code: 'eviction-retried',
      message: 'a pod that is evicted or lost is made anew instead of failing the job',
      why: `v1 fails ${job.info.kind === 'XGBoostJob' ? 'an XGBoostJob' : 'an MPIJob'} with it although its containers restart`,
    })
  } else if (countsRestarts(replica)) {
    ledger.note(path, {
      code: 'evicted-pod-kept',
      message: 'an evicted pod stays, as Failed, beside the one made in its place',
    })
  }
}

function restart({ job, ledger }: FeatureContext, replica: Replica): Restart {
  const limit = job.runPolicy.backoffLimit ?? noLimit
  switch (replica.restartPolicy) {
    case 'Never':
      return { podPolicy: 'Never', backoffLimit: 0, byExitCode: false }
    case 'OnFailure':
      return { podPolicy: 'OnFailure', backoffLimit: limit, byExitCode: false }
    case 'ExitCode':
      if (endsAtFirst(replica, limit)) return { podPolicy: 'Never', backoffLimit: 0, byExitCode: false }
      return { podPolicy: 'Never', backoffLimit: noLimit, byExitCode: true }
    case 'Always':
      ledger.note(['spec', job.info.specKey, replica.key, 'restartPolicy'], {
        code: 'restart-always',
        message: 'OnFailure instead of Always',
        why: 'Kubernetes Jobs refuse Always; v1 runs a container again even after exit 0, so that this replica never succeeds',
        explains: ['restartPolicy'],
      })
      return { podPolicy: 'OnFailure', backoffLimit: limit, byExitCode: false }
  }
}
