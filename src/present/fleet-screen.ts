import { type NextView, nextLines, phaseText } from './job-screen.ts'
import { paint, type Style } from './style.ts'
import { type Cell, renderTable } from './table.ts'
import { printable, wrap } from './width.ts'

/** Everything `status` says of many jobs, in every format. */
export interface FleetView {
  readonly context: string
  /** absent: all namespaces */
  readonly namespace?: string
  readonly kinds: readonly KindCount[]
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

export interface KindCount {
  readonly kind: string
  readonly total: number
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
  /** columns of the terminal; absent in a pipe */
  readonly width?: number
}

const columns = [
  { header: 'KIND' },
  { header: 'JOBS', align: 'right' as const },
  { header: 'RUNNING', align: 'right' as const },
  { header: 'WAITING', align: 'right' as const, dispensable: 3 },
  { header: 'BLOCKED', align: 'right' as const, dispensable: 1 },
  { header: 'SUSPENDED', align: 'right' as const, dispensable: 4 },
  { header: 'DONE', align: 'right' as const, dispensable: 5 },
  { header: 'FAILED', align: 'right' as const, dispensable: 2 },
]

/** Phases in the order of the way. */
const order = ['NotStarted', 'V1Runs', 'BothRun', 'NeitherRuns', 'Held', 'V1Finished', 'V2Only']

/** The screen of many jobs in numbers; `hidden` names columns that did not fit. */
export function fleetScreen(view: FleetView, options: FleetOptions): { lines: string[]; hidden: readonly string[] } {
  const where = view.namespace === undefined ? 'all namespaces' : `namespace ${view.namespace}`
  const { lines: kinds, hidden } = renderTable(columns, view.kinds.map(kindRow), options)
  const lines = [`${paint(printable(view.context), 'bold', options)}   ${printable(where)}`, '', ...kinds]
  if (order.some((phase) => (view.phases[phase] ?? 0) > 0)) lines.push('', ...phaseLines(view, options))
  if (view.groups) lines.push('', ...groupLines(view.groups, options))
  if (view.newV1Jobs.jobs > 0) lines.push('', ...newJobLines(view.newV1Jobs, options))
  if (view.troubles.length > 0) lines.push('', ...troubleLines(view, options))
  if (view.next.length > 0) lines.push('', ...nextLines(view.next, options))
  return { lines, hidden }
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
    cell(running, 'runs'),
    cell(waiting, 'waits'),
    cell(blocked, 'failed'),
    cell(suspended, 'held'),
    cell(done, 'done'),
    cell(failed, 'failed'),
  ]
}

const meanings: Readonly<Record<string, string>> = {
  NotStarted: 'v1 jobs without a TrainJob',
  Held: 'moved: v1 is kept suspended, the TrainJob ran, runs or starts',
  V1Finished: 'v1 has finished: nothing to move',
  V2Only: 'TrainJobs without a v1 job',
}

function phaseLines({ phases }: FleetView, options: FleetOptions): string[] {
  const rows = order
    .filter((phase) => (phases[phase] ?? 0) > 0)
    .map((phase) => [String(phases[phase] ?? 0), meanings[phase] ?? phaseText({ phase })])
  return renderTable([{ header: '', align: 'right' }, { header: '' }], rows, {
    ...options,
    header: false,
    width: undefined,
  }).lines
}

const groupColumns = [
  { header: 'JOBS', align: 'right' as const },
  { header: 'TO MOVE', align: 'right' as const },
  { header: 'MOVED', align: 'right' as const },
  { header: 'FINISHED', align: 'right' as const },
]

function groupLines({ by, rows }: NonNullable<FleetView['groups']>, options: FleetOptions): string[] {
  const cells = rows.map(({ name, jobs, toMove, moved, finished }) => [
    String(jobs),
    String(toMove),
    String(moved),
    String(finished),
    name,
  ])
  return renderTable([...groupColumns, { header: by.toUpperCase() }], cells, { ...options, width: undefined }).lines
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
    const title = printable(`${namespace}/${name}   ${kind} ${reason}`)
    const words = message === undefined ? [] : wrapped(message, options.width)
    return [paint(title, 'failed', options), ...words]
  })
  const rest = troubleCount - troubles.length
  return rest > 0 ? [...lines, paint(`and ${rest} more`, 'dim', options)] : lines
}

function wrapped(text: string, columns: number | undefined): string[] {
  const safe = printable(text)
  return (columns === undefined ? [safe] : wrap(safe, Math.max(20, columns - 4))).map((line) => `    ${line}`)
}
