import { wrapWords } from '../present/wrap-words.ts'

/** A line of the left column and what it means. */
export type Row = readonly [left: string, right: string]

/** Words of `text` on lines of at most `width` columns (plain text); a word longer than that keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  return wrapWords(text.split(' '), width)
}

/** Text with an indent before each of its lines. */
export function paragraph(text: string, columns: number, indent = ''): string[] {
  return wrap(text, columns - indent.length).map((line) => `${indent}${line}`)
}

/** How wide the left column must be for those of its words that are at most `widest` wide. */
export function leftWidth(rows: readonly Row[], widest = 32): number {
  return Math.max(0, ...rows.map(([left]) => left.length).filter((length) => length <= widest))
}

/**
 * Two columns, the left one `left` wide: what does not fit beside its left word goes below it,
 * and so does everything where the terminal is too narrow for two.
 */
export function twoColumns(rows: readonly Row[], columns: number, left: number = leftWidth(rows)): string[] {
  const beside = columns - left - 5
  const roomy = beside >= 24
  const indent = ' '.repeat(roomy ? left + 5 : 6)
  const lines: string[] = []
  for (const [word, text] of rows) {
    const meaning = wrap(text, columns - indent.length)
    const first = roomy && word.length <= left ? meaning.shift() : undefined
    lines.push(first === undefined ? `  ${word}` : `  ${word.padEnd(left)}   ${first}`)
    lines.push(...meaning.map((line) => `${indent}${line}`))
  }
  return lines
}
