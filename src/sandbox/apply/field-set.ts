/**
 * Fields of an object, written as managedFields writes them (FieldsV1): `f:name`, `k:{"name":"x"}` and `v:"x"` lead to what lies below. A node
 * belongs to the set when it is empty, or has the member `.`; the root belongs to none. Sets are never changed in place.
 * Source: sigs.k8s.io/structured-merge-diff v6.4.2, fieldpath/set.go and serialize.go.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

/** The node of a field that is owned, with nothing below. */
export const leaf: FieldSet = Object.freeze({})

export const emptySet: FieldSet = Object.freeze({})

const own = '.'

/** A node that belongs to the set, over what lies below it. */
export function owned(below: FieldSet | undefined): FieldSet {
  if (below === undefined || isOwned(below)) return below ?? leaf
  return { [own]: leaf, ...below }
}

function isOwned(node: FieldSet): boolean {
  if (own in node) return true
  for (const _ in node) return false
  return true
}

function nodeOf(isMember: boolean, below: Record<string, FieldSet>): FieldSet | undefined {
  for (const _ in below) return isMember ? { [own]: leaf, ...below } : below
  return isMember ? leaf : undefined
}

/** A set of what lies at a path. */
export function setAt(path: readonly string[], node: FieldSet): FieldSet {
  return path.reduceRight((below, element) => ({ [element]: below }), node)
}

export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** The elements below a node. */
export function elementsOf(node: FieldSet): string[] {
  return Object.keys(node).filter((element) => element !== own)
}

/** What lies below an element; undefined where it is not in the set, nor anything below it. */
export function below(set: FieldSet, element: string): FieldSet | undefined {
  return Object.hasOwn(set, element) ? set[element] : undefined
}

/** Whether the field of an element belongs to the set itself. */
export function hasField(set: FieldSet, element: string): boolean {
  const node = below(set, element)
  return node !== undefined && isOwned(node)
}

/** The fields of either. */
export function union(one: FieldSet, other: FieldSet): FieldSet {
  if (isEmpty(other) || one === other) return one
  if (isEmpty(one)) return other
  return nodeUnion(one, other, false)
}

function nodeUnion(one: FieldSet, other: FieldSet, isMember: boolean): FieldSet {
  const out: Record<string, FieldSet> = {}
  for (const element of elementsOf(one)) out[element] = one[element] as FieldSet
  for (const element of elementsOf(other)) {
    const [mine, theirs] = [out[element], other[element] as FieldSet]
    out[element] = mine === undefined ? theirs : nodeUnion(mine, theirs, isOwned(mine) || isOwned(theirs))
  }
  return nodeOf(isMember, out) ?? leaf
}

/** The fields of one that are in the other as well. */
export function intersection(one: FieldSet, other: FieldSet): FieldSet {
  return nodeIntersection(one, other, false) ?? emptySet
}

function nodeIntersection(one: FieldSet, other: FieldSet, isMember: boolean): FieldSet | undefined {
  const out: Record<string, FieldSet> = {}
  for (const element of elementsOf(one)) {
    const [mine, theirs] = [one[element] as FieldSet, below(other, element)]
    const both = theirs && nodeIntersection(mine, theirs, isOwned(mine) && isOwned(theirs))
    if (both) out[element] = both
  }
  return nodeOf(isMember, out)
}

/** The fields of one that are not in the other; the same set where there are none to take away. */
export function difference(one: FieldSet, other: FieldSet): FieldSet {
  return nodeDifference(one, other, false) ?? emptySet
}

function nodeDifference(one: FieldSet, other: FieldSet, isMember: boolean): FieldSet | undefined {
  const out: Record<string, FieldSet> = {}
  let same = isMember === isOwned(one)
  for (const element of elementsOf(one)) {
    const [mine, theirs] = [one[element] as FieldSet, below(other, element)]
    const left = theirs ? nodeDifference(mine, theirs, isOwned(mine) && !isOwned(theirs)) : mine
    if (left) out[element] = left
    if (left !== mine) same = false
  }
  return same && (isMember || !isEmpty(one)) ? one : nodeOf(isMember, out)
}

/** The fields of one that neither are in the other nor lie below a field that is; the same set where there are none to take away. */
export function withoutTrees(one: FieldSet, other: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {}
  let same = true
  for (const element of Object.keys(one)) {
    const [mine, theirs] = [one[element] as FieldSet, below(other, element)]
    const left = theirs && element !== own ? nodeWithoutTrees(mine, theirs) : mine
    if (left) out[element] = left
    if (left !== mine) same = false
  }
  return same ? one : out
}

function nodeWithoutTrees(mine: FieldSet, theirs: FieldSet): FieldSet | undefined {
  if (isOwned(theirs)) return undefined
  const left = withoutTrees(mine, theirs)
  return isEmpty(left) && !isOwned(mine) ? undefined : left
}

/** The paths of all fields of a set, each node's own fields before what lies below them. */
export function pathsOf(set: FieldSet, path: readonly string[] = []): string[][] {
  const elements = elementsOf(set).sort(byElement)
  const own = elements.filter((element) => hasField(set, element)).map((element) => [...path, element])
  return [...own, ...elements.flatMap((element) => pathsOf(set[element] as FieldSet, [...path, element]))]
}

const order = ['f', 'k', 'v', 'i']

function byElement(one: string, other: string): number {
  const [first, second] = [order.indexOf(one.charAt(0)), order.indexOf(other.charAt(0))]
  if (first !== second) return first - second
  return one < other ? -1 : one > other ? 1 : 0
}

/** A path as conflicts tell it: `.spec.containers[name="main"].image`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('')
}

function elementText(element: string): string {
  const text = element.slice(2)
  if (element.startsWith('k:')) return keyText(JSON.parse(text) as Record<string, unknown>)
  if (element.startsWith('i:')) return `[${text}]`
  return element.startsWith('v:') ? `[=${text}]` : `.${text}`
}

function keyText(key: Record<string, unknown>): string {
  const fields = Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return `[${fields.join(',')}]`
}
