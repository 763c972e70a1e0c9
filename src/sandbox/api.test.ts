import { describe, expect, it } from 'vitest'
import { refusal, sandboxWorld } from '../../test/unit/sandbox-world.ts'

const jobs = '/apis/kubeflow.org/v1/namespaces/nlp/pytorchjobs'
const configMaps = '/api/v1/namespaces/nlp/configmaps'

const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'nlp' },
  data: { a: '1' },
  ...more,
})

const job = (spec: object) => ({ apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name: 'bert' }, spec })
const worker = (more: object = {}) => ({
  pytorchReplicaSpecs: {
    Worker: { template: { spec: { containers: [{ name: 'pytorch', image: 'train:1' }] } }, ...more },
  },
})

interface Page {
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number }
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace: string } }[]
}

describe('the API server of the sandbox refuses', () => {
  it.each<[what: string, method: string, path: string, body: unknown, refused: unknown]>([
    [
      'an object that is not there',
      'GET',
      `${jobs}/none`,
      undefined,
      [404, 'NotFound', 'pytorchjobs.kubeflow.org "none" not found'],
    ],
    ['a path nobody serves', 'GET', '/apis/nobody/v1/things', undefined, { code: 404, text: '404 page not found\n' }],
    [
      'a namespace that is not there',
      'POST',
      '/api/v1/namespaces/none/configmaps',
      configMap('x', { metadata: { name: 'x' } }),
      [404, 'NotFound', 'namespaces "none" not found'],
    ],
    [
      'an object of another namespace',
      'POST',
      '/api/v1/namespaces/default/configmaps',
      configMap('x'),
      [400, 'BadRequest', 'the namespace of the provided object does not match the namespace sent on the request'],
    ],
    [
      'an object of another kind',
      'POST',
      configMaps,
      { ...configMap('x'), kind: 'Secret' },
      [
        400,
        'BadRequest',
        'Secret in version "v1" cannot be handled as a ConfigMap: the object provided is unrecognized',
      ],
    ],
    [
      'a name that is none',
      'POST',
      configMaps,
      configMap('Bad_Name'),
      [422, 'Invalid', expect.stringContaining('metadata.name: Invalid value: "Bad_Name"')],
    ],
    [
      'an object without a name',
      'POST',
      configMaps,
      configMap(''),
      [422, 'Invalid', expect.stringContaining('name or generateName is required')],
    ],
    [
      'a field of the wrong type',
      'POST',
      jobs,
      job(worker({ replicas: 'two' })),
      [
        422,
        'Invalid',
        'PyTorchJob.kubeflow.org "bert" is invalid: [spec.pytorchReplicaSpecs.Worker.replicas: Invalid value: "string": spec.pytorchReplicaSpecs.Worker.replicas in body must be of type integer: "string", <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
      ],
    ],
    [
      'a field it does not know, if asked to be strict',
      'POST',
      `${jobs}?fieldValidation=Strict`,
      job(worker({ replicaz: 2 })),
      [
        400,
        'BadRequest',
        'PyTorchJob in version "v1" cannot be handled as a PyTorchJob: strict decoding error: unknown field "spec.pytorchReplicaSpecs.Worker.replicaz"',
      ],
    ],
    [
      'what the webhook of its operator refuses',
      'POST',
      jobs,
      job({ pytorchReplicaSpecs: { Worker: { template: { spec: { containers: [{ name: 'other', image: 'x' }] } } } } }),
      [
        403,
        'Forbidden',
        expect.stringMatching(
          /^admission webhook "validator\.pytorchjob\.training-operator\.kubeflow\.org" denied the request: /,
        ),
      ],
    ],
    [
      'a TrainJob without its runtime',
      'POST',
      '/apis/trainer.kubeflow.org/v1alpha1/namespaces/nlp/trainjobs',
      {
        apiVersion: 'trainer.kubeflow.org/v1alpha1',
        kind: 'TrainJob',
        metadata: { name: 'x' },
        spec: { runtimeRef: { name: 'none', kind: 'TrainingRuntime' } },
      },
      [403, 'Forbidden', expect.stringContaining('must be created before the TrainJob is created')],
    ],
    [
      'a selector that is none',
      'GET',
      `${jobs}?labelSelector=a==b==c`,
      undefined,
      [400, 'BadRequest', expect.stringContaining('unable to parse requirement')],
    ],
    [
      'a field nobody can select by',
      'GET',
      `${jobs}?fieldSelector=spec.x%3D1`,
      undefined,
      [400, 'BadRequest', 'field label not supported: spec.x'],
    ],
    [
      'a continue token that is none',
      'GET',
      `${jobs}?limit=1&continue=nonsense`,
      undefined,
      [400, 'BadRequest', 'continue key is not valid: nonsense'],
    ],
    [
      'a subresource it does not simulate',
      'POST',
      '/api/v1/nodes/gpu-01/proxy',
      {},
      [501, 'NotImplemented', 'the sandbox does not simulate the subresource nodes/proxy'],
    ],
  ])('%s', (_, method, path, body, refused) => {
    const { ask } = sandboxWorld()
    expect(refusal(ask(method, path, body))).toEqual(refused)
  })

  it('a body that is no JSON', () => {
    const { ask } = sandboxWorld()
    const body = new TextEncoder().encode('{"apiVersion":')
    expect(refusal(ask('POST', configMaps, undefined, { body }))).toEqual([
      400,
      'BadRequest',
      `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({"apiVersion":)`,
    ])
  })

  it('a patch of a form it does not know', () => {
    const { ask } = sandboxWorld()
    ask('POST', configMaps, configMap('x'))
    expect(refusal(ask('PATCH', `${configMaps}/x`, {}, { contentType: 'text/plain' }))).toEqual([
      415,
      'UnsupportedMediaType',
      expect.any(String),
    ])
    const custom = { contentType: 'application/strategic-merge-patch+json' }
    expect(refusal(ask('PATCH', `${jobs}/x`, {}, custom))).toEqual([415, 'UnsupportedMediaType', expect.any(String)])
  })

  it('a JSON patch that cannot be done', () => {
    const { ask } = sandboxWorld()
    ask('POST', configMaps, configMap('x'))
    const json = { contentType: 'application/json-patch+json' }
    const patch = [{ op: 'replace', path: '/data/none/deeper', value: 1 }]
    expect(refusal(ask('PATCH', `${configMaps}/x`, patch, json))).toEqual([422, 'Invalid', expect.any(String)])
    expect(refusal(ask('PATCH', `${configMaps}/x`, { not: 'a list' }, json))).toEqual([
      400,
      'BadRequest',
      expect.any(String),
    ])
  })

  it('a second object of the same name', () => {
    const { ask } = sandboxWorld()
    ask('POST', configMaps, configMap('x'))
    expect(refusal(ask('POST', configMaps, configMap('x')))).toEqual([
      409,
      'AlreadyExists',
      'configmaps "x" already exists',
    ])
  })

  it('a write that was decided on another version, or another object', () => {
    const { ask } = sandboxWorld()
    ask('POST', configMaps, configMap('x'))
    const old = { metadata: { resourceVersion: '1' }, data: { a: '2' } }
    expect(refusal(ask('PATCH', `${configMaps}/x`, old))).toEqual([
      409,
      'Conflict',
      expect.stringContaining('the object has been modified'),
    ])
    const other = { preconditions: { uid: 'other' } }
    expect(refusal(ask('DELETE', `${configMaps}/x`, other))).toEqual([
      409,
      'Conflict',
      expect.stringContaining('the UID in the precondition (other)'),
    ])
  })

  it('who may not, in the words of RBAC', () => {
    const { ask } = sandboxWorld()
    const bob = { user: 'bob', groups: [] }
    expect(refusal(ask('DELETE', `${jobs}/bert`, undefined, bob))).toEqual([
      403,
      'Forbidden',
      'pytorchjobs.kubeflow.org "bert" is forbidden: User "bob" cannot delete resource "pytorchjobs" in API group "kubeflow.org" in the namespace "nlp"',
    ])
  })
})

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
