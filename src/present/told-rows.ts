import { renderTable } from './table.ts'
import { pad, printable, width, wrap } from './width.ts'

/** A row of a few short cells, and words of any length about it. */
export interface ToldRow {
  readonly cells: readonly string[]
  readonly words: string
}

const indent = '  '
const gap = '   '
/** columns that words should have beside the cells */
const leastRoom = 32

/**
 * Rows below a line that says what they are: the cells stand below each other, and the words beside them; where a terminal has no room for
 * that, below them. Others' text is made safe.
 * @param columns of the terminal; absent: a line each, as in a pipe
 */
export function toldRows(rows: readonly ToldRow[], columns: number | undefined): string[] {
  const headers = Array.from({ length: Math.max(0, ...rows.map(({ cells }) => cells.length)) }, () => ({ header: '' }))
  const { lines: heads } = renderTable(
    headers,
    rows.map(({ cells }) => cells),
    { header: false, color: false, unicode: true },
  )
  const widest = Math.max(0, ...heads.map(width))
  const before = indent.length + widest + gap.length
  const beside = columns === undefined || columns - before >= leastRoom
  return rows.flatMap(({ words }, at) => {
    const head = heads[at] ?? ''
    const text = printable(words)
    if (!beside) return [...below(head, indent, columns), ...below(text, indent + indent, columns)]
    const lines = columns === undefined ? [text] : wrap(text, columns - before)
    return lines.map((line, row) => `${row === 0 ? `${indent}${pad(head, widest)}${gap}` : ' '.repeat(before)}${line}`)
  })
}

function below(text: string, margin: string, columns: number): string[] {
  return wrap(text, Math.max(20, columns - margin.length)).map((line) => margin + line)
}
