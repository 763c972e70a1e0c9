import { isRecord } from '../../kube/object.ts'
import { apiVersionOf, type ServedResource } from '../served.ts'
import { NoElement } from './atom.ts'
import { difference, type FieldSet, isEmpty, union } from './field-set.ts'

/** Who writes: an applier is told by name and subresource, any other by its version as well. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource?: string
}

/** What one manager owns, and when it last wrote. */
export interface Owned {
  readonly manager: Manager
  readonly fields: FieldSet
  readonly time?: string
}

/** By managerKey. */
export type Managers = ReadonlyMap<string, Owned>

export function managerKey({ manager, operation, apiVersion, subresource }: Manager): string {
  return `${manager}\n${operation}\n${operation === 'Update' ? apiVersion : ''}\n${subresource ?? ''}`
}

/**
 * metadata.managedFields read; undefined where an entry is none, as then the API server does as if there were nothing. What was written in a
 * version that is not served is nobody's any more.
 */
export function managersIn(resource: ServedResource, entries: unknown): Managers | undefined {
  const found = new Map<string, Owned>()
  for (const entry of Array.isArray(entries) ? (entries as readonly unknown[]) : []) {
    if (!isRecord(entry) || !isEntry(entry)) return undefined
    const { manager: name = '', operation, apiVersion, subresource, time, fieldsV1 } = entry
    const manager = { manager: name, operation, apiVersion, ...(subresource && { subresource }) }
    if (apiVersion !== apiVersionOf(resource)) continue
    found.set(managerKey(manager), { manager, fields: fieldsV1 ?? {}, ...(time !== undefined && { time }) })
  }
  return found
}

interface Entry extends Omit<Manager, 'manager'>, Record<string, unknown> {
  readonly manager?: string
  readonly time?: string
  readonly fieldsV1?: FieldSet
}

function isEntry(entry: Record<string, unknown>): entry is Entry {
  const { operation, apiVersion, fieldsType, fieldsV1 = {} } = entry
  const isWrite = operation === 'Apply' || operation === 'Update'
  return isWrite && typeof apiVersion === 'string' && fieldsType === 'FieldsV1' && isRecord(fieldsV1)
}

/** Whether somebody asks for nobody to own anything. */
export function isReset(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false
  const [first, ...others] = entries as readonly unknown[]
  return others.length === 0 && (first === undefined || (isRecord(first) && Object.keys(first).length === 0))
}

/** metadata.managedFields as it is stored: appliers first, then by time and name; undefined where nobody owns anything. */
export function entriesOf(managers: Managers): readonly unknown[] | undefined {
  if (managers.size === 0) return undefined
  const all = [...managers.values()]
  return (all.length > 1 ? all.sort(byOperationAndTime) : all).map(({ manager: of, fields, time }) => {
    const { manager, operation, apiVersion, subresource } = of
    return {
      apiVersion,
      fieldsType: 'FieldsV1',
      fieldsV1: fields,
      manager,
      operation,
      ...(subresource !== undefined && { subresource }),
      ...(time !== undefined && { time }),
    }
  })
}

/**
 * What is worked out; undefined where a list has an item that cannot be told from others: then a write that is no apply leaves nobody who owns
 * anything (k8s.io/apimachinery v0.36.3, pkg/util/managedfields/internal/fieldmanager.go, UpdateNoErrors).
 */
export function unlessFaulty<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof NoElement) return undefined
    throw error
  }
}

function byOperationAndTime(one: Owned, other: Owned): number {
  const keys = ({ manager: { operation, manager, apiVersion, subresource = '' }, time = '' }: Owned) => [
    operation,
    time,
    manager,
    apiVersion,
    subresource,
  ]
  const theirs = keys(other)
  for (const [at, mine] of keys(one).entries()) {
    const its = theirs[at] ?? ''
    if (mine !== its) return mine < its ? -1 : 1
  }
  return 0
}

/** The same managers without what one of them has lost; who has nothing left is no manager. */
export function withLost(managers: Managers, lost: ReadonlyMap<string, FieldSet>): Map<string, Owned> {
  const out = new Map<string, Owned>()
  for (const [key, owned] of managers) {
    const gone = lost.get(key)
    const fields = gone ? difference(owned.fields, gone) : owned.fields
    if (!isEmpty(fields)) out.set(key, fields === owned.fields ? owned : { ...owned, fields })
  }
  return out
}

/** At most so many who are no appliers are told apart (k8s.io/apimachinery v0.36.3, internal/fieldmanager.go). */
const mostUpdaters = 10

/** The longest ago of too many updaters are made one, `ancient-changes` (internal/capmanagers.go). */
export function capped(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { manager }]) => manager.operation === 'Update')
  const tooMany = updaters.length - mostUpdaters
  if (tooMany <= 0) return managers
  const oldest = updaters.sort(([, one], [, other]) => byTime(one, other)).slice(0, tooMany + 1)
  const last = oldest.at(-1)?.[1] as Owned
  const { apiVersion } = last.manager
  const manager: Manager = { manager: 'ancient-changes', operation: 'Update', apiVersion }
  const out = new Map(managers)
  for (const [key] of oldest) out.delete(key)
  const fields = oldest.map(([, owned]) => owned.fields).reduce((one, other) => union(one, other))
  return out.set(managerKey(manager), { ...last, manager, fields })
}

function byTime(one: Owned, other: Owned): number {
  const [mine, its] = [one.time ?? '', other.time ?? '']
  if (mine !== its) return mine < its ? -1 : 1
  return managerKey(one.manager) < managerKey(other.manager) ? -1 : 1
}
