import { findServed, type ServedResource, served } from './served.ts'

/** A request as it comes from the network. */
export interface Request {
  readonly method: string
  readonly url: URL
  readonly accept: string
  readonly contentType: string
  readonly userAgent: string
  readonly body: Uint8Array
  /** who asks */
  readonly user: string
  readonly groups: readonly string[]
}

/** Where a request of an API resource points. */
export interface Target {
  readonly resource: ServedResource
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** The target of a path; undefined where it is none of the sandbox's resources. */
export function targetOf(path: string): Target | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const [root] = parts
  const core = root === 'api'
  if (!core && root !== 'apis') return undefined
  const [group = '', version = ''] = core ? ['', parts[1]] : [parts[1], parts[2]]
  const rest = parts.slice(core ? 2 : 3)
  const own = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize'
  const namespace = own ? rest[1] : undefined
  const [plural = '', name, subresource, ...more] = own ? rest.slice(2) : rest
  const resource = findServed(group, version, plural)
  if (!resource || more.length > 0 || (!resource.namespaced && own)) return undefined
  return { resource, namespace, name, subresource }
}

/** The verb of RBAC for a request; undefined where the path does not know the method. */
export function verbOf(method: string, { name, subresource }: Target, query: URLSearchParams): string | undefined {
  const one = name !== undefined
  switch (method) {
    case 'GET':
      if (one) return 'get'
      return isTrue(query.get('watch')) ? 'watch' : 'list'
    case 'POST':
      return one && subresource === undefined ? undefined : 'create'
    case 'PUT':
      return one ? 'update' : undefined
    case 'PATCH':
      return one ? 'patch' : undefined
    case 'DELETE':
      return one ? 'delete' : 'deletecollection'
    default:
      return undefined
  }
}

/** Whether a path lies below a group that is built into the API server, which answers there in its own words. */
export function isBelowGroup(path: string): boolean {
  if (path.startsWith('/api/')) return true
  const [, group, version] = /^\/apis\/([^/]+)\/([^/]+)\//.exec(path) ?? []
  return served.some((resource) => !resource.custom && resource.group === group && resource.version === version)
}

/** Whether a parameter says yes, as the API server reads booleans. */
export function isTrue(value: string | null): boolean {
  return value === '1' || value === 'true'
}
