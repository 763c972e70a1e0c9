import { badRequest } from './failure.ts'
import { findServed, type ServedResource } from './served.ts'

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

/** The verb of RBAC for a request. */
export function verbOf(method: string, target: Target, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
      if (target.name !== undefined) return 'get'
      return isTrue(query.get('watch')) ? 'watch' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return target.name === undefined ? 'deletecollection' : 'delete'
    default:
      throw badRequest(`method ${method} is not known`)
  }
}

export function isTrue(value: string | null): boolean {
  return value === '1' || value === 'true'
}
