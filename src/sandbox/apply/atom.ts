import { isRecord } from '../../kube/object.ts'
import { remembered } from '../remembered.ts'
import { followed, type Schema } from '../schema.ts'

/**
 * What a schema says of how a value is merged: it may be of several forms where it has no type.
 * Source: k8s.io/kube-openapi, pkg/schemaconv/openapi.go and smd.go.
 */
export interface Atom {
  readonly map?: MapAtom
  readonly scalar?: 'numeric' | 'string' | 'boolean' | 'untyped'
  readonly list?: ListAtom
}

export interface MapAtom {
  /** it is one value: nobody owns a part of it */
  readonly atomic: boolean
  /** of a key that is named in the schema */
  named(key: string): Atom | undefined
  /** of any other key; undefined where there may be none */
  readonly rest: Atom | undefined
}

export interface ListAtom {
  /** it is one value: nobody owns an item of it */
  readonly atomic: boolean
  /** the fields that tell its items apart; none: the items are scalars */
  readonly keys: readonly string[]
  readonly item: Atom
  /** of a key field that an item leaves out */
  presetOf(key: string): unknown
}

export type Form = 'map' | 'scalar' | 'list'

/** Anything, as one value. */
const untyped: Atom = {
  scalar: 'untyped',
  get list() {
    return { atomic: true, keys: [], item: untyped, presetOf: () => undefined }
  },
  get map() {
    return { atomic: true, named: () => undefined, rest: untyped }
  },
}

/** Anything: objects by their keys, lists as wholes. */
const deduced: Atom = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], item: untyped, presetOf: () => undefined },
  get map() {
    return { atomic: false, named: () => undefined, rest: deduced }
  },
}

export const atomOf = remembered((given: Schema) => atomFrom(given, false))
const openAtomOf = remembered((given: Schema) => atomFrom(given, true))

const oneValue = /\.RawExtension$/

function atomFrom(given: Schema, inOpen: boolean): Atom {
  if (given.$ref !== undefined && oneValue.test(given.$ref)) return untyped
  const schema = followed(given)
  const open = inOpen || schema['x-kubernetes-preserve-unknown-fields'] === true
  switch (schema.type) {
    case 'object':
      return { map: mapOf(schema, open) }
    case 'array':
      return { list: listOf(schema, open) }
    case 'integer':
    case 'number':
      return { scalar: 'numeric' }
    case 'boolean':
      return { scalar: 'boolean' }
    case 'string':
      return { scalar: schema.format === undefined || schema.format === 'byte' ? 'string' : 'untyped' }
    default:
      return { scalar: 'untyped', map: mapOf(schema, open), list: listOf(schema, open) }
  }
}

function mapOf(schema: Schema, open: boolean): MapAtom {
  const { properties = {}, additionalProperties } = schema
  const of = open ? openAtomOf : atomOf
  const isFree = additionalProperties === undefined && (open || Object.keys(properties).length === 0)
  const named = new Map<string, Atom | undefined>()
  return {
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    named(key) {
      const known = named.get(key)
      if (known !== undefined || !Object.hasOwn(properties, key)) return known
      const found = of(properties[key] as Schema)
      named.set(key, found)
      return found
    },
    get rest() {
      if (isRecord(additionalProperties)) return of(additionalProperties as Schema)
      return isFree || additionalProperties === true ? deduced : undefined
    },
  }
}

function listOf(schema: Schema, open: boolean): ListAtom {
  const { items } = schema
  return {
    ...relationOf(schema),
    get item() {
      return items === undefined ? untyped : open ? openAtomOf(items) : atomOf(items)
    },
    presetOf: (key) => items && followed(followed(items).properties?.[key] ?? {}).default,
  }
}

/** Where nothing is said of a list, it is what a strategic merge patch makes of it. */
function relationOf(schema: Schema): Pick<ListAtom, 'atomic' | 'keys'> {
  const type = schema['x-kubernetes-list-type']
  if (type !== undefined) {
    return { atomic: type === 'atomic', keys: type === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : [] }
  }
  const merges = schema['x-kubernetes-patch-strategy']?.split(',')[0] === 'merge'
  const key = schema['x-kubernetes-patch-merge-key']
  return { atomic: !merges, keys: merges && key !== undefined ? [key] : [] }
}

/** Which of its forms a value has; of null the first that there is. */
export function formOf({ map, scalar, list }: Atom, value: unknown): Form {
  if (Array.isArray(value)) {
    if (list) return 'list'
  } else if (isRecord(value)) {
    if (map) return 'map'
  } else if (value !== null && scalar) return 'scalar'
  return map ? 'map' : scalar ? 'scalar' : 'list'
}

/** The atom of a member; undefined where the schema does not allow it. */
export function memberAtom(map: MapAtom, key: string): Atom | undefined {
  return map.named(key) ?? map.rest
}

/** An element of a list that cannot be told from others: why. */
export class NoElement extends Error {
  override readonly name = 'NoElement'
}

/** `k:{"name":"x"}` or `v:"x"`; throws NoElement for an item that its list cannot have. */
export function elementOf(list: ListAtom, item: unknown): string {
  const { keys } = list
  const [only, ...others] = keys
  if (only === undefined) return valueElement(item)
  if (item === null) throw new NoElement('associative list with keys may not have a null element')
  if (!isRecord(item)) throw new NoElement('associative list with keys may not have non-map elements')
  const told = item[only]
  if (others.length === 0 && typeof told === 'string') return namedElement(only, told)
  const fields = [...keys].sort().flatMap((key) => {
    const value = item[key] ?? list.presetOf(key)
    return value === undefined ? [] : [`${JSON.stringify(key)}:${JSON.stringify(value)}`]
  })
  if (fields.length === 0) {
    const names = keys.map((key) => JSON.stringify(key)).join(' ')
    const preset = "and doesn't have default values for any key fields"
    throw new NoElement(`associative list with keys has an element that omits all key fields [${names}] (${preset})`)
  }
  return `k:{${fields.join(',')}}`
}

function valueElement(item: unknown): string {
  if (isRecord(item)) throw new NoElement("associative list without keys has an element that's a map type")
  if (Array.isArray(item)) throw new NoElement('not supported: associative list with lists as elements')
  if (item === null) throw new NoElement("associative list without keys has an element that's an explicit null")
  return `v:${JSON.stringify(item)}`
}

/** Elements by key and value: `name` and `main` are those of thousands of containers. */
const namedElements = new Map<string, Map<string, string>>()
const mostElements = 1000

function namedElement(key: string, value: string): string {
  const known = namedElements.get(key) ?? new Map<string, string>()
  const found = known.get(value)
  if (found !== undefined) return found
  if (known.size >= mostElements) known.clear()
  const made = `k:{${JSON.stringify(key)}:${JSON.stringify(value)}}`
  namedElements.set(key, known.set(value, made))
  return made
}
