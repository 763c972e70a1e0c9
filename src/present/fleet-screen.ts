import { type ClassWord, classWords } from '../convert/class-words.ts'
import { fittedWords, progressLines } from './fleet-progress.ts'
import type { QueueView } from './fleet-queues.ts'
import { nextLines } from './job-screen.ts'
import type { NextView } from './status-view.ts'
import { paint, type Style } from './style.ts'
import { type Cell, renderTable, type Table } from './table.ts'
import { printable, wrap } from './width.ts'

/** Everything `status` says of many jobs, in every format. */
export interface FleetView {
  readonly context: string
  /** absent: all namespaces */
  readonly namespace?: string
  /** what is installed; absent where the user may not ask */
  readonly systems?: SystemsView
  readonly kinds: readonly KindCount[]
  /** v1 jobs of each kind by what stands between them and their TrainJobs */
  readonly classes: readonly ClassCount[]
  readonly progress: FleetProgress
  /** of jobs that run or are about to */
  readonly gpus: { readonly v1: number; readonly v2: number }
  /** jobs that run on both sides at once: the first ones */
  readonly bothRunning: readonly BothRunningView[]
  /** v1 jobs made under names that were moved: the first ones */
  readonly revived: readonly RevivedView[]
  readonly oldestHold?: Place
  /** of the moves that are neither done nor failed */
  readonly oldestOpen?: Place
  /** why v1 jobs that are to be moved cannot be yet */
  readonly blockers: readonly BlockerView[]
  /** where Kueue keeps jobs from running */
  readonly queues: readonly QueueView[]
  /** pairs by where their move stands */
  readonly phases: Readonly<Record<string, number>>
  /** of --by */
  readonly groups?: { readonly by: string; readonly rows: readonly FleetGroup[] }
  readonly newV1Jobs: NewJobs
  /** jobs something blocks, and TrainJobs that failed while v1 is held: the first ones */
  readonly troubles: readonly TroubleView[]
  /** how many there are in all */
  readonly troubleCount: number
  readonly notRead: readonly { readonly resource: string; readonly namespace?: string; readonly why: string }[]
  readonly next: readonly NextView[]
}

/** Systems that are installed; versions that are not to be seen are absent. */
export interface SystemsView {
  readonly trainer?: { readonly version?: string; readonly dialect?: string }
  readonly trainingOperator?: { readonly version?: string }
  readonly kueue?: { readonly version?: string }
}

/** v1 jobs of one kind. */
export type ClassCount = { readonly kind: string } & Readonly<Record<ClassWord, number>>

/** Names, each counted once: where the move of each stands. */
export interface FleetProgress {
  /** v1 jobs, and TrainJobs that were one; runs of one series are one name */
  readonly names: number
  /** the TrainJob runs or ran, v1 is held or gone */
  readonly migrated: number
  /** of those: v1 is held, so that there is a way back */
  readonly held: number
  readonly inProgress: number
  readonly failed: number
  readonly notStarted: number
  /** finished on v1: nothing to move */
  readonly ended: number
  readonly bothRunning: number
  readonly revived: number
}

export interface Place {
  readonly namespace: string
  readonly name: string
  /** RFC 3339 */
  readonly since: string
}

export interface BothRunningView {
  readonly namespace: string
  readonly name: string
  readonly trainJob: string
}

export interface RevivedView {
  readonly namespace: string
  readonly name: string
  readonly kind: string
  readonly created: string
  readonly creator: string
}

export interface BlockerView {
  readonly class: string
  /** of a finding (`explain CODE`) or of an error */
  readonly code: string
  readonly jobs: number
}

export interface KindCount {
  readonly kind: string
  readonly total: number
  /** of those that run or are about to */
  readonly gpus: number
  readonly running: number
  /** pending, starting, restarting, suspending, terminating */
  readonly waiting: number
  readonly blocked: number
  readonly suspended: number
  readonly done: number
  readonly failed: number
}

/** Pairs with a v1 job that have a namespace, a source or a queue in common. */
export interface FleetGroup {
  readonly name: string
  readonly jobs: number
  readonly toMove: number
  readonly moved: number
  readonly finished: number
}

/** v1 jobs of the last 24 hours. */
export interface NewJobs {
  readonly jobs: number
  /** the busiest first */
  readonly sources: readonly { readonly source: string; readonly jobs: number }[]
}

export interface TroubleView {
  readonly namespace: string
  readonly kind: string
  readonly name: string
  readonly reason: string
  readonly message?: string
}

export interface FleetOptions extends Style {
  readonly now: Date
  /** columns of the terminal; absent in a pipe */
  readonly width?: number
}

const columns = [
  { header: 'KIND' },
  { header: 'JOBS', align: 'right' as const },
  { header: 'GPUS', align: 'right' as const, dispensable: 6 },
  { header: 'RUNNING', align: 'right' as const },
  { header: 'WAITING', align: 'right' as const, dispensable: 3 },
  { header: 'BLOCKED', align: 'right' as const, dispensable: 1 },
  { header: 'SUSPENDED', align: 'right' as const, dispensable: 4 },
  { header: 'DONE', align: 'right' as const, dispensable: 5 },
  { header: 'FAILED', align: 'right' as const, dispensable: 2 },
]

/** The screen of many jobs in numbers; `hidden` names columns that did not fit. */
export function fleetScreen(view: FleetView, options: FleetOptions): { lines: string[]; hidden: readonly string[] } {
  const { lines: kinds, hidden } = kindTable(view.kinds, options)
  const lines = [...headLines(view, options), '', ...kinds]
  if (view.classes.length > 0) lines.push('', ...classLines(view.classes, options))
  if (view.progress.names > 0) lines.push('', ...progressLines(view, options))
  const groups = view.groups && groupTable(view.groups, options)
  if (groups) lines.push('', ...groups.lines)
  if (view.newV1Jobs.jobs > 0) lines.push('', ...newJobLines(view.newV1Jobs, options))
  if (view.troubles.length > 0) lines.push('', ...troubleLines(view, options))
  if (view.next.length > 0) lines.push('', ...nextLines(view.next, options))
  return { lines, hidden: [...hidden, ...(groups?.hidden ?? [])] }
}

/** With less between its columns where one of them would have to go otherwise. */
function kindTable(kinds: readonly KindCount[], options: FleetOptions): Table {
  const table = renderTable(columns, kinds.map(kindRow), options)
  return table.hidden.length === 0 ? table : renderTable(columns, kinds.map(kindRow), { ...options, gap: 2 })
}

/** Where this is, and what runs there. */
function headLines({ context, namespace, systems }: FleetView, options: FleetOptions): string[] {
  const versionOf = (version: string | undefined) => version ?? 'version not to be seen'
  const { trainer, trainingOperator, kueue } = systems ?? {}
  const dialect = trainer?.dialect ?? 'of a dialect not known here'
  const installed = [
    trainer ? `TRAINER ${versionOf(trainer.version)} (${dialect})` : 'TRAINER none',
    trainingOperator ? `TRAINING OPERATOR ${versionOf(trainingOperator.version)}` : 'TRAINING OPERATOR none',
    ...(kueue ? [`KUEUE ${versionOf(kueue.version)}`] : []),
  ]
  const where = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`
  const parts = [where, ...(systems ? installed : ['what is installed may not be asked'])].map(printable)
  const [first = '', ...more] = fittedWords(`CONTEXT ${paint(printable(context), 'bold', options)}`, parts, options)
  return [first, ...more.flatMap((line) => hanging(line.trimStart(), 2, options))]
}

function hanging(text: string, indent: number, { width: columns }: FleetOptions): string[] {
  const lines = columns === undefined ? [text] : wrap(text, Math.max(20, columns - indent))
  return lines.map((line) => ' '.repeat(indent) + line)
}

function kindRow(count: KindCount): Cell[] {
  const { running, waiting, blocked, suspended, done, failed } = count
  const cell = (value: number, tone: Exclude<Cell, string>['tone']): Cell => ({
    text: String(value),
    tone: value === 0 ? 'dim' : tone,
  })
  return [
    count.kind,
    String(count.total),
    String(count.gpus),
    cell(running, 'runs'),
    cell(waiting, 'waits'),
    cell(blocked, 'failed'),
    cell(suspended, 'held'),
    cell(done, 'done'),
    cell(failed, 'failed'),
  ]
}

const classColumns = [
  { header: 'KIND' },
  ...classWords.map((word) => ({
    // NeedsRuntime as NEEDS-RUNTIME
    header: word.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toUpperCase(),
    align: 'right' as const,
  })),
]

/** Of a terminal too narrow for a table, a line a kind with those that are not 0. */
function classLines(counts: readonly ClassCount[], options: FleetOptions): string[] {
  const table = renderTable(
    classColumns,
    counts.map((count) => [count.kind, ...classWords.map((word) => String(count[word]))]),
    { ...options, width: undefined },
  ).lines
  if (options.width === undefined || Math.max(...table.map((line) => line.length)) <= options.width) return table
  return counts.flatMap((count) =>
    fittedWords(
      `${count.kind}:`,
      classWords.filter((word) => count[word] > 0).map((word) => `${word} ${count[word]}`),
      options,
    ),
  )
}

const groupColumns = [
  { header: 'JOBS', align: 'right' as const },
  { header: 'TO MOVE', align: 'right' as const },
  { header: 'MOVED', align: 'right' as const, dispensable: 1 },
  { header: 'FINISHED', align: 'right' as const, dispensable: 2 },
]

function groupTable({ by, rows }: NonNullable<FleetView['groups']>, options: FleetOptions): Table {
  const cells = rows.map(({ name, jobs, toMove, moved, finished }) => [
    String(jobs),
    String(toMove),
    String(moved),
    String(finished),
    name,
  ])
  return renderTable([...groupColumns, { header: by.toUpperCase() }], cells, options)
}

const sourcesNamed = 3

/** `63 new v1 jobs in 24 h, made by 11 sources: KFP run x 31, ...` */
function newJobLines({ jobs, sources }: NewJobs, options: FleetOptions): string[] {
  const named = sources.slice(0, sourcesNamed).map(({ source, jobs: made }) => `${source} ${made}`)
  const rest = sources.length > sourcesNamed ? ', ...' : ''
  const count = `${jobs} new v1 ${jobs === 1 ? 'job' : 'jobs'} in 24 h, made by ${sources.length} ${sources.length === 1 ? 'source' : 'sources'}`
  const text = printable(`${count}: ${named.join(', ')}${rest}`)
  return options.width === undefined ? [text] : wrap(text, options.width)
}

function troubleLines({ troubles, troubleCount }: FleetView, options: FleetOptions): string[] {
  const lines = troubles.flatMap(({ namespace, kind, name, reason, message }) => {
    const title = hanging(printable(`${namespace}/${name}   ${kind} ${reason}`), 0, options)
    const words = message === undefined ? [] : hanging(printable(message), 4, options)
    return [...title.map((line) => paint(line, 'failed', options)), ...words]
  })
  const rest = troubleCount - troubles.length
  return rest > 0 ? [...lines, paint(`and ${rest} more`, 'dim', options)] : lines
}
