import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import { readRecordsNamed, type StoredRecord } from './records.ts'
import { formatReference, type JobReference } from './reference.ts'

/**
 * The last migration of the name: the way to a v1 job that is gone. Undefined where nothing is recorded. Throws a Problem where jobs of
 * two kinds had the name, and the kind was not typed.
 */
export async function lastRecordOf(
  cluster: Cluster,
  { kind, name }: JobReference,
  namespace: string,
  verb: string,
): Promise<StoredRecord | undefined> {
  const records = (await readAll(cluster, namespace, { kind, name })).sort((a, b) =>
    lastRun(a).localeCompare(lastRun(b)),
  )
  const kinds = [...new Set(records.map(({ record }) => record.kind))]
  if (kinds.length < 2) return records.at(-1)
  throw new Problem({
    code: 'ambiguous-name',
    what: `jobs of ${kinds.length} kinds called ${name} were moved in namespace ${namespace}: ${kinds.join(', ')}`,
    why: 'the name alone does not say which one is meant',
    next: kinds.map((one) => `$0 ${verb} ${formatReference(one, name)} -n ${namespace}`),
    exit: exitCode.usage,
  })
}

function lastRun({ record }: StoredRecord): string {
  return record.runs.at(-1)?.at ?? ''
}

/** None where records may not be read: that the job is not there is what is told then. */
async function readAll(cluster: Cluster, namespace: string, job: JobReference): Promise<StoredRecord[]> {
  try {
    return await readRecordsNamed(cluster, namespace, job)
  } catch (error) {
    if (failedWith(error, 'forbidden')) return []
    throw error
  }
}
