import { printable, width, wrap } from './width.ts'

/** What a screen knows of its terminal: its columns, or nothing in a pipe. */
interface Fitting {
  readonly width?: number | undefined
}

/** Others' text on lines that a terminal has room for; one line in a pipe. */
export function wrapped(text: string, { width: columns }: Fitting, indent: string): string[] {
  const safe = printable(text)
  const lines = columns === undefined ? [safe] : wrap(safe, Math.max(20, columns - indent.length))
  return lines.map((line) => `${indent}${line}`)
}

/** Whether a terminal has room for a line. */
export function fits(line: string, { width: columns }: Fitting): boolean {
  return columns === undefined || width(line) <= columns
}
