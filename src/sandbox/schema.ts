import { equalJson } from '../kube/clone.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import definitions from './definitions.json' with { type: 'json' }
import type { Cause } from './failure.ts'
import { qualifiedName, type ServedResource } from './served.ts'

/** OpenAPI v3 as Kubernetes writes it: the members that are read here. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly minItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string }[]
}

export const schemas = definitions.schemas as Readonly<Record<string, Schema>>
const kinds = definitions.kinds as Readonly<Record<string, string>>

/** `io.k8s.api.core.v1.Pod` */
export function schemaName(resource: ServedResource): string {
  const name = kinds[qualifiedName(resource)]
  if (name === undefined) throw new Error(`no schema of ${resource.kind} is recorded`)
  return name
}

export function schemaOf(resource: ServedResource): Schema {
  return followed({ $ref: `#/components/schemas/${schemaName(resource)}` })
}

/** What is worked out of a schema once, as the same ones are asked of every object. */
function remembered<T>(make: (schema: Schema) => T): (schema: Schema) => T {
  const known = new WeakMap<Schema, T>()
  return (schema) => {
    const found = known.get(schema)
    if (found !== undefined) return found
    const made = make(schema)
    known.set(schema, made)
    return made
  }
}

/** The schema a reference stands for. */
export const followed = remembered((schema: Schema): Schema => {
  if (schema.$ref === undefined) return schema
  const { $ref, ...rest } = schema
  const found = schemas[$ref.replace('#/components/schemas/', '')]
  if (!found) throw new Error(`${$ref} is not recorded`)
  return { ...followed(found), ...rest }
})

export interface Checked {
  readonly object: KubeObject
  /** paths the schema does not know; they are not in `object` any more */
  readonly unknown: readonly string[]
  readonly causes: readonly Cause[]
}

/**
 * An object as the API server stores it: defaults of the schema filled in, unknown fields pruned, and what is wrong with it. Of the CEL
 * rules only immutability is evaluated (`self == oldSelf`).
 * @param before the stored object, where it is updated
 */
export function checkObject(resource: ServedResource, object: KubeObject, before?: KubeObject): Checked {
  const found: { unknown: string[]; causes: Cause[] } = { unknown: [], causes: [] }
  const { managedFields, ...metadata } = object.metadata
  const checked = check(schemaOf(resource), { ...object, metadata }, before, '', found) as KubeObject
  const kept = managedFields === undefined ? checked.metadata : { ...checked.metadata, managedFields }
  return { object: { ...checked, apiVersion: object.apiVersion, kind: object.kind, metadata: kept }, ...found }
}

function check(
  given: Schema,
  value: unknown,
  before: unknown,
  path: string,
  found: { unknown: string[]; causes: Cause[] },
): unknown {
  // a part that was taken over from the stored object has been checked when that was stored
  if (value === before && typeof value === 'object') return value
  const schema = followed(given)
  const fail = (reason: string, message: string): void => void found.causes.push({ reason, message, field: path })
  const wrong = typeFault(schema, value, path)
  if (wrong !== undefined) {
    fail('FieldValueTypeInvalid', wrong)
    return value
  }
  for (const fault of valueFaults(schema, value, path)) fail(fault.reason, fault.message)
  for (const { rule, message = '' } of schema['x-kubernetes-validations'] ?? []) {
    const changed = rule === 'self == oldSelf' && before !== undefined && !equalJson(before, value)
    if (changed) fail('FieldValueInvalid', `Invalid value: ${shown(value)}: ${message}`)
  }
  if (Array.isArray(value)) {
    const items = schema.items ?? {}
    const old = Array.isArray(before) ? (before as unknown[]) : []
    return value.map((item, index) => check(items, item, old[index], `${path}[${index}]`, found))
  }
  if (!isRecord(value)) return value
  return checkFields(schema, value, isRecord(before) ? before : {}, path, found)
}

function checkFields(
  schema: Schema,
  value: Record<string, unknown>,
  before: Record<string, unknown>,
  path: string,
  found: { unknown: string[]; causes: Cause[] },
): Record<string, unknown> {
  const { properties = {}, additionalProperties } = schema
  const out: Record<string, unknown> = {}
  const under = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const open =
    schema['x-kubernetes-preserve-unknown-fields'] === true || (schema.type === undefined && !schema.properties)
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue
    const known = properties[key] ?? (isRecord(additionalProperties) ? (additionalProperties as Schema) : undefined)
    if (known === undefined) {
      if (open || additionalProperties === true) out[key] = part
      else found.unknown.push(under(key))
    } else if (part !== null) out[key] = check(known, part, before[key], under(key), found)
    // null is no value to Kubernetes: the field is absent, or gets its default
  }
  for (const [key, property] of presetsOf(schema)) {
    if (out[key] !== undefined) continue
    out[key] = check(property, structuredClone(property.default), before[key], under(key), found)
  }
  for (const key of schema.required ?? []) {
    if (out[key] === undefined) {
      found.causes.push({ reason: 'FieldValueRequired', message: 'Required value', field: under(key) })
    }
  }
  return out
}

/** Properties with a default. Kubernetes records the zero value of a built-in type's field as its default: that is none. */
const presetsOf = remembered(({ properties = {} }: Schema): readonly (readonly [key: string, property: Schema])[] =>
  Object.entries(properties).filter(([, { default: preset }]) => {
    const zero = preset === '' || preset === 0 || preset === false || JSON.stringify(preset) === '{}'
    return preset !== undefined && !zero
  }),
)

const expressionOf = remembered(({ pattern = '' }: Schema) => new RegExp(pattern))

function typeFault(schema: Schema, value: unknown, path: string): string | undefined {
  if (schema.anyOf || schema.oneOf || schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string')
    return undefined
  const { type } = schema
  if (type === undefined) return undefined
  const is = typeOf(value)
  if (is === type || (type === 'number' && is === 'integer')) return undefined
  return `Invalid value: "${is}": ${path} in body must be of type ${type}: "${is}"`
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function valueFaults(schema: Schema, value: unknown, path: string): { reason: string; message: string }[] {
  const { enum: allowed, minimum, maximum, minLength, maxLength, pattern, minItems, maxItems } = schema
  const faults: { reason: string; message: string }[] = []
  const say = (text: string): void =>
    void faults.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${shown(value)}: ${path} in body ${text}`,
    })
  if (allowed && !allowed.includes(value)) {
    const list = allowed.map((item) => shown(item)).join(', ')
    faults.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${shown(value)}: supported values: ${list}`,
    })
  }
  if (typeof value === 'number') {
    if (minimum !== undefined && value < minimum) say(`should be greater than or equal to ${minimum}`)
    if (maximum !== undefined && value > maximum) say(`should be less than or equal to ${maximum}`)
  }
  if (typeof value === 'string') {
    if (minLength !== undefined && value.length < minLength) say(`should be at least ${minLength} chars long`)
    if (maxLength !== undefined && value.length > maxLength) {
      faults.push({ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${maxLength} bytes` })
    }
    if (pattern !== undefined && !expressionOf(schema).test(value)) say(`should match '${pattern}'`)
  }
  if (Array.isArray(value)) {
    if (minItems !== undefined && value.length < minItems) say(`should have at least ${minItems} items`)
    if (maxItems !== undefined && value.length > maxItems) {
      faults.push({
        reason: 'FieldValueTooMany',
        message: `Too many: ${value.length}: must have at most ${maxItems} items`,
      })
    }
  }
  return faults
}

function shown(value: unknown): string {
  return JSON.stringify(value)
}

export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly description?: string
  readonly priority?: number
}

/** What a custom resource's definition says that `kubectl get` shows. */
export function printerColumns(resource: ServedResource): readonly PrinterColumn[] | undefined {
  return (definitions.columns as Readonly<Record<string, readonly PrinterColumn[]>>)[qualifiedName(resource)]
}
