import type { DiffRow } from '../compare/rows.ts'
import { codeText } from './codes.ts'
import type { Finding } from './finding.ts'

/** One thing a check of a hand-written TrainJob found. */
export interface Point {
  /** `fails` makes the check fail; `told` is for people to read */
  readonly weight: 'fails' | 'told'
  readonly code?: string
  /** pods it is about; absent: the job */
  readonly pods?: string
  /** of the value in a pod, or of the field in the v1 job */
  readonly path: string
  readonly of: 'pod' | 'job'
  readonly message: string
}

export interface CheckRules {
  /** whether what is explained fails as well */
  readonly strict: boolean
  /** codes that never fail */
  readonly accepted: readonly string[]
}

/** What counts against a TrainJob: differences nothing explains, what is lost and not accepted; with `strict` whatever changes. */
export function checkPoints(
  { rows, findings }: { readonly rows: readonly DiffRow[]; readonly findings: readonly Finding[] },
  { strict, accepted }: CheckRules,
): Point[] {
  const ofRows = rows
    .filter(({ verdict }) => verdict === 'different')
    .map(({ pods, path, v1 = 'absent', v2 = 'absent', cause }): Point => {
      const isLost = cause !== undefined && codeText(cause.code)?.class === 'lost'
      const fails = cause === undefined || ((isLost || strict) && !accepted.includes(cause.code))
      const message = `${path}: v1 ${v1}, v2 ${v2}${cause ? ` (${cause.why})` : ''}`
      return { weight: fails ? 'fails' : 'told', code: cause?.code, pods, path, of: 'pod', message }
    })
  const told = new Set(ofRows.map(({ code }) => code))
  const ofFindings = findings
    .filter(({ class: kind, code }) => kind !== 'same' && !told.has(code))
    .map(({ class: kind, code, path, message }): Point => {
      const fails = (kind === 'lost' || strict) && !accepted.includes(code)
      return { weight: fails ? 'fails' : 'told', code, path, of: 'job', message: `${path}: ${message}` }
    })
  return [...ofRows, ...ofFindings].sort((a, b) => Number(b.weight === 'fails') - Number(a.weight === 'fails'))
}
