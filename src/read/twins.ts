import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { hasLabel } from '../kube/label-selector.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import type { Claims } from '../migration/shared-volumes.ts'
import { annotations, type TrainJob, twinLabel } from '../v2/trainjob.ts'

/** The twins of v1 jobs of this name, whatever they are called. */
export async function readTwins(cluster: Cluster, namespace: string, name: string): Promise<TrainJob[]> {
  return (await cluster.list<TrainJob>(resources.trainJobs, { namespace, labelSelector: hasLabel(twinLabel, name) }))
    .items
}

/** Name of the twin that was made of one of these very v1 jobs. */
export function twinOf(twins: readonly TrainJob[], ...uids: readonly (string | undefined)[]): string | undefined {
  return twins.find(({ metadata }) => {
    const source = metadata.annotations?.[annotations.sourceUid]
    return source !== undefined && uids.includes(source)
  })?.metadata.name
}

/** What v2 of a job is called, as the job or as the twin that took its place, and the twin that stands beside it. */
export async function v2NameOf(
  cluster: Cluster,
  namespace: string,
  name: string,
  ...uids: readonly (string | undefined)[]
): Promise<{ readonly name: string; readonly twin?: string }> {
  const twin = twinOf(await readTwins(cluster, namespace, name), ...uids)
  if (twin === undefined) return { name }
  return (await cluster.find(resources.trainJobs, namespace, name)) ? { name, twin } : { name: twin }
}

/** The claims of these names; `unread` where they may not be read. */
export async function readClaims(cluster: Cluster, namespace: string, names: readonly string[]): Promise<Claims> {
  const found = await Promise.all(names.map((name) => readClaim(cluster, namespace, name)))
  return new Map(names.flatMap((name, at) => (found[at] === undefined ? [] : [[name, found[at]]])))
}

async function readClaim(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<KubeObject | 'unread' | undefined> {
  try {
    return await cluster.find(resources.persistentVolumeClaims, namespace, name)
  } catch (error) {
    if (failedWith(error, 'forbidden')) return 'unread'
    throw error
  }
}

/** ResourceQuotas of a namespace, as far as they may be listed. */
export async function readQuotas(cluster: Cluster, namespace: string): Promise<readonly KubeObject[]> {
  try {
    return (await cluster.list(resources.resourceQuotas, { namespace })).items
  } catch (error) {
    if (failedWith(error, 'forbidden')) return []
    throw error
  }
}
