import type { Cluster } from '../cluster/cluster.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { isRecordNameOf, type MigrationRecord, parseRecord, recordLabels } from '../migration/record.ts'
import { Problem } from '../problem.ts'

/** A record and where it is stored: the next write of it must find it so. */
export interface StoredRecord {
  readonly record: MigrationRecord
  readonly resourceVersion: string
}

/**
 * Every migration of a v1 job (all jobs of the namespace without a uid), by attempt. Throws a Problem for one that cannot be
 * read: what it says is not guessed, and nothing is written over it.
 */
export async function readRecords(cluster: Cluster, namespace: string, uid?: string): Promise<StoredRecord[]> {
  const labels = { [recordLabels.record]: 'migration', ...(uid !== undefined && { [recordLabels.sourceUid]: uid }) }
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const { items } = await cluster.list(resources.configMaps, { namespace, labelSelector })
  return items.map(readRecord).sort((a, b) => a.record.attempt - b.record.attempt)
}

/** Every migration of the jobs of a name, also of jobs that are gone. Throws as readRecords does, but for these records only. */
export async function readRecordsNamed(
  cluster: Cluster,
  namespace: string,
  job: { readonly kind?: string; readonly name: string },
): Promise<StoredRecord[]> {
  const labelSelector = `${recordLabels.record}=migration`
  const { items } = await cluster.list(resources.configMaps, { namespace, labelSelector })
  return items
    .filter(({ metadata }) => isRecordNameOf(metadata.name ?? '', job))
    .map(readRecord)
    .filter(({ record }) => record.name === job.name)
    .sort((a, b) => a.record.attempt - b.record.attempt)
}

function readRecord(object: KubeObject): StoredRecord {
  const record = parseRecord(object)
  const { namespace, name, resourceVersion = '' } = object.metadata
  if (!('unreadable' in record)) return { record, resourceVersion }
  throw new Problem({
    code: 'record-unreadable',
    what: `the record of this migration cannot be read: ${record.unreadable}`,
    where: `ConfigMap ${namespace}/${name}`,
    why: 'where the job stands is not guessed; nothing was changed',
    next: [
      `kubectl get configmap ${name} -n ${namespace} -o yaml   (use the newest kubectl-migrate, or put it back as it was)`,
      `kubectl delete configmap ${name} -n ${namespace}   (gives it up: rollback then goes by the objects alone)`,
    ],
    exit: exitCode.no,
  })
}
