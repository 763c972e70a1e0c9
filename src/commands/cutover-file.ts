import type { Conversion } from '../convert/convert.ts'
import { type Prepared, refusedProblem } from '../execute/prepare.ts'
import { someOf } from '../migration/words.ts'
import { driftOf, type Reviewed } from '../read/reviewed-file.ts'

/** What would be made must be what was agreed to. */
export function refuseDrift(conversion: Conversion, reviewed: Reviewed): void {
  const drift = driftOf(conversion, reviewed)
  if (drift.length === 0) return
  const { name, namespace, object } = conversion.job
  const remedy = [
    `$0 convert ${object.kind.toLowerCase()}/${name} -n ${namespace}   (for what it would be now: to be reviewed again)`,
  ]
  const message = `it is not what ${reviewed.path} says: ${someOf(drift)}`
  const why = 'v1, the flags or the decisions are not those of the review'
  throw refusedProblem(object, [{ code: 'file-differs', message, why, remedy }])
}

/** The record tells which file was agreed to. */
export function withHash(prepared: Prepared, reviewed: Reviewed | undefined): Prepared {
  if (!reviewed) return prepared
  const { migration } = prepared
  const { record } = migration
  const hashes = { ...record.hashes, file: reviewed.hash }
  return { ...prepared, migration: { ...migration, record: { ...record, hashes } } }
}
