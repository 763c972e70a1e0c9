import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml'
import { clone } from './clone.ts'
import { isRecord } from './object.ts'
import { type Events, SyntaxFault } from './yaml-events.ts'
import { floatKey, parseInteger, resolvePlain } from './yaml-scalar.ts'

/** The value of one YAML document. */
export interface YamlValue {
  readonly value: unknown
  /** offset of its first character */
  readonly start: number
  /** offsets of the items of a `items` field at the top: where the objects of a List begin */
  readonly items: readonly number[]
}

interface Anchor {
  value?: unknown
  /** nodes it stands for; undefined while the node is still being read */
  nodes?: number
  /** length of the strings it stands for */
  characters?: number
}

// libyaml ends an anchor's name where another character comes, and reads the rest as a value
const anchorForm = /^[\w-]+$/
const standard = 'tag:yaml.org,2002:'

/**
 * Builds the documents of an event stream as sigs.k8s.io/yaml v1.6 (go.yaml.in/yaml v2.4 decode.go, then yaml.go) builds JSON:
 * scalars of resolvePlain, keys made strings, merge keys applied where they stand. Two values never share a part.
 * Refused beside what kubectl refuses: duplicate keys (kubectl silently takes the last), integers a JSON number cannot hold.
 * Throws SyntaxFault.
 */
export function buildValues(events: Events): YamlValue[] {
  const builder = new Builder(events)
  return builder.documents()
}

class Builder {
  readonly #events: Events
  readonly #list: readonly Event[]
  readonly #text: string
  #next = 0
  #anchors = new Map<string, Anchor>()
  /** nodes so far, those of aliases counted each time they are used */
  #nodes = 0
  #aliasedNodes = 0
  /** length of all strings so far, counted in the same way */
  #characters = 0
  #aliasedCharacters = 0
  #flowDepth = 0
  #start = 0
  #items: number[] = []

  constructor(events: Events) {
    this.#events = events
    this.#list = events.list
    this.#text = events.text
  }

  documents(): YamlValue[] {
    const values: YamlValue[] = []
    while (this.#next < this.#list.length) {
      this.#next++
      this.#anchors = new Map()
      this.#nodes = 0
      this.#aliasedNodes = 0
      this.#characters = 0
      this.#aliasedCharacters = 0
      this.#items = []
      this.#start = offsetOf(this.#peek())
      const value = this.#node(0, false)
      values.push({ value, start: this.#original(this.#start), items: this.#items.map((at) => this.#original(at)) })
      this.#next++
    }
    return values
  }

  #node(depth: number, isItems: boolean): unknown {
    const event = this.#take()
    const nodes = this.#nodes++
    if (event.type === EVENT_ID.ALIAS)
      return this.#alias(this.#text.slice(event.anchorStart, event.anchorEnd), event.anchorStart - 1)
    const characters = this.#characters
    const anchor = this.#anchor(event)
    const value = event.type === EVENT_ID.SCALAR ? this.#scalar(event) : this.#collection(event, depth, isItems)
    if (anchor !== undefined) {
      Object.assign(anchor, { value, nodes: this.#nodes - nodes, characters: this.#characters - characters })
    }
    return value
  }

  #collection(event: Event, depth: number, isItems: boolean): unknown {
    const isFlow = 'style' in event && event.style === COLLECTION_STYLE.FLOW
    if (isFlow) this.#flowDepth++
    const value = event.type === EVENT_ID.SEQUENCE ? this.#sequence(depth, isItems) : this.#mapping(depth)
    if (isFlow) this.#flowDepth--
    return value
  }

  #anchor(event: Event): Anchor | undefined {
    if (!('anchorStart' in event) || event.anchorStart === -1) return undefined
    const name = this.#text.slice(event.anchorStart, event.anchorEnd)
    if (!anchorForm.test(name)) {
      throw this.#fault(`the anchor &${name} may hold letters, digits, _ and - only`, event.anchorStart - 1)
    }
    const anchor: Anchor = {}
    this.#anchors.set(name, anchor)
    return anchor
  }

  #alias(name: string, offset: number): unknown {
    const anchor = this.#anchors.get(name)
    if (anchor === undefined) throw this.#fault(`there is no anchor &${name} before this alias`, offset)
    if (anchor.nodes === undefined) throw this.#fault(`the anchor &${name} contains itself`, offset)
    this.#nodes += anchor.nodes
    this.#aliasedNodes += anchor.nodes
    this.#characters += anchor.characters ?? 0
    this.#aliasedCharacters += anchor.characters ?? 0
    if (this.#isBomb()) {
      throw this.#fault('its aliases stand for far more than the file itself holds (a "billion laughs" file)', offset)
    }
    return clone(anchor.value)
  }

  #isBomb(): boolean {
    if (this.#aliasedCharacters > maxAliasedCharacters) return true
    if (this.#aliasedNodes <= 100 || this.#nodes <= 1000) return false
    return this.#aliasedNodes / this.#nodes > allowedAliasRatio(this.#nodes)
  }

  #sequence(depth: number, isItems: boolean): unknown[] {
    const list: unknown[] = []
    while (this.#peek().type !== EVENT_ID.POP) {
      if (isItems) this.#items.push(offsetOf(this.#peek()))
      list.push(this.#node(depth + 1, false))
    }
    this.#next++
    return list
  }

  #mapping(depth: number): Record<string, unknown> {
    const mapping: Record<string, unknown> = {}
    // keys that came by merging, which may be set once more
    let merged: Set<string> | undefined
    while (this.#peek().type !== EVENT_ID.POP) {
      const event = this.#peek()
      if (this.#isMerge(event)) {
        this.#next++
        merged ??= new Set()
        this.#merge(mapping, merged)
        continue
      }
      const offset = offsetOf(event)
      const key = this.#key(event)
      if (key === '__proto__') throw this.#fault('a key named __proto__ is not read', offset)
      if (Object.hasOwn(mapping, key) && !merged?.delete(key)) {
        throw this.#fault(`the key ${quoted(key)} is there twice`, offset)
      }
      mapping[key] = this.#node(depth + 1, depth === 0 && key === 'items')
    }
    this.#next++
    return mapping
  }

  #isMerge(event: Event): boolean {
    if (event.type !== EVENT_ID.SCALAR || event.valueEnd - event.valueStart !== 2) return false
    if (!this.#text.startsWith('<<', event.valueStart)) return false
    return event.tagStart === -1 ? event.style === SCALAR_STYLE.PLAIN : this.#tag(event) === `${standard}merge`
  }

  /** go-yaml v2 lets a merge override what stands before it, other than the YAML merge draft; so does kubectl. */
  #merge(into: Record<string, unknown>, merged: Set<string>): void {
    const offset = offsetOf(this.#peek())
    const inSequence = this.#peek().type === EVENT_ID.SEQUENCE
    const value = this.#node(1, false)
    const sources = inSequence && Array.isArray(value) ? value.reverse() : [value]
    for (const source of sources) {
      if (!isRecord(source)) throw this.#fault('a merge key << needs a mapping or a list of mappings', offset)
      for (const [key, item] of Object.entries(source)) {
        if (!Object.hasOwn(into, key)) merged.add(key)
        into[key] = item
      }
    }
  }

  #key(event: Event): string {
    const offset = offsetOf(event)
    if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) {
      throw this.#fault('a key cannot be a list or a mapping', offset)
    }
    const value = this.#node(1, false)
    if (typeof value === 'string') return value
    if (typeof value === 'boolean') return String(value)
    if (typeof value !== 'number') throw this.#fault('a key cannot be null', offset)
    const isInteger =
      event.type === EVENT_ID.SCALAR
        ? parseInteger(getScalarValue(this.#text, event)) !== undefined
        : Number.isInteger(value)
    return isInteger ? String(value) : floatKey(value)
  }

  #scalar(event: ScalarEvent): unknown {
    const text = this.#scalarText(event)
    this.#characters += text.length
    if (event.tagStart === -1) {
      if (event.style !== SCALAR_STYLE.PLAIN) return text
      if (this.#flowDepth > 0) this.#refuseFlowPlain(text, event)
      return this.#finite(resolvePlain(text), text, event)
    }
    const tag = this.#tag(event)
    switch (tag) {
      case `${standard}binary`:
        return this.#binary(text, event)
      case `${standard}null`:
      case `${standard}bool`: {
        const value = resolvePlain(text)
        if (tag.endsWith('null') ? value === null : typeof value === 'boolean') return value
        break
      }
      case `${standard}int`: {
        const value = parseInteger(text)
        if (value !== undefined) return this.#finite(value, text, event)
        break
      }
      case `${standard}float`: {
        const value = resolvePlain(text)
        if (typeof value === 'number' || typeof value === 'bigint') return this.#finite(value, text, event)
        break
      }
      default:
        return text
    }
    throw this.#fault(`${quoted(text)} is no ${tag.slice(standard.length)}`, offsetOf(event))
  }

  /** In a flow collection libyaml takes `?x` for a key x, and the colon of `x:,` for a part of the scalar. */
  #refuseFlowPlain(text: string, event: ScalarEvent): void {
    const isKeyMark = text.startsWith('?')
    const { valueEnd } = event
    if (isKeyMark || (valueEnd !== -1 && /^ *:[,[\]{}]/.test(this.#text.slice(valueEnd, valueEnd + 40)))) {
      throw this.#fault(`kubectl reads ${quoted(text)} in another way than YAML 1.2: put it in quotes`, offsetOf(event))
    }
  }

  #scalarText(event: ScalarEvent): string {
    try {
      const text = getScalarValue(this.#text, event)
      if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && !text.isWellFormed()) {
        throw this.#fault('half of a surrogate pair is no character', event.valueStart)
      }
      return text
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error
      throw this.#fault(error.reason, event.valueStart)
    }
  }

  #finite(value: string | number | bigint | boolean | null, text: string, event: ScalarEvent): unknown {
    if (typeof value === 'bigint') {
      throw this.#fault(
        `the number ${text} is too large to be carried exactly: put it in quotes if it is a string`,
        offsetOf(event),
      )
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw this.#fault(`${text} is no number that JSON has: put it in quotes if it is a string`, offsetOf(event))
    }
    return value
  }

  #binary(text: string, event: ScalarEvent): string {
    try {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
      return new TextDecoder().decode(bytes)
    } catch {
      throw this.#fault('!!binary holds no base64', offsetOf(event))
    }
  }

  /** The full tag: `!!str` and `!<tag:yaml.org,2002:str>` are the same; '' without one. */
  #tag(event: ScalarEvent): string {
    if (event.tagStart === -1) return ''
    const tag = this.#text.slice(event.tagStart, event.tagEnd)
    if (tag.startsWith('!<')) return tag.slice(2, -1)
    return tag.startsWith('!!') ? `${standard}${tag.slice(2)}` : tag
  }

  #peek(): Event {
    const event = this.#list[this.#next]
    if (event === undefined) throw this.#fault('the document ends too early', this.#text.length)
    return event
  }

  #take(): Event {
    const event = this.#peek()
    this.#next++
    return event
  }

  #original(offset: number): number {
    return this.#events.original(offset)
  }

  #fault(reason: string, offset: number): SyntaxFault {
    return new SyntaxFault(reason, this.#original(offset))
  }
}

/** Offset of the first character of a node, its anchor and tag left out; of an empty one, where its anchor or tag stands. */
export function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      if (event.valueStart === -1) return Math.max(event.tagStart, event.anchorStart, 0)
      const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
      return isQuoted ? event.valueStart - 1 : event.valueStart
    }
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1
    default:
      return 0
  }
}

/** kubectl counts nodes only, and long strings can be aliased too; no object of the API holds more than 1.5 MB. */
const maxAliasedCharacters = 20_000_000

/** go.yaml.in/yaml v2.4 decode.go allowedAliasRatio: the share of nodes that may come out of aliases. */
function allowedAliasRatio(nodes: number): number {
  const low = 400_000
  const high = 4_000_000
  if (nodes <= low) return 0.99
  if (nodes >= high) return 0.1
  return 0.99 - 0.89 * ((nodes - low) / (high - low))
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
}
