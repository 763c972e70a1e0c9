import { isRecord, type KubeObject } from '../kube/object.ts'
import { type Resource, resourceName, resources } from '../kube/resources.ts'
import type { Cluster, DeleteOptions, ListOptions, ListPage, Preconditions, WriteOptions } from './cluster.ts'
import { type Asked, failedWith } from './errors.ts'
import { nextPageOf } from './next-page.ts'
import { outlineOwnedFields } from './owned-fields.ts'
import { type ListDocument, pagesOf } from './pages.ts'
import { type Query, resourcePath, withQuery } from './paths.ts'
import type { Requests } from './requests.ts'
import type { Settings } from './settings.ts'
import { watchOf } from './watch.ts'

const defaultPageSize = 500
/** meta/v1 PartialObjectMetadataList, which API servers give of every resource; a server that cannot sends whole objects */
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
const defaultFieldManager = 'kubectl-migrate'

/** Where a resource's objects are, and how a request for them is told of. */
class Address {
  readonly #own: string

  /** @param own the namespace of a connection that names none */
  constructor(own: string) {
    this.#own = own
  }

  place(resource: Resource, namespace: string | undefined): string | undefined {
    return resource.namespaced ? (namespace ?? this.#own) : undefined
  }

  /** What every request says beside its method and path. */
  of(verb: string, resource: Resource, namespace: string | undefined, name?: string) {
    const asked: Asked = { verb, resource: resourceName(resource), namespace, ...(name !== undefined && { name }) }
    return { asked, group: resource.group }
  }
}

/** The Cluster of one connection: paths, verbs and query parameters of the Kubernetes API over `requests`. */
export function createCluster(settings: Settings, requests: Requests): Cluster {
  const address = new Address(settings.namespace)
  const reading = reads(address, requests)
  return {
    context: settings.context,
    namespace: settings.namespace,
    server: settings.server,
    get requests() {
      return requests.count
    },
    ...reading,
    ...follows(address, requests, reading),
    ...writes(address, requests),
    raw: (path) =>
      requests.json({ method: 'GET', path, asked: { verb: 'get', resource: path }, group: '', safe: true }),
    close: () => requests.close(),
  }
}

/** Objects one by one, and lists of them. */
function reads(address: Address, requests: Requests): Pick<Cluster, 'get' | 'find' | 'pages' | 'list'> {
  async function get<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
  ): Promise<T> {
    const where = address.place(resource, namespace)
    const path = resourcePath(resource, where, name)
    return (await requests.json({ method: 'GET', path, ...address.of('get', resource, where, name), safe: true })) as T
  }

  function pages<T extends KubeObject>(resource: Resource, options: ListOptions): AsyncIterable<ListPage<T>> {
    const { namespace, labelSelector, fieldSelector, pageSize = defaultPageSize, outlined, metadataOnly } = options
    let limit = options.firstPageSize ?? pageSize
    return pagesOf<T>(resource, async (continueToken) => {
      const query = { labelSelector, fieldSelector, limit: limit || undefined, continue: continueToken }
      limit = Math.min(3 * limit, pageSize)
      const { text, parse } = await requests.unparsed({
        method: 'GET',
        path: withQuery(resourcePath(resource, namespace), query),
        ...address.of('list', resource, namespace),
        safe: true,
        accept: metadataOnly ? metadataList : undefined,
      })
      const document = () => parse(outlined ? outlineOwnedFields : undefined) as ListDocument<T>
      return { next: nextPageOf(text), document }
    })
  }

  return {
    get,
    async find(resource, namespace, name) {
      try {
        return await get(resource, namespace, name)
      } catch (error) {
        if (failedWith(error, 'notFound')) return undefined
        throw error
      }
    },
    pages,
    async list<T extends KubeObject>(resource: Resource, options: ListOptions): Promise<ListPage<T>> {
      const items: T[] = []
      let resourceVersion = ''
      for await (const page of pages<T>(resource, options)) {
        for (const item of page.items) items.push(item)
        resourceVersion = page.resourceVersion
      }
      return { items, resourceVersion }
    },
  }
}

/** Answers that do not end: watches, which list anew where they must, and logs. */
function follows(
  address: Address,
  requests: Requests,
  { list }: Pick<Cluster, 'list'>,
): Pick<Cluster, 'watch' | 'podLog'> {
  return {
    watch: (resource, options) => {
      const about = address.of('watch', resource, options.namespace)
      return watchOf(options, {
        list: () => list(resource, options),
        open: (resourceVersion, seconds) =>
          requests.stream({
            method: 'GET',
            path: withQuery(resourcePath(resource, options.namespace), {
              labelSelector: options.labelSelector,
              fieldSelector: options.fieldSelector,
              watch: 'true',
              allowWatchBookmarks: 'true',
              timeoutSeconds: seconds,
              resourceVersion,
            }),
            ...about,
            safe: true,
            beginsAtOnce: true,
            signal: options.signal,
          }),
        failure: (object) => requests.failure(object, about.asked, about.group),
        sleep: (milliseconds) => requests.sleep(milliseconds, options.signal),
      })
    },
    podLog: (namespace, pod, query, signal, options = {}) =>
      requests.stream({
        method: 'GET',
        path: withQuery(`${resourcePath(resources.pods, namespace, pod)}/log`, {
          ...query,
          follow: query.follow ? 'true' : undefined,
          previous: query.previous ? 'true' : undefined,
          timestamps: query.timestamps ? 'true' : undefined,
        }),
        asked: { verb: 'get', resource: 'pods/log', namespace, name: pod },
        group: '',
        safe: true,
        accept: '*/*',
        signal,
        once: options.once,
      }),
  }
}

/** What changes the cluster, each as strict as the server can be about fields it does not know. */
function writes(address: Address, requests: Requests): Pick<Cluster, 'create' | 'apply' | 'patch' | 'delete'> {
  async function write<T extends KubeObject>(
    verb: 'create' | 'patch',
    resource: Resource,
    where: { readonly namespace: string | undefined; readonly name?: string },
    body: unknown,
    contentType: string,
    options: WriteOptions & { readonly force?: boolean },
  ): Promise<T> {
    const namespace = address.place(resource, where.namespace)
    const query: Query = {
      fieldManager: options.fieldManager ?? defaultFieldManager,
      fieldValidation: 'Strict',
      dryRun: options.dryRun ? 'All' : undefined,
      force: options.force ? 'true' : undefined,
    }
    const pathName = verb === 'create' ? undefined : where.name
    return (await requests.json({
      method: verb === 'create' ? 'POST' : 'PATCH',
      path: withQuery(resourcePath(resource, namespace, pathName), query),
      ...address.of(verb, resource, namespace, where.name),
      safe: options.dryRun === true,
      body: JSON.stringify(body),
      contentType,
    })) as T
  }

  return {
    create: (resource, object, options = {}) => {
      const { namespace, name } = object.metadata
      return write('create', resource, { namespace, name }, object, 'application/json', options)
    },
    apply: (resource, object, options = {}) => {
      const { namespace, name } = object.metadata
      return write('patch', resource, { namespace, name }, object, 'application/apply-patch+yaml', options)
    },
    patch: (resource, namespace, name, body, options = {}) => {
      const guarded = withPreconditions(body, options.preconditions)
      return write('patch', resource, { namespace, name }, guarded, 'application/merge-patch+json', options)
    },
    async delete(resource, namespace, name, options = {}) {
      const where = address.place(resource, namespace)
      try {
        await requests.json({
          method: 'DELETE',
          path: resourcePath(resource, where, name),
          ...address.of('delete', resource, where, name),
          safe: options.dryRun === true,
          body: JSON.stringify(deleteBody(options)),
          contentType: 'application/json',
        })
        return true
      } catch (error) {
        if (failedWith(error, 'notFound')) return false
        throw error
      }
    },
  }
}

function withPreconditions(body: Record<string, unknown>, preconditions: Preconditions = {}): Record<string, unknown> {
  const { uid, resourceVersion } = preconditions
  if (uid === undefined && resourceVersion === undefined) return body
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {}
  return {
    ...body,
    metadata: { ...metadata, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
  }
}

/** metav1.DeleteOptions. */
function deleteBody(options: DeleteOptions): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: options.preconditions,
    propagationPolicy: options.propagationPolicy,
    gracePeriodSeconds: options.gracePeriodSeconds,
    dryRun: options.dryRun ? ['All'] : undefined,
  }
}
