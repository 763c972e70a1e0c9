import { countOf } from '../migration/words.ts'
import type { KindInfo } from '../v1/kinds.ts'
import { age } from './age.ts'
import { toldRows } from './told-rows.ts'

/** A held v1 job, and what refuses its deletion. */
export interface HeldView {
  readonly namespace: string
  readonly name: string
  readonly kind: KindInfo
  /** held since, RFC 3339 */
  readonly since: string
  readonly proof?: string
  readonly refused?: { readonly code: string; readonly message: string }
}

/** The jobs that are held longer than asked for, and of each whether it can be deleted. */
export function heldLines(
  views: readonly HeldView[],
  held: number,
  olderThan: string,
  now: Date,
  columns: number | undefined,
): string[] {
  if (views.length === 0) return [`no v1 job is held for more than ${olderThan}; held at all: ${held}`]
  const fit = views.filter(({ refused }) => refused === undefined).length
  return [
    `${fit} of ${countOf(views.length, 'v1 job')} held for more than ${olderThan} can be finalized:`,
    ...toldRows(
      views.map(({ namespace, name, kind, since, proof = '', refused }) => ({
        cells: [`${namespace}/${name}`, kind.kind, `held ${age(since, now)}`],
        words: refused ? `refused (${refused.code}): ${refused.message}` : proof,
      })),
      columns,
    ),
  ]
}

/** Asked once for all. */
export function manyQuestion(fit: readonly HeldView[]): string {
  const what = fit.length === 1 ? '1 v1 job is' : `${fit.length} v1 jobs are`
  return `${what} deleted for good; only the manifests remain, in Secrets.\nDelete them now?  [y/N] `
}
