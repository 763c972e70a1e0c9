import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import { resources } from '../kube/resources.ts'
import { candidateNames } from './pairs.ts'
import type { JobRow } from './rows.ts'

/**
 * Rows without the TrainJobs that were deleted while lists are read, and whose v1 job was given without them for that reason: names asked for
 * later than the list began no longer had them, and alone they would tear their pair. Each such TrainJob is asked for, so that none that is there is left out.
 * @param given rows that somebody has been shown already
 */
export async function withoutGonePartners(
  cluster: Cluster,
  rows: readonly JobRow[],
  given: Iterable<JobRow>,
): Promise<JobRow[]> {
  const shown = new Set<string>()
  for (const { kind, namespace, name } of given) if (kind !== 'TrainJob') shown.add(`${namespace}/${name}`)
  if (shown.size === 0) return [...rows]
  const left: JobRow[] = []
  for (const row of rows) {
    const late = row.kind === 'TrainJob' && candidateNames(row).some((name) => shown.has(`${row.namespace}/${name}`))
    if (!late || (await isThere(cluster, row))) left.push(row)
  }
  return left
}

async function isThere(cluster: Cluster, { namespace, name }: JobRow): Promise<boolean> {
  try {
    return (await cluster.find(resources.trainJobs, namespace, name)) !== undefined
  } catch (error) {
    // nobody can tell: it stays, as the list has it
    if (!(error instanceof ClusterError)) throw error
    return true
  }
}
