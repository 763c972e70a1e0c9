type Node = null | boolean | string | Node[] | { [key: string]: Node }

interface Line {
  readonly indent: number
  /** without indentation, not empty */
  readonly text: string
}

/** What YAML's core schema reads as something else than text (YAML 1.2.2, 10.3.2). */
const notText =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?\d+|0o[0-7]+|0x[\dA-Fa-f]+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const entry = /^([A-Za-z][\w./-]*):(?: +(\S.*))?$/

/**
 * Reads the YAML that kubectl and the clouds' tools write kubeconfigs in: block mappings and lists of one-line scalars. A
 * real YAML parser takes 10 ms to load and to read the same, a sixth of a command's whole time.
 * @returns undefined for anything else or doubtful: then a real parser must decide, and word the error if it is one
 */
export function parsePlainYaml(text: string): Node | undefined {
  try {
    return new PlainReader(text).document()
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

class NotPlain extends Error {}

class PlainReader {
  private readonly lines: Line[] = []
  private position = 0

  constructor(text: string) {
    if (/[^\n\x20-\x7e]/.test(text)) throw new NotPlain()
    const raw = text.split('\n')
    for (const [index, line] of raw.entries()) {
      const content = line.trimStart()
      if (content.trim() === '' || content.startsWith('#') || (index === 0 && line === '---')) continue
      this.lines.push({ indent: line.length - content.length, text: content.trimEnd() })
    }
  }

  document(): Node {
    const first = this.lines[0]
    if (first === undefined || first.indent !== 0) throw new NotPlain()
    const node = this.block(0)
    if (this.position !== this.lines.length) throw new NotPlain()
    return node
  }

  private block(indent: number): Node {
    return isItem(this.lines[this.position]) ? this.list(indent) : this.mapping(indent)
  }

  private list(indent: number): Node[] {
    const items: Node[] = []
    for (
      let line = this.lines[this.position];
      line?.indent === indent && isItem(line);
      line = this.lines[this.position]
    ) {
      const content = line.text.slice(1).trimStart()
      if (content === '') throw new NotPlain()
      if (entry.test(content)) {
        // `- key: value` begins a mapping that stands where its key stands
        const inner = indent + line.text.length - content.length
        this.lines[this.position] = { indent: inner, text: content }
        items.push(this.mapping(inner))
      } else {
        this.position += 1
        items.push(scalar(content))
      }
    }
    return items
  }

  private mapping(indent: number): Node {
    const keys = new Map<string, Node>()
    for (
      let line = this.lines[this.position];
      line?.indent === indent && !isItem(line);
      line = this.lines[this.position]
    ) {
      const [, key = '', value] = entry.exec(line.text) ?? []
      if (key === '' || key === '__proto__' || notText.test(key) || keys.has(key)) throw new NotPlain()
      this.position += 1
      keys.set(key, value === undefined ? this.below(indent) : scalar(value))
    }
    if (keys.size === 0) throw new NotPlain()
    return Object.fromEntries(keys)
  }

  /** The value of a key without one on its line; a list may stand as far left as its key. */
  private below(indent: number): Node {
    const next = this.lines[this.position]
    if (next === undefined || next.indent < indent) return null
    if (next.indent === indent) return isItem(next) ? this.list(indent) : null
    return this.block(next.indent)
  }
}

function isItem(line: Line | undefined): boolean {
  return line !== undefined && /^-(?: |$)/.test(line.text)
}

function scalar(text: string): Node {
  if (text === '{}') return {}
  if (text === '[]') return []
  if (text === 'null') return null
  if (text === 'true') return true
  if (text === 'false') return false
  const quoted = /^"([^"\\]*)"$/.exec(text) ?? /^'([^']*)'$/.exec(text)
  if (quoted) return quoted[1] ?? ''
  const plain = /^(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|[-?:][^\s,[\]{}])/.test(text) && !/:(?: |$)| #/.test(text)
  if (!plain || notText.test(text)) throw new NotPlain()
  return text
}
