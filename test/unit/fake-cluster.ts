import type {
  Cluster,
  DeleteOptions,
  ListOptions,
  ListPage,
  LogQuery,
  Preconditions,
  WatchEvent,
  WriteOptions,
} from '../../src/cluster/cluster.ts'
import { type Asked, ClusterError } from '../../src/cluster/errors.ts'
import { isRecord, type KubeObject } from '../../src/kube/object.ts'
import { type Resource, resourceName, resources } from '../../src/kube/resources.ts'
import { matchesFields, matchesLabels } from './selectors.ts'

/** Plays a container's log: text and pauses, or a failure. */
export type FakeLog = (query: LogQuery, signal: AbortSignal) => AsyncIterable<string | Uint8Array>

export interface FakeClusterOptions {
  readonly objects?: readonly KubeObject[]
  readonly namespace?: string
  readonly context?: string
  /** resources whose CRD is not installed */
  readonly absent?: readonly Resource[]
  /** RBAC: true for what may not be done */
  readonly forbid?: (asked: Asked) => boolean
  /** answers of `raw` by path; any other path is an unexpected request */
  readonly raw?: Readonly<Record<string, unknown>>
  /** logs by `pod/container`: lines as they are written with their times, or what answers to a reading */
  readonly logs?: Readonly<Record<string, string | FakeLog>>
  /** webhooks: what is stored of what is sent; throws to refuse */
  readonly admit?: (object: KubeObject, before: KubeObject | undefined) => KubeObject
  /** time written as creationTimestamp, default 2026-01-01T00:00:00Z */
  readonly now?: () => Date
}

/** What the API server says of TrainJobs, as far as anybody asks: the fields of their spec. */
const schemaOfTrainer = '/openapi/v3/apis/trainer.kubeflow.org/v1alpha1'
const patch = { properties: { terminationGracePeriodSeconds: {} } }
const newestTrainer = {
  components: {
    schemas: {
      'org.kubeflow.trainer.v1alpha1.TrainJob': {
        properties: {
          spec: { properties: { runtimeRef: {}, trainer: {}, suspend: {}, runtimePatches: { items: patch } } },
        },
      },
    },
  },
}

/** What a cluster says that it serves: both sides, but for what is absent. */
function discoveryOf(absent: readonly Resource[] = []): Readonly<Record<string, unknown>> {
  const served = Object.values(resources).filter(
    (each) => !absent.some((one) => resourceName(one) === resourceName(each)),
  )
  const of = (group: string) => served.filter((each) => each.group === group)
  const groups = ['kubeflow.org', resources.trainJobs.group, resources.jobSets.group].flatMap((name) => {
    const [first] = of(name)
    return first ? [{ name, versions: [{ version: first.version }] }] : []
  })
  const v1 = of('kubeflow.org').map(({ plural, kind }) => ({ name: plural, kind }))
  return { '/apis': { groups }, '/apis/kubeflow.org/v1': { resources: v1 } }
}

export type Change = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: Resource
  readonly object: KubeObject
}

/**
 * A cluster in memory: stores objects, selects, pages, watches, checks preconditions, and refuses what it does not know.
 * No operator acts here: a test plays them with `put`, `remove` and `onChange`.
 */
export class FakeCluster implements Cluster {
  readonly context: string
  readonly namespace: string
  readonly server = 'https://fake.example:6443'
  /** every request in order, e.g. `list pods look training.kubeflow.org/job-name=bert`, a patch with `(dry run)` behind it where it is one */
  readonly log: string[] = []
  /** every Event that was written */
  readonly announced: KubeObject[] = []
  /** resolves the watches that are open */
  closed = false
  readonly #options: FakeClusterOptions
  readonly #objects = new Map<string, { resource: Resource; object: KubeObject }>()
  readonly #listeners = new Set<(change: Change) => void>()
  /** what a watch tells that begins at an older version; emptied: the API server has forgotten */
  readonly history: Change[] = []
  #version = 1

  constructor(options: FakeClusterOptions = {}) {
    this.#options = options
    this.context = options.context ?? 'fake'
    this.namespace = options.namespace ?? 'default'
    for (const object of options.objects ?? []) this.put(object)
  }

  get requests(): number {
    return this.log.length
  }

  /** Stores an object as somebody else's write would: uid, resourceVersion and creationTimestamp are filled in where absent. */
  put(object: KubeObject): KubeObject {
    const resource = resourceOf(object)
    const key = keyOf(resource, object.metadata.namespace, object.metadata.name ?? '')
    const before = this.#objects.get(key)
    const stored = withData(structuredClone(object))
    stored.metadata.uid ??= before?.object.metadata.uid ?? `uid-${++this.#version}`
    stored.metadata.creationTimestamp ??= (this.#options.now?.() ?? new Date('2026-01-01T00:00:00Z')).toISOString()
    stored.metadata.resourceVersion = String(++this.#version)
    this.#objects.set(key, { resource, object: stored })
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', resource, object: stored })
    return structuredClone(stored)
  }

  /** Takes an object and all that it owns away, as the garbage collector does. */
  remove(resource: Resource, namespace: string | undefined, name: string): boolean {
    const key = keyOf(resource, namespace, name)
    const gone = this.#objects.get(key)
    if (!gone) return false
    this.#objects.delete(key)
    gone.object.metadata.resourceVersion = String(++this.#version)
    this.#tell({ type: 'DELETED', resource, object: gone.object })
    for (const { resource: kind, object } of [...this.#objects.values()]) {
      const owned = object.metadata.ownerReferences?.some((owner) => owner.uid === gone.object.metadata.uid)
      if (owned) this.remove(kind, object.metadata.namespace, object.metadata.name ?? '')
    }
    return true
  }

  /** Calls back after every change of any object; returns how to stop. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Every stored object of a resource, by namespace and name. */
  all(resource: Resource): KubeObject[] {
    return [...this.#objects.entries()]
      .filter(([key]) => key.startsWith(`${resourceName(resource)} `))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { object }]) => structuredClone(object))
  }

  async get<T extends KubeObject>(resource: Resource, namespace: string | undefined, name: string): Promise<T> {
    const asked = this.#ask('get', resource, namespace, name)
    const found = this.#objects.get(keyOf(resource, namespace, name))
    if (!found) throw new ClusterError({ kind: 'notFound', ...asked })
    return structuredClone(found.object) as T
  }

  async find<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
  ): Promise<T | undefined> {
    this.#ask('get', resource, namespace, name)
    const found = this.#objects.get(keyOf(resource, namespace, name))
    return found && (structuredClone(found.object) as T)
  }

  async *pages<T extends KubeObject>(resource: Resource, options: ListOptions): AsyncIterable<ListPage<T>> {
    const size = options.pageSize === 0 ? Number.POSITIVE_INFINITY : (options.pageSize ?? 500)
    let from = 0
    let wanted = options.firstPageSize ?? size
    let more = true
    while (more) {
      this.#ask('list', resource, options.namespace, undefined, options)
      const items = this.#select(resource, options)
      const end = Math.min(items.length, from + wanted)
      wanted = Math.min(3 * wanted, size)
      const selects = options.labelSelector !== undefined || options.fieldSelector !== undefined
      const remaining = selects && end < items.length ? undefined : items.length - end
      yield { items: items.slice(from, end) as T[], resourceVersion: String(this.#version), remaining }
      from = end
      more = end < items.length
    }
  }

  async list<T extends KubeObject>(resource: Resource, options: ListOptions): Promise<ListPage<T>> {
    const items: T[] = []
    let resourceVersion = ''
    for await (const page of this.pages<T>(resource, options)) {
      items.push(...page.items)
      resourceVersion = page.resourceVersion
    }
    return { items, resourceVersion }
  }

  async *watch<T extends KubeObject>(
    resource: Resource,
    options: ListOptions & { readonly resourceVersion?: string; readonly signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>> {
    this.#ask('watch', resource, options.namespace, undefined, options)
    const queue: WatchEvent<T>[] = []
    let wake: () => void = () => undefined
    const stop = this.onChange(({ type, resource: changed, object }) => {
      if (resourceName(changed) !== resourceName(resource) || !selects(options, object)) return
      queue.push({ type, object: structuredClone(object) as T })
      wake()
    })
    options.signal.addEventListener('abort', () => wake())
    try {
      const from = options.resourceVersion
      const known = this.history[0]?.object.metadata.resourceVersion ?? String(this.#version + 1)
      if (from === undefined || Number(from) + 1 < Number(known)) {
        yield { type: 'RESYNC', items: this.#select(resource, options) as T[], resourceVersion: String(this.#version) }
      } else {
        for (const { type, resource: changed, object } of [...this.history]) {
          if (Number(object.metadata.resourceVersion) <= Number(from)) continue
          if (resourceName(changed) !== resourceName(resource) || !selects(options, object)) continue
          yield { type, object: structuredClone(object) as T }
        }
      }
      while (!options.signal.aborted && !this.closed) {
        const next = queue.shift()
        if (next) yield next
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      stop()
    }
  }

  async create<T extends KubeObject>(resource: Resource, object: KubeObject, options?: WriteOptions): Promise<T> {
    if (resource === resources.selfSubjectReviews) {
      this.log.push('review self')
      return { ...object, status: { userInfo: { username: 'jane' } } } as KubeObject as T
    }
    if (resource.group === 'authorization.k8s.io') return this.#review(resource, object) as T
    const { namespace, name = `${object.metadata.generateName}x` } = object.metadata
    if (resource === resources.newEvents) return this.#announce(object) as T
    const asked = this.#ask('create', resource, namespace, name)
    if (this.#objects.has(keyOf(resource, namespace, name))) throw new ClusterError({ kind: 'alreadyExists', ...asked })
    return this.#write({ ...object, metadata: { ...object.metadata, name } }, options) as T
  }

  async apply<T extends KubeObject>(
    resource: Resource,
    object: KubeObject,
    options?: WriteOptions & { readonly force?: boolean },
  ): Promise<T> {
    const { namespace, name = '' } = object.metadata
    this.#ask('patch', resource, namespace, name)
    const before = this.#objects.get(keyOf(resource, namespace, name))?.object
    return this.#write(merge(before ?? {}, object) as KubeObject, options) as T
  }

  async patch<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    body: Record<string, unknown>,
    options?: WriteOptions & { readonly preconditions?: Preconditions },
  ): Promise<T> {
    const asked = this.#ask('patch', resource, namespace, name)
    if (options?.dryRun === true) this.log.push(`${this.log.pop()} (dry run)`)
    const before = this.#objects.get(keyOf(resource, namespace, name))?.object
    if (!before) throw new ClusterError({ kind: 'notFound', ...asked })
    check(asked, before, options?.preconditions)
    return this.#write(merge(before, body) as KubeObject, options) as T
  }

  async delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): Promise<boolean> {
    const asked = this.#ask('delete', resource, namespace, name)
    const before = this.#objects.get(keyOf(resource, namespace, name))?.object
    if (!before) return false
    check(asked, before, options?.preconditions)
    return options?.dryRun === true || this.remove(resource, namespace, name)
  }

  async podLog(
    namespace: string,
    pod: string,
    query: LogQuery,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const { container, timestamps, ...rest } = query
    const words = Object.entries(rest).flatMap(([key, value]) => (value === undefined ? [] : `${key}=${value}`))
    this.log.push(['get pods/log', namespace, `${pod}/${container}`, ...words].join(' '))
    const asked = { verb: 'get', resource: 'pods/log', namespace, name: pod }
    if (this.#options.forbid?.(asked)) {
      const message = 'User "jane" cannot get resource "pods/log" in API group ""'
      throw new ClusterError({ kind: 'forbidden', group: '', user: 'jane', message, ...asked })
    }
    // where a test has no logs, pods that are there have written nothing
    const nothing = this.#options.logs || !this.#objects.has(keyOf(resources.pods, namespace, pod)) ? undefined : ''
    const log = this.#options.logs?.[`${pod}/${container}`] ?? nothing
    if (log === undefined) throw new ClusterError({ kind: 'notFound', ...asked })
    const encoder = new TextEncoder()
    const pieces = typeof log === 'string' ? [log] : log(query, signal)
    return (async function* () {
      for await (const piece of pieces) yield typeof piece === 'string' ? encoder.encode(piece) : piece
    })()
  }

  async raw(path: string): Promise<unknown> {
    this.log.push(`get ${path}`)
    if (path === schemaOfTrainer && this.#options.absent?.some(({ group }) => group === resources.trainJobs.group)) {
      throw new ClusterError({ kind: 'apiAbsent', verb: 'get', resource: path })
    }
    const kueue = `/apis/${resources.workloads.group}`
    if (path === kueue && this.#options.absent?.some(({ group }) => group === resources.workloads.group)) {
      throw new ClusterError({ kind: 'apiAbsent', verb: 'get', resource: path })
    }
    const answers: Readonly<Record<string, unknown>> = {
      [kueue]: { kind: 'APIGroup', name: resources.workloads.group },
      [schemaOfTrainer]: newestTrainer,
      ...discoveryOf(this.#options.absent),
      ...this.#options.raw,
    }
    if (!(path in answers)) throw new Error(`unexpected request: GET ${path}`)
    return structuredClone(answers[path])
  }

  close(): void {
    this.closed = true
  }

  #ask(verb: string, resource: Resource, namespace?: string, name?: string, options?: ListOptions): Asked {
    known(resource)
    const asked = { verb, resource: resourceName(resource), namespace, name }
    const words = [verb, asked.resource, namespace ?? '*', name, options?.labelSelector, options?.fieldSelector]
    this.log.push(words.filter((word) => word !== undefined).join(' '))
    if (this.#isAbsent(resource)) {
      throw new ClusterError({ kind: 'apiAbsent', ...asked })
    }
    if (this.#options.forbid?.(asked)) {
      const message = `User "jane" cannot ${verb} resource "${resource.plural}" in API group "${resource.group}"`
      throw new ClusterError({ kind: 'forbidden', group: resource.group, user: 'jane', message, ...asked })
    }
    if (verb === 'list' || verb === 'watch') matchesFields(resource, options?.fieldSelector, undefined)
    return asked
  }

  /** Of the two that have one name, mpi-operator's is there where it has objects. */
  #isAbsent(resource: Resource): boolean {
    const { mpiOperatorJobs } = resources
    if (resource === mpiOperatorJobs) {
      return ![...this.#objects.values()].some((stored) => stored.resource === mpiOperatorJobs)
    }
    return this.#options.absent?.some((absent) => resourceName(absent) === resourceName(resource)) ?? false
  }

  /** What the user may do: everything but what is forbidden, of which each is to be asked for. */
  #review(review: Resource, { spec }: KubeObject): KubeObject {
    const { kind } = review
    const forbid = this.#options.forbid
    const asked = isRecord(spec) && isRecord(spec['resourceAttributes']) ? spec['resourceAttributes'] : {}
    const { group, resource, subresource, verb, namespace } = asked as Record<string, string | undefined>
    const name = subresource ? `${resource}/${subresource}` : `${resource}${group ? `.${group}` : ''}`
    this.log.push(`review ${kind === 'SelfSubjectRulesReview' ? 'rights' : `${verb} ${name}`}`)
    if (this.#options.absent?.includes(review)) {
      throw new ClusterError({ kind: 'apiAbsent', verb: 'create', resource: resourceName(review) })
    }
    const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
    const allowed = !forbid?.({ verb: verb ?? '', resource: name, namespace })
    const status =
      kind === 'SelfSubjectRulesReview'
        ? { resourceRules: forbid ? [] : [everything], nonResourceRules: [], incomplete: forbid !== undefined }
        : { allowed }
    return { apiVersion: 'authorization.k8s.io/v1', kind, metadata: {}, spec, status }
  }

  /** An Event tells of writes, and is none of them: neither in the log of requests nor to be counted. */
  #announce(object: KubeObject): KubeObject {
    const asked = { verb: 'create', resource: resourceName(resources.newEvents), namespace: object.metadata.namespace }
    if (this.#options.forbid?.(asked)) {
      throw new ClusterError({ kind: 'forbidden', group: resources.newEvents.group, message: 'no', ...asked })
    }
    if (this.#isAbsent(resources.newEvents)) throw new ClusterError({ kind: 'apiAbsent', ...asked })
    this.announced.push(object)
    return object
  }

  #select(resource: Resource, options: ListOptions): KubeObject[] {
    return this.all(resource).filter((object) => selects(options, object))
  }

  #write(sent: KubeObject, options?: WriteOptions): KubeObject {
    const { namespace, name = '' } = sent.metadata
    const before = this.#objects.get(keyOf(resourceOf(sent), namespace, name))?.object
    const object = this.#options.admit?.(sent, before) ?? sent
    return options?.dryRun === true ? structuredClone(object) : this.put(object)
  }

  #tell(change: Change): void {
    this.history.push({ ...change, object: structuredClone(change.object) })
    for (const listener of [...this.#listeners]) listener(change)
  }
}

function selects(options: ListOptions, object: KubeObject): boolean {
  return (
    (options.namespace === undefined || object.metadata.namespace === options.namespace) &&
    matchesLabels(options.labelSelector, object.metadata.labels ?? {}) &&
    matchesFields(resourceOf(object), options.fieldSelector, object)
  )
}

function check(asked: Asked, object: KubeObject, preconditions: Preconditions = {}): void {
  for (const field of ['uid', 'resourceVersion'] as const) {
    const wanted = preconditions[field]
    if (wanted === undefined || wanted === object.metadata[field]) continue
    const message = `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${object.metadata[field]}`
    throw new ClusterError({ kind: 'conflict', message, owned: [], ...asked })
  }
}

/** A Secret's stringData is written, never read. */
function withData(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object
  if (!isRecord(stringData)) return object
  const data = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')])
  return { ...rest, data: Object.fromEntries(data) }
}

/** JSON merge patch (RFC 7386). */
function merge(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return structuredClone(patch)
  const result: Record<string, unknown> = isRecord(target) ? structuredClone(target) : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merge(result[key], value)
  }
  return result
}

const byKind = new Map<string, Resource>(Object.values(resources).map((resource) => [kindKey(resource), resource]))

function kindKey({ group, version, kind }: Pick<Resource, 'group' | 'version' | 'kind'>): string {
  return `${group === '' ? version : `${group}/${version}`} ${kind}`
}

function resourceOf(object: KubeObject): Resource {
  const resource = byKind.get(`${object.apiVersion} ${object.kind}`)
  if (!resource) throw new Error(`the fake cluster knows no ${object.kind} of ${object.apiVersion}`)
  return resource
}

function known(resource: Resource): void {
  if (!byKind.has(kindKey(resource))) throw new Error(`unexpected request for ${resourceName(resource)}`)
}

function keyOf(resource: Resource, namespace: string | undefined, name: string): string {
  if (resource.namespaced && namespace === undefined)
    throw new Error(`${resourceName(resource)} ${name}: no namespace given`)
  return `${resourceName(resource)} ${resource.namespaced ? namespace : ''} ${name}`
}
