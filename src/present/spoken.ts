import { width } from './width.ts'
import { wrapWords } from './wrap-words.ts'

/** What a stream tells of the terminal it leads to. */
interface Stream {
  readonly isTTY: boolean
  readonly columns: number
}

/**
 * Errors and notes as a stream gets them, with a line break at their end. A terminal gets lines that break between words; what is to be
 * copied (a command, an address, what stands in backquotes) is never broken, and stands on a line of its own where it does not fit. A pipe
 * gets every line as it is.
 * @param lines `error: ...` or `note: ...`, and what follows it, indented
 */
export function spoken(lines: readonly string[], { isTTY, columns }: Stream): string {
  const laid = isTTY ? lines.flatMap((line) => fittedLine(line, columns)) : lines
  return laid.map((line) => `${line}\n`).join('')
}

const narrowest = 20

function fittedLine(line: string, columns: number): string[] {
  if (width(line) <= columns) return [line]
  const indent = /^(?:error: |note: | *)/.exec(line)?.[0] ?? ''
  const text = line.slice(indent.length)
  const under = ' '.repeat(indent.length)
  const remark = /^(.*?\S) {3,}(\(.*\))$/.exec(text)
  if (remark) {
    const [, command = '', words = ''] = remark
    return [...fittedLine(indent + command, columns), ...fittedLine(under + words, columns)]
  }
  // a command, or columns of something
  if (/^(?:kubectl|kustomize|rm|export|unset|gunzip)\b|^--\S+ \S+$| {2}/.test(text)) return [line]
  const room = Math.max(narrowest, columns - indent.length)
  // a longer word stays whole: the terminal breaks it, and copies it as one
  return wrapWords(wordsOf(text), room, width).map((part, at) => (at === 0 ? indent : under) + part)
}

/** What stands in backquotes is one word, and so is a command after a colon. */
function wordsOf(text: string): string[] {
  return text.match(/(?<=: )kubectl .*$|[^\s`]*`[^`]*`[^\s`]*|\S+/g) ?? []
}
