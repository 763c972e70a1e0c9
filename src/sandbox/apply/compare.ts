import { equalJson } from '../../kube/clone.ts'
import { isRecord } from '../../kube/object.ts'
import { wholeOf } from './added.ts'
import { type Atom, formOf, type ListAtom, type MapAtom, memberAtom } from './atom.ts'
import { emptySet, type FieldSet, leaf, setAt, union } from './field-set.ts'
import { byElement } from './fields-of.ts'

/** What one version of an object has that the other has not. */
export interface Comparison {
  readonly removed: FieldSet
  readonly modified: FieldSet
  readonly added: FieldSet
}

/** Compares two versions of an object by its schema (structured-merge-diff v6.4.2, typed/compare.go). */
export function compare(atom: Atom, before: unknown, after: unknown): Comparison {
  const look = new Look()
  look.values(atom, before, after)
  return look.found
}

/** One look at two versions. */
class Look {
  readonly found = { removed: emptySet, modified: emptySet, added: emptySet }
  readonly #path: string[] = []

  values(atom: Atom, before: unknown, after: unknown): void {
    if (before === undefined) this.#tell('added', wholeOf(atom, after))
    else if (after === undefined) this.#tell('removed', wholeOf(atom, before))
    else if (before !== after) this.#both(atom, before, after)
  }

  #both(atom: Atom, before: unknown, after: unknown): void {
    const [was, is] = [formOf(atom, before), formOf(atom, after)]
    if (was !== is && before !== null && after !== null) {
      this.#tell('modified', leaf)
      for (const [element, node] of Object.entries(wholeOf(atom, after))) {
        if (element !== '.') this.#at(element, () => this.#tell('added', node))
      }
      return
    }
    const form = after === null ? was : is
    if (form === 'list') this.#lists(atom.list as ListAtom, before, after)
    else if (form === 'map') this.#maps(atom.map as MapAtom, before, after)
    else if (!equalJson(before, after)) this.#tell('modified', leaf)
  }

  #lists(list: ListAtom, before: unknown, after: unknown): void {
    const [was, is] = [Array.isArray(before) ? before : [], Array.isArray(after) ? after : []]
    if (list.atomic || (was.length === 0 && is.length === 0)) {
      if (!equalJson(before, after)) this.#tell('modified', leaf)
      return
    }
    const [old, next] = [byElement(list, was), byElement(list, is)]
    for (const element of new Set([...old.keys(), ...next.keys()])) {
      const [these, those] = [old.get(element) ?? [], next.get(element) ?? []]
      this.#at(element, () => this.#items(list, these, those))
    }
  }

  /** Items that share a key are compared as one value. */
  #items({ item }: ListAtom, before: readonly unknown[], after: readonly unknown[]): void {
    if (before.length <= 1 && after.length <= 1) {
      if (before.length + after.length > 0) this.values(item, before[0], after[0])
    } else if (before.length > 1 && after.length > 1) {
      if (!equalJson(before, after)) this.#tell('modified', leaf)
    } else if (before.length > 1) {
      if (after.length > 0) this.values(item, undefined, after[0])
      this.#tell('removed', leaf)
    } else {
      if (before.length > 0) this.values(item, before[0], undefined)
      this.#tell('added', leaf)
    }
  }

  #maps(map: MapAtom, before: unknown, after: unknown): void {
    const [was, is] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}]
    if (map.atomic || (isBare(was) && isBare(is))) {
      if (!equalJson(before, after)) this.#tell('modified', leaf)
      return
    }
    for (const key in was) this.#members(map, key, was[key], is[key])
    for (const key in is) if (was[key] === undefined) this.#members(map, key, undefined, is[key])
  }

  #members(map: MapAtom, key: string, before: unknown, after: unknown): void {
    if (before === after) return
    this.#path.push(`f:${key}`)
    this.values(memberAtom(map, key) ?? {}, before, after)
    this.#path.pop()
  }

  #at(element: string, look: () => void): void {
    this.#path.push(element)
    look()
    this.#path.pop()
  }

  #tell(what: keyof Comparison, node: FieldSet): void {
    this.found[what] = union(this.found[what], setAt(this.#path, node))
  }
}

function isBare(value: object): boolean {
  for (const _ in value) return false
  return true
}
