import { resolvePlain } from './yaml-scalar.ts'
import type { YamlValue } from './yaml-value.ts'

/** indentation, the dash of a list's item, a key, and what follows on the line */
const lineForm = /( *)(-(?: +|$))?(?:([A-Za-z_][\w./-]*):(?: +|$))?([^\n]*)(?:\n|$)/my

/** Tabs, other line ends, and what is beyond ASCII have rules of their own. */
const otherCharacter = /[^\n\x20-\x7e]/

/** How no plain scalar begins: indicators of YAML, and a dash that is none of a word. */
const notPlainStart = /^(?:[,[\]{}#&*!|>'"%@`?:]|-(?: |$))/
const notPlainInside = /:(?: |$)/
const comment = / +#.*$/
const quotedForm = /^(?:"([^"\\]*)"|'([^']*)')$/
const wordsForm = /^\["[^"\\]*"(?:, *"[^"\\]*")*\]$/

const longestKey = 200
const deepest = 100

class NotPlain extends Error {}

/** What an unquoted scalar stands for; undefined where the parser of all of YAML must say. */
export type ResolveScalar = (text: string) => string | number | bigint | boolean | null | undefined

/**
 * Reads what manifests usually hold: block mappings, lists, scalars of one line, comments. The parser of all of YAML takes five times as long,
 * a quarter of a conversion.
 * @param resolve the schema of YAML that unquoted scalars are read by: kubectl's, unless told otherwise
 * @returns what `buildValues(readEvents(text))` returns for the one document; undefined for anything else or doubtful, which the
 *   parser then reads, or words the error of
 */
export function readPlainManifest(text: string, resolve: ResolveScalar = resolvePlain): YamlValue | undefined {
  if (otherCharacter.test(text)) return undefined
  try {
    return new Reader(text, resolve).document()
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

class Reader {
  readonly #text: string
  readonly #scalars: Scalars
  readonly #items: number[] = []
  /** offset of the line after the present one */
  #after = 0
  /** the present line; its indentation is -1 behind the last one */
  #offset = 0
  #indent = -1
  #dash = 0
  #key: string | undefined
  #rest = ''

  constructor(text: string, resolve: ResolveScalar) {
    this.#text = text
    this.#scalars = scalarsOf(resolve)
    this.#advance()
  }

  document(): YamlValue {
    if (this.#indent !== 0 || this.#dash > 0 || this.#key === undefined) throw new NotPlain()
    const start = this.#offset
    const value = this.#mapping(0, 0)
    if (this.#isBehindLast()) return { value, start, items: this.#items }
    throw new NotPlain()
  }

  #isBehindLast(): boolean {
    return this.#indent === -1
  }

  /** To the next line that is neither blank nor a comment. */
  #advance(): void {
    while (this.#after < this.#text.length) {
      lineForm.lastIndex = this.#after
      const [line = '', indent = '', dash = '', key, rest = ''] = lineForm.exec(this.#text) ?? []
      this.#offset = this.#after + indent.length
      this.#after += line.length
      if (key === undefined && dash === '' && (rest === '' || rest.startsWith('#'))) continue
      this.#indent = indent.length
      this.#dash = dash.length
      this.#key = key
      this.#rest = rest.trimEnd()
      return
    }
    this.#indent = -1
  }

  /** The entries whose keys stand at this column; the first may stand behind a dash. */
  #mapping(column: number, depth: number): Record<string, unknown> {
    if (depth > deepest) throw new NotPlain()
    const mapping: Record<string, unknown> = {}
    do {
      const key = this.#key
      if (key === undefined || !isKey(key) || Object.hasOwn(mapping, key)) throw new NotPlain()
      const rest = this.#rest
      this.#advance()
      const isBelow = rest === '' || rest.startsWith('#')
      mapping[key] = isBelow ? this.#below(column, depth, depth === 0 && key === 'items') : this.#scalars.read(rest)
      if (this.#indent > column) throw new NotPlain()
    } while (this.#indent === column && this.#dash === 0)
    if (this.#indent === column) throw new NotPlain()
    return mapping
  }

  /** The value of a key without one on its line; a list may stand as far left as its key. */
  #below(column: number, depth: number, isItems: boolean): unknown {
    if (this.#indent < column || (this.#indent === column && this.#dash === 0)) return null
    return this.#dash > 0 ? this.#list(depth + 1, isItems) : this.#mapping(this.#indent, depth + 1)
  }

  #list(depth: number, isItems: boolean): unknown[] {
    if (depth > deepest) throw new NotPlain()
    const list: unknown[] = []
    const column = this.#indent
    while (this.#indent === column && this.#dash > 0) {
      if (isItems) this.#items.push(this.#offset + this.#dash)
      if (this.#key === undefined) {
        list.push(this.#scalars.read(this.#rest))
        this.#advance()
      } else {
        list.push(this.#mapping(column + this.#dash, depth + 1))
      }
      if (this.#indent > column) throw new NotPlain()
    }
    return list
  }
}

/** Not what YAML reads as something else than text, or JavaScript as something else than a member. */
function isKey(key: string): boolean {
  return key.length <= longestKey && key !== '__proto__' && typeof resolvePlain(key) === 'string'
}

const mostRead = 2000
const longestKept = 100

/** Scalars by one schema. Short ones are kept as they were read: the same values come again and again. */
class Scalars {
  readonly #resolve: ResolveScalar
  readonly #read = new Map<string, string | number | boolean | null>()

  constructor(resolve: ResolveScalar) {
    this.#resolve = resolve
  }

  read(written: string): unknown {
    const known = this.#read.get(written)
    if (known !== undefined) return known
    const value = this.#scalar(written)
    if (written.length > longestKept || (typeof value === 'object' && value !== null)) return value
    if (this.#read.size >= mostRead) this.#read.clear()
    this.#read.set(written, value as string | number | boolean | null)
    return value
  }

  #scalar(written: string): unknown {
    if (notPlainStart.test(written)) return quoted(written)
    const text = written.replace(comment, '')
    if (text === '' || notPlainInside.test(text)) throw new NotPlain()
    const value = this.#resolve(text)
    if (value === undefined || typeof value === 'bigint') throw new NotPlain()
    if (typeof value === 'number' && !Number.isFinite(value)) throw new NotPlain()
    return value
  }
}

const scalars = new Map<ResolveScalar, Scalars>()

function scalarsOf(resolve: ResolveScalar): Scalars {
  const made = scalars.get(resolve) ?? new Scalars(resolve)
  scalars.set(resolve, made)
  return made
}

function quoted(written: string): unknown {
  if (written === '{}') return {}
  if (written === '[]') return []
  const [whole, double, single] = quotedForm.exec(written) ?? []
  if (whole !== undefined) return double ?? single
  if (wordsForm.test(written)) return JSON.parse(written)
  throw new NotPlain()
}
