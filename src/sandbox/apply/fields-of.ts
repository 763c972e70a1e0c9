import { isRecord } from '../../kube/object.ts'
import { type Atom, elementOf, formOf, type ListAtom, type MapAtom, memberAtom } from './atom.ts'
import { below, elementsOf, emptySet, type FieldSet, hasField, leaf, owned } from './field-set.ts'

/** The fields an object sets: whoever applies it owns them (structured-merge-diff v6.4.2, typed/tofieldset.go). */
export function fieldsOf(atom: Atom, object: unknown): FieldSet {
  return nodeOf(atom, object) ?? emptySet
}

function nodeOf(atom: Atom, value: unknown): FieldSet | undefined {
  const form = formOf(atom, value)
  if (form === 'list') return listNode(atom.list as ListAtom, value)
  return form === 'map' ? mapNode(atom.map as MapAtom, value) : leaf
}

function listNode(list: ListAtom, value: unknown): FieldSet | undefined {
  if (list.atomic) return leaf
  const items = byElement(list, Array.isArray(value) ? value : [])
  if (items.size === 0) return undefined
  const out: Record<string, FieldSet> = {}
  for (const [element, [first, ...others]] of items) {
    // items that share a key belong to nobody one by one
    out[element] = others.length > 0 ? leaf : owned(nodeOf(list.item, first))
  }
  return out
}

function mapNode(map: MapAtom, value: unknown): FieldSet | undefined {
  if (map.atomic) return leaf
  const out: Record<string, FieldSet> = {}
  let some = false
  for (const [key, part] of Object.entries(isRecord(value) ? value : {})) {
    if (part === undefined) continue
    const node = nodeOf(memberAtom(map, key) ?? {}, part)
    const isBare = part === null || (isRecord(part) && Object.keys(part).length === 0)
    const kept = isBare || map.named(key) === undefined ? owned(node) : node
    if (kept === undefined) continue
    out[`f:${key}`] = kept
    some = true
  }
  return some ? out : undefined
}

/** The items of a list by what tells them apart. */
export function byElement(list: ListAtom, items: readonly unknown[]): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>()
  for (const item of items) {
    const element = elementOf(list, item)
    const same = found.get(element)
    if (same) same.push(item)
    else found.set(element, [item])
  }
  return found
}

/** The set with the fields that its schema names and that something in the set lies below of (fieldpath/set.go, EnsureNamedFieldsAreMembers). */
export function withNamedFields(atom: Atom, set: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {}
  if ('.' in set) out['.'] = leaf
  for (const element of elementsOf(set)) {
    const node = below(set, element) as FieldSet
    if (Object.keys(node).length === 0) {
      out[element] = leaf
      continue
    }
    const key = element.slice(2)
    const isField = element.startsWith('f:') && atom.map !== undefined
    const part = isField ? memberAtom(atom.map, key) : element.startsWith('k:') ? atom.list?.item : undefined
    const deeper = withNamedFields(part ?? {}, node)
    const isNamed = isField && atom.map.named(key) !== undefined
    out[element] = isNamed || hasField(set, element) ? owned(deeper) : deeper
  }
  return out
}

/** An object without fields (typed/remove.go); what nothing is left of becomes null, as what has none of its fields any more. */
export function withoutFields(atom: Atom, value: unknown, gone: FieldSet): unknown {
  switch (formOf(atom, value)) {
    case 'scalar':
      return value
    case 'list':
      return listWithout(atom.list as ListAtom, value, gone)
    default:
      return mapWithout(atom.map as MapAtom, value, gone)
  }
}

function listWithout(list: ListAtom, value: unknown, gone: FieldSet): unknown {
  if (!Array.isArray(value) || list.atomic) return null
  const left = value.flatMap((item: unknown) => {
    const element = elementOf(list, item)
    if (hasField(gone, element)) return []
    const deeper = below(gone, element)
    return [deeper ? withoutFields(list.item, item, deeper) : item]
  })
  return left.length > 0 ? left : null
}

function mapWithout(map: MapAtom, value: unknown, gone: FieldSet): unknown {
  if (!isRecord(value) || map.atomic) return null
  const out: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(value)) {
    if (hasField(gone, `f:${key}`)) continue
    const deeper = below(gone, `f:${key}`)
    out[key] = deeper ? withoutFields(memberAtom(map, key) ?? {}, part, deeper) : part
  }
  return Object.keys(out).length > 0 ? out : null
}
