import { isRecord } from '../kube/object.ts'
import type { Request } from './request.ts'
import { isAllowed, rulesFor } from './rights.ts'
import type { Store } from './store.ts'

/** Answers a question about the one who asks; undefined for a path that is none. The answer is not stored. */
export function review(path: string, body: unknown, { user, groups }: Request, store: Store): object | undefined {
  const given = isRecord(body) ? body : {}
  const spec = isRecord(given['spec']) ? given['spec'] : {}
  const metadata = { creationTimestamp: null }
  switch (path) {
    case '/apis/authentication.k8s.io/v1/selfsubjectreviews':
      return {
        kind: 'SelfSubjectReview',
        apiVersion: 'authentication.k8s.io/v1',
        metadata,
        status: { userInfo: { username: user, groups } },
      }
    case '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews':
      return {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        metadata,
        spec,
        status: { allowed: accessOf(spec, user, groups, store) },
      }
    case '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': {
      const namespace = typeof spec['namespace'] === 'string' ? spec['namespace'] : ''
      const resourceRules = rulesFor(store, { user, groups, namespace })
      return {
        kind: 'SelfSubjectRulesReview',
        apiVersion: 'authorization.k8s.io/v1',
        metadata,
        spec: {},
        status: { resourceRules, nonResourceRules: [], incomplete: false },
      }
    }
  }
  return undefined
}

function accessOf(spec: Record<string, unknown>, user: string, groups: readonly string[], store: Store): boolean {
  const asked = isRecord(spec['resourceAttributes']) ? spec['resourceAttributes'] : undefined
  // paths that are no resources (/version, /openapi) are open to everybody
  if (!asked) return true
  const text = (key: string): string => (typeof asked[key] === 'string' ? asked[key] : '')
  const resource = text('subresource') === '' ? text('resource') : `${text('resource')}/${text('subresource')}`
  return isAllowed(store, {
    user,
    groups,
    verb: text('verb'),
    group: text('group'),
    resource,
    namespace: text('namespace'),
    name: text('name'),
  })
}
