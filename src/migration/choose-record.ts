import { annotations } from '../v2/trainjob.ts'
import type { Facts } from './facts.ts'
import { holdOf } from './hold.ts'
import { isStanding, type MigrationRecord } from './record.ts'

/**
 * Id of the migration whose work stands on the objects of a v1 job: its TrainJob and its hold carry it.
 * @param formerUid of the job it was made again in place of
 */
export function carriedMigration(
  { trainJob, v1 }: Pick<Facts, 'trainJob' | 'v1'>,
  uid: string,
  formerUid?: string,
): string | undefined {
  const { [annotations.sourceUid]: source, [annotations.migration]: made } = trainJob?.metadata.annotations ?? {}
  const ours = source !== undefined && (source === uid || source === formerUid)
  return (ours ? made : undefined) ?? holdOf(v1)?.migration
}

/**
 * The record a run goes on with: that of the migration whose work stands, else the last one that is not history. `gone`: work
 * of a migration stands, and nothing tells of it.
 * @param records of this v1 job, by attempt
 */
export function recordToContinue<R extends { readonly record: MigrationRecord }>(
  records: readonly R[],
  carried: string | undefined,
): R | 'gone' | undefined {
  const latest = records.at(-1)
  if (carried === undefined) return latest && isStanding(latest.record) ? latest : undefined
  return records.find(({ record }) => record.id === carried) ?? 'gone'
}
