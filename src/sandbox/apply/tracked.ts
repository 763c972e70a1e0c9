import type { KubeObject } from '../../kube/object.ts'
import { remembered } from '../remembered.ts'
import { followed, type Schema, schemaRef } from '../schema.ts'
import { apiVersionOf, qualifiedName, type ServedResource } from '../served.ts'
import { addedOf } from './added.ts'
import { type Atom, atomOf } from './atom.ts'
import { type Comparison, compare } from './compare.ts'
import { difference, emptySet, type FieldSet, intersection, isEmpty, union, withoutTrees } from './field-set.ts'
import { capped, type Manager, type Managers, managerKey, withLost } from './managers.ts'

export interface Writer {
  readonly manager: string
  readonly time: string
  readonly subresource?: string
}

/** How the objects of a resource are merged. */
export const atomFor = remembered((resource: ServedResource): Atom => atomOf(schemaRef(resource)))

/** Fields that are nobody's: what an object is, and what the server keeps of it (internal/stripmeta.go). */
const servers: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
}

export function withoutServers(fields: FieldSet): FieldSet {
  return difference(fields, servers)
}

const statusOnly: FieldSet = { 'f:status': {} }
const customParts: FieldSet = { 'f:metadata': {}, 'f:spec': {} }

/** The parts of an object that a write leaves alone: GetResetFields of kubernetes v1.36.3, pkg/registry, and of custom resources. */
export function untouchable(resource: ServedResource, subresource: string | undefined): FieldSet {
  if (subresource === undefined) return resource.status ? statusOnly : emptySet
  if (resource.custom) return customParts
  switch (qualifiedName(resource)) {
    case 'pods':
      return { 'f:spec': {}, 'f:metadata': { 'f:deletionTimestamp': {}, 'f:ownerReferences': {} } }
    case 'deployments.apps':
      return { 'f:spec': {}, 'f:metadata': { 'f:labels': {} } }
    default:
      return { 'f:spec': {} }
  }
}

export function compareBut(atom: Atom, before: object, after: object, ignored: FieldSet): Comparison {
  const { removed, modified, added } = compare(atom, before, after)
  if (isEmpty(ignored)) return { removed, modified, added }
  const rest = (set: FieldSet): FieldSet => (isEmpty(set) ? set : withoutTrees(set, ignored))
  return { removed: rest(removed), modified: rest(modified), added: rest(added) }
}

/** A manager that is no applier. */
function updater(resource: ServedResource, { manager, subresource }: Omit<Writer, 'time'>): Manager {
  const apiVersion = apiVersionOf(resource)
  return { manager, operation: 'Update', apiVersion, ...(subresource !== undefined && { subresource }) }
}

/** Whoever creates an object owns all of it. */
export function created(resource: ServedResource, object: KubeObject, writer: Writer): Managers {
  const { apiVersion: _, kind: __, status, ...own } = object
  const parts = resource.status ? own : { ...own, ...(status !== undefined && { status }) }
  const whole = addedOf(atomFor(resource), parts, nothing(resource))
  const fields = whole === undefined ? emptySet : ownFieldsOf(whole)
  if (isEmpty(fields)) return none
  const manager = updater(resource, writer)
  return new Map([[managerKey(manager), { manager, fields, time: writer.time }]])
}

const ownFieldsOf = remembered(withoutServers)

const none: Managers = new Map()

/** Who owns what after an update: the writer what it changed, nobody what is gone (merge/update.go, managedfieldsupdater.go). */
export function updated(
  resource: ServedResource,
  managers: Managers,
  before: object,
  after: object,
  { manager: name, subresource, time }: Writer,
): Managers {
  const ignored = untouchable(resource, subresource)
  const { removed, modified, added } = compareBut(atomFor(resource), before, after, ignored)
  const changed = union(modified, added)
  if (isEmpty(changed) && isEmpty(removed)) return managers
  const lost = union(changed, removed)
  const out = withLost(managers, new Map([...managers.keys()].map((key) => [key, lost])))
  const mine = withoutServers(changed)
  if (isEmpty(mine)) return out
  const manager = updater(resource, { manager: name, ...(subresource !== undefined && { subresource }) })
  const key = managerKey(manager)
  const earlier = out.get(key)?.fields ?? {}
  return capped(out.set(key, { manager, fields: union(mine, earlier), time }))
}

/** Conflicts of a write with what others own. */
export function conflictsOf(managers: Managers, self: string, { modified, added }: Comparison): Map<string, FieldSet> {
  const changed = union(modified, added)
  const found = new Map<string, FieldSet>()
  for (const [key, { fields }] of managers) {
    if (key === self) continue
    const both = intersection(fields, changed)
    if (!isEmpty(both)) found.set(key, both)
  }
  return found
}

/** What an object is before it is created: a built-in one has the members that its Go type always writes. */
export const nothing = remembered((resource: ServedResource): KubeObject => {
  const named = { apiVersion: apiVersionOf(resource), kind: resource.kind }
  return { ...(resource.custom ? {} : zeroOf(schemaRef(resource))), ...named } as KubeObject
})

const zeros = new Map<string, Readonly<Record<string, unknown>>>()

/** A struct that is never left out has a default of `{}` in the schema, a field that is never left out is required. */
function zeroOf({ $ref = '' }: Schema): Readonly<Record<string, unknown>> {
  const found = zeros.get($ref)
  if (found) return found
  const { properties = {}, required = [] } = followed({ $ref })
  const out: Record<string, unknown> = {}
  for (const [key, property] of Object.entries(properties)) {
    const { type, default: preset } = followed(property)
    if (property.$ref !== undefined && preset !== undefined && JSON.stringify(preset) === '{}') {
      out[key] = type === 'object' ? zeroOf(property) : null
    } else if (required.includes(key)) out[key] = type === 'string' ? '' : null
  }
  zeros.set($ref, out)
  return out
}
