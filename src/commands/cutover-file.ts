import type { ConnectionFlags } from '../cluster/cluster.ts'
import type { Prepared } from '../execute/prepare.ts'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { Reviewed } from '../read/reviewed-file.ts'

/** The record tells which file was agreed to. */
export function withHash(prepared: Prepared, reviewed: Reviewed | undefined): Prepared {
  if (!reviewed) return prepared
  const { migration } = prepared
  const { record } = migration
  const hashes = { ...record.hashes, file: reviewed.hash }
  return { ...prepared, migration: { ...migration, record: { ...record, hashes } } }
}

/**
 * Where the job of a reviewed file is: in the namespace that the file says, as kubectl reads it, else where the flags say. Throws a Problem
 * (exit 2) where -n says another one.
 * @param again what is to be typed for the job of the file, in a namespace
 */
export function placeOf(
  reviewed: Reviewed | undefined,
  connection: ConnectionFlags,
  again: (connection: ConnectionFlags) => string,
): ConnectionFlags {
  const { namespace } = reviewed?.trainJob.metadata ?? {}
  if (reviewed === undefined || namespace === undefined || namespace === connection.namespace) return connection
  const there = { ...connection, namespace }
  if (connection.namespace === undefined) return there
  const what = `the TrainJob in ${reviewed.path} is of namespace ${namespace}, and -n says ${connection.namespace}`
  throw new Problem({ code: 'usage', what, next: [again(there)], exit: exitCode.usage })
}
