import { type NeighbourRow, neighbourSentence } from '../compare/neighbours.ts'
import type { QuotaRow } from '../compare/quota.ts'
import type { Charge, Charged } from '../compare/resources.ts'
import type { Aspect, DiffRow } from '../compare/rows.ts'
import { codeText } from '../convert/codes.ts'
import type { Finding } from '../convert/finding.ts'
import { neutralise } from '../kube/text.ts'
import { countOf } from '../migration/words.ts'
import { chargeLines } from './diff-charges.ts'
import { type PreviewView, previewLines } from './diff-preview.ts'
import { nextLines } from './job-screen.ts'
import { paint, type Style } from './style.ts'
import { renderTable } from './table.ts'
import { cut, width, wrap } from './width.ts'

/** One job's diff: the same data for the screen, `-o json` and `-o unified`. */
export interface DiffView {
  /** `nlp/bert-large` */
  readonly job: string
  readonly kind: string
  /** what stands on v2's side, e.g. `TrainJob (converted, not created)` */
  readonly against: string
  readonly pods: number
  /** as many, unless the TrainJob was not made of this job as it is */
  readonly podsOfV2: number
  readonly rows: readonly DiffRow[]
  readonly findings: readonly Finding[]
  /** what the cluster's operators render, held against the model; absent where they were not asked */
  readonly preview?: PreviewView
  /** objects of the cluster that select pods of the job; absent where no cluster was asked */
  readonly neighbours?: Neighbours
  readonly charges: { readonly v1: Charge; readonly v2: Charge }
  /** the same of one pod, for pods alike in it */
  readonly podCharges?: readonly Charged[]
  /** what the namespace's quotas charge; absent where no cluster was asked */
  readonly quotas?: readonly QuotaRow[]
  /** queues of Kueue that either side waits in */
  readonly queues?: { readonly v1?: string; readonly v2?: string }
}

export interface Neighbours {
  readonly rows: readonly NeighbourRow[]
  /** somebody accepted `policy-labels` */
  readonly accepted: boolean
}

export interface DiffOptions extends Style {
  /** what the reader asked to see; empty: everything */
  readonly aspects: readonly Aspect[]
  readonly all: boolean
  /** columns of the terminal; absent in a pipe */
  readonly width?: number
}

/** Whether anything differs among what was asked for. */
export function differs(view: DiffView, aspects: readonly Aspect[]): boolean {
  const lost = aspects.length === 0 && lostNeighbours(view.neighbours).length > 0
  return (
    lost ||
    (view.preview?.differences.length ?? 0) > 0 ||
    asked(view.rows, aspects).some(({ verdict }) => verdict === 'different')
  )
}

/** Neighbours that would leave v2's pods alone, and that nobody accepted. */
function lostNeighbours(neighbours: Neighbours | undefined): readonly NeighbourRow[] {
  return neighbours && !neighbours.accepted ? neighbours.rows.filter(({ verdict }) => verdict === 'lost') : []
}

/** The diff of one job as lines: differences, then what is folded away and why, then what v2 does differently as a whole. */
export function diffLines(view: DiffView, options: DiffOptions): string[] {
  const rows = asked(view.rows, options.aspects)
  const shown = rows.filter(({ verdict }) => options.all || verdict === 'different')
  const many =
    view.podsOfV2 === view.pods
      ? `${countOf(view.pods, 'pod')} each`
      : `${countOf(view.pods, 'pod')} of v1, ${view.podsOfV2} of v2`
  const pods = `${many}, compared rank by rank`
  return [
    ...title(`${neutralise(view.job)}: v1 ${view.kind} against v2 ${neutralise(view.against)}`, pods, options),
    ...(shown.length > 0 ? ['', ...table(shown, options)] : []),
    ...(options.aspects.includes('resources') ? chargeLines(view, options) : []),
    '',
    ...fitted(countLine(rows, options), options),
    ...foldedLines(rows, options).map((line) => paint(line, 'dim', options)),
    ...previewLines(view.preview, options),
    ...(options.aspects.length === 0
      ? [...findingLines(view.findings, options), ...neighbourLines(view.neighbours, options)]
      : []),
  ]
}

const explained = 2

/** After the diffs of all jobs: the first findings that change something, each with what tells more of it; nothing where parts were asked for. */
export function nextOf(
  views: readonly DiffView[],
  { program, width, aspects }: DiffOptions & { readonly program: string },
): string[] {
  const codes = views.flatMap(({ findings, neighbours }) => [
    ...(lostNeighbours(neighbours).length > 0 ? ['policy-labels'] : []),
    ...findings.filter(({ class: kind }) => kind !== 'same').map(({ code }): string => code),
  ])
  if (aspects.length > 0 || codes.length === 0) return []
  const next = [...new Set(codes)].slice(0, explained).map((code) => ({
    type: `${program} explain ${code}`,
    does: 'what it means, and what to do about it',
  }))
  return ['', ...nextLines(next, { width })]
}

function title(what: string, pods: string, options: DiffOptions): string[] {
  const line = `${what}      ${pods}`
  if (options.width === undefined || width(line) <= options.width) return [line]
  return [...fitted(what, options), ...fitted(pods, options)]
}

/** Words on as many lines as the terminal needs. */
export function fitted(text: string, { width: columns }: Pick<DiffOptions, 'width'>): string[] {
  return columns === undefined ? [text] : wrap(text, columns)
}

function asked(rows: readonly DiffRow[], aspects: readonly Aspect[]): readonly DiffRow[] {
  return aspects.length === 0 ? rows : rows.filter(({ aspect }) => aspects.includes(aspect))
}

const columns = ['PODS', 'FIELD', 'FROM', 'V1', 'V2', ''].map((header) => ({ header }))

/** Fewer columns than this for a value tell nothing of it. */
const leastRoom = 8

function table(rows: readonly DiffRow[], options: DiffOptions): string[] {
  const room = options.width === undefined ? undefined : valueRoom(rows, options.width)
  if (options.width !== undefined && (room ?? 0) < leastRoom) return stacked(rows, options.width, options)
  const value = (text: string | undefined) =>
    text === undefined
      ? 'absent'
      : room === undefined
        ? text
        : cut(neutralise(text), room, options.unicode ? '…' : '...')
  const cells = rows.map((row) => {
    const tone = row.verdict === 'different' ? ('failed' as const) : ('dim' as const)
    const word = verdictWord(row)
    return [row.pods, shortPath(row.path), row.origin, value(row.v1), value(row.v2), { text: word, tone }]
  })
  return renderTable(columns, cells, options).lines
}

/** `changed: CODE`, `lost: CODE`, `differs` */
export function verdictWord({ verdict, cause }: DiffRow): string {
  const different = cause === undefined ? 'differs' : codeText(cause.code)?.class === 'lost' ? 'lost' : 'changed'
  const word = { different, harmless: 'harmless', same: 'same' }[verdict]
  return cause ? `${word}: ${cause.code}` : word
}

/** Columns each of the two values may take so that the rest of a row fits. */
function valueRoom(rows: readonly DiffRow[], width: number): number {
  const widest = (of: (row: DiffRow) => string) => Math.max(0, ...rows.map((row) => of(row).length))
  const rest =
    widest(({ pods }) => pods) + widest(({ path }) => shortPath(path)) + 'operator'.length + widest(verdictWord) + 5 * 3
  return Math.floor((width - rest) / 2)
}

/** The rows of a table that is wider than the terminal: the cells of each below one another, no value cut. */
function stacked(rows: readonly DiffRow[], width: number, style: Style): string[] {
  return rows.flatMap((row) => {
    const tone = row.verdict === 'different' ? ('failed' as const) : ('dim' as const)
    return [
      ...wrap(neutralise(shortPath(row.path)), width),
      ...hanging('  in  ', `${row.pods}, of the ${row.origin}`, width),
      ...hanging('  v1  ', row.v1 ?? 'absent', width),
      ...hanging('  v2  ', row.v2 ?? 'absent', width),
      ...hanging('      ', verdictWord(row), width).map((line) => paint(line, tone, style)),
    ]
  })
}

function hanging(head: string, text: string, columns: number): string[] {
  const lines = wrap(neutralise(text), Math.max(20, columns - head.length))
  return lines.map((line, at) => (at === 0 ? head : ' '.repeat(head.length)) + line)
}

/** The container that trains needs no name. */
export function shortPath(path: string): string {
  return path.replace(/^containers\[main\]\.env\./, 'env ').replace(/^containers\[main\]\./, '')
}

/** How many values of each sort there are. */
export function countLine(rows: readonly DiffRow[], { aspects, all }: Pick<DiffOptions, 'aspects' | 'all'>): string {
  const count = (verdict: DiffRow['verdict']) => rows.filter((row) => row.verdict === verdict).length
  const what = aspects.length === 0 ? '' : ` in ${aspects.join(' and ')}`
  const [different, harmless] = [count('different'), count('harmless')]
  return [
    different === 0 ? `no difference${what}` : `${different} ${different === 1 ? 'difference' : 'differences'}${what}`,
    `${count('same')} equal${all ? '' : ' (--all)'}`,
    ...(harmless > 0 ? [`${harmless} harmless folded`] : []),
  ].join('; ')
}

/** One cause of differences that were folded away. */
export interface Folded {
  readonly code: string
  readonly why: string
  readonly count: number
}

/** Why what is harmless is harmless: each cause once, the most frequent first. */
export function folded(rows: readonly DiffRow[]): Folded[] {
  const causes = new Map<string, Folded>()
  for (const { verdict, cause } of rows) {
    if (verdict !== 'harmless' || !cause) continue
    const key = `${cause.code} ${cause.why}`
    causes.set(key, { ...cause, count: (causes.get(key)?.count ?? 0) + 1 })
  }
  return [...causes.values()].sort((a, b) => b.count - a.count)
}

function foldedLines(rows: readonly DiffRow[], options: DiffOptions): string[] {
  const causes = options.all ? [] : folded(rows)
  const widest = Math.max(0, ...causes.map(({ code }) => code.length))
  return causes.flatMap(({ code, why, count }) => {
    const head = `${String(count).padStart(5)}  ${code.padEnd(widest)}  `
    if (options.width === undefined) return [head + why]
    return options.width - head.length < 30
      ? [...wrap(`${count} ${code}`, options.width), ...hanging('  ', why, options.width)]
      : hanging(head, why, options.width)
  })
}

function findingLines(findings: readonly Finding[], { width }: DiffOptions): string[] {
  const words = ({ code, message, why }: Finding) => [code, message, why].join('\n')
  // a field of every role is told once: the paths are not shown
  const told = new Map(findings.filter(({ class: kind }) => kind !== 'same').map((each) => [words(each), each]))
  if (told.size === 0) return []
  const lines = [...told.values()].flatMap((finding) => {
    const head = `${finding.class.padEnd(7)}  ${finding.code}  `
    const text = `${finding.message}${finding.why === undefined ? '' : ` (${finding.why})`}`
    if (width === undefined) return [head + neutralise(text)]
    return width - head.length < 30
      ? [...wrap(head.trim(), width), ...hanging('  ', text, width)]
      : hanging(head, text, width)
  })
  return ['', ...lines]
}

const neighbourWords = { lost: 'lost', gained: 'changed', same: 'same' } as const

/** Neighbours that do not know both sides alike, a line each, then how many do. */
function neighbourLines(neighbours: Neighbours | undefined, options: DiffOptions): string[] {
  if (!neighbours || neighbours.rows.length === 0) return []
  const shown = neighbours.rows.filter(({ verdict }) => options.all || verdict !== 'same')
  const alike = neighbours.rows.filter(({ verdict }) => verdict === 'same').length
  const lines = shown.flatMap((row) => {
    const word = neighbours.accepted && row.verdict === 'lost' ? 'accepted' : neighbourWords[row.verdict]
    const head = row.verdict === 'lost' ? `${word.padEnd(8)} policy-labels  ` : `${word.padEnd(8)} `
    const text = neighbourSentence(row)
    if (options.width === undefined) return [head + neutralise(text)]
    return options.width - head.length < 30
      ? [...wrap(head.trim(), options.width), ...hanging('  ', text, options.width)]
      : hanging(head, text, options.width)
  })
  const open = lostNeighbours(neighbours).length > 0
  return [
    '',
    'NEIGHBOURS',
    ...lines,
    ...(alike > 0 && !options.all
      ? fitted(`${alike} ${alike === 1 ? 'selects' : 'select'} both sides alike (--all)`, options)
      : []),
    ...(open ? fitted('keep them: --pod-labels v1; where v2 does not need them: --accept policy-labels', options) : []),
  ]
}
