import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'
import { clone } from './clone.ts'
import { isRecord } from './object.ts'
import { type Events, SyntaxFault } from './yaml-events.ts'
import { offsetOf, quoted, scalarText, scalarValue, standard, tagOf } from './yaml-node.ts'
import { floatKey, parseInteger } from './yaml-scalar.ts'

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
    return event.tagStart === -1 ? event.style === SCALAR_STYLE.PLAIN : tagOf(this.#text, event) === `${standard}merge`
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
    const text = scalarText(this.#events, event)
    this.#characters += text.length
    return scalarValue(this.#events, event, text, this.#flowDepth > 0)
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
