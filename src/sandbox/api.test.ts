import { describe, expect, it } from 'vitest'
import { configMap, configMaps, job, jobs, worker } from '../../test/unit/sandbox-objects.ts'
import { sandboxWorld } from '../../test/unit/sandbox-world.ts'

interface Page {
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number }
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace: string } }[]
}

describe('the API server of the sandbox', () => {
  it('takes Events in their newer form, and keeps them in the older one', () => {
    const { ask, get } = sandboxWorld()
    const regarding = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', namespace: 'nlp', name: 'bert', uid: 'u' }
    const told = {
      metadata: { name: 'bert.1', namespace: 'nlp' },
      regarding,
      reason: 'MigrationHeld',
      note: 'held',
      type: 'Normal',
    }
    const event = { apiVersion: 'events.k8s.io/v1', kind: 'Event', eventTime: '2026-03-01T12:00:00.000000Z', ...told }
    const answer = ask('POST', '/apis/events.k8s.io/v1/namespaces/nlp/events', {
      ...event,
      reportingController: 'x',
      action: 'Migrate',
    })
    expect(answer).toMatchObject({ code: 201, body: { apiVersion: 'events.k8s.io/v1', note: 'held', regarding } })
    expect(get('/api/v1/namespaces/nlp/events/bert.1')).toMatchObject({ message: 'held', involvedObject: regarding })
  })

  it('lets a Role do what it says', () => {
    const { ask, sandbox } = sandboxWorld()
    const api = 'rbac.authorization.k8s.io'
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }]
    const metadata = { name: 'reader', namespace: 'nlp' }
    sandbox.add({ apiVersion: `${api}/v1`, kind: 'Role', metadata, rules }, 'test')
    const subjects = [{ kind: 'User', name: 'bob', apiGroup: api }]
    const roleRef = { kind: 'Role', name: 'reader', apiGroup: api }
    sandbox.add({ apiVersion: `${api}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef }, 'test')
    const bob = { user: 'bob', groups: [] }
    expect(ask('GET', configMaps, undefined, bob)).toMatchObject({ code: 200 })
    expect(ask('GET', '/api/v1/namespaces/default/configmaps', undefined, bob)).toMatchObject({ code: 403 })
    expect(ask('POST', configMaps, configMap('x'), bob)).toMatchObject({ code: 403 })
  })

  it('counts generations by the spec, and leaves the status to its subresource', () => {
    const { ask, get } = sandboxWorld()
    ask('POST', jobs, { ...job(worker()), status: { startTime: '2026-01-01T00:00:00Z' } })
    expect(get(`${jobs}/bert`)).toMatchObject({ metadata: { generation: 1 } })
    expect(get<{ status?: unknown }>(`${jobs}/bert`).status).toBeUndefined()
    ask('PATCH', `${jobs}/bert`, { metadata: { labels: { a: 'b' } } })
    ask('PATCH', `${jobs}/bert`, { spec: { runPolicy: { suspend: true } } })
    expect(get(`${jobs}/bert`)).toMatchObject({ metadata: { generation: 2, labels: { a: 'b' } } })
    ask('PATCH', `${jobs}/bert/status`, {
      status: { startTime: '2026-01-01T00:00:00Z' },
      spec: { runPolicy: { suspend: false } },
    })
    expect(get(`${jobs}/bert`)).toMatchObject({
      metadata: { generation: 2 },
      spec: { runPolicy: { suspend: true } },
      status: { startTime: '2026-01-01T00:00:00Z' },
    })
  })

  it('stores nothing of a dry run', () => {
    const { ask } = sandboxWorld()
    expect(ask('POST', `${configMaps}?dryRun=All`, configMap('x'))).toMatchObject({ code: 201 })
    expect(ask('GET', `${configMaps}/x`)).toMatchObject({ code: 404 })
  })

  it('keeps a deleted object that has a finalizer until that is removed', () => {
    const { ask, get } = sandboxWorld()
    ask('POST', configMaps, configMap('x', { metadata: { name: 'x', finalizers: ['example.com/keep'] } }))
    expect(ask('DELETE', `${configMaps}/x`)).toMatchObject({ code: 200, body: { kind: 'ConfigMap' } })
    expect(get(`${configMaps}/x`)).toMatchObject({ metadata: { deletionTimestamp: '2026-03-01T12:00:00Z' } })
    ask('PATCH', `${configMaps}/x`, { metadata: { finalizers: null } })
    expect(ask('GET', `${configMaps}/x`)).toMatchObject({ code: 404 })
  })

  it('lists in pages that go on where the last ended', () => {
    const { ask, get } = sandboxWorld()
    for (const name of ['a', 'b', 'c']) ask('POST', configMaps, configMap(name))
    const first = get<Page>(`${configMaps}?limit=2`)
    expect([first.items.map(({ metadata }) => metadata.name), first.metadata.remainingItemCount]).toEqual([
      ['a', 'b'],
      1,
    ])
    const second = get<Page>(`${configMaps}?limit=2&continue=${first.metadata.continue}`)
    expect([second.items.map(({ metadata }) => metadata.name), second.metadata.continue]).toEqual([['c'], undefined])
  })

  it('lists metadata alone where a client asks for it', () => {
    const { ask } = sandboxWorld()
    ask('POST', configMaps, configMap('a', { data: { text: 'long' } }))
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
    const kind = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
    const answer = ask('GET', configMaps, undefined, { accept })
    const items = [{ ...kind, metadata: { name: 'a' } }]
    expect(answer).toMatchObject({ body: { kind: 'PartialObjectMetadataList', items } })
    expect(JSON.stringify(answer)).not.toContain('long')
  })

  it('shows every object on some page, also of namespaces of which one begins as the other', () => {
    const { ask, get } = sandboxWorld()
    const everywhere = ['team/b', 'team/c', 'team-a/a', 'team-a/d', 'team0/a']
    for (const name of ['team', 'team-a', 'team0']) {
      ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    }
    for (const [namespace = '', name = ''] of everywhere.map((place) => place.split('/'))) {
      ask('POST', `/api/v1/namespaces/${namespace}/configmaps`, configMap(name, { metadata: { name, namespace } }))
    }
    const seen: string[] = []
    let more = ''
    do {
      const { metadata, items } = get<Page>(`/api/v1/configmaps?limit=1${more && `&continue=${more}`}`)
      seen.push(...items.map((item) => `${item.metadata.namespace}/${item.metadata.name}`))
      more = metadata.continue ?? ''
    } while (more !== '')
    expect(seen).toEqual(['team-a/a', 'team-a/d', 'team/b', 'team/c', 'team0/a'])
  })

  it('prints the columns of kubectl get', () => {
    const { ask, pass } = sandboxWorld()
    ask('POST', jobs, job(worker()))
    pass(130)
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    expect(ask('GET', jobs, undefined, { accept })).toMatchObject({
      body: {
        kind: 'Table',
        columnDefinitions: [{ name: 'Name' }, { name: 'State' }, { name: 'Age' }],
        rows: [{ cells: ['bert', 'Running', '2m10s'] }],
      },
    })
  })

  it('tells who asks, and what they may', () => {
    const { ask } = sandboxWorld()
    const bob = { user: 'bob', groups: ['team'] }
    const review = (kind: string, spec: object) => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec })
    expect(ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, bob)).toMatchObject({
      body: { status: { userInfo: { username: 'bob', groups: ['team'] } } },
    })
    const asked = review('SelfSubjectAccessReview', {
      resourceAttributes: { namespace: 'nlp', verb: 'get', resource: 'pods' },
    })
    expect(ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', asked, bob)).toMatchObject({
      body: { status: { allowed: false } },
    })
    expect(ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', asked)).toMatchObject({
      body: { status: { allowed: true } },
    })
  })
})
