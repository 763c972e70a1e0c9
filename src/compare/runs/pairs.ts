import { type Meaning, meaningOf } from './metrics.ts'

const code = (text: string): number => text.charCodeAt(0)
const [comma, colon, equals, blank, tab, minus, plus, dot, low, slash, open, close, openList, percent] = [
  ...[',', ':', '=', ' ', '\t', '-', '+', '.', '_', '/', '(', ')', '[', '%'].map(code),
] as [number, number, number, number, number, number, number, number, number, number, number, number, number, number]
const [quote, doubleQuote] = [code("'"), code('"')] as [number, number]

/** A name longer than this is prose. */
const longestName = 48

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57
const isLetter = (unit: number): boolean => (unit | 32) >= 97 && (unit | 32) <= 122

/**
 * Visits each `name: number`, `name=number`, `'name': number`, `name=[number`, `name=tensor(number` of a line whose name is known, from left
 * to right, with the letters that follow the number (`ms`, `s`, `samples/s`, `%`). One pass, and a regular expression only where a number has
 * commas or a type around it: of a log of training this is the hot loop. `nan` and `inf` are numbers, `0,5` is a half and `1,234.5` more than a thousand.
 */
export function eachPair(line: string, visit: (meaning: Meaning, value: number, unit: string) => void, from = 0): void {
  for (let at = from; at < line.length; at++) {
    const separator = line.charCodeAt(at)
    if (separator !== colon && separator !== equals) continue
    const start = numberStart(line, at + 1)
    const end = numberEnd(line, start)
    if (end === start) continue
    const meaning = meaningOf(nameBefore(line, at, from))
    const value = meaning ? valueIn(line.slice(start, end), meaning) : undefined
    if (meaning && value !== undefined) {
      const unitEnd = unitAfter(line, end)
      visit(meaning, value, unitEnd === end ? '' : line.slice(end, unitEnd).trim())
    }
    at = end - 1
  }
}

function numberStart(line: string, from: number): number {
  let at = from
  for (; at < line.length && at < from + 12; at++) {
    const unit = line.charCodeAt(at)
    if (
      unit !== blank &&
      unit !== quote &&
      unit !== doubleQuote &&
      unit !== openList &&
      unit !== open &&
      unit !== tab
    ) {
      break
    }
  }
  return isLetter(line.charCodeAt(at)) ? wrappedStart(line, at) : at
}

/**
 * A number as Python shows one of a library's own type: `np.float64(0.12)` (NumPy 2), `tensor(0.12, device='cuda:0')`, `array(0.12)`,
 * `Array(0.12, dtype=float32)`, `tensor([0.12])`; several numbers in one are no value.
 */
const wrapped =
  /(?:(?:np|numpy|jnp|torch|tf)\.)?(?:b?float\d*|int\d+|tensor|array)\(\s*(?:\[\s*(?=[-+.\w]+\s*\]\s*[,)])|(?=[-+.\w]))/iy

function wrappedStart(line: string, at: number): number {
  wrapped.lastIndex = at
  return wrapped.test(line) ? wrapped.lastIndex : at
}

/** Where the number that starts here ends; the start itself when there is none (`0x1f`, `10:22`, `1.2.3` are none). */
function numberEnd(line: string, start: number): number {
  let at = start
  const first = line.charCodeAt(at)
  if (first === minus || first === plus) at++
  const word = line.charCodeAt(at) | 32
  if (word === 110 || word === 105) return notANumberEnd(line, start, at)
  let digits = 0
  let dots = 0
  for (; at < line.length; at++) {
    const unit = line.charCodeAt(at)
    if (isDigit(unit)) digits++
    else if (unit === dot) dots++
    else break
  }
  if (digits === 0 || dots > 1) return start
  if (dots === 0 && line.charCodeAt(at) === comma) at = commasEnd(line, start, at)
  if ((line.charCodeAt(at) | 32) === 101) {
    let exponent = at + 1
    const sign = line.charCodeAt(exponent)
    if (sign === minus || sign === plus) exponent++
    const from = exponent
    while (isDigit(line.charCodeAt(exponent))) exponent++
    if (exponent > from) at = exponent
  }
  const after = line.charCodeAt(at)
  return after === colon || (after | 32) === 120 || after === low ? start : at
}

/** A number with commas in it: `0,5`, `1,234,567.8`; in a list, and before another value, the first number ends at its comma. */
const withCommas = /[-+]?\d+(?:(?:,\d{3})+\.\d+|(?:,\d{3})+(?![\d.,])|,\d+(?![\d.,]))/y

/** Where a number goes on to whose digits a comma at `at` follows. */
function commasEnd(line: string, start: number, at: number): number {
  const before = line.charCodeAt(start - 1)
  if (before === openList || before === open || !isDigit(line.charCodeAt(at + 1))) return at
  withCommas.lastIndex = start
  return withCommas.test(line) ? withCommas.lastIndex : at
}

/**
 * The value of a number that may have commas: they group thousands where there are several or a point follows, and begin decimals as many
 * languages write them where they cannot group. `1,234` may be either: where the run was it groups, of a metric nothing is read.
 */
function valueIn(text: string, { axis }: Meaning): number | undefined {
  if (!text.includes(',')) return numberOf(text)
  const grouped = /^[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/.test(text)
  if (!grouped) return /^[-+]?\d+,\d+$/.test(text) ? Number(text.replace(',', '.')) : undefined
  const isSure = axis !== undefined || text.includes('.') || text.indexOf(',') !== text.lastIndexOf(',')
  return isSure ? Number(text.replaceAll(',', '')) : undefined
}

function notANumberEnd(line: string, start: number, at: number): number {
  const found = /^(?:nan|inf(?:inity)?)(?![\w])/i.exec(line.slice(at, at + 9))
  return found ? at + found[0].length : start
}

function unitAfter(line: string, end: number): number {
  let at = end
  if (line.charCodeAt(at) === percent) return at + 1
  if (line.charCodeAt(at) === blank && isLetter(line.charCodeAt(at + 1))) at++
  while (isLetter(line.charCodeAt(at)) || line.charCodeAt(at) === slash) at++
  return at
}

function nameBefore(line: string, separator: number, from: number): string {
  let end = separator
  while (end > from && isSkipped(line.charCodeAt(end - 1))) end--
  let start = end
  let depth = 0
  for (; start > from && end - start <= longestName; start--) {
    const unit = line.charCodeAt(start - 1)
    if (unit === close) depth++
    else if (unit === open && depth > 0) depth--
    else if (unit === blank) {
      const before = line.charCodeAt(start - 2)
      if (!isLetter(before) && before !== close) break
    } else if (!isLetter(unit) && !isDigit(unit) && unit !== low && unit !== minus && unit !== slash && unit !== dot) {
      break
    }
  }
  while (start < end && (line.charCodeAt(start) === blank || isDigit(line.charCodeAt(start)))) start++
  return end - start > longestName ? '' : line.slice(start, end)
}

function isSkipped(unit: number): boolean {
  return unit === blank || unit === quote || unit === doubleQuote
}

/** A number of a log: also `nan`, `inf`, `-Infinity`. */
export function numberOf(text: string): number {
  const value = Number(text)
  if (!Number.isNaN(value)) return value
  if (!/inf/i.test(text)) return Number.NaN
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
