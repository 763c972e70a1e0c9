import type { Cluster } from '../cluster/cluster.ts'
import { exitCode } from '../exit-code.ts'
import type { MigrationRecord } from '../migration/record.ts'
import { Problem } from '../problem.ts'
import { readRecordsNamed } from '../read/records.ts'
import type { JobReference } from '../read/reference.ts'

/** The records of every migration of the jobs of a name, also of jobs that are gone. Throws a Problem where there is none. */
export async function historyOf(cluster: Cluster, { kind, name }: JobReference): Promise<MigrationRecord[]> {
  const { namespace } = cluster
  const ofKind = kind === 'TrainJob' ? undefined : kind
  const records = (await readRecordsNamed(cluster, namespace, { kind: ofKind, name }))
    .map(({ record }) => record)
    .sort((a, b) => (a.runs[0]?.at ?? '').localeCompare(b.runs[0]?.at ?? ''))
  if (records.length > 0) return records
  throw new Problem({
    code: 'no-history',
    what: `nothing is recorded of ${namespace}/${name}: no cutover began to write`,
    next: [`$0 status ${name} -n ${namespace}`],
    exit: exitCode.no,
  })
}
