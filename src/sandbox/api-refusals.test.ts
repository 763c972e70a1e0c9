import { describe, expect, it } from 'vitest'
import { configMap, configMaps, job, jobs, worker } from '../../test/unit/sandbox-objects.ts'
import { refusal, sandboxWorld } from '../../test/unit/sandbox-world.ts'

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
