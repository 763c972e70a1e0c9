import type { Finding } from '../convert/finding.ts'
import { neutralise } from '../kube/text.ts'
import { pad, width, wrap } from './width.ts'

/** What became of one job of a convert run. */
export interface ConvertRow {
  /** `jobs/bert.yaml:1`, or `pytorchjob/bert` */
  readonly source: string
  /** `nlp/bert-large` */
  readonly job: string
  readonly outcome: 'proved' | 'rewritten' | 'refused' | 'unreadable'
  /** releases of Trainer it was rewritten from and to */
  readonly releases?: readonly [from: string, to: string]
  /** nothing had to be rewritten, and one of them makes something else of it */
  readonly asItStands?: boolean
  /** file it was written to, with --output-dir */
  readonly file?: string
  readonly pods?: number
  /** codes of findings that tell in what the pods are not the same */
  readonly except?: readonly string[]
  readonly findings: readonly Finding[]
  /** name of the runtime it uses */
  readonly runtime?: string
  /** whether that exists already */
  readonly reused?: boolean
  /** why it was refused, one clause */
  readonly reason?: string
}

export interface ConvertSummary {
  readonly rows: readonly ConvertRow[]
  /** objects of other kinds, passed through */
  readonly others: number
  readonly seconds: number
  /** columns of the terminal; absent where it is none */
  readonly width?: number
}

/**
 * The report of a convert run: a row a job, what changed once for all jobs it is true of, and the counts. Empty where
 * there was one thing only and it failed: its error says all there is to say.
 */
export function convertReport({ rows, others, seconds, width: columns }: ConvertSummary): string[] {
  if (rows.length + others === 1 && rows[0]?.outcome !== 'proved' && rows[0]?.outcome !== 'rewritten') return []
  const fitted = (line: string) => (columns === undefined ? [line] : wrap(line, columns).map((part) => part.trimEnd()))
  return [...rowLines(rows, columns), ...[...changedLines(rows), summaryLine(rows, others, seconds)].flatMap(fitted)]
}

function rowLines(rows: readonly ConvertRow[], columns: number | undefined): string[] {
  const cells = rows.map((row) => [
    neutralise(row.source),
    neutralise(row.job),
    row.file === undefined ? '' : `-> ${row.file}`,
    verdict(row),
    notes(row),
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...cells.map((cell) => width(cell[column] ?? ''))))
  const lines = cells.map((cell) =>
    cell
      .map((text, column) => (widths[column] === 0 ? '' : column < 4 ? `${pad(text, widths[column] ?? 0)}   ` : text))
      .join('')
      .trimEnd(),
  )
  if (columns === undefined || lines.every((line) => width(line) <= columns)) return lines
  // what has no room beside one another stands below one another
  return cells.flatMap(([source = '', ...rest]) => [
    ...wrap(source, columns),
    ...rest.filter(Boolean).flatMap((text) => wrap(text, Math.max(20, columns - 2)).map((line) => `  ${line}`)),
  ])
}

function verdict(row: ConvertRow): string {
  const { outcome, pods, except = [], reason = '', releases: [from, to] = ['', ''], asItStands } = row
  const but = except.length > 0 ? ` but for ${except.join(', ')}` : ''
  const same = `${pods ?? 0} ${pods === 1 ? 'pod' : 'pods'} the same${but}`
  if (outcome === 'proved') return `proved: ${same}`
  const kept = asItStands ? 'as it stands' : 'rewritten'
  if (outcome === 'rewritten') return `${kept} from ${from} to ${to}${pods === undefined ? '' : `: ${same}`}`
  return `${outcome === 'refused' ? 'not converted' : 'not read'}: ${neutralise(reason)}`
}

function notes({ findings, reused, runtime = '' }: ConvertRow): string {
  const count = (kind: Finding['class']) => findings.filter((finding) => finding.class === kind).length
  const changed = count('changed')
  const lost = count('lost')
  return [
    reused ? `on ${runtime}` : '',
    changed > 0 ? `${changed} changed` : '',
    lost > 0 ? `${lost} lost, accepted` : '',
  ]
    .filter(Boolean)
    .join(', ')
}

/** One line for each thing that changes, with the jobs it is true of. */
function changedLines(rows: readonly ConvertRow[]): string[] {
  const told = new Map<string, { finding: Finding; jobs: Set<string> }>()
  for (const row of rows) {
    for (const finding of row.findings) {
      if (finding.class === 'same') continue
      const key = `${finding.code}\0${finding.message}`
      const entry = told.get(key) ?? { finding, jobs: new Set() }
      entry.jobs.add(row.job)
      told.set(key, entry)
    }
  }
  if (told.size === 0) return []
  const lines = [...told.values()].map(({ finding, jobs }) => {
    const [first = ''] = jobs
    const who = jobs.size === 1 ? neutralise(first) : `${jobs.size} jobs`
    return ` ${pad(finding.class, 7)}  ${finding.code}   ${who}: ${neutralise(finding.path)}: ${neutralise(finding.message)}`
  })
  return ['', ...lines, '']
}

function summaryLine(rows: readonly ConvertRow[], others: number, seconds: number): string {
  const proved = rows.filter(({ outcome }) => outcome === 'proved')
  const changed = proved.filter(({ findings }) => findings.some(({ class: kind }) => kind !== 'same')).length
  const unread = rows.filter(({ outcome }) => outcome === 'unreadable').length
  const rewritten = rows.filter(({ outcome }) => outcome === 'rewritten').length
  const jobs = rows.length - unread - rewritten
  const refused = jobs - proved.length
  const runtimes = new Map<string, number>()
  for (const { runtime, reused } of proved) {
    if (runtime !== undefined && !reused) runtimes.set(runtime, (runtimes.get(runtime) ?? 0) + 1)
  }
  const counts = [
    ...(jobs > 0 ? [`${proved.length} proved${changed > 0 ? ` (${changed} with changes)` : ''}`] : []),
    ...(refused > 0 ? [`${refused} not converted`] : []),
    ...(unread > 0 ? [`${unread} ${unread === 1 ? 'source' : 'sources'} not read`] : []),
    ...(rewritten > 0
      ? [
          `${rewritten} ${rewritten === 1 ? 'object' : 'objects'} of Trainer rewritten for ${rows.find(({ releases }) => releases)?.releases?.[1]}`,
        ]
      : []),
    ...(others > 0 ? [`${others} ${others === 1 ? 'object' : 'objects'} of other kinds passed through`] : []),
  ]
  const busiest = [...runtimes.entries()].sort(([, a], [, b]) => b - a)[0]
  const shared = busiest && busiest[1] > 1 ? ` (${busiest[0]} serves ${busiest[1]} jobs)` : ''
  const written =
    runtimes.size === 0 ? '' : `  ${runtimes.size} ${runtimes.size === 1 ? 'runtime' : 'runtimes'}${shared}`
  const lead = jobs === 0 && rewritten > 0 ? '' : `${jobs} ${jobs === 1 ? 'job' : 'jobs'}: `
  return `${lead}${counts.join(', ')}.${written}      ${seconds.toFixed(2)} s`
}
