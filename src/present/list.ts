import type { StateWord } from '../kube/job-state.ts'
import { toneOfState } from '../kube/job-state.ts'
import { age } from './age.ts'
import type { Style } from './style.ts'
import { type Cell, type Column, renderTable, type Table } from './table.ts'

/** One side of a pair, as `-o json` prints it. */
export interface ListedJob {
  readonly kind: string
  readonly name: string
  readonly uid: string
  /** RFC 3339 */
  readonly created?: string
  readonly state: StateWord
  readonly reason?: string
  readonly message?: string
  readonly ready?: number
  readonly desired?: number
  readonly roles: readonly {
    readonly role: string
    readonly ready?: number
    readonly desired?: number
    readonly succeeded: number
  }[]
  /** LocalQueue of Kueue */
  readonly queue?: string
  /** of a TrainJob: `ClusterTrainingRuntime/torch-distributed` */
  readonly runtime?: string
  /** of a v1 job: what stands between it and its TrainJob */
  readonly class?: string
  /** of the class: findings that change something or must be accepted, or why it is not converted */
  readonly codes?: readonly string[]
  /** that its pods ask for together */
  readonly gpus?: number
  /** in a wide table: node pools its pods are on */
  readonly pools?: readonly string[]
  /** in a wide table: when its first pod was started, RFC 3339 */
  readonly started?: string
  /** in a wide table: about the job or its JobSet */
  readonly lastEvent?: { readonly reason: string; readonly message: string; readonly lastSeen: string }
  /** who made it: `Argo CD application nlp-train`, `kubectl` */
  readonly creator: string
}

/** One line of the list: a v1 job, a TrainJob, or both. */
export interface ListedPair {
  readonly namespace: string
  /** the v1 job's name, else the TrainJob's */
  readonly name: string
  readonly phase: string
  /** by what the two were paired */
  readonly link?: 'recorded' | 'name'
  readonly v1?: ListedJob
  readonly v2?: ListedJob
  /** in a watch: it is gone, and this is what it was */
  readonly deleted?: true
  /** of a row that is gone: the side that is still there, in other rows, and is shown as it is now */
  readonly remains?: 'v1'
}

export interface ListOptions extends Style {
  readonly now: Date
  readonly wide: boolean
  readonly header: boolean
  /** whether the rows are of several namespaces */
  readonly namespaces: boolean
  /** columns of the terminal; absent in a pipe */
  readonly width?: number
  /** at least so wide, to stand below rows printed before */
  readonly widths?: readonly number[]
  /** columns to leave out, as above rows printed before */
  readonly hidden?: readonly string[]
  /** blanks between columns, as above rows printed before */
  readonly gap?: number
}

interface ListColumn extends Column {
  readonly only?: 'namespaces' | 'wide'
  readonly cell: (pair: ListedPair, now: Date) => Cell
}

const columns: readonly ListColumn[] = [
  { header: 'NAMESPACE', only: 'namespaces', cell: ({ namespace }) => namespace },
  { header: 'NAME', mayOverflow: true, cell: ({ name }) => name },
  { header: 'KIND', dispensable: 5, cell: ({ v1, v2 }) => (v1 ?? v2)?.kind ?? '' },
  { header: 'V1', cell: ({ v1, deleted, remains }) => stateCell(v1, deleted && remains !== 'v1') },
  { header: 'V1-READY', dispensable: 4, cell: ({ v1 }) => readyText(v1) },
  { header: 'V2', cell: ({ v2, deleted }) => stateCell(v2, deleted) },
  { header: 'V2-READY', dispensable: 3, cell: ({ v2 }) => readyText(v2) },
  { header: 'CLASS', dispensable: 1, cell: ({ v1 }) => classCell(v1) },
  { header: 'MIGRATION', dispensable: 2, cell: ({ phase }) => phaseCell(phase) },
  { header: 'AGE', dispensable: 6, cell: ({ v1, v2 }, now) => age((v1 ?? v2)?.created, now) },
  { header: 'TRAINJOB', only: 'wide', mayOverflow: true, cell: ({ v2 }) => v2?.name ?? '-' },
  { header: 'LINK', only: 'wide', dispensable: 9, cell: ({ link }) => link ?? '-' },
  { header: 'GPUS', only: 'wide', dispensable: 7, cell: ({ v1, v2 }) => gpusText(v1, v2) },
  { header: 'V1-ROLES', only: 'wide', dispensable: 6, cell: ({ v1 }) => rolesText(v1) },
  { header: 'V2-ROLES', only: 'wide', dispensable: 6, cell: ({ v2 }) => rolesText(v2) },
  { header: 'RUNTIME', only: 'wide', dispensable: 7, cell: ({ v2 }) => v2?.runtime ?? '-' },
  { header: 'QUEUE', only: 'wide', dispensable: 8, cell: ({ v1, v2 }) => v1?.queue ?? v2?.queue ?? '-' },
  { header: 'NODE-POOLS', only: 'wide', cell: ({ v1, v2 }) => poolsText(v1, v2) },
  { header: 'STARTED', only: 'wide', cell: ({ v1, v2 }, now) => startedText(v1, v2, now) },
  { header: 'SOURCE', only: 'wide', dispensable: 10, cell: ({ v1, v2 }) => (v1 ?? v2)?.creator ?? '-' },
  { header: 'LAST-EVENT', only: 'wide', cell: ({ v1, v2 }, now) => eventText(v1, v2, now) },
]

/** The pairs as a table: one line each, `-` for the side that is not there. */
export function listTable(pairs: readonly ListedPair[], options: ListOptions): Table {
  const shown = columns
    .filter(({ only }) => only === undefined || (only === 'wide' ? options.wide : options.namespaces))
    .map((column) => (column.header === 'KIND' && shareNames(pairs) ? { ...column, dispensable: undefined } : column))
  const rows = pairs.map((pair) => shown.map(({ cell }) => cell(pair, options.now)))
  const table = renderTable(shown, rows, options)
  if (options.width === undefined || options.gap !== undefined) return table
  // what always stays may be wider than a narrow terminal with the usual blanks between
  const stays = shown.flatMap(({ header }, at) => (table.hidden.includes(header) ? [] : (table.widths[at] ?? 0)))
  const gap = Math.floor((options.width - stays.reduce((sum, each) => sum + each, 0)) / (stays.length - 1))
  return gap < 1 || gap >= table.gap ? table : renderTable(shown, rows, { ...options, gap })
}

/** Whether the kind alone tells two rows apart. */
function shareNames(pairs: readonly ListedPair[]): boolean {
  return new Set(pairs.map(({ namespace, name }) => `${namespace}/${name}`)).size < pairs.length
}

/** The word of a state; where something blocks it, the system's own word for that. */
export function stateText({ state, reason }: Pick<ListedJob, 'state' | 'reason'>): string {
  return state === 'Blocked' && reason !== undefined && reason !== '' ? reason : state
}

/** `7/8`, `?` for what is not known, `-` for a job that has ended or is not there. */
export function readyText(job: Pick<ListedJob, 'state' | 'ready' | 'desired'> | undefined): string {
  if (!job || job.state === 'Succeeded' || job.state === 'Complete' || job.state === 'Failed') return '-'
  return `${job.ready ?? '?'}/${job.desired ?? '?'}`
}

function stateCell(job: ListedJob | undefined, deleted: boolean | undefined): Cell {
  if (job && deleted) return { text: 'Deleted', tone: 'dim' }
  return job ? { text: stateText(job), tone: toneOfState(job.state) } : { text: '-', tone: 'dim' }
}

/** Classes that wait for somebody are in the colours of what waits and of what fails. */
function classCell(job: ListedJob | undefined): Cell {
  const word = job?.class
  if (word === undefined) return { text: '-', tone: 'dim' }
  return { text: word, tone: word === 'NeedsDecision' ? 'waits' : word === 'Impossible' ? 'failed' : undefined }
}

function phaseCell(phase: string): Cell {
  return { text: phase, tone: phase === 'BothRun' || phase === 'Revived' ? 'failed' : undefined }
}

/** Of v1 and of v2; one number where there is one side. */
function gpusText(v1: ListedJob | undefined, v2: ListedJob | undefined): string {
  return [v1, v2].flatMap((job) => (job ? String(job.gpus ?? '?') : [])).join('/')
}

/** Of both sides. */
function poolsText(v1: ListedJob | undefined, v2: ListedJob | undefined): string {
  return [...new Set([v1, v2].flatMap((job) => job?.pools ?? []))].join(',') || '-'
}

/** How long ago the side that began last did. */
function startedText(v1: ListedJob | undefined, v2: ListedJob | undefined, now: Date): string {
  const started = [v1, v2].flatMap((job) => job?.started ?? []).sort()
  return started.length === 0 ? '-' : age(started.at(-1), now)
}

/** The newer one of both sides'. */
function eventText(v1: ListedJob | undefined, v2: ListedJob | undefined, now: Date): string {
  const [newest] = [v1, v2]
    .flatMap((job) => job?.lastEvent ?? [])
    .sort((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen))
  return newest ? `${age(newest.lastSeen, now)} ${newest.reason}: ${newest.message}` : '-'
}

function rolesText(job: ListedJob | undefined): string {
  return job?.roles.map(({ role, desired }) => `${role}=${desired ?? '?'}`).join(',') || '-'
}
