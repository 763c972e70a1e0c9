/**
 * `node scripts/sandbox-definitions.ts`: records the schemas and printer columns that the sandbox serves from a cluster that runs both
 * operators (`eval "$(scripts/cluster env)"` first), without descriptions and with every schema that occurs twice said once.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from '../src/kube/object.ts'
import { apiVersionOf, qualifiedName, type ServedResource, served } from '../src/sandbox/served.ts'

type Schema = Record<string, unknown>

/** A schema shorter than this is not worth a reference. */
const worthSharing = 200
const prefix = '#/components/schemas/'

function raw(path: string): Record<string, unknown> {
  const { stdout, stderr, status } = spawnSync('kubectl', ['get', '--raw', path], { encoding: 'utf8', maxBuffer: 1e9 })
  if (status !== 0) throw new Error(`kubectl get --raw ${path}: ${stderr}`)
  return JSON.parse(stdout) as Record<string, unknown>
}

const recorded: Record<string, Schema> = {}
const kinds: Record<string, string> = {}
for (const apiVersion of new Set(served.map(apiVersionOf))) {
  const path = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`
  const { components } = raw(`/openapi/v3/${path}`) as { components: { schemas: Record<string, Schema> } }
  for (const [name, schema] of Object.entries(components.schemas)) {
    recorded[name] ??= plain(schema) as Schema
    for (const { group, version, kind } of groupVersionKinds(schema)) {
      const found = served.find((entry) => entry.group === group && entry.version === version && entry.kind === kind)
      if (found) kinds[qualifiedName(found)] = name
    }
  }
}

const kept = new Set<string>()
for (const entry of served) keep(nameFor(entry))
const definitions = Object.fromEntries([...kept].sort().map((name) => [name, recorded[name] as Schema]))

const times = new Map<string, number>()
count(definitions)
const shared: Record<string, unknown> = {}
const result = Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, shareWithin(schema)]))
const file = join(import.meta.dirname, '../src/sandbox/definitions.json')
const sorted = Object.fromEntries(Object.entries(shared).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify({ kinds, columns: columns(), schemas: { ...result, ...sorted } })}\n`)

function nameFor(entry: ServedResource): string {
  const name = kinds[qualifiedName(entry)]
  if (name === undefined) throw new Error(`the cluster has no schema of ${entry.kind}`)
  return name
}

function groupVersionKinds(schema: Schema): { group: string; version: string; kind: string }[] {
  const list = schema['x-kubernetes-group-version-kind']
  return Array.isArray(list) ? list : []
}

/** Without descriptions, and without the wrapping that Kubernetes puts around a reference. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain)
  if (!isRecord(schema)) return schema
  const out: Schema = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'description' && typeof value === 'string') continue
    out[key] = key === 'properties' && isRecord(value) ? each(value, plain) : plain(value)
  }
  const [only, ...others] = Array.isArray(out['allOf']) ? (out['allOf'] as Schema[]) : []
  if (only === undefined || others.length > 0) return out
  const { allOf: _, default: preset, ...rest } = out
  return { ...only, ...rest, ...(preset !== undefined && { default: preset }) }
}

function each(values: Schema, map: (value: unknown) => unknown): Schema {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]))
}

function keep(name: string): void {
  if (kept.has(name)) return
  kept.add(name)
  const text = JSON.stringify(recorded[name])
  for (const [, found = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) keep(found)
}

function count(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) {
    const text = JSON.stringify(value)
    if (text.length > worthSharing) {
      const seen = (times.get(text) ?? 0) + 1
      times.set(text, seen)
      if (seen > 1) return
    }
  }
  for (const part of Object.values(value)) count(part)
}

function shareWithin(value: unknown, top = true): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => shareWithin(item, false))
  const text = JSON.stringify(value)
  if (!top && (times.get(text) ?? 0) > 1 && 'type' in value) {
    const name = `shared.${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
    shared[name] ??= shareWithin(value)
    return { $ref: `${prefix}${name}` }
  }
  return each(value as Schema, (part) => shareWithin(part, false))
}

interface Definition {
  readonly spec: {
    readonly group: string
    readonly names: { readonly plural: string }
    readonly versions: readonly { readonly name: string; readonly additionalPrinterColumns?: readonly Schema[] }[]
  }
}

/** What `kubectl get` shows of each custom resource. */
function columns(): Record<string, unknown> {
  const { items } = raw('/apis/apiextensions.k8s.io/v1/customresourcedefinitions') as { items: Definition[] }
  const entries = items.flatMap(({ spec }) => {
    const found = served.find((entry) => entry.group === spec.group && entry.plural === spec.names.plural)
    const version = spec.versions.find(({ name }) => name === found?.version)
    return found && version ? [[qualifiedName(found), version.additionalPrinterColumns ?? []] as const] : []
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
