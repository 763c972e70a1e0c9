import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError, failedWith } from '../cluster/errors.ts'
import type { Facts } from '../migration/facts.ts'
import type { RollbackPlan } from '../migration/rollback.ts'
import type { Step } from '../migration/step.ts'
import { plannedWayBack, sendDryRun } from './dry-run.ts'

/**
 * Why v1 could not run again, asked of the API server by dry runs of the very writes: without Training Operator its webhook refuses them, and
 * a policy may. Undefined where they would be made, where the server does not answer now, and where v2 is gone already: then nothing is
 * lost by going on.
 */
export async function resumeRefusal(
  cluster: Cluster,
  steps: readonly Step<RollbackPlan>[],
  facts: Facts,
  plan: RollbackPlan,
): Promise<ClusterError | undefined> {
  const { trainJob } = facts
  if (!trainJob || trainJob.metadata.deletionTimestamp !== undefined) return undefined
  const resume = plannedWayBack(steps, facts, plan).filter(({ step }) => step.id === 'hold')
  try {
    await sendDryRun(cluster, resume, facts)
    return undefined
  } catch (error) {
    if (failedWith(error, 'webhook', 'admission', 'invalid', 'forbidden') && error instanceof ClusterError) return error
    if (error instanceof ClusterError) return undefined
    throw error
  }
}
