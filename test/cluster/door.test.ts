import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Cluster, ConnectionFlags } from '../../src/cluster/cluster.ts'
import { connect } from '../../src/cluster/connect.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { type Resource, resources } from '../../src/kube/resources.ts'
import { temporaryFolder } from '../unit/api-server.ts'
import { cluster } from './harness.ts'

interface Door {
  readonly door: Cluster
  readonly said: string[]
}

async function open(flags: ConnectionFlags = {}, kubeconfig = cluster().kubeconfig): Promise<Door> {
  const said: string[] = []
  const environment = { KUBECONFIG: kubeconfig, PATH: process.env['PATH'] }
  const door = await connect(flags, environment, (text) => said.push(text), new AbortController().signal)
  onTestFinished(() => door.close())
  return { door, said }
}

async function failureOf(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => 'no failure',
    (error: unknown) => (error instanceof ClusterError ? error.failure : error),
  )
}

const configMap = (namespace: string, name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name },
  data,
})

const pyTorchJob = (namespace: string, name: string, spec: object = {}, replica = 'Master'): KubeObject => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { namespace, name },
  spec: {
    runPolicy: { suspend: true },
    pytorchReplicaSpecs: {
      [replica]: {
        replicas: 1,
        template: { spec: { containers: [{ name: 'pytorch', image: 'example.org/train:1' }] } },
      },
    },
    ...spec,
  },
})

const trainJob = (namespace: string, name: string, runtime: string): KubeObject => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { namespace, name },
  spec: { suspend: true, runtimeRef: { name: runtime } },
})

/** A kubeconfig for the same cluster with another user. */
async function kubeconfigOf(user: object): Promise<string> {
  const { stdout } = await cluster().kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'])
  const config = JSON.parse(stdout) as { users: { user: object }[] }
  for (const entry of config.users) entry.user = user
  const file = path.join(temporaryFolder(), 'config')
  writeFileSync(file, JSON.stringify(config))
  return file
}

/** Answers who is asking. */
const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} }
const reviews: Resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'selfsubjectreviews',
  kind: 'SelfSubjectReview',
  namespaced: false,
}

const wrongUid = '00000000-0000-0000-0000-000000000000'

describe('the door: reading', () => {
  it('gets, finds, and pages through a list', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await door.create(resources.configMaps, configMap(namespace, name))
    expect(await door.get(resources.configMaps, namespace, 'a')).toMatchObject({ metadata: { name: 'a' } })
    expect(await door.find(resources.configMaps, namespace, 'nobody')).toBeUndefined()

    const before = door.requests
    const options = { namespace, fieldSelector: 'metadata.name!=kube-root-ca.crt', pageSize: 2 }
    const { items, resourceVersion } = await door.list(resources.configMaps, options)
    expect(items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => `ConfigMap ${name}`),
    )
    expect(Number(resourceVersion)).toBeGreaterThan(0)
    expect(door.requests - before).toBeGreaterThanOrEqual(3)
  })

  it('types what is not there', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    const absent: Resource = {
      group: 'absent.example.org',
      version: 'v1',
      plural: 'nopes',
      kind: 'Nope',
      namespaced: true,
    }
    expect(await failureOf(door.get(resources.pytorchJobs, namespace, 'x'))).toMatchObject({
      kind: 'notFound',
      name: 'x',
    })
    expect(await failureOf(door.find(absent, namespace, 'x'))).toMatchObject({ kind: 'apiAbsent' })
    expect(await failureOf(door.list({ ...resources.pytorchJobs, version: 'v9' }, {}))).toMatchObject({
      kind: 'apiAbsent',
    })
    expect(await failureOf(door.create(resources.configMaps, configMap('no-such-namespace', 'x')))).toEqual({
      kind: 'notFound',
      verb: 'create',
      resource: 'namespaces',
      name: 'no-such-namespace',
    })
    expect(await failureOf(door.raw('/no/such/path'))).toMatchObject({ kind: 'apiAbsent' })
    expect(await door.raw('/version')).toMatchObject({ major: '1' })
  })
})

describe('the door: writing', () => {
  it('creates once', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    await door.create(resources.configMaps, configMap(namespace, 'a'))
    expect(await failureOf(door.create(resources.configMaps, configMap(namespace, 'a')))).toEqual({
      kind: 'alreadyExists',
      verb: 'create',
      resource: 'configmaps',
      namespace,
      name: 'a',
    })
  })

  it('patches under preconditions', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    const { metadata } = await door.create(resources.configMaps, configMap(namespace, 'a', { keep: '1' }))
    const patch = (data: Record<string, string | null>, preconditions: object) =>
      door.patch(resources.configMaps, namespace, 'a', { data }, { preconditions })
    const { uid, resourceVersion } = metadata

    expect(await patch({ b: '2' }, { uid, resourceVersion })).toMatchObject({ data: { keep: '1', b: '2' } })
    expect(await failureOf(patch({ b: '3' }, { resourceVersion }))).toMatchObject({ kind: 'conflict', name: 'a' })
    expect(await failureOf(patch({ b: '3' }, { uid: wrongUid }))).toMatchObject({ kind: 'conflict', name: 'a' })
    expect(await door.get(resources.configMaps, namespace, 'a')).toMatchObject({ data: { b: '2' } })
  })

  it('applies, and tells whose the fields are', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    await door.apply(resources.configMaps, configMap(namespace, 'a', { x: '1' }))
    const other = { fieldManager: 'somebody-else' }
    const changed = configMap(namespace, 'a', { x: '2' })
    expect(await failureOf(door.apply(resources.configMaps, changed, other))).toMatchObject({
      kind: 'conflict',
      owned: [{ path: 'data.x', manager: 'kubectl-migrate' }],
    })
    expect(await door.apply(resources.configMaps, changed, { ...other, force: true })).toMatchObject({
      data: { x: '2' },
    })
  })

  it('deletes the object that is meant, or none', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    const { metadata } = await door.create(resources.configMaps, configMap(namespace, 'a'))
    const remove = (preconditions?: object) => door.delete(resources.configMaps, namespace, 'a', { preconditions })
    expect(await failureOf(remove({ uid: wrongUid }))).toMatchObject({ kind: 'conflict' })
    expect(await failureOf(remove({ resourceVersion: '1' }))).toMatchObject({ kind: 'conflict' })
    expect(await remove({ uid: metadata.uid })).toBe(true)
    expect(await remove()).toBe(false)
  })

  it('stores nothing in a dry run', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    await door.create(resources.configMaps, configMap(namespace, 'a'), { dryRun: true })
    expect(await door.find(resources.configMaps, namespace, 'a')).toBeUndefined()
    await door.create(resources.configMaps, configMap(namespace, 'a'))
    await door.patch(resources.configMaps, namespace, 'a', { data: { b: '1' } }, { dryRun: true })
    await door.delete(resources.configMaps, namespace, 'a', { dryRun: true })
    expect(await door.get(resources.configMaps, namespace, 'a')).not.toHaveProperty('data')
  })

  it.each<[string, (door: Cluster, namespace: string) => Promise<unknown>, path: string]>([
    [
      'create',
      (door, namespace) => door.create(resources.pytorchJobs, pyTorchJob(namespace, 'a', { typo: 1 })),
      'spec.typo',
    ],
    [
      'apply',
      (door, namespace) => door.apply(resources.pytorchJobs, pyTorchJob(namespace, 'a', { typo: 1 })),
      'spec.typo',
    ],
    [
      'patch',
      async (door, namespace) => {
        await door.create(resources.pytorchJobs, pyTorchJob(namespace, 'a'))
        return door.patch(resources.pytorchJobs, namespace, 'a', { spec: { typo: 1 } })
      },
      'spec.typo',
    ],
  ])('refuses unknown fields: %s', async (_, act, field) => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    expect(await failureOf(act(door, namespace))).toMatchObject({
      kind: 'invalid',
      fields: [{ path: field, message: expect.stringMatching(/unknown field|field not declared in schema/) }],
    })
  })

  it('passes warnings of the API on', async () => {
    const { door, said } = await open()
    const namespace = await cluster().namespace()
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]
    const pod: KubeObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: 'a' },
      spec: { containers: [{ name: 'a', image: 'example.org/a:1', env }] },
    }
    await door.create(resources.pods, pod, { dryRun: true })
    await door.create(resources.pods, pod, { dryRun: true })
    expect(said).toEqual([
      expect.stringMatching(/^Warning: spec\.containers\[0\]\.env\[1\]: hides previous definition/),
    ])
  })
})

describe('the door: refusals', () => {
  it("of Training Operator v1's webhook", async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    expect(await failureOf(door.create(resources.pytorchJobs, pyTorchJob(namespace, 'a', {}, 'Boss')))).toMatchObject({
      kind: 'webhook',
      webhook: 'validator.pytorchjob.training-operator.kubeflow.org',
      outcome: 'denied',
      message: expect.stringContaining('supported values: "Master", "Worker"'),
    })
  })

  it("of Trainer v2's webhook", async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    expect(await failureOf(door.create(resources.trainJobs, trainJob(namespace, 'a', 'nowhere')))).toMatchObject({
      kind: 'webhook',
      webhook: 'validator.trainjob.trainer.kubeflow.org',
      outcome: 'denied',
      message: expect.stringContaining('"nowhere" not found'),
    })
  })

  it('of a schema and of a rule', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    const wrong = pyTorchJob(namespace, 'a', { nprocPerNode: 7 })
    expect(await failureOf(door.create(resources.pytorchJobs, wrong))).toMatchObject({
      kind: 'invalid',
      fields: [{ path: 'spec.nprocPerNode', message: expect.stringContaining('must be of type string') }],
    })
    expect(
      await failureOf(door.create(resources.trainJobs, trainJob(namespace, '9', 'torch-distributed'))),
    ).toMatchObject({
      kind: 'invalid',
      fields: [{ path: '', message: expect.stringContaining('metadata.name must match RFC 1035') }],
    })
  })

  it('of a namespace that goes away', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    // a finalizer keeps it going away
    const held = {
      ...configMap(namespace, 'held'),
      metadata: { namespace, name: 'held', finalizers: ['example.org/hold'] },
    }
    await door.create(resources.configMaps, held)
    await door.delete(resources.namespaces, undefined, namespace)
    expect(await failureOf(door.create(resources.configMaps, configMap(namespace, 'late')))).toMatchObject({
      kind: 'admission',
      message: expect.stringContaining('is being terminated'),
    })
    await door.patch(resources.configMaps, namespace, 'held', { metadata: { finalizers: null } })
  })

  it('of RBAC: who may not do what, and where', async () => {
    const { door } = await open({ as: 'carol', asGroup: ['system:authenticated'] })
    expect(await failureOf(door.list(resources.pytorchJobs, {}))).toMatchObject({
      kind: 'forbidden',
      verb: 'list',
      resource: 'pytorchjobs.kubeflow.org',
      group: 'kubeflow.org',
      namespace: undefined,
      user: 'carol',
    })
    expect(await failureOf(door.patch(resources.pytorchJobs, 'default', 'x', {}))).toMatchObject({
      kind: 'forbidden',
      verb: 'patch',
      namespace: 'default',
      name: 'x',
    })
    expect(await failureOf(door.create(resources.configMaps, configMap('default', 'x')))).toMatchObject({
      kind: 'forbidden',
      verb: 'create',
      resource: 'configmaps',
    })
  })

  it('of credentials', async () => {
    const wrong = await open({}, await kubeconfigOf({ token: 'wr0ng-t0ken' }))
    expect(await failureOf(wrong.door.list(resources.pods, {}))).toMatchObject({
      kind: 'unauthenticated',
      message: 'Unauthorized',
    })
    const nobody = await open({}, await kubeconfigOf({}))
    expect(await failureOf(nobody.door.list(resources.pods, {}))).toMatchObject({
      kind: 'forbidden',
      user: 'system:anonymous',
    })
  })

  it('of a certificate that is not trusted, unless told not to look', async () => {
    const stranger = await open({ tlsServerName: 'stranger.example' })
    expect(await failureOf(stranger.door.raw('/version'))).toMatchObject({
      kind: 'certificate',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
    const careless = await open({ insecureSkipTlsVerify: true, tlsServerName: 'stranger.example' })
    expect(await careless.door.raw('/version')).toMatchObject({ major: '1' })
  })
})

describe('the door: who is asking', () => {
  it.each<[string, (token: string) => object]>([
    ['a token', (token) => ({ token })],
    [
      'a token file',
      (token) => {
        const file = path.join(temporaryFolder(), 'token')
        writeFileSync(file, `${token}\n`)
        return { tokenFile: file }
      },
    ],
    [
      'an exec plugin',
      (token) => {
        const credential = { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token } }
        const exec = {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'echo',
          args: [JSON.stringify(credential)],
          interactiveMode: 'Never',
        }
        return { exec }
      },
    ],
  ])('%s', async (_, user) => {
    const namespace = await cluster().namespace()
    const { stdout } = await cluster().kubectl(['create', 'token', 'default'], { namespace })
    const { door } = await open({}, await kubeconfigOf(user(stdout.trim())))
    expect(await door.create(reviews, review)).toMatchObject({
      status: { userInfo: { username: `system:serviceaccount:${namespace}:default` } },
    })
  })

  it('somebody else, with --as', async () => {
    const { door } = await open({ as: 'carol', asGroup: ['dev', 'ops'], asUid: '7' })
    expect(await door.create(reviews, review)).toMatchObject({
      status: { userInfo: { username: 'carol', uid: '7', groups: expect.arrayContaining(['dev', 'ops']) } },
    })
  })
})

describe('the door: watching', () => {
  it('begins with what is there and follows every change', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    await door.create(resources.configMaps, configMap(namespace, 'a'))
    const controller = new AbortController()
    const options = { namespace, fieldSelector: 'metadata.name!=kube-root-ca.crt', signal: controller.signal }
    const seen: string[] = []
    for await (const event of door.watch(resources.configMaps, options)) {
      if (event.type === 'RESYNC') {
        seen.push(`RESYNC ${event.items.map((item) => item.metadata.name)}`)
        await door.create(resources.configMaps, configMap(namespace, 'b'))
        await door.patch(resources.configMaps, namespace, 'a', { data: { x: '1' } })
        await door.delete(resources.configMaps, namespace, 'b')
        continue
      }
      seen.push(`${event.type} ${event.object.metadata.name}`)
      if (event.type === 'DELETED') controller.abort()
    }
    expect(seen).toEqual(['RESYNC a', 'ADDED b', 'MODIFIED a', 'DELETED b'])
  })

  it('misses nothing between a list and the watch from there', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    const { resourceVersion } = await door.list(resources.configMaps, { namespace })
    await door.create(resources.configMaps, configMap(namespace, 'between'))
    const { signal } = new AbortController()
    for await (const event of door.watch(resources.configMaps, { namespace, resourceVersion, signal })) {
      if (event.type === 'RESYNC') throw new Error('a watch from a fresh list needs no new list')
      if (event.object.metadata.name !== 'between') continue
      expect(event.type).toBe('ADDED')
      break
    }
  })

  it('lists anew when its place is too old', async () => {
    const { door } = await open()
    const namespace = await cluster().namespace()
    const { signal } = new AbortController()
    // TrainJobs cannot be watched from before their definition was made; ConfigMaps can, until a hundred were written
    for await (const event of door.watch(resources.trainJobs, { namespace, resourceVersion: '1', signal })) {
      expect(event.type).toBe('RESYNC')
      break
    }
  })
})
