import { failedWith } from '../cluster/errors.ts'
import type { Finding } from '../convert/finding.ts'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'

/** The problem with its field's place in the file. */
export function located({ data }: Problem, whereOf: (path: string) => string): Problem {
  return new Problem(data.where === undefined ? data : { ...data, where: whereOf(data.where) })
}

/** What --strict says of changes that were not accepted; undefined where there are none. */
export function changesRefused(
  title: string,
  findings: readonly Finding[],
  accept: readonly string[],
): Problem | undefined {
  const changes = findings.filter((finding) => finding.class === 'changed' && !accept.includes(finding.code))
  if (changes.length === 0) return undefined
  return new Problem({
    code: 'changed',
    what: `${title}: --strict, and ${changes.map(({ code }) => code).join(', ')} would change`,
    why: changes.map(({ path, message }) => `${path}: ${message}`).join('\n'),
    next: [...new Set(changes.map(({ code }) => `--accept ${code}`))],
    exit: exitCode.no,
  })
}

/** What a server refuses of one object. Throws anything else: a server that cannot be reached. */
export function refusalOf(error: unknown): Error {
  if (error instanceof Problem) return error
  if (failedWith(error, 'webhook', 'invalid', 'admission', 'forbidden', 'notFound', 'apiAbsent')) return error
  throw error
}
