import { describe, expect, it } from 'vitest'
import { sandboxWorld } from '../unit/sandbox-world.ts'
import { Api } from './api.ts'
import { cluster } from './harness.ts'

const configMaps = '/api/v1/namespaces/NAMESPACE/configmaps'
const jobs = '/apis/kubeflow.org/v1/namespaces/NAMESPACE/pytorchjobs'
const trainJobs = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainjobs'

const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...more,
})
const job = (more: object = {}) => {
  const template = { spec: { containers: [{ name: 'pytorch', image: 'train:1' }] } }
  const spec = { runPolicy: { suspend: true }, pytorchReplicaSpecs: { Worker: { replicas: 1, template, ...more } } }
  return { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name: 'bert' }, spec }
}
const trainJob = (runtime: string) => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name: 'gpt' },
  spec: { suspend: true, runtimeRef: { name: runtime, kind: 'TrainingRuntime' } },
})

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

const get = (path: string): Asked => ({ method: 'GET', path })
const post = (path: string, body: unknown): Asked => ({ method: 'POST', path, body })
const patch = (path: string, body: unknown): Asked => ({ method: 'PATCH', path, body })
const remove = (path: string, body?: unknown): Asked => ({ method: 'DELETE', path, body })

/** Each is asked of both, from an empty namespace; the last answer counts. */
const scenarios: Readonly<Record<string, readonly Asked[]>> = {
  'an object that is not there': [get(`${jobs}/none`)],
  'an object that is made': [post(configMaps, configMap('x', { data: { a: '1' } }))],
  'one that is made twice': [post(configMaps, configMap('x')), post(configMaps, configMap('x'))],
  'a name that is none': [post(configMaps, configMap('Bad_Name'))],
  'a namespace that is not there': [post('/api/v1/namespaces/none-such/configmaps', configMap('x'))],
  'a field nobody knows, strictly': [post(`${jobs}?fieldValidation=Strict`, job({ replicaz: 2 }))],
  'a v1 job': [post(jobs, job())],
  'a v1 job after a patch': [
    post(jobs, job()),
    patch(`${jobs}/bert`, { spec: { runPolicy: { cleanPodPolicy: 'All' } } }),
    get(`${jobs}/bert`),
  ],
  'a patch on an old version': [
    post(configMaps, configMap('x')),
    patch(`${configMaps}/x`, { metadata: { resourceVersion: '1' } }),
  ],
  'a deletion': [post(configMaps, configMap('x')), remove(`${configMaps}/x`)],
  'a deletion of another object': [
    post(configMaps, configMap('x')),
    remove(`${configMaps}/x`, { preconditions: { uid: 'other' } }),
  ],
  'what is deleted': [post(configMaps, configMap('x')), remove(`${configMaps}/x`), get(`${configMaps}/x`)],
  'an object with a finalizer, deleted': [
    post(configMaps, configMap('x', { metadata: { name: 'x', finalizers: ['example.com/keep'] } })),
    remove(`${configMaps}/x`),
    patch(`${configMaps}/x`, { metadata: { finalizers: null } }),
  ],
  'an immutable ConfigMap, changed': [
    post(configMaps, configMap('x', { immutable: true, data: { a: '1' } })),
    patch(`${configMaps}/x`, { data: { a: '2' } }),
  ],
  'a TrainJob without its runtime': [post(trainJobs, trainJob('none'))],
  'a dry run': [post(`${configMaps}?dryRun=All`, configMap('x')), get(`${configMaps}/x`)],
  'a field nobody can select by': [get(`${jobs}?fieldSelector=spec.x%3D1`)],
  'a path nobody serves': [get('/apis/nobody.example.com/v1/things')],
}

/** An answer without what differs from one moment and one cluster to the next. */
function shapeOf(code: number, body: unknown, namespace: string): unknown {
  const text = JSON.stringify(body, (key, value: unknown) => {
    // an operator may have written it, or not yet
    if (key === 'managedFields' || (key === 'status' && typeof value === 'object')) return undefined
    if (/^(uid|resourceVersion|creationTimestamp|deletionTimestamp|lastTransitionTime|lastUpdateTime)$/.test(key))
      return key
    return value
  })
  return [
    code,
    text === undefined
      ? ''
      : JSON.parse(
          text.replaceAll(namespace, 'NAMESPACE').replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID'),
        ),
  ]
}

describe('the sandbox answers as the API server does:', () => {
  it.each(Object.keys(scenarios))('%s', async (name) => {
    const { kubeconfig, namespace: make } = cluster()
    const api = await Api.fromKubeconfig(kubeconfig)
    const namespace = await make()
    const world = sandboxWorld()
    world.sandbox.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'test')
    const answers: { real: unknown; ours: unknown }[] = []
    for (const { method, path, body } of scenarios[name] ?? []) {
      const there = path.replaceAll('NAMESPACE', namespace)
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
      const real = await api.request(method, there, body, type)
      const ours = world.ask(method, there, body)
      answers.push({
        real: shapeOf(real.status, real.body, namespace),
        ours: 'code' in ours ? shapeOf(ours.code, 'body' in ours ? ours.body : ours.text, namespace) : ours,
      })
    }
    const last = answers.at(-1)
    expect(last?.ours).toEqual(last?.real)
  })
})
