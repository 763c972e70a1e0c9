import type { Replica, V1Job } from '../../v1/job.ts'
import type { Feature } from '../intent.ts'

/** How many pods each replica type has; absent means what the operator's default says. */
export const replicas: Feature = {
  name: 'replicas',
  apply({ job, ledger }) {
    const decides = decidesAtOnce(job)
    for (const replica of job.replicas) {
      const path = ['spec', job.info.specKey, replica.key, 'replicas']
      if (!job.info.replicaNames.includes(replica.name)) {
        ledger.remark(['spec', job.info.specKey, replica.key], {
          code: 'replica-type-own',
          message: `${replica.key} is no replica type of ${job.info.kind}: v1 makes its pods, and so does v2`,
        })
      }
      ledger.carry(path)
      if (replica.count > 0 || job.info.kind === 'MPIJob') continue
      ledger.remark(path, {
        code: 'replicas-none',
        message: `v2 has no pod of it; Training Operator makes ${job.name}-${replica.role}-0, deletes it, and makes it again`,
      })
      if (replica !== decides || job.total === 0) continue
      ledger.remark(path, {
        code: 'succeeds-at-once',
        message: `v1 calls the job Succeeded at once, as no ${replica.name} is left to end; v2 trains`,
        remedy: 'give that replica type a pod, or leave it out so that another one decides',
      })
    }
  },
}

/**
 * The replica type whose end ends the job, whatever its number: of the kinds whose webhook lets it have none.
 * Source: Training Operator v1.9.4, UpdateJobStatus of each kind's controller.
 */
function decidesAtOnce({ info, replicas: all }: V1Job): Replica | undefined {
  const named = (...names: string[]) => all.find(({ name }) => names.includes(name))
  if (info.kind === 'TFJob') return named('Chief', 'Master') ?? named('Worker')
  return info.kind === 'PaddleJob' ? (named('Master') ?? named('Worker')) : undefined
}
