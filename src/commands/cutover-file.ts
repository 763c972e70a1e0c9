import type { Prepared } from '../execute/prepare.ts'
import type { Reviewed } from '../read/reviewed-file.ts'

/** The record tells which file was agreed to. */
export function withHash(prepared: Prepared, reviewed: Reviewed | undefined): Prepared {
  if (!reviewed) return prepared
  const { migration } = prepared
  const { record } = migration
  const hashes = { ...record.hashes, file: reviewed.hash }
  return { ...prepared, migration: { ...migration, record: { ...record, hashes } } }
}
