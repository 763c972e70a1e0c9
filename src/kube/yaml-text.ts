import { SyntaxFault } from './yaml-events.ts'

/** Text of a file, and whether it was bytes that are no UTF-8 (then U+FFFD stands for them). */
export interface DecodedText {
  readonly text: string
  readonly isLossy: boolean
}

/** Made once: one for each of thousands of files costs as much as what it decodes. */
const strict = new TextDecoder('utf-8', { fatal: true })

/** Bytes as text: UTF-8 with or without a byte order mark, UTF-16 with one (kubectl reads both); or what they are instead. */
export function decodeText(bytes: Uint8Array): DecodedText | { readonly refused: 'binary' | 'utf-16' } {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), isLossy: false }
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), isLossy: false }
  if (isBareUtf16(bytes)) return { refused: 'utf-16' }
  try {
    return { text: strict.decode(bytes), isLossy: false }
  } catch {
    if (bytes.subarray(0, 8000).includes(0)) return { refused: 'binary' }
    return { text: new TextDecoder('utf-8').decode(bytes), isLossy: true }
  }
}

/** Whether every second byte at the start is NUL, as in UTF-16 of Latin letters. */
function isBareUtf16(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 200)
  if (!start.includes(0)) return false
  const zeros = (odd: number) => start.filter((byte, index) => byte === 0 && index % 2 === odd).length
  return start.length >= 4 && [0, 1].some((odd) => zeros(odd) > start.length * 0.4 && zeros(1 - odd) === 0)
}

/** The text between two separators, as it stands in its file. */
export interface Chunk {
  readonly text: string
  /** 1-based, of its first character */
  readonly line: number
  /** what stands on the separator's line after `---`, when it is no comment; kubectl refuses it */
  readonly afterSeparator?: string
}

/**
 * Splits where kubectl does (k8s.io/apimachinery v0.36 util/yaml/decoder.go YAMLReader): at every line that starts with `---`,
 * whatever surrounds it.
 */
export function* splitDocuments(text: string): Generator<Chunk> {
  let start = 0
  let line = 1
  let afterSeparator: string | undefined
  for (let separator = nextSeparator(text, 0); separator !== -1; separator = nextSeparator(text, start)) {
    yield { text: text.slice(start, separator), line, afterSeparator }
    const next = afterLine(text, separator)
    line += countLines(text, start, next)
    afterSeparator = trailing(text.slice(separator + 3, next))
    start = next
  }
  yield { text: text.slice(start), line, afterSeparator }
}

function nextSeparator(text: string, from: number): number {
  if (text.startsWith('---', from)) return from
  const lineFeed = text.indexOf('\n---', from)
  return lineFeed === -1 ? -1 : lineFeed + 1
}

function afterLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end + 1
}

function trailing(rest: string): string | undefined {
  const trimmed = rest.trim()
  return trimmed === '' || trimmed.startsWith('#') ? undefined : trimmed
}

/** Number of line feeds between two offsets. */
export function countLines(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

// what libyaml's reader refuses (go.yaml.in/yaml v2.4 readerc.go), and the line breaks of YAML 1.1 that YAML 1.2 and JSON have not
const refusedCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|(?!^)\ufeff/
const refusedInJson = /\0/

/** Throws SyntaxFault at a character that kubectl refuses, or that it and other readers of YAML take for different things. */
export function refuseCharacters(text: string, isLossy: boolean, isJson: boolean): void {
  const offset = text.search(isJson ? refusedInJson : refusedCharacter)
  if (offset !== -1) throw new SyntaxFault(refusal(text, offset), offset)
  const damaged = isLossy ? text.indexOf('\ufffd') : -1
  if (damaged !== -1) throw new SyntaxFault('bytes that are no UTF-8: save the file as UTF-8', damaged)
}

function refusal(text: string, offset: number): string {
  const code = text.charCodeAt(offset)
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  if (code === 0) return 'a NUL character'
  if (code === 0x85 || code === 0x2028 || code === 0x2029) {
    return `the character ${name} ends a line for kubectl, unseen: remove it, or write it as an escape in double quotes`
  }
  return `the control character ${name}`
}
