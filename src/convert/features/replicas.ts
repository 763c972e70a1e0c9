import type { Feature } from '../intent.ts'

/** How many pods each replica type has; absent means what the operator's default says. */
export const replicas: Feature = {
  name: 'replicas',
  apply({ job, ledger }) {
    for (const replica of job.replicas) ledger.carry(['spec', job.info.specKey, replica.key, 'replicas'])
  },
}
