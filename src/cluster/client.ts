import { isRecord, type KubeObject } from '../kube/object.ts'
import { type Resource, resourceName, resources } from '../kube/resources.ts'
import type { Cluster, DeleteOptions, ListOptions, ListPage, Preconditions, WriteOptions } from './cluster.ts'
import { type Asked, failedWith } from './errors.ts'
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

/** The Cluster of one connection: paths, verbs and query parameters of the Kubernetes API over `requests`. */
export function createCluster(settings: Settings, requests: Requests): Cluster {
  const place = (resource: Resource, namespace: string | undefined): string | undefined =>
    resource.namespaced ? (namespace ?? settings.namespace) : undefined

  const asked = (verb: string, resource: Resource, namespace: string | undefined, name?: string): Asked => ({
    verb,
    resource: resourceName(resource),
    namespace,
    ...(name !== undefined && { name }),
  })

  async function get<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
  ): Promise<T> {
    const where = place(resource, namespace)
    return (await requests.json({
      method: 'GET',
      path: resourcePath(resource, where, name),
      asked: asked('get', resource, where, name),
      group: resource.group,
      safe: true,
    })) as T
  }

  function pages<T extends KubeObject>(resource: Resource, options: ListOptions): AsyncIterable<ListPage<T>> {
    const { namespace, labelSelector, fieldSelector, pageSize = defaultPageSize, outlined, metadataOnly } = options
    let limit = options.firstPageSize ?? pageSize
    return pagesOf<T>(resource, async (continueToken) => {
      const query = { labelSelector, fieldSelector, limit: limit || undefined, continue: continueToken }
      limit = Math.min(3 * limit, pageSize)
      const parse = await requests.unparsed({
        method: 'GET',
        path: withQuery(resourcePath(resource, namespace), query),
        asked: asked('list', resource, namespace),
        group: resource.group,
        safe: true,
        accept: metadataOnly ? metadataList : undefined,
      })
      return () => parse(outlined ? outlineOwnedFields : undefined) as ListDocument<T>
    })
  }

  async function list<T extends KubeObject>(resource: Resource, options: ListOptions): Promise<ListPage<T>> {
    const items: T[] = []
    let resourceVersion = ''
    for await (const page of pages<T>(resource, options)) {
      for (const item of page.items) items.push(item)
      resourceVersion = page.resourceVersion
    }
    return { items, resourceVersion }
  }

  async function write<T extends KubeObject>(
    verb: 'create' | 'patch',
    resource: Resource,
    where: { readonly namespace: string | undefined; readonly name?: string },
    body: unknown,
    contentType: string,
    options: WriteOptions & { readonly force?: boolean },
  ): Promise<T> {
    const namespace = place(resource, where.namespace)
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
      asked: asked(verb, resource, namespace, where.name),
      group: resource.group,
      safe: options.dryRun === true,
      body: JSON.stringify(body),
      contentType,
    })) as T
  }

  return {
    context: settings.context,
    namespace: settings.namespace,
    server: settings.server,
    get requests() {
      return requests.count
    },
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
    list,
    watch: (resource, options) =>
      watchOf(options, {
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
            asked: asked('watch', resource, options.namespace),
            group: resource.group,
            safe: true,
            signal: options.signal,
          }),
        failure: (object) => requests.failure(object, asked('watch', resource, options.namespace), resource.group),
        sleep: (milliseconds) => requests.sleep(milliseconds, options.signal),
      }),
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
      const where = place(resource, namespace)
      try {
        await requests.json({
          method: 'DELETE',
          path: resourcePath(resource, where, name),
          asked: asked('delete', resource, where, name),
          group: resource.group,
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
    raw: (path) =>
      requests.json({ method: 'GET', path, asked: { verb: 'get', resource: path }, group: '', safe: true }),
    close: () => requests.close(),
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
