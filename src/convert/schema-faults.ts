import { closest } from '../kube/closest.ts'
import type { PathStep } from '../kube/field-path.ts'
import { isRecord } from '../kube/object.ts'
import type { Schema } from './decisions-schema.ts'

/** One place where a value is not what its schema says; `message` follows the path in a sentence. */
export interface SchemaFault {
  readonly path: readonly PathStep[]
  readonly message: string
}

/** Every place where a value breaks a schema. */
export function schemaFaults(schema: Schema, value: unknown, path: readonly PathStep[] = []): SchemaFault[] {
  const fault = (message: string): SchemaFault[] => [{ path, message }]
  if (schema.const !== undefined) return value === schema.const ? [] : fault(`must be ${schema.const}`)
  if (schema.enum)
    return typeof value === 'string' && schema.enum.includes(value) ? [] : fault(choice(schema.enum, value))
  switch (schema.type) {
    case 'object':
      return isRecord(value) ? memberFaults(schema, value, path) : fault('must be a map')
    case 'array':
      if (!Array.isArray(value)) return fault('must be a list')
      return value.flatMap((item, at) => schemaFaults(schema.items ?? {}, item, [...path, at]))
    case 'string':
      if (typeof value !== 'string') return fault('must be text')
      if (value.length < (schema.minLength ?? 0)) return fault('must not be empty')
      if (schema.format === 'date' && !isDate(value)) return fault('must be a date, YYYY-MM-DD')
      return []
    case undefined:
      return []
  }
}

function choice(words: readonly string[], value: unknown): string {
  if (words.length <= 10) return `must be ${words.length === 1 ? '' : 'one of '}${words.join(', ')}`
  const near = typeof value === 'string' ? closest(value, words) : []
  return `is none that is known${near.length > 0 ? `; near to it: ${near.join(', ')}` : ''}`
}

function memberFaults(schema: Schema, value: Record<string, unknown>, path: readonly PathStep[]): SchemaFault[] {
  const { properties = {}, required = [], additionalProperties } = schema
  const missing = required.filter((key) => value[key] === undefined)
  return [
    ...missing.map((key) => ({ path, message: `must have ${key}` })),
    ...Object.entries(value).flatMap(([key, item]) => {
      const known = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
      if (known) return schemaFaults(known, item, [...path, key])
      const near = closest(key, Object.keys(properties))
      return [{ path: [...path, key], message: `is not known${near.length > 0 ? `; did you mean ${near[0]}?` : ''}` }]
    }),
  ]
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
