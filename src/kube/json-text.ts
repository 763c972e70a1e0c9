import { maxDepth, SyntaxFault } from './yaml-events.ts'

/** Well-formed JSON that is refused for what it says: no other syntax would make it right. */
export class RefusedValue extends SyntaxFault {}

/** One value of a JSON stream and where it stands in the text. */
export interface JsonValue {
  readonly value: unknown
  readonly start: number
  readonly end: number
  /** offsets of the items of an `items` field at the top: where the objects of a List begin */
  readonly items: readonly number[]
}

/**
 * Reads JSON values one after another, as kubectl reads a file that starts with `{` (Go's json.Decoder): `{}{}` is a stream of two.
 * Refused beside what JSON refuses: duplicate keys, and integers a JavaScript number cannot hold. Throws SyntaxFault.
 */
export function* readJsonStream(text: string): Generator<JsonValue> {
  let at = skipSpace(text, 0)
  while (at < text.length) {
    const reader = new Reader(text, at)
    const value = reader.value(0, false)
    yield { value, start: at, end: reader.at, items: reader.items }
    at = skipSpace(text, reader.at)
  }
}

const numberForm = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y
const stringForm = /"[^"\\\u0000-\u001f]*(?:\\.[^"\\\u0000-\u001f]*)*"/y

class Reader {
  readonly #text: string
  at: number
  readonly items: number[] = []

  constructor(text: string, at: number) {
    this.#text = text
    this.at = at
  }

  value(depth: number, isItems: boolean): unknown {
    if (depth > maxDepth) throw new RefusedValue(`nesting deeper than ${maxDepth} levels`, this.at)
    const character = this.#text[this.at]
    if (character === '{') return this.#object(depth)
    if (character === '[') return this.#array(depth, isItems)
    if (character === '"') return this.#string()
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#text.startsWith(word, this.at)) {
        this.at += word.length
        return value
      }
    }
    return this.#number()
  }

  #object(depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    for (let more = this.#open('}'); more; more = this.#separator('}')) {
      const start = this.at
      if (this.#text[start] !== '"') throw this.#unexpected('a key in double quotes')
      const key = this.#string()
      if (key === '__proto__') throw new RefusedValue('a key named __proto__ is not read', start)
      if (Object.hasOwn(object, key)) throw new RefusedValue(`the key ${JSON.stringify(key)} is there twice`, start)
      this.#space()
      if (this.#text[this.at] !== ':') throw this.#unexpected('":"')
      this.at++
      this.#space()
      object[key] = this.value(depth + 1, depth === 0 && key === 'items')
    }
    return object
  }

  #array(depth: number, isItems: boolean): unknown[] {
    const list: unknown[] = []
    for (let more = this.#open(']'); more; more = this.#separator(']')) {
      if (isItems) this.items.push(this.at)
      list.push(this.value(depth + 1, false))
    }
    return list
  }

  /** Steps past the opening bracket; false when the closing one follows at once. */
  #open(close: string): boolean {
    this.at++
    this.#space()
    if (this.#text[this.at] !== close) return true
    this.at++
    return false
  }

  /** Steps past a comma, and true; or past the closing bracket, and false. */
  #separator(close: string): boolean {
    this.#space()
    const character = this.#text[this.at]
    if (character !== ',' && character !== close) throw this.#unexpected(`"," or "${close}"`)
    this.at++
    if (character === close) return false
    this.#space()
    return true
  }

  #string(): string {
    stringForm.lastIndex = this.at
    const literal = stringForm.exec(this.#text)?.[0]
    if (literal === undefined)
      throw new SyntaxFault('a string without its closing quote, or with a raw control character', this.at)
    const start = this.at
    this.at += literal.length
    if (!literal.includes('\\')) return literal.slice(1, -1)
    try {
      // Go makes U+FFFD of half a surrogate pair
      return String(JSON.parse(literal)).toWellFormed()
    } catch {
      throw new SyntaxFault('an escape sequence JSON does not have', start)
    }
  }

  #number(): number {
    numberForm.lastIndex = this.at
    const match = numberForm.exec(this.#text)
    if (match === null) throw this.#unexpected('a value')
    const [literal, fraction, exponent] = match
    const value = Number(literal)
    const isInteger = fraction === undefined && exponent === undefined
    if (!Number.isFinite(value) || (isInteger && !Number.isSafeInteger(value))) {
      throw new RefusedValue(
        `the number ${literal} is too large to be carried exactly: put it in quotes if it is a string`,
        this.at,
      )
    }
    this.at += literal.length
    return value + 0
  }

  #space(): void {
    this.at = skipSpace(this.#text, this.at)
  }

  #unexpected(wanted: string): SyntaxFault {
    const found = this.at < this.#text.length ? JSON.stringify(this.#text[this.at]) : 'the end'
    return new SyntaxFault(`${wanted} is expected here, not ${found}`, this.at)
  }
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t')) at++
  return at
}
