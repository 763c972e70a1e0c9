import { equalJson } from '../../kube/clone.ts'
import { isRecord, type KubeObject } from '../../kube/object.ts'
import type { ServedResource } from '../served.ts'
import { entriesOf, type Managers, managersIn, unlessFaulty } from './managers.ts'
import { created, nothing, updated, type Writer } from './tracked.ts'

/** A creation, of which nobody has asked who owns what. */
interface Creation {
  readonly object: KubeObject
  readonly writer: Writer
}

/** A later write, of which nobody has asked either. */
interface Change {
  readonly before: object
  readonly after: object
  readonly writer: Writer
}

/** What is not yet worked out: the last list that was, or the creation, and the writes since. */
interface Unread {
  readonly from: Creation | readonly unknown[]
  readonly changes: readonly Change[]
}

/** So many writes wait, with the objects they have changed; at the next they are worked out. */
const mostChanges = 4

const ledger = Symbol('ledger')

/**
 * metadata.managedFields that are worked out when they are first looked at: of ten thousand objects those of nearly all never are. To whoever
 * looks it is a list as any other.
 */
class Ledger implements ProxyHandler<unknown[]> {
  readonly #resource: ServedResource
  #unread: Unread | undefined

  constructor(resource: ServedResource, unread: Unread) {
    this.#resource = resource
    this.#unread = unread
  }

  get unread(): Unread | undefined {
    return this.#unread
  }

  get(list: unknown[], key: string | symbol): unknown {
    if (key === ledger) return this
    const entries = this.#read(list)
    // a list of nobody is none, in JSON as well
    if (key === 'toJSON' && entries.length === 0) return () => undefined
    return Reflect.get(entries, key)
  }

  has(list: unknown[], key: string | symbol): boolean {
    return Reflect.has(this.#read(list), key)
  }

  ownKeys(list: unknown[]): (string | symbol)[] {
    return Reflect.ownKeys(this.#read(list))
  }

  getOwnPropertyDescriptor(list: unknown[], key: string | symbol): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#read(list), key)
  }

  #read(list: unknown[]): unknown[] {
    const unread = this.#unread
    if (unread === undefined) return list
    list.push(...entriesIn(this.#resource, unread))
    this.#unread = undefined
    return list
  }
}

function entriesIn(resource: ServedResource, unread: Unread): readonly unknown[] {
  return unlessFaulty(() => entriesFrom(resource, unread)) ?? []
}

function entriesFrom(resource: ServedResource, { from, changes }: Unread): readonly unknown[] | undefined {
  let managers: Managers =
    'writer' in from ? created(resource, from.object, from.writer) : (managersIn(resource, from) ?? new Map())
  for (const { before, after, writer } of changes) managers = updated(resource, managers, before, after, writer)
  return entriesOf(managers)
}

function listOf(resource: ServedResource, unread: Unread): readonly unknown[] {
  return new Proxy<unknown[]>([], new Ledger(resource, unread))
}

/** What a stored list was made of, as long as nobody has looked at it; else the list itself. */
function sourceOf(stored: readonly unknown[]): Unread {
  const known = (stored as { readonly [ledger]?: Ledger })[ledger]?.unread
  return known ?? { from: stored, changes: [] }
}

/** The owners of an object that is created, to be looked at later; undefined where that somebody owns something is not plain to see. */
export function ownersOfCreation(
  resource: ServedResource,
  object: KubeObject,
  writer: Writer,
): readonly unknown[] | undefined {
  const zero = nothing(resource)
  const isSome = partsOf(object).some((key) => isPlainlySome(object[key], zero[key]))
  return isSome ? listOf(resource, { from: { object, writer }, changes: [] }) : undefined
}

/** The owners after a later write, to be looked at later; undefined where that somebody still owns something is not plain to see. */
export function ownersOfChange(
  resource: ServedResource,
  before: KubeObject,
  after: KubeObject,
  writer: Writer,
): readonly unknown[] | undefined {
  const stored = before.metadata['managedFields']
  if (!Array.isArray(stored)) return undefined
  const source = sourceOf(stored)
  const isStatus = resource.status && writer.subresource === 'status'
  if (isStatus && equalJson(before['status'], after['status'])) return stored
  const change = isStatus
    ? { before: statusOf(before), after: statusOf(after), writer }
    : { before: before as object, after: after as object, writer }
  if (!(isStatus ? ownsMore(source) : keepsOne(resource, source, after))) return undefined
  if (source.changes.length < mostChanges) return listOf(resource, { ...source, changes: [...source.changes, change] })
  return listOf(resource, { from: [...stored], changes: [change] })
}

/** A write of the status changes nothing else. */
function statusOf({ status }: KubeObject): object {
  return status === undefined ? {} : { status }
}

/** Whether somebody owns a field outside the status. */
function ownsMore({ from }: Unread): boolean {
  if ('writer' in from) return true
  return from.some((entry) => {
    if (!isRecord(entry) || entry['subresource'] !== undefined || !isRecord(entry['fieldsV1'])) return false
    return Object.keys(entry['fieldsV1']).some((element) => element !== 'f:status')
  })
}

/** Whether a field that came with the object is still there: it belongs to whoever wrote it last. */
function keepsOne(resource: ServedResource, { from, changes }: Unread, after: KubeObject): boolean {
  if (!('writer' in from)) return false
  const zero = nothing(resource)
  const versions = [from.object, ...changes.filter(isWhole).map((change) => change.after), after]
  return partsOf(after).some(
    (key) => zero[key] === undefined && versions.every((version) => isPlainlySome(version[key], undefined)),
  )
}

function isWhole(change: Change): change is Change & { readonly after: KubeObject } {
  return 'metadata' in change.after
}

const others: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status'])

/** What an object has beside what it is, and its status. */
function partsOf(object: KubeObject): string[] {
  return Object.keys(object).filter((key) => !others.has(key))
}

/** Whether a value is, whatever its schema, something where there was nothing. */
function isPlainlySome(value: unknown, zero: unknown): boolean {
  if (value === undefined || value === null) return false
  if (Array.isArray(value)) return value.length > 0 && !equalJson(value, zero)
  if (!isRecord(value)) return value !== zero
  const was = isRecord(zero) ? zero : {}
  return Object.keys(value).some((key) => isPlainlySome(value[key], was[key]))
}
