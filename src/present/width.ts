import stringWidth from 'string-width'
import { neutralise } from '../kube/text.ts'

const ascii = /^[\x20-\x7e]*$/
/** Beyond ASCII what our own screens are drawn with: letters with accents, dashes and dots, arrows, boxes, discs, marks, Braille. */
const oneColumnEach =
  /^[\x20-\x7e\xa1-\xac\xae-\u024f\u2010-\u2027\u2190-\u2193\u2500-\u25cf\u2713\u2717\u2800-\u28ff]*$/

/** Columns a text takes in a terminal: two for wide characters, none for combining ones and colours. */
export function width(text: string): number {
  return oneColumnEach.test(text) ? text.length : stringWidth(text)
}

/** Others' text on one line, safe for a terminal. */
export function printable(text: string): string {
  return ascii.test(text) ? text : neutralise(text)
}

/** Text with blanks after it up to a width. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

/** Plain text cut to a width, its last column an ellipsis where something was cut. */
export function cut(text: string, columns: number, ellipsis = '…'): string {
  if (width(text) <= columns) return text
  const room = columns - width(ellipsis)
  let kept = ''
  let used = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += width(segment)
    if (used > room) break
    kept += segment
  }
  return room < 0 ? '' : kept + ellipsis
}

/** Plain text on lines of at most a width, broken at blanks, which are not at a broken line's end, and, where a word is longer than that, inside it. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    let rest = word
    if (line !== '' && width(line) + 1 + width(rest) <= columns) {
      line += ` ${rest}`
      continue
    }
    if (line !== '') lines.push(line.trimEnd())
    while (width(rest) > columns) {
      const head = cut(rest, Math.max(1, columns), '')
      if (head === '') break
      lines.push(head)
      rest = rest.slice(head.length)
    }
    line = rest
  }
  return [...lines, line]
}
