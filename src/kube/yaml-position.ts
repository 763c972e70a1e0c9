import { EVENT_ID, getScalarValue } from 'js-yaml'
import type { PathStep } from './field-path.ts'
import { type Events, SyntaxFault } from './yaml-events.ts'
import { offsetOf } from './yaml-node.ts'

/** Finds where fields are written in one text; parses it again, once, when first asked. */
export class FieldFinder {
  readonly #parse: () => Events
  #index: { events: Events; after: Int32Array; anchors: ReadonlyMap<string, number> } | undefined | 'unreadable'

  constructor(parse: () => Events) {
    this.#parse = parse
  }

  /**
   * Offset of a field's key, or of a list's item; undefined where the path is not written out.
   * Follows aliases and merge keys to where the value really stands.
   */
  find(path: readonly PathStep[]): number | undefined {
    const index = this.#read()
    if (index === undefined) return undefined
    let at = 1
    let offset = offsetOf(index.events.list[at] ?? { type: EVENT_ID.POP })
    for (const step of path) {
      const found = this.#step(at, step)
      if (found === undefined) return undefined
      at = found.value
      offset = found.offset
    }
    return index.events.original(offset)
  }

  #step(from: number, step: PathStep): { value: number; offset: number } | undefined {
    const index = this.#read()
    if (index === undefined) return undefined
    const { list, text } = index.events
    const node = this.#target(from)
    const event = list[node]
    if (event?.type === EVENT_ID.SEQUENCE) {
      if (typeof step !== 'number') return undefined
      let item = node + 1
      for (let left = step; left > 0 && list[item]?.type !== EVENT_ID.POP; left--) item = index.after[item] ?? item
      const found = list[item]
      return found === undefined || found.type === EVENT_ID.POP ? undefined : { value: item, offset: offsetOf(found) }
    }
    if (event?.type !== EVENT_ID.MAPPING) return undefined
    const merges: number[] = []
    for (let key = node + 1; list[key]?.type !== EVENT_ID.POP; key = index.after[key + 1] ?? list.length) {
      const written = list[key]
      if (written?.type !== EVENT_ID.SCALAR) continue
      const name = getScalarValue(text, written)
      if (name === String(step)) return { value: key + 1, offset: offsetOf(written) }
      if (name === '<<') merges.push(key + 1)
    }
    for (const merge of merges) {
      const sources = list[this.#target(merge)]?.type === EVENT_ID.SEQUENCE ? this.#items(merge) : [merge]
      for (const source of sources) {
        const found = this.#step(source, step)
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  #items(sequence: number): number[] {
    const index = this.#read()
    const items: number[] = []
    for (let item = sequence + 1; index?.events.list[item]?.type !== EVENT_ID.POP; item = index?.after[item] ?? item)
      items.push(item)
    return items
  }

  /** The node an alias stands for, or the node itself. */
  #target(at: number): number {
    const index = this.#read()
    const event = index?.events.list[at]
    if (index === undefined || event?.type !== EVENT_ID.ALIAS) return at
    return index.anchors.get(index.events.text.slice(event.anchorStart, event.anchorEnd)) ?? at
  }

  #read(): { events: Events; after: Int32Array; anchors: ReadonlyMap<string, number> } | undefined {
    if (this.#index === undefined) this.#index = this.#build()
    return this.#index === 'unreadable' ? undefined : this.#index
  }

  #build(): { events: Events; after: Int32Array; anchors: ReadonlyMap<string, number> } | 'unreadable' {
    try {
      const events = this.#parse()
      return { events, ...siblings(events) }
    } catch (error) {
      if (error instanceof SyntaxFault) return 'unreadable'
      throw error
    }
  }
}

/** For each node the index of the event after it, and the nodes that have an anchor. */
function siblings({ list, text }: Events): { after: Int32Array; anchors: Map<string, number> } {
  const after = new Int32Array(list.length)
  const anchors = new Map<string, number>()
  const open: number[] = []
  list.forEach((event, at) => {
    if ('anchorStart' in event && event.type !== EVENT_ID.ALIAS && event.anchorStart !== -1) {
      anchors.set(text.slice(event.anchorStart, event.anchorEnd), at)
    }
    if (event.type === EVENT_ID.POP) after[open.pop() ?? 0] = at + 1
    else if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS) after[at] = at + 1
    else open.push(at)
  })
  return { after, anchors }
}
