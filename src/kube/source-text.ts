import type { PathStep } from './field-path.ts'
import { neutralise } from './text.ts'
import { readEvents } from './yaml-events.ts'
import { FieldFinder } from './yaml-position.ts'
import { countLines } from './yaml-text.ts'

/** Where something is written: both count from 1, columns in characters. */
export interface Position {
  readonly line: number
  readonly column: number
}

const marksOfTemplates = ['$', '{{', '{%', '{#']

/** The text of one document: knows its place in the file, and where its fields stand. Offsets are into `text`. */
export class SourceText {
  readonly source: string
  readonly text: string
  readonly #first: Position
  readonly #finder: FieldFinder
  #mayBeTemplate: boolean | undefined
  /** a place whose line is known, from which the next is counted */
  #known: { offset: number; line: number }

  /** @param first where in the file the text begins */
  constructor(source: string, text: string, first: Position) {
    this.source = source
    this.text = text
    this.#first = first
    this.#known = { offset: 0, line: first.line }
    this.#finder = new FieldFinder(() => readEvents(text))
  }

  /** The text between two offsets, which still knows its place in the file. */
  part(start: number, end: number): SourceText {
    return new SourceText(this.source, this.text.slice(start, end), this.position(start))
  }

  position(offset: number): Position {
    const from = offset < this.#known.offset ? { offset: 0, line: this.#first.line } : this.#known
    const line = from.line + countLines(this.text, from.offset, offset)
    this.#known = { offset, line }
    const column = [...this.#lineUpTo(offset)].length + 1
    return { line, column: line === this.#first.line ? column + this.#first.column - 1 : column }
  }

  /** `jobs/bert.yaml:12:5` */
  place(offset: number): string {
    const { line, column } = this.position(offset)
    return `${this.source}:${line}:${column}`
  }

  /** Whether a placeholder of some template may be in it, so that looking is worth the while. */
  get mayBeTemplate(): boolean {
    this.#mayBeTemplate ??= marksOfTemplates.some((mark) => this.text.includes(mark))
    return this.#mayBeTemplate
  }

  /** Offset of a field's key or of a list's item; undefined where it is not written out. */
  offsetOf(path: readonly PathStep[]): number | undefined {
    return this.#finder.find(path)
  }

  /** The line of an offset with its number, and below it a caret; of a long line the part around the offset. */
  excerpt(offset: number): [string, string] {
    const before = visible(this.#lineUpTo(offset))
    const after = visible(/^[^\r\n]*/.exec(this.text.slice(offset, offset + 400))?.[0] ?? '')
    const head = before.length > 50 ? ['…', ...before.slice(-50)] : before
    const tail = after.length > 30 ? [...after.slice(0, 30), '…'] : after
    const number = String(this.position(offset).line).padStart(5)
    return [`${number} | ${[...head, ...tail].join('')}`, `      | ${' '.repeat(head.length)}^`]
  }

  #lineUpTo(offset: number): string {
    if (offset === 0) return ''
    const line = this.text.slice(this.text.lastIndexOf('\n', offset - 1) + 1, offset)
    return line.slice(line.lastIndexOf('\r') + 1)
  }
}

/** The characters of a line as a terminal can show them, each one column wide but for East Asian ones. */
function visible(line: string): string[] {
  return [...neutralise(line.replaceAll('\t', ' '))]
}
