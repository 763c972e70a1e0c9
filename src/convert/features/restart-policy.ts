import type { Replica } from '../../v1/job.ts'
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
    const { job, intent, ledger } = context
    for (const [at, replica] of job.replicas.entries()) {
      const role = intent.roles[at]
      if (role) role.restart = restart(context, replica)
      ledger.carry(['spec', job.info.specKey, replica.key, 'restartPolicy'])
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
    }
  },
}

function countsRestarts(replica: Replica): boolean {
  return replica.restartPolicy === 'OnFailure' || replica.restartPolicy === 'Always'
}

/** With a limit of 0 any pod that failed fails the job, before its exit code is asked for (common/job.go exceedsBackoffLimit). */
function endsAtFirst(replica: Replica, limit: number | undefined): boolean {
  return replica.restartPolicy === 'ExitCode' && limit === 0
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
