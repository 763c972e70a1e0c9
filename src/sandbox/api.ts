import { isRecord, type KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { applyAnswer } from './apply/answer.ts'
import { isForced } from './apply/configuration.ts'
import { bodyOf, mediaType, objectIn } from './body.ts'
import { patchIn, patchTypes, replacementIn } from './changes.ts'
import type { Clock } from './clock.ts'
import { discovery } from './discovery.ts'
import { badRequest, Failure, forbidden, methodNotAllowed, noResource, notFound, notSimulated } from './failure.ts'
import { withoutKind } from './json-text.ts'
import { checkListOptions } from './list-options.ts'
import { asCoreEvent, asNewEvent, newEventsPath } from './new-events.ts'
import { openApi } from './open-api.ts'
import { pageOf } from './pages.ts'
import { isBelowGroup, isTrue, type Request, type Target, targetOf, verbOf } from './request.ts'
import { review } from './reviews.ts'
import { isAllowed } from './rights.ts'
import { selectionOf } from './selectors.ts'
import { apiVersionOf, type ServedResource, servedAs } from './served.ts'
import type { Store } from './store.ts'
import { partial, table } from './table.ts'
import { type Following, followWatch } from './watch.ts'
import type { WriteOptions, Writes } from './writes.ts'

/** What answers a request: one JSON body, plain text, or something that goes on. */
export type Answer =
  | { readonly code: number; readonly body: unknown; readonly warnings?: readonly string[] }
  | { readonly code: number; readonly text: string; readonly contentType?: string }
  | { readonly follow: Following; readonly contentType: string }

/** How the logs of containers are read; undefined: there is none. */
export type ReadLog = (
  pod: KubeObject,
  query: URLSearchParams,
) => { readonly text: string; readonly code?: number } | { readonly follow: Following }

export interface ApiOptions {
  readonly store: Store
  readonly writes: Writes
  readonly clock: Clock
  readonly readLog: ReadLog
  /** `127.0.0.1:6443` */
  readonly address: string
}

/** What /version says: the kube-apiserver that the sandbox is compared with. */
const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3-sandbox',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: '',
}

/** The API server of the sandbox: an answer for each request. It never waits, and never throws. */
export function answerOf(request: Request, options: ApiOptions): Answer {
  try {
    return answer(request, options)
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, body: error.status }
    const failure = new Failure(500, 'InternalError', `Internal error occurred: ${(error as Error).message}`)
    return { code: 500, body: failure.status }
  }
}

function answer(request: Request, options: ApiOptions): Answer {
  const { method, url } = request
  const path = url.pathname.replace(/\/+$/, '') || '/'
  const newEvents = method === 'POST' ? newEventsPath.exec(path) : null
  if (newEvents) return newEventAnswer(request, newEvents[1] ?? '', options)
  const target = targetOf(path)
  if (target) return resourceAnswer(request, target, options)
  if (method === 'GET') {
    if (path === '/version') return { code: 200, body: version }
    if (path === '/healthz' || path === '/readyz' || path === '/livez') return { code: 200, text: 'ok' }
    // kubectl looks here for Lists and for kinds nobody serves: version 2 in protobuf, a document that describes nothing
    if (path === '/openapi/v2') {
      return { code: 200, text: '', contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' }
    }
    const found = discovery(path, options.address)
    if (found !== undefined) return { code: 200, body: found }
    const described = openApi(path)
    if (described !== undefined) return { code: 200, text: described, contentType: 'application/json' }
  }
  if (method === 'POST') {
    const reviewed = review(path, bodyOf(request, 'Review'), request, options.store)
    if (reviewed) return { code: 201, body: reviewed }
  }
  if (isBelowGroup(path)) throw noResource()
  return { code: 404, text: '404 page not found\n' }
}

function resourceAnswer(request: Request, target: Target, options: ApiOptions): Answer {
  const { method, url, user, groups } = request
  const { resource, namespace, name, subresource } = target
  const verb = verbOf(method, target, url.searchParams)
  if (verb === undefined) throw methodNotAllowed()
  const { group, plural } = resource
  const asked = subresource === undefined ? plural : `${plural}/${subresource}`
  const question = { user, groups, verb, group, resource: asked, namespace: namespace ?? '', name: name ?? '' }
  if (!isAllowed(options.store, question)) {
    throw forbidden({ group, plural: asked }, { verb, name: name ?? '', namespace, user })
  }
  if (subresource === 'log' && plural === 'pods' && method === 'GET') return logAnswer(request, target, options)
  if (subresource !== undefined && !(subresource === 'status' && resource.status)) {
    if (name !== undefined) options.store.get(resource, namespace, name)
    throw notSimulated(`the subresource ${asked}`)
  }
  switch (verb) {
    case 'get':
      return shown(request, resource, [options.store.get(resource, namespace, name ?? '')], options, true)
    case 'list':
      return listAnswer(request, target, options)
    case 'watch':
      return watchAnswer(request, target, options)
    case 'create':
      return createAnswer(request, target, options)
    case 'update':
    case 'patch':
      return changeAnswer(request, target, options)
    case 'delete':
      return deleteAnswer(request, target, options)
    default:
      return deleteAllAnswer(request, target, options)
  }
}

function wantsTable({ accept }: Request): boolean {
  return /as=Table/.test(accept) && /g=meta\.k8s\.io/.test(accept)
}

function shown(
  request: Request,
  resource: ServedResource,
  objects: readonly KubeObject[],
  { clock }: ApiOptions,
  single: boolean,
  metadata: object = {},
): Answer {
  if (wantsTable(request)) {
    const include = (request.url.searchParams.get('includeObject') ?? 'Metadata') as 'None' | 'Metadata' | 'Object'
    const own = single ? { resourceVersion: objects[0]?.metadata.resourceVersion } : metadata
    return { code: 200, body: table(resource, objects, clock.now(), own, include) }
  }
  if (/as=PartialObjectMetadata/.test(request.accept)) return metadataOnly(objects, single, metadata)
  if (single) return { code: 200, body: objects[0] }
  const items = resource.custom ? objects : objects.map(withoutKind)
  return { code: 200, body: { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items } }
}

function metadataOnly(objects: readonly KubeObject[], single: boolean, metadata: object): Answer {
  const items = objects.map(partial)
  if (single) return { code: 200, body: items[0] }
  const list = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }
  return { code: 200, body: { ...list, items } }
}

function listAnswer(request: Request, { resource, namespace }: Target, options: ApiOptions): Answer {
  const { searchParams: query } = request.url
  checkListOptions(query, false, options.store)
  const matches = selectionOf(resource, selectionIn(query))
  const { items, metadata } = pageOf(options.store, options.store.list(resource, namespace).filter(matches), query)
  return shown(request, resource, items, options, false, metadata)
}

function selectionIn(query: URLSearchParams): { labels?: string; fields?: string } {
  return { labels: query.get('labelSelector') ?? undefined, fields: query.get('fieldSelector') ?? undefined }
}

function watchAnswer(request: Request, { resource, namespace, name }: Target, { store, clock }: ApiOptions): Answer {
  const { searchParams: query } = request.url
  checkListOptions(query, true, store)
  const selection = selectionIn(query)
  const fields = name === undefined ? selection.fields : `metadata.name=${name}`
  const follow = followWatch({
    store,
    clock,
    resource,
    namespace,
    matches: selectionOf(resource, { ...selection, fields }),
    from: query.get('resourceVersion') ?? '',
    initial: query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined,
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeout: Number(query.get('timeoutSeconds') ?? 1800),
    table: wantsTable(request),
  })
  return { follow, contentType: 'application/json' }
}

function createAnswer(request: Request, { resource, namespace }: Target, { writes }: ApiOptions): Answer {
  const body = objectIn(request, resource)
  const { object, warnings } = writes.create(resource, namespace, body, optionsOf(request))
  return { code: 201, body: object, warnings }
}

/** Events are written in either form; read and listed they are in the older one only. */
function newEventAnswer(request: Request, namespace: string, { writes, store }: ApiOptions): Answer {
  const { user, groups } = request
  const { group, plural } = resources.newEvents
  if (!isAllowed(store, { user, groups, verb: 'create', group, resource: plural, namespace })) {
    throw forbidden({ group, plural }, { verb: 'create', name: '', namespace, user })
  }
  const body = bodyOf(request, 'Event')
  if (!isRecord(body)) throw badRequest('the body is no Event')
  const { object } = writes.create(servedAs('events'), namespace, asCoreEvent(body), optionsOf(request))
  return { code: 201, body: asNewEvent(object) }
}

function changeAnswer(request: Request, target: Target, { writes, store, clock }: ApiOptions): Answer {
  const { resource, namespace, name = '', subresource } = target
  const options: WriteOptions = {
    ...optionsOf(request),
    isPatch: request.method === 'PATCH',
    ...(subresource === 'status' && { subresource }),
  }
  if (options.isPatch) {
    const applies = mediaType(request) === patchTypes.apply
    const force = isForced(request.url, applies)
    if (applies) return applyAnswer(request, target, { writes, store, clock }, { ...options, force })
  }
  const change = options.isPatch ? patchIn(request, resource) : replacementIn(request, resource)
  store.get(resource, namespace, name)
  const { object, warnings } = writes.update(resource, namespace, name, change, options)
  return { code: 200, body: object, warnings }
}

function deleteAnswer(request: Request, { resource, namespace, name = '' }: Target, { writes }: ApiOptions): Answer {
  const { object, stays } = writes.delete(resource, namespace, name, deleteOptions(request))
  if (stays) return { code: 200, body: object }
  const { group, plural } = resource
  const details = { name, ...(group !== '' && { group }), kind: plural, uid: object.metadata.uid }
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } }
}

function deleteAllAnswer(request: Request, { resource, namespace }: Target, options: ApiOptions): Answer {
  const matches = selectionOf(resource, selectionIn(request.url.searchParams))
  const chosen = options.store.list(resource, namespace).filter(matches)
  const wanted = deleteOptions(request)
  for (const { metadata } of chosen) options.writes.delete(resource, metadata.namespace, metadata.name ?? '', wanted)
  return shown(request, resource, chosen, options, false, { resourceVersion: String(options.store.version) })
}

function deleteOptions(request: Request): Parameters<Writes['delete']>[3] {
  const { searchParams: query } = request.url
  const body = request.body.length === 0 ? {} : bodyOf(request, 'DeleteOptions')
  const given = isRecord(body) ? body : {}
  const grace = given['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds') ?? undefined
  const preconditions = isRecord(given['preconditions']) ? given['preconditions'] : undefined
  const propagation = given['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined
  return {
    dryRun: isDryRun(query) || (Array.isArray(given['dryRun']) && given['dryRun'].length > 0),
    ...(preconditions && { preconditions }),
    ...(propagation !== undefined && { propagation: String(propagation) }),
    ...(grace !== undefined && { grace: Number(grace) }),
  }
}

function optionsOf({ url, userAgent }: Request): WriteOptions {
  const { searchParams: query } = url
  const manager = query.get('fieldManager') ?? userAgent.split('/')[0] ?? 'unknown'
  const validation = (query.get('fieldValidation') ?? 'Warn') as WriteOptions['validation']
  return { manager: manager === '' ? 'unknown' : manager, dryRun: isDryRun(query), validation }
}

function isDryRun(query: URLSearchParams): boolean {
  const asked = query.get('dryRun')
  if (asked !== null && asked !== 'All' && asked !== '') throw badRequest(`invalid dryRun: ${asked}`)
  return asked === 'All'
}

function logAnswer(
  { url }: Request,
  { resource, namespace, name = '' }: Target,
  { store, readLog }: ApiOptions,
): Answer {
  const pod = store.find(resource, namespace, name)
  if (!pod) throw notFound(resource, name)
  const log = readLog(pod, url.searchParams)
  return 'follow' in log ? { follow: log.follow, contentType: 'text/plain' } : { code: log.code ?? 200, text: log.text }
}
