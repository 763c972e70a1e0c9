import { equalJson } from '../kube/clone.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'

export interface Written {
  readonly manager: string
  readonly time: string
  readonly subresource?: string
}

interface Entry {
  readonly manager: string
  readonly operation: string
  readonly apiVersion: string
  readonly time?: string
  readonly subresource?: string
  readonly [field: string]: unknown
}

/** Fields of metadata that belong to the server, and to nobody's set. */
const servers: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'name',
  'namespace',
  'resourceVersion',
  'selfLink',
  'uid',
])

/**
 * metadata.managedFields after a write: who changed which fields, and when. Lists are told as wholes, not by their keys.
 * @param before the stored object, absent where it is created
 */
export function managedFields(
  object: KubeObject,
  before: KubeObject | undefined,
  written: Written,
): readonly unknown[] {
  const entries = (before?.metadata['managedFields'] as readonly Entry[] | undefined) ?? []
  const { manager, time, subresource } = written
  const changed =
    before && subresource === 'status'
      ? changes({ status: object['status'] }, { status: before['status'] })
      : changes(plain(object), before && plain(before))
  if (Object.keys(changed).length === 0) return entries
  const mine = (entry: Entry): boolean =>
    entry.manager === manager && entry.operation === 'Update' && entry.subresource === subresource
  const earlier = entries.find(mine)?.['fieldsV1']
  const fieldsV1 = shared(
    `${manager} ${object.kind} ${subresource}`,
    isRecord(earlier) ? union(earlier, changed) : changed,
  )
  const entry: Entry = {
    manager,
    operation: 'Update',
    apiVersion: object.apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource !== undefined && { subresource }),
  }
  return [...entries.filter((other) => !mine(other)), entry]
}

/** what was told last, by who tells it: thousands of events name the same fields, and need them once */
const last = new Map<string, Record<string, unknown>>()

function shared(key: string, fields: Record<string, unknown>): Record<string, unknown> {
  const known = last.get(key)
  if (known && equalJson(known, fields)) return known
  last.set(key, fields)
  return fields
}

function plain({ apiVersion: _, kind: __, metadata, ...rest }: KubeObject): Record<string, unknown> {
  const own: Record<string, unknown> = {}
  for (const key of Object.keys(metadata)) if (!servers.has(key)) own[key] = metadata[key]
  return { ...(Object.keys(own).length > 0 && { metadata: own }), ...rest }
}

function changes(
  after: Record<string, unknown>,
  before: Record<string, unknown> | undefined,
  out: Record<string, unknown> = {},
): Record<string, unknown> {
  for (const key of Object.keys(after)) {
    const value = after[key]
    const old = before?.[key]
    if (old === undefined ? value === undefined : equalJson(old, value)) continue
    const isLeaf = !isRecord(value) || Object.keys(value).length === 0
    out[fieldName(key)] = isLeaf
      ? leaf
      : changes(value, isRecord(old) ? old : undefined, old === undefined ? { '.': leaf } : {})
  }
  return out
}

/** there are many, and none is changed in place */
const leaf = {}

/** `f:spec`; the same few hundred names are told of every object */
const fieldNames = new Map<string, string>()

function fieldName(key: string): string {
  const known = fieldNames.get(key)
  if (known !== undefined) return known
  if (fieldNames.size > 10_000) fieldNames.clear()
  const name = `f:${key}`
  fieldNames.set(key, name)
  return name
}

function union(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const old = out[key]
    out[key] = isRecord(old) && isRecord(value) ? union(old, value) : value
  }
  return out
}
