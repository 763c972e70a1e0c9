import { equalJson } from '../../kube/clone.ts'
import { isRecord } from '../../kube/object.ts'
import { type Atom, formOf, type ListAtom, type MapAtom, memberAtom } from './atom.ts'
import { type FieldSet, leaf } from './field-set.ts'
import { byElement } from './fields-of.ts'

/**
 * Every field of a value that is new: each part of it belongs to the set. The same set for values of the same shape: of ten thousand jobs
 * nearly all own the same fields.
 * @param zero what was there instead of nothing; undefined where this gives no field
 */
export function addedOf(atom: Atom, value: unknown, zero: unknown): FieldSet | undefined {
  const form = formOf(atom, value)
  if (form === 'map' && !atom.map?.atomic && isRecord(value)) return addedMembers(atom.map as MapAtom, value, zero)
  if (form === 'list' && !atom.list?.atomic && Array.isArray(value))
    return addedItems(atom.list as ListAtom, value, zero)
  return zero !== undefined && equalJson(value, zero) ? undefined : leaf
}

/** Every field of a value that is there where nothing was. */
export function wholeOf(atom: Atom, value: unknown): FieldSet {
  return addedOf(atom, value, undefined) ?? leaf
}

function addedMembers(map: MapAtom, value: Readonly<Record<string, unknown>>, zero: unknown): FieldSet | undefined {
  const zeros = isRecord(zero) ? zero : undefined
  let step = zero === undefined ? whole : parts
  for (const key in value) {
    const part = value[key]
    if (part === undefined) continue
    const node = addedOf(memberAtom(map, key) ?? {}, part, zeros?.[key])
    if (node) step = stepTo(step, key, node, 'f:')
  }
  return setOf(step)
}

function addedItems(list: ListAtom, items: readonly unknown[], zero: unknown): FieldSet | undefined {
  const isShared = !list.keys.includes('uid')
  let step = zero === undefined ? whole : parts
  if (!isShared) step = newStep(step.isMember)
  for (const [element, [first, ...others]] of byElement(list, items)) {
    step = stepTo(step, element, others.length > 0 ? leaf : wholeOf(list.item, first))
  }
  return setOf(step)
}

/** What a set is made of so far, one element after the other. */
interface Step {
  readonly isMember: boolean
  readonly before?: Step
  readonly element?: string
  readonly node?: FieldSet
  /** by elements of which nothing lies below */
  readonly leaves: Map<string, Step>
  readonly next: Map<string, WeakMap<FieldSet, Step>>
  set?: FieldSet | undefined
}

const newStep = (isMember: boolean): Step => ({ isMember, leaves: new Map(), next: new Map() })
const whole = newStep(true)
const parts = newStep(false)

/** So many steps are known; then all are forgotten: what differs from object to object is not kept for ever. */
const mostSteps = 20_000
let steps = 0

/** @param prefix of the element, which is put together once */
function stepTo(from: Step, key: string, node: FieldSet, prefix = ''): Step {
  const known = node === leaf ? from.leaves.get(key) : from.next.get(key)?.get(node)
  if (known) return known
  if (++steps > mostSteps) forget()
  const made: Step = { ...newStep(from.isMember), before: from, element: `${prefix}${key}`, node }
  if (node === leaf) from.leaves.set(key, made)
  else {
    const by = from.next.get(key) ?? new WeakMap<FieldSet, Step>()
    from.next.set(key, by.set(node, made))
  }
  return made
}

function forget(): void {
  for (const { leaves, next } of [whole, parts]) {
    leaves.clear()
    next.clear()
  }
  steps = 0
}

function setOf(last: Step): FieldSet | undefined {
  if (last.before === undefined) return last.isMember ? leaf : undefined
  if (last.set) return last.set
  const out: Record<string, FieldSet> = last.isMember ? { '.': leaf } : {}
  const all: Step[] = []
  for (let step: Step | undefined = last; step?.before; step = step.before) all.push(step)
  for (const { element = '', node = leaf } of all.reverse()) out[element] = node
  last.set = out
  return out
}
