import { isRecord } from './object.ts'
import { remembered } from './remembered.ts'
import { resolvePlain } from './yaml-scalar.ts'

/**
 * JSON data as people write manifests: apiVersion, kind, metadata, spec first and status last, names first, text of several lines as
 * a block, no line folded, no aliases. Strings are quoted wherever YAML 1.1, YAML 1.2 or kubectl would read something else.
 * Members that are undefined are left out. Ends with a line break.
 */
export function printYaml(value: unknown): string {
  const lines: string[] = []
  if (isFilled(value)) printChildren(value, '', lines, 'top')
  else lines.push(inline(value))
  return `${lines.join('\n')}\n`
}

/** Several objects as one stream, `---` between them. */
export function printDocuments(values: readonly unknown[]): string {
  return values.map(printYaml).join('---\n')
}

type Filled = readonly unknown[] | Record<string, unknown>

function isFilled(value: unknown): value is Filled {
  if (Array.isArray(value)) return value.length > 0
  if (!isRecord(value)) return false
  for (const key of Object.keys(value)) if (value[key] !== undefined) return true
  return false
}

function printChildren(value: Filled, indent: string, lines: string[], place: Place): void {
  if (Array.isArray(value)) for (const item of value) printEntry('-', item, indent, lines, 'other')
  else printMapping(value as Record<string, unknown>, indent, lines, place)
}

function printMapping(mapping: Record<string, unknown>, indent: string, lines: string[], place: Place): void {
  for (const key of orderedKeys(mapping, place)) {
    const value = mapping[key]
    if (value === undefined) continue
    const name = key.length <= longestKey ? scalar(key) : quote(key)
    if (name.length <= longestKey) {
      printEntry(`${name}:`, value, indent, lines, key === 'metadata' ? 'metadata' : 'other')
    } else {
      lines.push(`${indent}? ${name}`)
      printEntry(':', value, indent, lines, 'other')
    }
  }
}

/** Texts as they are written. */
const scalar = remembered((text) => (isPlain(text) ? text : quote(text)), 2000)

/** libyaml looks for the colon of a key this far and no farther. */
const longestKey = 1000

/** One item of a list (`lead` is a dash) or one member of a mapping (`lead` is its key and a colon). */
function printEntry(lead: string, value: unknown, indent: string, lines: string[], place: Place): void {
  const deeper = `${indent}  `
  if (!isFilled(value)) {
    if (typeof value === 'string' && value.includes('\n') && isBlock(value)) {
      lines.push(...blockLines(`${indent}${lead} `, value, deeper))
    } else {
      lines.push(`${indent}${lead} ${inline(value)}`)
    }
    return
  }
  if (lead !== '-' && lead !== ':') {
    lines.push(`${indent}${lead}`)
    printChildren(value, deeper, lines, place)
    return
  }
  // the first child stands on the dash's own line
  const start = lines.length
  printChildren(value, deeper, lines, place)
  lines[start] = `${indent}${lead} ${(lines[start] ?? '').slice(deeper.length)}`
}

function inline(value: unknown): string {
  if (typeof value === 'string') return scalar(value)
  if (typeof value === 'number') return number(value)
  if (Array.isArray(value)) return '[]'
  if (isRecord(value)) return '{}'
  return String(value ?? null)
}

/** An integer too large to be one for JavaScript is written as the float it is. */
function number(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value + 0)
}

/** YAML reads the plain form as this very string, whatever its version. */
function isPlain(text: string): boolean {
  return plainForm.test(text) && !misread.test(text) && typeof resolvePlain(text) === 'string'
}

/** Controls of both sets, marks that turn the direction of text, separators, what is no character. */
const hidden = '\\x00-\\x1f\\x7f-\\xa0\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ufffe\\uffff\\ud800-\\udfff'
/** No indicator at the start, no space at an end, nothing hidden. */
const plainForm = new RegExp(
  `^(?![\\s?:,[\\]{}#&*!|>'"%@\`]|-(?:\\s|$)|---|\\.\\.\\.)[^${hidden}]*[^\\s:${hidden}]$`,
  'u',
)
/** A comment, a key, and what YAML 1.1 has beside kubectl's scalars: base 60, dates, `=` and `<<`. */
const misread = /: | #|^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$|^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|^(?:=|<<)$/

/** Double quotes; single ones where these would need escapes for quotes and backslashes only. */
function quote(text: string): string {
  const escaped = JSON.stringify(text.toWellFormed()).replace(hiddenCharacter, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  const isSimple = /["\\]/.test(text) && !/[^\x20-\x7e]/.test(text)
  return isSimple ? `'${text.replaceAll("'", "''")}'` : escaped
}

const hiddenCharacter = /[\x7f-\xa0\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g

/** Nothing hidden, no line of blanks at an end, no tab where libyaml looks for the indentation. */
function isBlock(text: string): boolean {
  return (
    !/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|^[\n ]*\t|^\s*$|\n[ \t]+\n*$/.test(
      text,
    ) && text.isWellFormed()
  )
}

function blockLines(lead: string, text: string, indent: string): string[] {
  const body = text.replace(/\n+$/, '')
  const ends = text.length - body.length
  const chomping = ends === 0 ? '-' : ends === 1 ? '' : '+'
  const indicator = /^\n* /.test(text) ? '2' : ''
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`))
  return [`${lead}|${indicator}${chomping}`, ...lines, ...Array<string>(Math.max(0, ends - 1)).fill('')]
}

type Place = 'top' | 'metadata' | 'other'

const leading: Readonly<Record<Place, readonly string[]>> = {
  top: ['apiVersion', 'kind', 'metadata', 'spec'],
  metadata: ['name', 'generateName', 'namespace', 'labels', 'annotations'],
  other: ['name', 'metadata', 'spec'],
}

function orderedKeys(mapping: Record<string, unknown>, place: Place): string[] {
  const keys = Object.keys(mapping)
  const front = leading[place].filter((key) => Object.hasOwn(mapping, key))
  const last = place === 'top' && Object.hasOwn(mapping, 'status') ? ['status'] : []
  if (front.length + last.length === 0) return keys
  return [...front, ...keys.filter((key) => !front.includes(key) && !last.includes(key)), ...last]
}
