import { isRecord } from '../kube/object.ts'
import { groups } from './discovery.ts'
import { type Schema, schemaName, schemas } from './schema.ts'
import { apiVersionOf, type ServedResource, served } from './served.ts'

const reference = /"\$ref":"#\/components\/schemas\/([^"]+)"/g

/** Names of schemas that are no types of Kubernetes: what definitions.json says once. */
const shared = /^shared\./

/** What was described once, by path: every run of a verb asks for Trainer's, and nothing of it ever changes. */
const told = new Map<string, string>()

/** What a GET below /openapi/v3 answers, as JSON; undefined for a path that is none. */
export function openApi(path: string): string | undefined {
  const known = told.get(path)
  if (known !== undefined) return known
  const answer = answerFor(path)
  if (answer === undefined) return undefined
  const text = JSON.stringify(answer)
  told.set(path, text)
  return text
}

function answerFor(path: string): object | undefined {
  if (path === '/openapi/v3') {
    const paths = ['api/v1', ...groups().map(({ name, version }) => `apis/${name}/${version}`)]
    const entry = (found: string) => [found, { serverRelativeURL: `/openapi/v3/${found}?hash=sandbox` }]
    return { paths: Object.fromEntries(paths.map(entry)) }
  }
  const groupVersion = path.replace(/^\/openapi\/v3\/apis?\//, '')
  const known = groups().some(({ name, version }) => groupVersion === `${name}/${version}`) || groupVersion === 'v1'
  return known ? description(groupVersion) : undefined
}

function description(groupVersion: string): object {
  const resources = served.filter((resource) => apiVersionOf(resource) === groupVersion)
  const names = new Set<string>()
  for (const resource of resources) collect(schemaName(resource), names)
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'sandbox' },
    paths: Object.fromEntries(resources.map(pathOf)),
    components: { schemas: Object.fromEntries([...names].sort().map((name) => [name, unshared(schemas[name])])) },
  }
}

function collect(name: string, names: Set<string>): void {
  if (names.has(name)) return
  names.add(name)
  for (const [, found = ''] of JSON.stringify(unshared(schemas[name])).matchAll(reference)) collect(found, names)
}

/** A schema as Kubernetes writes it: in place of references to what is only shared stands what they refer to. */
function unshared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshared)
  if (!isRecord(value)) return value
  const { $ref, ...rest } = value as Schema & Record<string, unknown>
  const name = typeof $ref === 'string' ? $ref.replace('#/components/schemas/', '') : ''
  if (shared.test(name)) return unshared({ ...schemas[name], ...rest })
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unshared(part)]))
}

/** The one operation clients look for: whether the server validates fields. */
function pathOf(resource: ServedResource): [string, object] {
  const { group, version, kind, plural, namespaced } = resource
  const root = group === '' ? '/api/v1' : `/apis/${group}/${version}`
  const content = { schema: { $ref: `#/components/schemas/${schemaName(resource)}` } }
  const operation = {
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    })),
    responses: { '200': { description: 'OK', content: { 'application/json': content } } },
  }
  return [
    `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`,
    {
      get: { 'x-kubernetes-action': 'get', ...operation },
      patch: { 'x-kubernetes-action': 'patch', ...operation },
    },
  ]
}
