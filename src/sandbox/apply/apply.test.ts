import { describe, expect, it } from 'vitest'
import { refusal, sandboxWorld } from '../../../test/unit/sandbox-world.ts'
import type { KubeObject } from '../../kube/object.ts'

const configMaps = '/api/v1/namespaces/nlp/configmaps'
const contentType = 'application/apply-patch+yaml'
const map = (data?: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', namespace: 'nlp', ...metadata },
  ...(data && { data }),
})

interface Entry {
  readonly manager: string
  readonly operation: string
  readonly fieldsV1: object
  readonly time?: string
}

function world() {
  const { ask } = sandboxWorld()
  const apply = (manager: string, body: unknown, more = '') =>
    ask('PATCH', `${configMaps}/x?fieldManager=${manager}${more}`, body, { contentType })
  const object = () => (ask('GET', `${configMaps}/x`) as unknown as { body: KubeObject }).body
  const owners = () => {
    const entries = (object().metadata['managedFields'] ?? []) as Entry[]
    return Object.fromEntries(entries.map(({ manager, operation, fieldsV1 }) => [`${manager} ${operation}`, fieldsV1]))
  }
  return { ask, apply, object, owners }
}

describe('server-side apply', () => {
  it('takes away what its applier leaves out, unless another owns it', () => {
    const { apply, object, owners } = world()
    apply('alice', map({ a: '1', b: '2', c: '3' }))
    apply('bob', map({ c: '3' }))
    apply('alice', map({ a: '1' }))
    expect(object()['data']).toEqual({ a: '1', c: '3' })
    expect(owners()).toEqual({ 'alice Apply': { 'f:data': { 'f:a': {} } }, 'bob Apply': { 'f:data': { 'f:c': {} } } })
  })

  it('is refused where another owns what it changes, and takes it where it is forced', () => {
    const { apply, object, owners } = world()
    apply('alice', map({ a: '1', b: '2' }))
    expect(refusal(apply('bob', map({ a: '2' })))).toEqual([
      409,
      'Conflict',
      'Apply failed with 1 conflict: conflict with "alice": .data.a',
    ])
    expect(refusal(apply('bob', map({ a: '2', b: '3' })))).toEqual([
      409,
      'Conflict',
      'Apply failed with 2 conflicts: conflicts with "alice":\n- .data.a\n- .data.b',
    ])
    expect(apply('bob', map({ a: '2' }), '&force=true')).toMatchObject({ code: 200 })
    expect(object()['data']).toEqual({ a: '2', b: '2' })
    expect(owners()).toEqual({ 'alice Apply': { 'f:data': { 'f:b': {} } }, 'bob Apply': { 'f:data': { 'f:a': {} } } })
  })

  it('that changes nothing is no write', () => {
    const { apply, object } = world()
    expect(apply('alice', map({ a: '1' }))).toMatchObject({ code: 201 })
    const before = object()
    apply('alice', map({ a: '1' }))
    expect(object()).toBe(before)
  })

  it('is tried out only where it is a dry run', () => {
    const { ask, apply, object } = world()
    expect(apply('alice', map({ a: '1' }), '&dryRun=All')).toMatchObject({ code: 201 })
    expect(refusal(ask('GET', `${configMaps}/x`))).toEqual([404, 'NotFound', 'configmaps "x" not found'])
    apply('alice', map({ a: '1' }))
    expect(apply('alice', map({ a: '2' }), '&dryRun=All')).toMatchObject({ code: 200, body: { data: { a: '2' } } })
    expect(object()['data']).toEqual({ a: '1' })
  })

  it('of kubectl takes over what it applied from its client, and keeps its annotation', () => {
    const { ask, apply, object } = world()
    const key = 'kubectl.kubernetes.io/last-applied-configuration'
    const last = JSON.stringify(map({ a: '1' }, { annotations: {} }))
    ask(
      'POST',
      `${configMaps}?fieldManager=kubectl-client-side-apply`,
      map({ a: '1' }, { annotations: { [key]: last } }),
    )
    expect(refusal(apply('team', map({ a: '2' })))).toEqual([
      409,
      'Conflict',
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.a',
    ])
    expect(apply('kubectl', map({ a: '<2>' }))).toMatchObject({ code: 200 })
    expect(object()['data']).toEqual({ a: '<2>' })
    expect(object().metadata.annotations?.[key]).toBe(
      '{"apiVersion":"v1","data":{"a":"\\u003c2\\u003e"},"kind":"ConfigMap","metadata":{"name":"x","namespace":"nlp"}}\n',
    )
  })

  it('of an object that nobody was recorded for finds all of it owned', () => {
    const { ask, apply } = world()
    ask('POST', configMaps, map({ a: '1' }))
    ask('PATCH', `${configMaps}/x`, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }], {
      contentType: 'application/json-patch+json',
    })
    expect(refusal(apply('alice', map({ a: '2' })))).toMatchObject([
      409,
      'Conflict',
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    ])
  })

  it('creates only for those who may', () => {
    const { ask, apply } = world()
    const rights = (verbs: readonly string[]) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'r' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs }],
    })
    const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/nlp'
    ask('POST', `${roles}/roles`, rights(['patch']))
    ask('POST', `${roles}/rolebindings`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'b' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }],
    })
    const asBob = { contentType, user: 'bob', groups: [] }
    const byBob = () => ask('PATCH', `${configMaps}/x?fieldManager=bob`, map({ a: '1' }), asBob)
    expect(refusal(byBob())).toEqual([
      403,
      'Forbidden',
      'configmaps "x" is forbidden: User "bob" cannot create resource "configmaps" in API group "" in the namespace "nlp"',
    ])
    apply('alice', map({ a: '1' }))
    expect(byBob()).toMatchObject({ code: 200 })
  })

  it.each<[what: string, path: string, body: unknown, refused: unknown]>([
    [
      'who applies',
      `${configMaps}/x`,
      map(),
      [
        422,
        'Invalid',
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      ],
    ],
    [
      'another name',
      `${configMaps}/y?fieldManager=a`,
      map(),
      [400, 'BadRequest', 'the name of the object (x) does not match the name on the URL (y)'],
    ],
    [
      'managed fields',
      `${configMaps}/x?fieldManager=a`,
      map({}, { managedFields: [] }),
      [400, 'BadRequest', 'metadata.managedFields must be nil'],
    ],
    [
      'a field nobody knows',
      `${configMaps}/x?fieldManager=a`,
      { ...map(), x: 1 },
      [
        500,
        undefined,
        'failed to create typed patch object (nlp/x; /v1, Kind=ConfigMap): .x: field not declared in schema',
      ],
    ],
    [
      'an old version',
      `${configMaps}/x?fieldManager=a`,
      map({ a: '9' }, { resourceVersion: '1' }),
      [409, 'Conflict', expect.stringContaining('the object has been modified')],
    ],
  ])('is refused for %s', (_, path, body, refused) => {
    const { ask, apply } = world()
    apply('a', map({ a: '1' }))
    expect(refusal(ask('PATCH', path, body, { contentType }))).toEqual(refused)
  })
})
