import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject } from '../kube/object.ts'
import { readRestored } from '../migration/restored.ts'
import { settle } from './gaps.ts'
import { readRecords, type StoredRecord } from './records.ts'

/** Every migration of a v1 job, and before them those of the job it was made again from. Throws as readRecords does. */
export async function readRecordsOfJob(
  cluster: Cluster,
  namespace: string,
  v1: KubeObject,
): Promise<{ readonly records: readonly StoredRecord[]; readonly formerUid?: string }> {
  const { uid = '' } = v1.metadata
  const formerUid = readRestored(v1)?.uid
  if (formerUid === undefined) return { records: await readRecords(cluster, namespace, uid) }
  const [former, own] = await settle(readRecords(cluster, namespace, formerUid), readRecords(cluster, namespace, uid))
  return { records: [...former, ...own], formerUid }
}
