import type { Leftover } from '../migration/leftovers.ts'
import { countOf } from '../migration/words.ts'
import { age } from './age.ts'
import { toldRows } from './told-rows.ts'

/** What is deleted with it. */
export function leftoverName({ kind, namespace, name }: Leftover): string {
  return kind === 'record' ? `ConfigMap and Secret ${namespace}/${name}` : `${kind} ${namespace}/${name}`
}

/** A line each: what, for how long, and why it may go. */
export function leftoverLines(found: readonly Leftover[], now: Date, columns: number | undefined): string[] {
  if (found.length === 0) return ['nothing is left over']
  return [
    `${countOf(found.length, 'leftover')}:`,
    ...toldRows(
      found.map((leftover) => ({
        cells: [leftoverName(leftover), age(leftover.since, now)],
        words: leftover.why,
      })),
      columns,
    ),
  ]
}
