import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { type Leftover, refersTo } from '../migration/leftovers.ts'
import { readTrainJobs } from '../read/leftovers.ts'

const places: Readonly<Record<Leftover['kind'], Resource>> = {
  TrainingRuntime: resources.trainingRuntimes,
  TrainJob: resources.trainJobs,
  Lease: resources.leases,
  record: resources.configMaps,
}

/**
 * Deletes one leftover, as it was read; with a record its Secret first, so that a run that is killed in between finds the record again. Returns
 * what kept it, undefined when it is gone. Throws a ClusterError where it may not be deleted.
 */
export async function removeLeftover(
  cluster: Cluster,
  leftover: Leftover,
  dryRun: boolean,
): Promise<string | undefined> {
  const { kind, namespace, name, uid, resourceVersion } = leftover
  if (kind === 'TrainingRuntime') {
    const users = (await readTrainJobs(cluster, namespace)).filter((job) => refersTo(job, leftover))
    if (users.length > 0) return `TrainJob ${users[0]?.metadata.name} refers to it now`
  }
  if (kind === 'record' && !(await stands(cluster, leftover))) return changed
  try {
    // nobody may read Secrets for this: the name carries the uid and the attempt of that very migration
    if (kind === 'record') await cluster.delete(resources.secrets, namespace, name, { dryRun })
    await cluster.delete(places[kind], namespace, name, { dryRun, preconditions: { uid, resourceVersion } })
    return undefined
  } catch (error) {
    if (failedWith(error, 'conflict')) return changed
    throw error
  }
}

const changed = 'somebody changed it meanwhile'

/** Whether a record is as it was read, or gone: a run that has taken it up since needs its Secret. */
async function stands(cluster: Cluster, { namespace, name, resourceVersion }: Leftover): Promise<boolean> {
  const { items } = await cluster.list(resources.configMaps, { namespace, fieldSelector: `metadata.name=${name}` })
  return items.every(({ metadata }) => metadata.resourceVersion === resourceVersion)
}
