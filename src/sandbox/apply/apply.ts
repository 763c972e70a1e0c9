import { equalJson, stableJson } from '../../kube/clone.ts'
import { isRecord, type KubeObject } from '../../kube/object.ts'
import { badRequest, Failure } from '../failure.ts'
import { apiVersionOf, type ServedResource } from '../served.ts'
import type { Atom } from './atom.ts'
import { compare } from './compare.ts'
import {
  difference,
  type FieldSet,
  intersection,
  isEmpty,
  pathsOf,
  pathText,
  union,
  withoutTrees,
} from './field-set.ts'
import { fieldsOf, withNamedFields, withoutFields } from './fields-of.ts'
import { entriesOf, type Manager, type Managers, managerKey, managersIn, type Owned, withLost } from './managers.ts'
import { merged } from './merge.ts'
import {
  atomFor,
  compareBut,
  conflictsOf,
  nothing,
  untouchable,
  updated,
  type Writer,
  withoutServers,
} from './tracked.ts'
import { typeFault } from './typed-check.ts'

export interface Applier extends Writer {
  /** takes what others own */
  readonly force: boolean
}

/** kubectl's name as an applier: for it alone the last applied configuration of its client-side apply counts. */
const kubectl = 'kubectl'
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * What an object becomes when somebody applies a configuration to it, with metadata.managedFields; fields that they applied before and do not
 * any more are gone, unless others own them. Throws 400 and 500 for what cannot be applied, 409 for fields that others own and that would change.
 * Source: k8s.io/apimachinery v0.36.3, pkg/util/managedfields/internal; structured-merge-diff v6.4.2, merge/update.go.
 * @param live the stored object; undefined where the configuration creates it
 */
export function applied(
  resource: ServedResource,
  live: KubeObject | undefined,
  config: KubeObject,
  applier: Applier,
): KubeObject {
  refuseOther(resource, config)
  const atom = atomFor(resource)
  refuseUntyped(resource, atom, config)
  const { managers, base } = beginning(resource, live, applier)
  const outcome = outcomeOf({ resource, atom, base, managers, config, applier })
  return applier.manager === kubectl ? withLastApplied(outcome, config) : outcome
}

function refuseOther(resource: ServedResource, config: KubeObject): void {
  const { apiVersion, kind, metadata } = config
  if (apiVersion !== apiVersionOf(resource) || kind !== resource.kind) {
    throw badRequest(`invalid object type: ${groupVersionKind(apiVersion, kind)}`)
  }
  if (metadata['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil')
}

function refuseUntyped(resource: ServedResource, atom: Atom, config: KubeObject): void {
  const fault = typeFault(atom, config)
  if (fault === undefined) return
  const { namespace = '', name = '' } = config.metadata
  const what = `${namespace}/${name}; ${groupVersionKind(apiVersionOf(resource), resource.kind)}`
  throw new Failure(500, undefined, `failed to create typed patch object (${what}): ${fault}`)
}

/** as Go writes a schema.GroupVersionKind */
function groupVersionKind(apiVersion = '', kind = ''): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`
}

/** Who owns what before; all that an object has which nobody was recorded for is `before-first-apply`'s. */
function beginning(
  resource: ServedResource,
  live: KubeObject | undefined,
  { time }: Applier,
): { readonly managers: Managers; readonly base: KubeObject } {
  if (live === undefined) return { managers: new Map(), base: nothing(resource) }
  const managers = managersIn(resource, live.metadata['managedFields']) ?? new Map()
  if (managers.size > 0) return { managers, base: live }
  const writer = { manager: 'before-first-apply', time }
  return { managers: updated(resource, managers, nothing(resource), live, writer), base: live }
}

interface Attempt {
  readonly resource: ServedResource
  readonly atom: Atom
  readonly base: KubeObject
  readonly managers: Managers
  readonly config: KubeObject
  readonly applier: Applier
}

function outcomeOf(attempt: Attempt): KubeObject {
  const { resource, atom, base, managers, config, applier } = attempt
  const { manager: name, subresource, time, force } = applier
  const ignored = untouchable(resource, subresource)
  const manager: Manager = {
    manager: name,
    operation: 'Apply',
    apiVersion: apiVersionOf(resource),
    ...(subresource !== undefined && { subresource }),
  }
  const self = managerKey(manager)
  const last = managers.get(self)
  const fields = withoutTrees(fieldsOf(atom, config), ignored)
  const all = new Map(managers).set(self, { manager, fields, ...(last?.time !== undefined && { time: last.time }) })
  const next = pruned(atom, merged(atom, base, config), all, last?.fields)
  const comparison = compareBut(atom, base, next, ignored)
  const conflicts = conflictsOf(all, self, comparison)
  if (conflicts.size > 0 && !force) {
    const left = unlessClientSide(attempt, conflicts)
    if (left.size > 0) throw conflictFailure(all, left)
  }
  const lost = new Map([...all.keys()].filter((key) => key !== self).map((key) => [key, comparison.removed]))
  for (const [key, set] of conflicts) lost.set(key, union(set, comparison.removed))
  const owners = withLost(all, lost)
  const mine = withoutServers(fields)
  const isSame = equalJson(withoutManagers(base), withoutManagers(next))
  if (isEmpty(mine)) owners.delete(self)
  else owners.set(self, { manager, fields: mine, ...timeOf(isSame ? last : { time }) })
  const managedFields = entriesOf(owners)
  return withOwners(next, managedFields)
}

function withOwners(object: KubeObject, managedFields: readonly unknown[] | undefined): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata: { ...metadata, ...(managedFields && { managedFields }) } }
}

function timeOf(owned: { readonly time?: string } | undefined): { readonly time?: string } {
  return owned?.time === undefined ? {} : { time: owned.time }
}

function withoutManagers({ metadata, ...rest }: Partial<KubeObject>): object {
  const { managedFields: _, ...own } = metadata ?? {}
  return { ...rest, metadata: own }
}

/** Takes away what the applier has applied before and nobody owns now (merge/update.go, prune). */
function pruned(atom: Atom, whole: unknown, managers: Managers, last: FieldSet | undefined): KubeObject {
  if (last === undefined || isEmpty(last)) return whole as KubeObject
  const named = (set: FieldSet): FieldSet => withNamedFields(atom, set)
  const before = named(fieldsOf(atom, whole))
  const bare = named(fieldsOf(atom, withoutFields(atom, whole, named(last))))
  const theirs = named([...managers.values()].map(({ fields }) => fields).reduce(union, {}))
  const backed = withoutFields(atom, whole, difference(before, union(bare, theirs)))
  const kept = named(fieldsOf(atom, backed))
  return withoutFields(atom, whole, intersection(difference(before, kept), named(last))) as KubeObject
}

/** Conflicts but those with what kubectl itself has applied from its client (internal/lastappliedmanager.go). */
function unlessClientSide(
  { resource, atom, base, applier }: Attempt,
  conflicts: ReadonlyMap<string, FieldSet>,
): ReadonlyMap<string, FieldSet> {
  const allowed = applier.manager === kubectl ? clientSideFields(resource, atom, base) : undefined
  if (allowed === undefined) return conflicts
  const left = new Map<string, FieldSet>()
  for (const [key, set] of conflicts) {
    const others = difference(set, allowed)
    if (!isEmpty(others)) left.set(key, others)
  }
  return left
}

/** The fields of the last applied configuration that are as they were applied. */
function clientSideFields(resource: ServedResource, atom: Atom, live: KubeObject): FieldSet | undefined {
  const text = live.metadata.annotations?.[lastApplied]
  if (text === undefined || text === '') return undefined
  const config = parsed(text)
  if (!isRecord(config) || config['apiVersion'] !== apiVersionOf(resource)) return undefined
  if (typeFault(atom, config) !== undefined) return undefined
  const { removed, modified, added } = compare(atom, config, live)
  return [removed, modified, added].reduce(difference, fieldsOf(atom, config))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An object that kubectl applied from its client says so still, with what it applies now (internal/lastappliedupdater.go). */
function withLastApplied(object: KubeObject, config: KubeObject): KubeObject {
  const { annotations } = object.metadata
  if (!annotations?.[lastApplied]) return object
  const { [lastApplied]: _, ...own } = config.metadata.annotations ?? {}
  const { annotations: given, ...metadata } = config.metadata
  const said = { ...config, metadata: { ...metadata, ...(given && { annotations: own }) } }
  const text = `${goJson(said)}\n`
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [lastApplied]: text } } }
}

/** As Go writes JSON: keys in order, and nothing that HTML would read. */
function goJson(value: unknown): string {
  return stableJson(value).replace(/[<>&]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
}

/** k8s.io/apimachinery v0.36.3, internal/conflict.go */
function conflictFailure(managers: Managers, conflicts: ReadonlyMap<string, FieldSet>): Failure {
  const told = [...conflicts.keys()].sort().map((key) => {
    const { manager } = managers.get(key) as Owned
    return { name: managerText(manager), paths: pathsOf(conflicts.get(key) ?? {}).map(pathText) }
  })
  const causes = told.flatMap(({ name, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${name}`, field })),
  )
  const [only, ...others] = causes
  const list = told.flatMap(({ name, paths }) => [`conflicts with ${name}:`, ...paths.map((path) => `- ${path}`)])
  const message =
    only && others.length === 0
      ? `Apply failed with 1 conflict: ${only.message}: ${only.field}`
      : `Apply failed with ${causes.length} conflicts: ${list.join('\n')}`
  return new Failure(409, 'Conflict', message, { causes })
}

function managerText({ manager, operation, apiVersion, subresource }: Manager): string {
  const name = JSON.stringify(manager)
  const where = subresource === undefined ? name : `${name} with subresource ${JSON.stringify(subresource)}`
  return operation === 'Update' ? `${where} using ${apiVersion}` : where
}
