import { describe, expect, it } from 'vitest'
import { status } from '../../test/unit/api-server.ts'
import type { Asked } from './errors.ts'
import { ExpiredError, type Refusal, refusalError, streamError } from './status.ts'

const server = 'https://k8s.example:6443'
const asked: Asked = { verb: 'create', resource: 'pytorchjobs.kubeflow.org', namespace: 'nlp', name: 'bert' }

function refused(code: number, body: unknown, override: Partial<Refusal> = {}): object {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return refusalError({
    server,
    status: code,
    contentType: 'application/json',
    body: text,
    asked,
    group: 'kubeflow.org',
    user: 'alice',
    ...override,
  }).failure
}

/** Messages are those of kube-apiserver 1.36.3 and of the operators' webhooks. */
describe('refusalError', () => {
  it.each<[string, number, reason: string, message: string, details: object | undefined, failure: object]>([
    [
      'RBAC',
      403,
      'Forbidden',
      'pytorchjobs.kubeflow.org "bert" is forbidden: User "system:serviceaccount:a:b" cannot patch resource "pytorchjobs" in API group "kubeflow.org" in the namespace "nlp"',
      { name: 'bert', group: 'kubeflow.org', kind: 'pytorchjobs' },
      { kind: 'forbidden', ...asked, verb: 'patch', group: 'kubeflow.org', user: 'system:serviceaccount:a:b' },
    ],
    [
      'RBAC of somebody else’s kind: the user is what counts',
      403,
      'Forbidden',
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
      { kind: 'pods' },
      { kind: 'forbidden', verb: 'list', user: 'system:anonymous' },
    ],
    [
      'a quota',
      403,
      'Forbidden',
      'pods "bert" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=8, used: requests.nvidia.com/gpu=8, limited: requests.nvidia.com/gpu=8',
      { name: 'bert', kind: 'pods' },
      { kind: 'admission', ...asked },
    ],
    [
      'a namespace that goes away',
      403,
      'Forbidden',
      'configmaps "late" is forbidden: unable to create new content in namespace nlp because it is being terminated',
      {
        name: 'late',
        kind: 'configmaps',
        causes: [
          { reason: 'NamespaceTerminating', message: 'namespace nlp is being terminated', field: 'metadata.namespace' },
        ],
      },
      { kind: 'admission' },
    ],
    [
      'a validating admission policy',
      422,
      'Invalid',
      "pytorchjobs.kubeflow.org \"bert\" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: no root",
      { name: 'bert', group: 'kubeflow.org', kind: 'pytorchjobs' },
      { kind: 'admission' },
    ],
    [
      'a validating admission policy that gives its words as a cause',
      422,
      'Invalid',
      "pytorchjobs.kubeflow.org \"bert\" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: no root",
      {
        name: 'bert',
        group: 'kubeflow.org',
        kind: 'pytorchjobs',
        causes: [{ message: "ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: no root" }],
      },
      { kind: 'admission' },
    ],
    [
      'an absent object',
      404,
      'NotFound',
      'pytorchjobs.kubeflow.org "bert" not found',
      { name: 'bert', group: 'kubeflow.org', kind: 'pytorchjobs' },
      { kind: 'notFound', ...asked },
    ],
    [
      'an absent namespace',
      404,
      'NotFound',
      'namespaces "nlp" not found',
      { name: 'nlp', kind: 'namespaces' },
      { kind: 'notFound', verb: 'create', resource: 'namespaces', name: 'nlp', namespace: undefined },
    ],
    [
      'an absent API',
      404,
      'NotFound',
      'the server could not find the requested resource',
      {},
      { kind: 'apiAbsent', ...asked },
    ],
    [
      'a name that is taken',
      409,
      'AlreadyExists',
      'pytorchjobs.kubeflow.org "bert" already exists',
      { name: 'bert' },
      { kind: 'alreadyExists', ...asked },
    ],
    [
      'a resourceVersion that is past',
      409,
      'Conflict',
      'Operation cannot be fulfilled on pytorchjobs.kubeflow.org "bert": the object has been modified; please apply your changes to the latest version and try again',
      { name: 'bert' },
      { kind: 'conflict', ...asked, owned: [] },
    ],
    [
      'fields of another manager',
      409,
      'Conflict',
      'Apply failed with 1 conflict: conflict with "kubectl" using v1: .spec.runPolicy.suspend',
      {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kubectl" using v1',
            field: '.spec.runPolicy.suspend',
          },
        ],
      },
      { kind: 'conflict', owned: [{ path: 'spec.runPolicy.suspend', manager: 'kubectl' }] },
    ],
    [
      'a value that the schema refuses',
      422,
      'Invalid',
      'PyTorchJob.kubeflow.org "bert" is invalid: [spec.pytorchReplicaSpecs.Master.replicas: Invalid value: "string": ..., <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
      {
        name: 'bert',
        causes: [
          {
            reason: 'FieldValueTypeInvalid',
            message: 'Invalid value: "string": must be of type integer',
            field: 'spec.pytorchReplicaSpecs.Master.replicas',
          },
          {
            reason: 'FieldValueInvalid',
            message:
              'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
            field: '<nil>',
          },
        ],
      },
      {
        kind: 'invalid',
        fields: [
          {
            path: 'spec.pytorchReplicaSpecs.Master.replicas',
            message: 'Invalid value: "string": must be of type integer',
          },
        ],
      },
    ],
    [
      'a rule on the whole object',
      422,
      'Invalid',
      'TrainJob.trainer.kubeflow.org "9" is invalid: <nil>: Invalid value: metadata.name must match RFC 1035 DNS label format',
      {
        causes: [
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: metadata.name must match RFC 1035 DNS label format',
            field: '<nil>',
          },
        ],
      },
      {
        kind: 'invalid',
        fields: [{ path: '', message: 'Invalid value: metadata.name must match RFC 1035 DNS label format' }],
      },
    ],
    [
      'unknown and repeated fields',
      400,
      'BadRequest',
      'PyTorchJob in version "v1" cannot be handled as a PyTorchJob: strict decoding error: unknown field "spec.foo", duplicate field "spec.runPolicy"',
      undefined,
      {
        kind: 'invalid',
        fields: [
          { path: 'spec.foo', message: 'unknown field' },
          { path: 'spec.runPolicy', message: 'duplicate field' },
        ],
      },
    ],
    [
      'unknown fields in server-side apply',
      500,
      'InternalError',
      'failed to create typed patch object (door-hand/a; /v1, Kind=ConfigMap): .dota: field not declared in schema',
      undefined,
      { kind: 'invalid', fields: [{ path: 'dota', message: 'field not declared in schema' }] },
    ],
    [
      "the v1 operator's webhook",
      403,
      'Forbidden',
      'admission webhook "validator.pytorchjob.training-operator.kubeflow.org" denied the request: spec.pytorchReplicaSpecs[Boss]: Unsupported value: "Boss": supported values: "Master", "Worker"',
      undefined,
      {
        kind: 'webhook',
        ...asked,
        webhook: 'validator.pytorchjob.training-operator.kubeflow.org',
        outcome: 'denied',
        message: 'spec.pytorchReplicaSpecs[Boss]: Unsupported value: "Boss": supported values: "Master", "Worker"',
      },
    ],
    [
      'a webhook without a reason',
      400,
      'BadRequest',
      'admission webhook "mute.example" denied the request without explanation',
      undefined,
      { kind: 'webhook', webhook: 'mute.example', outcome: 'denied', message: 'without explanation' },
    ],
    [
      'a webhook that is down',
      500,
      'InternalError',
      'Internal error occurred: failed calling webhook "validator.trainjob.trainer.kubeflow.org": failed to call webhook: Post "https://trainer.kubeflow-system.svc:443/validate?timeout=10s": dial tcp 10.0.0.7:443: connect: connection refused',
      { causes: [{ message: 'failed calling webhook' }] },
      {
        kind: 'webhook',
        webhook: 'validator.trainjob.trainer.kubeflow.org',
        outcome: 'unreachable',
        message:
          'failed to call webhook: Post "https://trainer.kubeflow-system.svc:443/validate?timeout=10s": dial tcp 10.0.0.7:443: connect: connection refused',
      },
    ],
    [
      'expired credentials',
      401,
      'Unauthorized',
      'Unauthorized',
      undefined,
      { kind: 'unauthenticated', server, user: 'alice', message: 'Unauthorized' },
    ],
    [
      'too many requests',
      429,
      'TooManyRequests',
      'Too many requests, please try again later.',
      { retryAfterSeconds: 3 },
      { kind: 'tooManyRequests', retryAfterSeconds: 3 },
    ],
    [
      'a server out of time',
      504,
      'Timeout',
      'Timeout: request did not complete within the allotted timeout',
      {},
      { kind: 'timeout', by: 'server', server, sent: true },
    ],
    [
      'a resourceVersion that is forgotten',
      410,
      'Expired',
      'too old resource version: 1 (2107)',
      undefined,
      { kind: 'expired', message: 'too old resource version: 1 (2107)' },
    ],
    [
      'anything else',
      400,
      'BadRequest',
      "invalid selector: 'foo'",
      undefined,
      { kind: 'internal', status: 400, message: "invalid selector: 'foo'" },
    ],
  ])('%s', (_, code, reason, message, details, failure) => {
    expect(refused(code, status(code, reason, message, details).body)).toMatchObject(failure)
  })

  it('takes the uid of a merge patch for the precondition it is', () => {
    const message = 'ConfigMap "a" is invalid: metadata.uid: Invalid value: "0": field is immutable'
    const causes = [
      { reason: 'FieldValueInvalid', message: 'Invalid value: "0": field is immutable', field: 'metadata.uid' },
    ]
    const { body } = status(422, 'Invalid', message, { causes })
    expect(refused(422, body, { asked: { ...asked, verb: 'patch' } })).toMatchObject({ kind: 'conflict', message })
    expect(refused(422, body), 'of a create it is no precondition').toMatchObject({ kind: 'invalid' })
  })

  it('takes the wordless 404 of a description for an API that is not served', () => {
    const path = { verb: 'get', resource: '/openapi/v3/apis/trainer.kubeflow.org/v1alpha1' }
    expect(refused(404, '', { asked: path })).toEqual({ kind: 'apiAbsent', ...path })
  })

  it('keeps the continue token that the server offers for an expired one', () => {
    const { body } = status(410, 'Expired', 'The provided continue parameter is too old')
    const error = refusalError({
      server,
      status: 410,
      contentType: undefined,
      body: JSON.stringify({ ...(body as object), metadata: { continue: 'go-on' } }),
      asked,
      group: '',
    })
    expect(error).toBeInstanceOf(ExpiredError)
    expect(error).toMatchObject({ continueToken: 'go-on', failure: { kind: 'expired' } })
  })

  it.each<[string, number, contentType: string | undefined, body: string, failure: object]>([
    [
      'a path that is not served',
      404,
      'text/plain; charset=utf-8',
      '404 page not found\n',
      { kind: 'apiAbsent', ...asked },
    ],
    ['a proxy that knows no such page', 404, undefined, '', { kind: 'internal', status: 404 }],
    ['a 401 of a proxy in front', 401, 'text/plain', 'no', { kind: 'unauthenticated', server }],
    [
      'a web page',
      502,
      'text/html',
      '<html>Bad Gateway</html>',
      { kind: 'protocol', server, status: 502, reason: 'a web page came back' },
    ],
    ['a web page that does not say so', 403, undefined, '<!DOCTYPE html><p>Log in', { kind: 'protocol', status: 403 }],
    ['too many requests without a Status', 429, 'text/plain', 'Too many requests', { kind: 'tooManyRequests' }],
    ['JSON of somebody else', 400, 'application/json', '{"error":"x"}', { kind: 'internal', status: 400 }],
    ['nothing', 500, undefined, '', { kind: 'internal', status: 500, message: '' }],
  ])('without a Status: %s', (_, code, contentType, body, failure) => {
    expect(refused(code, body, { contentType })).toMatchObject(failure)
  })
})

describe('streamError', () => {
  const context = { server, asked: { verb: 'watch', resource: 'pods' }, group: '' }

  it('reads the Status of an ERROR event', () => {
    const { body } = status(410, 'Expired', 'too old resource version: 1 (2107)')
    expect(streamError(body, context)).toBeInstanceOf(ExpiredError)
  })

  it('makes something of anything else', () => {
    expect(streamError({ kind: 'Pod' }, context).failure).toEqual({
      kind: 'internal',
      verb: 'watch',
      resource: 'pods',
      status: 0,
      message: '',
    })
  })
})
