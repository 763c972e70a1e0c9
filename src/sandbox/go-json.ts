import { isRecord, type KubeObject } from '../kube/object.ts'
import { followed, type Schema, schemaName } from './schema.ts'
import type { ServedResource } from './served.ts'

/** The words of Go's encoding/json for text that is no JSON; of the places of wrong letters it tells only the end. */
export function parseFault(text: string): string {
  const open = text.trim() === '' || isCut(text)
  return open ? 'unexpected end of JSON input' : `invalid character ${strange(text)} looking for beginning of value`
}

/** JSON that is cut off is completed by some end; what follows such text would be read on. */
function isCut(text: string): boolean {
  try {
    JSON.parse(text)
    return false
  } catch (error) {
    return /end of (JSON )?(input|data)|Unterminated string/i.test((error as Error).message)
  }
}

function strange(text: string): string {
  return `'${text.trim()[0] ?? ''}'`
}

/** `json: cannot unmarshal array into Go value of type map[string]interface {}` */
export function valueFault(value: unknown, goType: string): string {
  return `json: cannot unmarshal ${goKind(value)} into Go value of type ${goType}`
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (value === null) return 'null'
  if (typeof value === 'object') return 'object'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** A value as Go's `%v` prints it: `map[image:train name:main]`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isRecord(value)) return String(value)
  const members = Object.keys(value).sort()
  return `map[${members.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`
}

/**
 * The first field of a built-in object that its Go type cannot take, in the words of Go's decoder; undefined where all can be read.
 * Source: Go 1.25, encoding/json UnmarshalTypeError: the innermost struct, the path from the outermost, no indices and keys.
 */
export function fieldFault(resource: ServedResource, object: unknown, before?: KubeObject): string | undefined {
  const name = schemaName(resource)
  return fault({ $ref: `#/components/schemas/${name}` }, object, before, [], resource.kind)
}

/** @param path where the value is; as it was again when nothing is wrong */
function fault(given: Schema, value: unknown, before: unknown, path: string[], struct: string): string | undefined {
  // what was taken over from the stored object was read when that was stored
  if (value === before && typeof value === 'object') return undefined
  const schema = followed(given)
  const { type } = schema
  if (value === null || value === undefined || type === undefined || takesBoth(schema)) return undefined
  if (!fits(type, value)) {
    const field = path.length === 0 ? 'value' : `struct field ${[struct, ...path].join('.')}`
    return `json: cannot unmarshal ${goKind(value)} into Go ${field} of type ${goType(schema)}`
  }
  if (schema.format === 'byte') return base64Fault(String(value))
  if (typeof value !== 'object') return undefined
  const owner = structOf(given) ?? struct
  if (Array.isArray(value)) return firstFault(value, (item) => fault(schema.items ?? {}, item, undefined, path, owner))
  const { properties = {}, additionalProperties } = schema
  const members = value as Record<string, unknown>
  const old = isRecord(before) ? before : {}
  return firstFault(Object.keys(members), (key) => {
    const property = properties[key]
    if (!property) {
      return isRecord(additionalProperties)
        ? fault(additionalProperties as Schema, members[key], old[key], path, owner)
        : undefined
    }
    path.push(key)
    const found = fault(property, members[key], old[key], path, owner)
    path.pop()
    return found
  })
}

/** Go 1.25, encoding/base64: the first letter that is none, or the beginning of what is cut off. */
function base64Fault(text: string): string | undefined {
  const strange = text.search(/[^A-Za-z0-9+/=\r\n]/)
  const letters = text.replace(/[\r\n]/g, '')
  if (strange < 0 && letters.length % 4 === 0 && /^[^=]*={0,2}$/.test(letters)) return undefined
  const end = letters.indexOf('=')
  const cut = letters.length % 4 !== 0 || end < 0 ? letters.length - (letters.length % 4) : end
  return `illegal base64 data at input byte ${strange < 0 ? cut : strange}`
}

function firstFault<T>(all: readonly T[], look: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const found = look(one)
    if (found !== undefined) return found
  }
  return undefined
}

function takesBoth({ anyOf, oneOf, format, 'x-kubernetes-int-or-string': either }: Schema): boolean {
  return anyOf !== undefined || oneOf !== undefined || either === true || format === 'int-or-string'
}

function fits(type: string, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isRecord(value)
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value)
  return typeof value === type
}

/** `Container` of `io.k8s.api.core.v1.Container`; what has no name of its own is part of the struct around it. */
function structOf({ $ref }: Schema): string | undefined {
  const name = $ref?.replace('#/components/schemas/', '')
  return name === undefined || name.startsWith('shared.') ? undefined : name.split('.').at(-1)
}

function goType(schema: Schema): string {
  switch (schema.type) {
    case 'integer':
      return schema.format ?? 'int'
    case 'boolean':
      return 'bool'
    case 'array':
      return `[]${schema.items ? goElement(schema.items) : 'interface {}'}`
    case 'object':
      return isRecord(schema.additionalProperties)
        ? `map[string]${goElement(schema.additionalProperties as Schema)}`
        : 'map[string]interface {}'
    default:
      return schema.type ?? 'interface {}'
  }
}

function goElement(schema: Schema): string {
  const struct = structOf(schema)
  return struct === undefined ? goType(followed(schema)) : `v1.${struct}`
}
