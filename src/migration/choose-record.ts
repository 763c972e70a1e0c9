import { annotations, type TrainJob } from '../v2/trainjob.ts'
import type { Facts } from './facts.ts'
import { holdOf } from './hold.ts'
import { isStanding, type MigrationRecord } from './record.ts'

/**
 * Id of the migration whose work stands on the objects of a v1 job: its TrainJobs and its hold carry it.
 * @param formerUid of the job it was made again in place of
 */
export function carriedMigration(
  { trainJob, v1, twin }: Pick<Facts, 'trainJob' | 'v1' | 'twin'>,
  uid: string,
  formerUid?: string,
): string | undefined {
  const carriedBy = (side: TrainJob | undefined): string | undefined => {
    const { [annotations.sourceUid]: source, [annotations.migration]: made } = side?.metadata.annotations ?? {}
    return source !== undefined && (source === uid || source === formerUid) ? made : undefined
  }
  return carriedBy(trainJob) ?? holdOf(v1)?.migration ?? carriedBy(twin?.trainJob)
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
