import type { Tone } from '../kube/pod-state.ts'
import { paint, type Style } from './style.ts'
import { pad, printable, width } from './width.ts'

export interface Column {
  readonly header: string
  readonly align?: 'right'
  /** on a terminal too narrow for all, columns with the highest number go first; without one a column always stays */
  readonly dispensable?: number
  /** on a terminal too narrow for all, a text much longer than the others makes its own row long and no other */
  readonly mayOverflow?: true
}

/** Text of others goes in as it is: the table makes it safe. */
export type Cell = string | { readonly text: string; readonly tone: Tone | 'dim' | undefined }

export interface TableOptions extends Style {
  /** false: rows only */
  readonly header?: boolean
  /** columns of the terminal; absent: as wide as it gets, as in a pipe */
  readonly width?: number
  /** least width of each column, to stand below rows printed before */
  readonly widths?: readonly number[]
  /** headers of columns to leave out, whatever the width, to stand below rows printed before */
  readonly hidden?: readonly string[]
  /** blanks between columns, default 3 */
  readonly gap?: number
}

export interface Table {
  readonly lines: string[]
  /** headers of the columns left out for want of room */
  readonly hidden: readonly string[]
  readonly widths: readonly number[]
  /** blanks between columns */
  readonly gap: number
}

const usualGap = 3
/** columns that no text is too long for */
const neverLong = 40

/**
 * Plain columns as kubectl prints them: upper-case headers, three blanks between, nothing after the last, one line a row,
 * so that awk and grep can read them. A row may be shorter than the columns.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): Table {
  const { gap = usualGap } = options
  const texts = rows.map((row) => columns.map((_, at) => printable(textOf(row[at]))))
  const least = columns.map(({ header }, at) =>
    Math.max(options.widths?.[at] ?? 0, options.header === false ? 0 : header.length),
  )
  const widths = columnWidths(columns, texts, least, gap, options.width)
  const shown = options.hidden
    ? columns.flatMap(({ header }, at) => (options.hidden?.includes(header) ? [] : at))
    : fitting(columns, widths, gap, options.width)
  const last = shown.at(-1)
  const line = (cells: readonly string[], tones: (at: number) => Tone | 'dim' | 'bold' | undefined) =>
    shown
      .map((at) => {
        const text = cells[at] ?? ''
        const blanks = ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(text)))
        const painted = paint(text, tones(at), options)
        if (columns[at]?.align === 'right') return `${blanks}${painted}${at === last ? '' : ' '.repeat(gap)}`
        return at === last ? painted : `${painted}${blanks}${' '.repeat(gap)}`
      })
      .join('')
      .trimEnd()
  const lines = texts.map((cells, row) => line(cells, (at) => toneOf(rows[row]?.[at])))
  if (options.header !== false) {
    lines.unshift(
      line(
        columns.map(({ header }) => header),
        () => undefined,
      ),
    )
  }
  return { lines, widths, gap, hidden: columns.flatMap(({ header }, at) => (shown.includes(at) ? [] : header)) }
}

/** As wide as the widest text; where a terminal has no room for that, without the texts that may overflow. */
function columnWidths(
  columns: readonly Column[],
  texts: readonly (readonly string[])[],
  least: readonly number[],
  gap: number,
  terminal: number | undefined,
): number[] {
  const taken = columns.map((_, at) => texts.map((row) => width(row[at] ?? '')))
  const widest = (numbers: readonly number[], at: number) =>
    numbers.reduce((most, number) => Math.max(most, number), least[at] ?? 0)
  const widths = taken.map(widest)
  if (terminal === undefined || widths.reduce((sum, each) => sum + each + gap, -gap) <= terminal) return widths
  return widths.map((each, at) => {
    if (!columns[at]?.mayOverflow || each <= neverLong) return each
    const sorted = [...(taken[at] ?? [])].sort((a, b) => a - b)
    const most = Math.max(neverLong, 2 * (sorted[Math.floor((sorted.length - 1) / 2)] ?? 0))
    return widest(
      sorted.filter((number) => number <= most),
      at,
    )
  })
}

/** Indexes of the columns that fit; the dispensable ones go, the most dispensable first. */
function fitting(
  columns: readonly Column[],
  widths: readonly number[],
  gap: number,
  width: number | undefined,
): number[] {
  const shown = columns.map((_, at) => at)
  const total = () => shown.reduce((sum, at) => sum + (widths[at] ?? 0) + gap, -gap)
  while (width !== undefined && total() > width) {
    const [first] = shown
      .filter((at) => columns[at]?.dispensable !== undefined)
      .sort((a, b) => (columns[b]?.dispensable ?? 0) - (columns[a]?.dispensable ?? 0))
    if (first === undefined) break
    shown.splice(shown.indexOf(first), 1)
  }
  return shown
}

function textOf(cell: Cell | undefined): string {
  return cell === undefined ? '' : typeof cell === 'string' ? cell : cell.text
}

function toneOf(cell: Cell | undefined): Tone | 'dim' | undefined {
  return cell === undefined || typeof cell === 'string' ? undefined : cell.tone
}

/** Two blocks of lines beside each other, each line of the left one padded to its column. */
export function sideBySide(left: readonly string[], right: readonly string[], leftWidth: number): string[] {
  const height = Math.max(left.length, right.length)
  return Array.from({ length: height }, (_, at) => `${pad(left[at] ?? '', leftWidth)}${right[at] ?? ''}`.trimEnd())
}
