import { describe, expect, it, onTestFinished } from 'vitest'
import { type Script, ScriptedServer, status } from '../../test/unit/api-server.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import type { Cluster } from './cluster.ts'
import { openCluster } from './connect.ts'
import { ClusterError } from './errors.ts'

const jobs = '/apis/kubeflow.org/v1/namespaces/nlp/pytorchjobs'
const strict = 'fieldManager=kubectl-migrate&fieldValidation=Strict'
const job: KubeObject = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'bert', namespace: 'nlp', uid: 'u-1' },
}
const notFound = status(404, 'NotFound', 'not found', { name: 'bert', group: 'kubeflow.org', kind: 'pytorchjobs' })

async function open(script: Script): Promise<{ cluster: Cluster; server: ScriptedServer; signal: AbortSignal }> {
  const server = await ScriptedServer.start(script)
  const { signal } = new AbortController()
  const settings = { context: 'here', namespace: 'ours', server: server.url, cluster: {}, user: {}, userName: '' }
  const cluster = await openCluster(settings, {}, {}, () => undefined, signal)
  onTestFinished(() => cluster.close())
  return { cluster, server, signal }
}

async function failureOf(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => undefined,
    (error: unknown) => (error instanceof ClusterError ? error.failure : error),
  )
}

describe('Cluster: where it is', () => {
  it('says so', async () => {
    const { cluster, server } = await open([])
    expect(cluster).toMatchObject({ context: 'here', namespace: 'ours', server: server.url, requests: 0 })
  })
})

describe('Cluster: reads', () => {
  it('gets one object', async () => {
    const { cluster } = await open([[`GET ${jobs}/bert`, { body: job }]])
    expect(await cluster.get(resources.pytorchJobs, 'nlp', 'bert')).toEqual(job)
    expect(cluster.requests).toBe(1)
  })

  it('lists managed fields by their top level where no more is wanted', async () => {
    const owned = (fieldsV1: object) => [{ fieldsType: 'FieldsV1', fieldsV1, manager: 'kubectl' }]
    const listed = { metadata: { managedFields: owned({ 'f:spec': { 'f:suspend': {} } }), name: 'bert' }, spec: {} }
    const { cluster } = await open([[`GET ${jobs}?limit=500`, { body: { metadata: {}, items: [listed] } }]])
    const { items } = await cluster.list(resources.pytorchJobs, { namespace: 'nlp', outlined: true })
    expect(items).toMatchObject([{ metadata: { managedFields: owned({ 'f:spec': {} }), name: 'bert' } }])
  })

  it('gets from the namespace of the context where none is given, and none for what has none', async () => {
    const { cluster } = await open([
      ['GET /api/v1/namespaces/ours/pods/a', {}],
      ['GET /api/v1/namespaces/nlp', {}],
    ])
    await cluster.get(resources.pods, undefined, 'a')
    await cluster.get(resources.namespaces, undefined, 'nlp')
  })

  it('types what is missing', async () => {
    const { cluster } = await open([[`GET ${jobs}/bert`, notFound]])
    expect(await failureOf(cluster.get(resources.pytorchJobs, 'nlp', 'bert'))).toEqual({
      kind: 'notFound',
      verb: 'get',
      resource: 'pytorchjobs.kubeflow.org',
      namespace: 'nlp',
      name: 'bert',
    })
  })

  it('finds nothing where the object is absent, and fails where its API is', async () => {
    const { cluster } = await open([
      [`GET ${jobs}/bert`, notFound],
      [`GET ${jobs}/bert`, { status: 404, headers: { 'Content-Type': 'text/plain' }, body: '404 page not found\n' }],
    ])
    expect(await cluster.find(resources.pytorchJobs, 'nlp', 'bert')).toBeUndefined()
    expect(await failureOf(cluster.find(resources.pytorchJobs, 'nlp', 'bert'))).toMatchObject({ kind: 'apiAbsent' })
  })

  it('lists a namespace or all, with selectors, in pages', async () => {
    const selected = 'labelSelector=a%3Db&fieldSelector=metadata.name%3Dx'
    const { cluster } = await open([
      [`GET ${jobs}?limit=500`, { body: { metadata: { resourceVersion: '9' }, items: [job] } }],
      [`GET /api/v1/pods?${selected}&limit=2`, { body: { metadata: { resourceVersion: '9', continue: 'c=1' } } }],
      [`GET /api/v1/pods?${selected}&limit=2&continue=c%3D1`, { body: { metadata: {} } }],
      ['GET /api/v1/pods', { body: { metadata: { resourceVersion: '10' } } }],
    ])
    expect(await cluster.list(resources.pytorchJobs, { namespace: 'nlp' })).toEqual({
      items: [job],
      resourceVersion: '9',
    })
    await cluster.list(resources.pods, { labelSelector: 'a=b', fieldSelector: 'metadata.name=x', pageSize: 2 })
    await cluster.list(resources.pods, { pageSize: 0 })
  })

  it('asks for a short first page and longer ones after it, and for metadata alone', async () => {
    const { cluster, server } = await open([
      [`GET ${jobs}?limit=3`, { body: { metadata: { continue: 'c' }, items: [job] } }],
      [`GET ${jobs}?limit=9&continue=c`, { body: { metadata: { continue: 'd' } } }],
      [`GET ${jobs}?limit=20&continue=d`, { body: { metadata: {} } }],
    ])
    const options = { namespace: 'nlp', firstPageSize: 3, pageSize: 20, metadataOnly: true }
    expect((await cluster.list(resources.pytorchJobs, options)).items).toEqual([job])
    expect(server.seen.map(({ headers }) => headers.accept)).toEqual(
      Array(3).fill('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'),
    )
  })

  it('types what it may not list', async () => {
    const message = 'pods is forbidden: User "bob" cannot list resource "pods" in API group "" at the cluster scope'
    const { cluster } = await open([
      ['GET /api/v1/pods?limit=500', status(403, 'Forbidden', message, { kind: 'pods' })],
    ])
    expect(await failureOf(cluster.list(resources.pods, {}))).toEqual({
      kind: 'forbidden',
      verb: 'list',
      resource: 'pods',
      namespace: undefined,
      group: '',
      user: 'bob',
      message,
    })
  })

  it('asks for any path', async () => {
    const { cluster } = await open([['GET /version', { body: { gitVersion: 'v1.36.3' } }]])
    expect(await cluster.raw('/version')).toEqual({ gitVersion: 'v1.36.3' })
  })
})

describe('Cluster: watch', () => {
  it('lists, watches from there, and ends with its signal', async () => {
    const event = (type: string, name: string) =>
      `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: '12' } } })}\n`
    const { cluster, server } = await open([
      ['GET /api/v1/namespaces/nlp/pods?labelSelector=a&limit=500', { body: { metadata: { resourceVersion: '11' } } }],
      [
        'GET /api/v1/namespaces/nlp/pods?labelSelector=a&watch=true&allowWatchBookmarks=true&timeoutSeconds=N&resourceVersion=11',
        {
          async stream(write, closed) {
            write(event('ADDED', 'a') + event('BOOKMARK', ''))
            write(event('DELETED', 'a'))
            await closed
          },
        },
      ],
    ])
    const controller = new AbortController()
    const seen: string[] = []
    const options = { namespace: 'nlp', labelSelector: 'a', signal: controller.signal }
    for await (const change of cluster.watch(resources.pods, options)) {
      seen.push(change.type)
      if (change.type === 'DELETED') controller.abort()
    }
    expect(seen).toEqual(['RESYNC', 'ADDED', 'DELETED'])
    expect(server.seen[1]?.headers).not.toHaveProperty('accept-encoding')
  })

  it('lets go of the connection when its reader stops', async () => {
    let cut = false
    const { cluster } = await open([
      [
        'GET /api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=N&resourceVersion=1',
        {
          async stream(write, closed) {
            write(`${JSON.stringify({ type: 'ADDED', object: { metadata: {} } })}\n`)
            await closed
            cut = true
          },
        },
      ],
    ])
    const { signal } = new AbortController()
    for await (const _ of cluster.watch(resources.pods, { resourceVersion: '1', signal })) break
    await expect.poll(() => cut).toBe(true)
  })
})

describe('Cluster: writes', () => {
  it('creates strictly', async () => {
    const { cluster, server } = await open([[`POST ${jobs}?${strict}`, { status: 201, body: job }]])
    expect(await cluster.create(resources.pytorchJobs, job)).toEqual(job)
    expect(server.seen[0]?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(job)
  })

  it('asks the server only, under another name', async () => {
    const { cluster } = await open([[`POST ${jobs}?fieldManager=me&fieldValidation=Strict&dryRun=All`, { body: job }]])
    await cluster.create(resources.pytorchJobs, job, { dryRun: true, fieldManager: 'me' })
  })

  it('applies on the server, by force when told', async () => {
    const { cluster, server } = await open([
      [`PATCH ${jobs}/bert?${strict}`, {}],
      [`PATCH ${jobs}/bert?${strict}&force=true`, {}],
    ])
    await cluster.apply(resources.pytorchJobs, job)
    await cluster.apply(resources.pytorchJobs, job, { force: true })
    expect(server.seen[0]?.headers['content-type']).toBe('application/apply-patch+yaml')
  })

  it('merges a patch, with its preconditions in the metadata', async () => {
    const { cluster, server } = await open([
      [`PATCH ${jobs}/bert?${strict}`, {}],
      [`PATCH ${jobs}/bert?${strict}`, {}],
    ])
    const body = { metadata: { labels: { a: null } }, spec: { suspend: true } }
    await cluster.patch(resources.pytorchJobs, 'nlp', 'bert', body)
    await cluster.patch(resources.pytorchJobs, 'nlp', 'bert', body, {
      preconditions: { uid: 'u', resourceVersion: '7' },
    })
    expect(server.seen[0]?.headers['content-type']).toBe('application/merge-patch+json')
    expect(server.seen.map((request) => JSON.parse(request.body))).toEqual([
      body,
      { metadata: { labels: { a: null }, uid: 'u', resourceVersion: '7' }, spec: { suspend: true } },
    ])
  })

  it('deletes with preconditions, propagation and grace', async () => {
    const { cluster, server } = await open([[`DELETE ${jobs}/bert`, { body: { kind: 'Status', status: 'Success' } }]])
    const deleted = await cluster.delete(resources.pytorchJobs, 'nlp', 'bert', {
      preconditions: { uid: 'u-1' },
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 0,
      dryRun: true,
    })
    expect(deleted).toBe(true)
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: 'u-1' },
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 0,
      dryRun: ['All'],
    })
  })

  it('says when there was nothing to delete, and fails where another object has the name', async () => {
    const { cluster } = await open([
      [`DELETE ${jobs}/bert`, notFound],
      [
        `DELETE ${jobs}/bert`,
        status(409, 'Conflict', 'the UID in the precondition (a) does not match the UID in record (b)'),
      ],
    ])
    expect(await cluster.delete(resources.pytorchJobs, 'nlp', 'bert')).toBe(false)
    expect(await failureOf(cluster.delete(resources.pytorchJobs, 'nlp', 'bert'))).toMatchObject({ kind: 'conflict' })
  })
})

describe('Cluster: logs of pods', () => {
  const path = '/api/v1/namespaces/nlp/pods/bert-master-0/log'

  async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
    const parts: Uint8Array[] = []
    for await (const chunk of chunks) parts.push(chunk)
    return Buffer.concat(parts).toString()
  }

  it('gives them as they come, and asks for no JSON', async () => {
    const { cluster, server, signal } = await open([
      [`GET ${path}?container=pytorch`, { body: 'one\ntwo' }],
      [
        `GET ${path}?container=pytorch&follow=true&previous=true&timestamps=true&sinceSeconds=5&tailLines=0`,
        { body: 'x' },
      ],
    ])
    expect(await textOf(await cluster.podLog('nlp', 'bert-master-0', { container: 'pytorch' }, signal))).toBe(
      'one\ntwo',
    )
    const query = {
      container: 'pytorch',
      follow: true,
      previous: true,
      timestamps: true,
      sinceSeconds: 5,
      tailLines: 0,
    }
    expect(await textOf(await cluster.podLog('nlp', 'bert-master-0', query, signal))).toBe('x')
    expect(server.seen[0]?.headers).toMatchObject({ accept: '*/*' })
  })

  it('gives the first lines while the log goes on, and stops reading with the iteration', async () => {
    let left: Promise<void> | undefined
    const { cluster, signal } = await open([
      [
        `GET ${path}?container=pytorch&follow=true`,
        {
          stream: async (write, closed) => {
            write('first\n')
            left = closed
            await closed
          },
        },
      ],
    ])
    for await (const chunk of await cluster.podLog(
      'nlp',
      'bert-master-0',
      { container: 'pytorch', follow: true },
      signal,
    )) {
      expect(Buffer.from(chunk).toString()).toBe('first\n')
      break
    }
    await left
  })

  it('asks a node that does not answer four times, or once where that is enough', async () => {
    const refused = status(500, 'InternalError', 'dial tcp 10.0.0.7:10250: connect: connection refused')
    const asked = `GET ${path}?container=pytorch`
    const { cluster, signal } = await open([
      [asked, refused],
      [asked, refused],
      [asked, refused],
      [asked, refused],
      [asked, refused],
    ])
    const query = { container: 'pytorch' }
    await failureOf(cluster.podLog('nlp', 'bert-master-0', query, signal, { once: true }))
    expect(cluster.requests).toBe(1)
    await failureOf(cluster.podLog('nlp', 'bert-master-0', query, signal))
    expect(cluster.requests).toBe(5)
  })

  it('types what goes wrong, also in the middle', async () => {
    const waiting = 'container "pytorch" in pod "bert-master-0" is waiting to start: ContainerCreating'
    const { cluster, signal } = await open([
      [`GET ${path}?container=pytorch`, status(400, 'BadRequest', waiting)],
      [`GET ${path}?container=pytorch`, { body: 'a long text', cut: 'halfway' }],
    ])
    const ask = () => cluster.podLog('nlp', 'bert-master-0', { container: 'pytorch' }, signal)
    expect(await failureOf(ask())).toMatchObject({
      kind: 'internal',
      status: 400,
      message: waiting,
      resource: 'pods/log',
      name: 'bert-master-0',
    })
    expect(await failureOf(textOf(await ask()))).toMatchObject({ kind: 'unreachable', code: 'ECONNRESET' })
  })
})
