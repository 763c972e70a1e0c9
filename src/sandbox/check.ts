import { clone, equalJson } from '../kube/clone.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Cause } from './failure.ts'
import { remembered } from './remembered.ts'
import { followed, isBuiltIn, type Schema, schemaRef } from './schema.ts'
import type { ServedResource } from './served.ts'

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
  const check = new Check()
  if (before && object.metadata === before.metadata) {
    const checked = check.value(checkerOf(schemaRef(resource), false), object, before) as KubeObject
    return { object: checked, unknown: check.unknown, causes: check.causes }
  }
  const { managedFields, ...metadata } = object.metadata
  const checked = check.value(checkerOf(schemaRef(resource), false), { ...object, metadata }, before) as KubeObject
  const kept = managedFields === undefined ? checked.metadata : { ...checked.metadata, managedFields }
  const { unknown, causes } = check
  return { object: { ...checked, apiVersion: object.apiVersion, kind: object.kind, metadata: kept }, unknown, causes }
}

/** What a schema asks of a value, looked up once: the same schemas are asked of every object. */
interface Checker {
  readonly schema: Schema
  /** part of a type of Kubernetes itself */
  readonly builtIn: boolean
  /** undefined: a value of any type will do */
  readonly type: string | undefined
  readonly limits: boolean
  readonly immutable: readonly string[]
  readonly required: readonly string[]
  readonly presets: readonly (readonly [key: string, property: Schema])[]
  /** of the items of a list */
  readonly items: () => Checker
  /** fields that the schema does not know stay */
  readonly open: boolean
  readonly properties: Map<string, Checker | undefined>
}

const limiting = ['enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems'] as const

/** @param within whether it is part of a built-in type */
function checkerOf(given: Schema, within: boolean): Checker {
  return within || isBuiltIn(given) ? builtInChecker(given) : customChecker(given)
}

const builtInChecker = remembered((given: Schema) => newChecker(given, true))
const customChecker = remembered((given: Schema) => newChecker(given, false))

function newChecker(given: Schema, builtIn: boolean): Checker {
  const schema = followed(given)
  const either = schema.anyOf || schema.oneOf || schema['x-kubernetes-int-or-string']
  const rules = schema['x-kubernetes-validations'] ?? []
  let items: Checker | undefined
  return {
    items: () => (items ??= checkerOf(schema.items ?? anything, builtIn)),
    schema,
    builtIn,
    type: either || schema.format === 'int-or-string' ? undefined : schema.type,
    limits: limiting.some((limit) => schema[limit] !== undefined),
    immutable: rules.filter(({ rule }) => rule === 'self == oldSelf').map(({ message = '' }) => message),
    required: schema.required ?? [],
    presets: presetsOf(schema, builtIn),
    open:
      schema['x-kubernetes-preserve-unknown-fields'] === true ||
      schema.additionalProperties === true ||
      (schema.type === undefined && !schema.properties),
    properties: new Map(),
  }
}

/** Of a member of an object; undefined where the schema does not know it. */
function memberOf({ schema, builtIn, properties }: Checker, key: string): Checker | undefined {
  const known = properties.get(key)
  if (known !== undefined || properties.has(key)) return known
  const { additionalProperties } = schema
  const own = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined
  const found = own ?? (isRecord(additionalProperties) ? (additionalProperties as Schema) : undefined)
  const member = found && checkerOf(found, builtIn)
  // keys of a map are anybody's, and are not kept
  if (own !== undefined || found === undefined) properties.set(key, member)
  return member
}

/** One look at one object. */
class Check {
  readonly unknown: string[] = []
  readonly causes: Cause[] = []
  /** where it is, written out only for what is wrong */
  readonly #path: (string | number)[] = []

  value(checker: Checker, value: unknown, before: unknown): unknown {
    // a part that was taken over from the stored object has been checked when that was stored
    if (value === before && typeof value === 'object') return value
    const { schema, type } = checker
    if (type !== undefined && !isOf(type, value)) {
      const path = this.#here()
      const is = typeOf(value)
      const message = `Invalid value: "${is}": ${path} in body must be of type ${type}: "${is}"`
      this.causes.push({ reason: 'FieldValueTypeInvalid', message, field: path })
      return value
    }
    if (checker.limits) {
      for (const { reason, message } of valueFaults(schema, value, () => this.#here())) this.#fail(reason, message)
    }
    for (const message of checker.immutable) {
      if (before === undefined || equalJson(before, value)) continue
      this.#fail('FieldValueInvalid', `Invalid value: ${shown(value)}: ${message}`)
    }
    if (Array.isArray(value)) return this.#items(checker.items(), value, before)
    return isRecord(value) ? this.#fields(checker, value, isRecord(before) ? before : {}) : value
  }

  #items(checker: Checker, list: readonly unknown[], before: unknown): readonly unknown[] {
    const old = Array.isArray(before) ? (before as unknown[]) : []
    const items = list.map((item, index) => this.#at(index, checker, item, old[index]))
    return items.every((item, index) => item === list[index]) ? list : items
  }

  /** The same object where nothing is pruned or filled in: most parts of most objects are stored as they came, and need no copy. */
  #fields(checker: Checker, value: Record<string, unknown>, before: Record<string, unknown>): Record<string, unknown> {
    let out = value
    for (const key of Object.keys(value)) {
      const part = value[key]
      const kept = this.#member(checker, key, part, before[key])
      if (kept === part && kept !== undefined) continue
      if (out === value) out = { ...value }
      if (kept === undefined) delete out[key]
      else out[key] = kept
    }
    for (const [key, property] of checker.presets) {
      if (out[key] !== undefined) continue
      if (out === value) out = { ...value }
      out[key] = this.#at(key, checkerOf(property, checker.builtIn), clone(property.default), before[key])
    }
    for (const key of checker.required) {
      if (out[key] !== undefined) continue
      this.causes.push({ reason: 'FieldValueRequired', message: 'Required value', field: this.#under(key) })
    }
    return out
  }

  /** What is stored of a member; undefined where nothing is. */
  #member(checker: Checker, key: string, part: unknown, before: unknown): unknown {
    if (part === undefined) return undefined
    const member = memberOf(checker, key)
    if (member === undefined) {
      if (checker.open) return part
      this.unknown.push(this.#under(key))
      return undefined
    }
    // null is no value to Kubernetes: the field is absent, or gets its default
    return part === null ? undefined : this.#at(key, member, part, before)
  }

  #at(step: string | number, checker: Checker, value: unknown, before: unknown): unknown {
    this.#path.push(step)
    const checked = this.value(checker, value, before)
    this.#path.pop()
    return checked
  }

  #fail(reason: string, message: string): void {
    this.causes.push({ reason, message, field: this.#here() })
  }

  #here(): string {
    return this.#path
      .map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`))
      .join('')
  }

  #under(key: string): string {
    return this.#path.length === 0 ? key : `${this.#here()}.${key}`
  }
}

const anything: Schema = {}

/** Properties with a default. Kubernetes records the zero value of a built-in type's field as its default: that is none. */
function presetsOf(
  { properties = {} }: Schema,
  builtIn: boolean,
): readonly (readonly [key: string, property: Schema])[] {
  return Object.entries(properties).filter(([, { default: preset }]) => {
    if (!builtIn) return preset !== undefined
    const zero = preset === '' || preset === 0 || preset === false || JSON.stringify(preset) === '{}'
    return preset !== undefined && !zero
  })
}

const expressionOf = remembered(({ pattern = '' }: Schema) => new RegExp(pattern))

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return typeof value === 'number'
    case 'array':
      return Array.isArray(value)
    default:
      return typeOf(value) === type
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function valueFaults(schema: Schema, value: unknown, path: () => string): { reason: string; message: string }[] {
  const { enum: allowed, minimum, maximum, minLength, maxLength, pattern, minItems, maxItems } = schema
  const faults: { reason: string; message: string }[] = []
  const say = (text: string): void =>
    void faults.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${shown(value)}: ${path()} in body ${text}`,
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
