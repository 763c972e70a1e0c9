import type { Asked } from './sandbox-answers.ts'

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

const data = { data: { a: '1' } }
const pods = '/api/v1/namespaces/NAMESPACE/pods'
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one' },
  spec: {
    serviceAccountName: 'default',
    automountServiceAccountToken: false,
    containers: [
      { name: 'main', image: 'train:1' },
      { name: 'side', image: 'side:1' },
    ],
  },
}
/** as the API server fills them in: a reference names nothing */
const withNamelessReferences = {
  imagePullSecrets: [{}],
  containers: [
    {
      name: 'pytorch',
      image: 'train:1',
      env: [{ name: 'KEY', valueFrom: { secretKeyRef: { key: 'k' } } }],
    },
  ],
}
const mpiRuntime = {
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainingRuntime',
  metadata: { name: 'mpi', labels: { 'trainer.kubeflow.org/framework': 'mpi' } },
  spec: {
    mlPolicy: { numNodes: 1, mpi: { numProcPerNode: 1 } },
    template: {
      spec: {
        replicatedJobs: ['launcher', 'node'].map((name) => {
          const template = { spec: { containers: [{ name: 'node', image: 'train:1' }] } }
          return { name, template: { spec: { template } } }
        }),
      },
    },
  },
}
const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io'

const get = (path: string): Asked => ({ method: 'GET', path })
const post = (path: string, body: unknown): Asked => ({ method: 'POST', path, body })
const patch = (path: string, body: unknown): Asked => ({ method: 'PATCH', path, body })
const jsonPatch = (body: unknown): Asked => ({
  ...patch(`${configMaps}/x`, body),
  type: 'application/json-patch+json',
})
const strategic = (body: unknown): Asked => ({
  ...patch(`${pods}/one`, body),
  type: 'application/strategic-merge-patch+json',
})
const remove = (path: string, body?: unknown): Asked => ({ method: 'DELETE', path, body })

/** Each is asked of both, from an empty namespace. */
export const requests: Readonly<Record<string, readonly Asked[]>> = {
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
  'a dry run of the deletion of a namespace': [
    remove('/api/v1/namespaces/NAMESPACE?dryRun=All'),
    get('/api/v1/namespaces/NAMESPACE'),
  ],
  'defaults of a definition that are nothing': [
    post(`${jobs}?dryRun=All`, job({ template: { spec: withNamelessReferences } })),
    post('/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainingruntimes?dryRun=All', mpiRuntime),
  ],
  'a field nobody can select by': [get(`${jobs}?fieldSelector=spec.x%3D1`)],
  'a path nobody serves': [get('/apis/nobody.example.com/v1/things')],
  'a JSON patch': [post(configMaps, configMap('x', data)), jsonPatch([{ op: 'add', path: '/data/b', value: '2' }])],
  'JSON patches that cannot be done': [
    post(configMaps, configMap('x', data)),
    jsonPatch([{ op: 'replace', path: '/data/none/x', value: '1' }]),
    jsonPatch([{ op: 'remove', path: '/data/none' }]),
    jsonPatch([{ op: 'test', path: '/data/a', value: '9' }]),
  ],
  'JSON patches whose operations are none': [
    post(configMaps, configMap('x', data)),
    jsonPatch([]),
    jsonPatch([{ op: 'move', from: '/data/none', path: '/data/b' }]),
    jsonPatch([{ op: 'test', path: '/data/none', value: '9' }]),
    jsonPatch([{ op: 'test', path: '/data/a', value: '1' }]),
    jsonPatch([{ op: 'burn', path: '/data/a' }]),
    jsonPatch([{ op: 'add', path: 'data', value: '1' }]),
    jsonPatch([{ op: 'replace', path: '/data/a', value: 1 }]),
    jsonPatch([{ op: 'replace', path: '/data', value: 'text' }]),
    jsonPatch([{ op: 'remove', path: '/metadata/labels/none' }]),
    jsonPatch([1]),
    jsonPatch('null'),
    jsonPatch(''),
  ],
  'merge patches of wrong types': [
    post(configMaps, configMap('x', data)),
    patch(`${configMaps}/x`, ''),
    patch(`${configMaps}/x`, 'null'),
    patch(`${configMaps}/x`, { data: 'text' }),
    patch(`${configMaps}/x`, { data: { a: 1 } }),
    patch(`${configMaps}/x`, { data: { a: null, b: null } }),
    patch(`${configMaps}/x`, { binaryData: { b: 'no base64!' } }),
    patch(`${configMaps}/x`, { metadata: { labels: 'text' } }),
    patch(`${configMaps}/x?fieldValidation=Strict`, { dota: {} }),
    post(jobs, job()),
    patch(`${jobs}/bert`, { spec: { runPolicy: { suspend: 'yes' } } }),
    patch(`${jobs}/bert`, { spec: { pytorchReplicaSpecs: null } }),
    patch(`${jobs}/bert?fieldValidation=Strict`, { spec: { runPolice: {} } }),
  ],
  'strategic merge patches that are none': [
    post(pods, pod),
    strategic('{"metadata":'),
    strategic('"text"'),
    strategic({ spec: { containers: [{ image: 'no:name' }] } }),
    strategic({ spec: { containers: [{ name: 'main', image: 'train:2' }] } }),
    strategic({ spec: { containers: [{ name: 'none', $patch: 'delete' }] } }),
    strategic({ metadata: { $patch: 'burn' } }),
    { ...patch(`${pods}/one`, {}), type: 'application/json' },
  ],
  'a Secret whose data are no base64': [
    post('/api/v1/namespaces/NAMESPACE/secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'no base64!' },
    }),
  ],
  'patches that are none': [
    post(configMaps, configMap('x', data)),
    jsonPatch('[{"op":'),
    jsonPatch({ a: 1 }),
    { ...patch(`${configMaps}/x`, '{"data":') },
    { ...patch(`${configMaps}/x`, [1]) },
    { ...patch(`${configMaps}/x`, '"text"') },
    { ...patch(`${configMaps}/x`, {}), type: 'text/plain' },
    { ...patch(`${configMaps}/x`, [1]), type: 'application/strategic-merge-patch+json' },
    post(jobs, job()),
    { ...patch(`${jobs}/bert`, {}), type: 'application/strategic-merge-patch+json' },
    { ...patch(`${jobs}/bert`, '{"spec":') },
  ],
  'patches that change what an object is': [
    post(configMaps, configMap('x', data)),
    patch(`${configMaps}/x`, { metadata: { name: 'other' } }),
    post(jobs, job()),
    patch(`${jobs}/bert`, { metadata: { name: 'other' } }),
  ],
  'a patch of an object that is not there': [patch(`${configMaps}/none`, {}), patch(`${jobs}/none`, {})],
  'a strategic merge patch': [
    post(pods, pod),
    { ...patch(`${pods}/one`, { metadata: { labels: { a: 'b' } } }), type: 'application/strategic-merge-patch+json' },
  ],
  'a field of the wrong type': [
    post(configMaps, configMap('x', { data: { a: 1 } })),
    post(configMaps, configMap('x', { immutable: 'yes' })),
    post(jobs, job({ restartPolicy: 5 })),
  ],
  'bodies that are no objects': [
    post(configMaps, '{"apiVersion":'),
    post(configMaps, '[]'),
    post(configMaps, ''),
    post(jobs, '{"apiVersion":'),
    { ...post(configMaps, configMap('x')), type: 'text/plain' },
    post(jobs, configMap('x')),
    post(configMaps, job()),
  ],
  'a body that is too large': [post(configMaps, configMap('x', { data: { a: 'x'.repeat(3 * 1024 * 1024) } }))],
  'methods that paths do not know': [
    { method: 'POST', path: `${configMaps}/x`, body: {} },
    { method: 'PUT', path: configMaps, body: {} },
    { method: 'PATCH', path: configMaps, body: {} },
  ],
  'paths nobody serves': [
    get('/api/v2'),
    get('/api/v1/things'),
    get('/apis/kubeflow.org/v2'),
    get('/apis/kubeflow.org/v1/namespaces/NAMESPACE/pytorchjobs/x/y'),
    get('/nothing'),
  ],
  'lists, and versions to list at': [
    post(configMaps, configMap('x', { metadata: { name: 'x', labels: { a: 'b' } } })),
    get(`${configMaps}?labelSelector=a%3Db`),
    get(`${configMaps}?labelSelector=a%3Db&resourceVersion=0`),
    get(`${configMaps}?labelSelector=a%3D${'x'.repeat(64)}`),
    get(`${configMaps}?labelSelector=a%20in%20(b,${'x'.repeat(64)})`),
    get(`${configMaps}?labelSelector=a,!a`),
    get(`${configMaps}?labelSelector=a%3Db&resourceVersion=VERSION&resourceVersionMatch=NotOlderThan`),
    get(`${configMaps}?labelSelector=a%3Db&resourceVersion=VERSION&resourceVersionMatch=Exact`),
    get(`${configMaps}?resourceVersionMatch=Exact`),
    get(`${configMaps}?resourceVersionMatch=Sometimes&resourceVersion=1`),
    get(`${configMaps}?resourceVersion=0&resourceVersionMatch=Exact`),
    get(`${configMaps}?resourceVersion=nonsense`),
    get(`${configMaps}?sendInitialEvents=true`),
    get(`${configMaps}?watch=true&sendInitialEvents=true`),
    get(`${configMaps}?watch=true&resourceVersionMatch=NotOlderThan&resourceVersion=1`),
    get(`${configMaps}?watch=true&resourceVersion=nonsense`),
    get(`${configMaps}?fieldSelector=spec.x%3D1`),
    get(`${configMaps}/x?resourceVersion=0`),
  ],
  tables: [
    post(configMaps, configMap('x', data)),
    { ...get(`${configMaps}/x`), accept: asTable },
    { ...get(`${configMaps}?fieldSelector=metadata.name%3Dx`), accept: asTable },
    { ...get(`${configMaps}?fieldSelector=metadata.name%3Dx&includeObject=None`), accept: asTable },
    { ...get(`${configMaps}?fieldSelector=metadata.name%3Dx&includeObject=Object`), accept: asTable },
    { ...get(`${configMaps}/none`), accept: asTable },
    ...['pods', 'services', 'secrets', 'serviceaccounts', 'persistentvolumeclaims', 'resourcequotas'].map((plural) => ({
      ...get(`/api/v1/namespaces/NAMESPACE/${plural}?fieldSelector=metadata.name%3Dnone`),
      accept: asTable,
    })),
    ...[
      'apps/v1/namespaces/NAMESPACE/deployments',
      'batch/v1/namespaces/NAMESPACE/jobs',
      'coordination.k8s.io/v1/namespaces/NAMESPACE/leases',
      'networking.k8s.io/v1/namespaces/NAMESPACE/networkpolicies',
      'policy/v1/namespaces/NAMESPACE/poddisruptionbudgets',
      'rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/roles',
      'rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/rolebindings',
      'kubeflow.org/v1/namespaces/NAMESPACE/pytorchjobs',
      'trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainjobs',
      'trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainingruntimes',
      'jobset.x-k8s.io/v1alpha2/namespaces/NAMESPACE/jobsets',
    ].map((path) => ({ ...get(`/apis/${path}`), accept: asTable })),
  ],
  'logs of pods that have none': [
    get(`${pods}/none/log`),
    post(pods, { ...pod, spec: { ...pod.spec, nodeSelector: { nowhere: 'true' } } }),
    get(`${pods}/one/log`),
    get(`${pods}/one/log?container=main`),
    get(`${pods}/one/log?container=main&previous=true`),
    get(`${pods}/one/log?container=none`),
    get(`${pods}/one/log?container=main&tailLines=-1`),
    get(`${pods}/one/log?container=main&sinceSeconds=0`),
    get(`${pods}/one/log?container=main&sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z`),
    get(`${pods}/one/log?container=main&limitBytes=0`),
    get(`${pods}/one/log?container=main&tailLines=many`),
  ],
}
