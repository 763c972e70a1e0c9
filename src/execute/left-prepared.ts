import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { annotations, type TrainJob } from '../v2/trainjob.ts'

/**
 * Whether a run that was killed left a TrainJob of this v1 job that never ran. Of a job that has finished since, the same command takes
 * it away: its steps are gone through, and the one that would stop v1 finds that it has ended.
 */
export async function leftPrepared(cluster: Cluster, { metadata }: KubeObject): Promise<boolean> {
  const { namespace, name = '', uid } = metadata
  const trainJob = (await cluster.find(resources.trainJobs, namespace, name)) as TrainJob | undefined
  const { [annotations.sourceUid]: source, [annotations.migration]: migration } = trainJob?.metadata.annotations ?? {}
  return source === uid && migration !== undefined && trainJob?.spec.suspend === true
}
