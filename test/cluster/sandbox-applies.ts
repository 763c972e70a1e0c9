import type { Asked } from './sandbox-answers.ts'

const core = '/api/v1/namespaces/NAMESPACE'
const configMaps = `${core}/configmaps`
const services = `${core}/services`
const deployments = '/apis/apps/v1/namespaces/NAMESPACE/deployments'
const jobs = '/apis/kubeflow.org/v1/namespaces/NAMESPACE/pytorchjobs'
const runtimes = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainingruntimes'

const type = 'application/apply-patch+yaml'
const get = (path: string): Asked => ({ method: 'GET', path })
const post = (path: string, body: unknown): Asked => ({ method: 'POST', path, body })
const patch = (path: string, body: unknown): Asked => ({ method: 'PATCH', path, body })
const put = (path: string, body: unknown): Asked => ({ method: 'PUT', path, body })
const jsonPatch = (path: string, body: unknown): Asked => ({
  ...patch(path, body),
  type: 'application/json-patch+json',
})

/** `manager` applies an object; `more` goes on in the query. */
const applyTo =
  (path: string) =>
  (manager: string, body: unknown, more = ''): Asked => ({
    method: 'PATCH',
    path: `${path}?fieldManager=${manager}${more}`,
    body,
    type,
  })
const force = '&force=true'

const applyMap = applyTo(`${configMaps}/x`)
const map = (data?: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', ...metadata },
  ...(data && { data }),
})

const applyService = applyTo(`${services}/s`)
const service = (ports: readonly object[], more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's' },
  spec: { clusterIP: 'None', selector: { app: 's' }, ports, ...more },
})

const applyDeployment = applyTo(`${deployments}/d`)
const deployment = (containers: readonly object[], more: object = {}, pod: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers, ...pod } },
    ...more,
  },
})
/** What another manager adds to it. */
const more = (pod: object, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { ...spec, template: { spec: pod } },
})

const claims = `${core}/persistentvolumeclaims`
const claim = (spec?: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c' },
  ...(spec && { spec: { storageClassName: 'none-such', ...spec } }),
})
const claimStatus = (conditions: readonly object[], storage?: string) => ({
  ...claim(),
  status: { conditions, ...(storage && { capacity: { storage } }) },
})

const applyJob = applyTo(`${jobs}/bert`)
const job = (image = 'train:1', worker: object = {}, more: object = {}) => {
  const template = { spec: { containers: [{ name: 'pytorch', image, ...worker }] } }
  const spec = { runPolicy: { suspend: true }, pytorchReplicaSpecs: { Worker: { replicas: 1, template } }, ...more }
  return { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name: 'bert' }, spec }
}

const applyRuntime = applyTo(`${runtimes}/r`)
const runtime = (jobsOf: readonly object[], metadata: object = {}) => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainingRuntime',
  metadata: { name: 'r', ...metadata },
  spec: { mlPolicy: { numNodes: 1 }, template: { spec: { replicatedJobs: jobsOf } } },
})
const replicatedJob = (name: string, image = 'train:1') => ({
  name,
  template: { spec: { template: { spec: { containers: [{ name: 'node', image }] } } } },
})

const main = { name: 'main', image: 'train:1' }
const side = { name: 'side', image: 'side:1' }

/** Server-side apply, and who owns what: each is asked of both, from an empty namespace. */
export const applies: Readonly<Record<string, readonly Asked[]>> = {
  'an object that is applied, again, and with less': [
    applyMap('alice', map({ a: '1', b: '2' })),
    applyMap('alice', map({ a: '1', b: '2' })),
    applyMap('alice', map({ a: '3' }, { labels: { l: '1' } })),
    applyMap('alice', map(undefined, { annotations: { n: '1' } })),
    get(`${configMaps}/x`),
  ],
  'what two apply': [
    applyMap('alice', map({ a: '1', b: '2' })),
    applyMap('bob', map({ b: '2', c: '3' })),
    applyMap('alice', map({ a: '1' })),
    applyMap('bob', map({ c: '3' })),
    applyMap('bob', map()),
  ],
  'conflicts of appliers': [
    applyMap('alice', map({ a: '1', b: '2' }, { labels: { l: '1' } })),
    applyMap('bob', map({ a: '2' })),
    applyMap('bob', map({ a: '2', b: '3', c: '4' }, { labels: { l: '2' } })),
    applyMap('bob', map({ a: '2', c: '4' }), force),
    applyMap('alice', map({ a: '1', b: '2' })),
    applyMap('alice', map({ b: '2' })),
    get(`${configMaps}/x`),
  ],
  'conflicts with other writes': [
    post(configMaps, map({ a: '1', b: '2' })),
    applyMap('alice', map({ a: '2', b: '2' })),
    applyMap('alice', map({ a: '1' })),
    patch(`${configMaps}/x?fieldManager=bob`, { data: { a: '5', z: '6' } }),
    applyMap('alice', map({ a: '1' })),
    applyMap('alice', map({ a: '1' }), force),
    put(`${configMaps}/x?fieldManager=bob`, map({ a: '7' })),
    applyMap('alice', map({ a: '1', z: '1' }), force),
    jsonPatch(`${configMaps}/x?fieldManager=bob`, [{ op: 'remove', path: '/data' }]),
  ],
  'objects that nobody is recorded for': [
    post(configMaps, map({ a: '1' })),
    jsonPatch(`${configMaps}/x`, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]),
    patch(`${configMaps}/x`, { data: { b: '2' } }),
    applyMap('alice', map({ a: '2' })),
    applyMap('alice', map({ a: '2' }), force),
  ],
  'managed fields that somebody writes': [
    applyMap('alice', map({ a: '1', b: '2' })),
    jsonPatch(`${configMaps}/x?fieldManager=bob`, [
      {
        op: 'add',
        path: '/metadata/managedFields',
        value: [
          {
            manager: 'carol',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { 'f:b': {} } },
          },
        ],
      },
    ]),
    patch(`${configMaps}/x?fieldManager=bob`, {
      metadata: { managedFields: [{ manager: 'x', operation: 'No' }] },
      data: { c: '1' },
    }),
    applyMap('carol', map()),
  ],
  'lists by their keys': [
    applyService(
      'alice',
      service([
        { name: 'a', port: 80 },
        { name: 'b', port: 81 },
      ]),
    ),
    applyService(
      'bob',
      service([
        { name: 'c', port: 82, targetPort: 8080 },
        { name: 'b', port: 81 },
      ]),
    ),
    applyService('bob', service([{ name: 'c', port: 82, targetPort: 8081 }])),
    applyService(
      'alice',
      service([
        { name: 'z', port: 80 },
        { name: 'd', port: 83, protocol: 'UDP' },
      ]),
    ),
    applyService('bob', service([{ name: 'other', port: 80 }])),
    applyService('bob', service([{ name: 'other', port: 80 }], { selector: { app: 'x' } }), force),
    applyService('alice', service([{ port: 83, name: 'd', protocol: 'UDP' }], { selector: { app: 'x', more: 'y' } })),
  ],
  'a Deployment that two apply': [
    applyDeployment('alice', deployment([main])),
    applyDeployment('bob', more({ containers: [side], tolerations: [{ key: 'gpu', operator: 'Exists' }] })),
    applyDeployment(
      'alice',
      deployment([
        {
          ...main,
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ]),
    ),
    applyDeployment(
      'bob',
      more({
        containers: [
          side,
          {
            name: 'main',
            env: [
              { name: 'C', value: '3' },
              { name: 'B', value: '3' },
            ],
          },
        ],
      }),
    ),
    applyDeployment(
      'bob',
      more({ containers: [side, { name: 'main', env: [{ name: 'C', value: '3' }] }] }, { paused: true }),
    ),
    applyDeployment('alice', deployment([{ ...main, ports: [{ containerPort: 80 }], args: ['a', 'b'] }])),
    applyDeployment('bob', more({ containers: [{ name: 'main', args: ['b'] }] })),
    applyDeployment('bob', more({ containers: [] })),
    applyDeployment('alice', deployment([main], { replicas: undefined })),
    applyDeployment(
      'alice',
      deployment([{ ...main, ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }]),
    ),
    applyDeployment('alice', deployment([main, { image: 'x' }])),
    get(`${deployments}/d`),
  ],
  'volumes, sets and resources of a Deployment': [
    applyDeployment(
      'alice',
      deployment(
        [
          {
            ...main,
            resources: { limits: { cpu: '1', 'nvidia.com/gpu': '1' } },
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
        ],
        {},
        { volumes: [{ name: 'v', emptyDir: {} }], nodeSelector: { a: 'b' }, serviceAccountName: 'x' },
      ),
    ),
    applyDeployment('bob', more({ volumes: [{ name: 'w', configMap: { name: 'c' } }], nodeSelector: { c: 'd' } })),
    applyDeployment(
      'bob',
      more({ volumes: [{ name: 'w', configMap: { name: 'c' } }], nodeSelector: { c: 'd' } }),
      force,
    ),
    applyDeployment('alice', {
      ...deployment([main]),
      metadata: { name: 'd', finalizers: ['example.com/a', 'example.com/b'] },
    }),
    applyDeployment('bob', { ...more({}), metadata: { name: 'd', finalizers: ['example.com/c', 'example.com/b'] } }),
    applyDeployment('alice', { ...deployment([main]), metadata: { name: 'd', finalizers: ['example.com/a'] } }),
    patch(`${deployments}/d`, { metadata: { finalizers: null } }),
  ],
  'a v1 job that is applied': [
    applyJob('alice', job()),
    applyJob('bob', job('train:2')),
    applyJob('bob', job('train:2'), force),
    applyJob('alice', job('train:2', {}, { elasticPolicy: { minReplicas: 1 } })),
    applyJob('alice', job('train:2')),
    patch(`${jobs}/bert?fieldManager=carol`, {
      spec: { runPolicy: { cleanPodPolicy: 'All' } },
      metadata: { labels: { a: 'b' } },
    }),
    applyJob('alice', job('train:2', { ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] })),
    applyJob('alice', job('train:2', {}, { runPolicy: { suspend: true, cleanPodPolicy: 'None' } })),
    get(`${jobs}/bert`),
  ],
  'a runtime that two apply': [
    applyRuntime('alice', runtime([replicatedJob('node')])),
    applyRuntime('bob', runtime([replicatedJob('data'), replicatedJob('node')])),
    applyRuntime('bob', runtime([replicatedJob('data', 'data:2')], { labels: { a: 'b' } })),
    applyRuntime('alice', runtime([replicatedJob('node', 'train:2')])),
    applyRuntime('alice', runtime([])),
    get(`${runtimes}/r`),
  ],
  'status that is applied': [
    applyTo(`${claims}/c`)(
      'alice',
      claim({ resources: { requests: { storage: '1Gi' } }, accessModes: ['ReadWriteOnce'] }),
    ),
    applyTo(`${claims}/c/status`)('alice', claimStatus([{ type: 'A', status: 'True' }], '1Gi')),
    applyTo(`${claims}/c/status`)(
      'bob',
      claimStatus([
        { type: 'B', status: 'True' },
        { type: 'A', status: 'True' },
      ]),
    ),
    applyTo(`${claims}/c/status`)('bob', claimStatus([{ type: 'A', status: 'False' }], '2Gi')),
    applyTo(`${claims}/c/status`)('alice', claimStatus([])),
    applyTo(`${claims}/c`)('bob', { ...claim(), status: claimStatus([], '3Gi').status }),
    patch(`${claims}/c/status?fieldManager=bob`, { status: { capacity: { storage: '4Gi' } } }),
    applyTo(`${claims}/none/status`)('bob', { ...claimStatus([]), metadata: { name: 'none' } }),
    get(`${claims}/c`),
  ],
  'kinds of all sorts, applied': [
    applyTo(`${core}/secrets/x`)('alice', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x' },
      data: { a: 'YQ==' },
    }),
    applyTo(`${core}/serviceaccounts/x`)('alice', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'x' },
      imagePullSecrets: [{ name: 'a' }],
    }),
    applyTo('/apis/rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/roles/x')('alice', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'x' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    }),
    applyTo('/apis/rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/rolebindings/x')('alice', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'x' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' },
      subjects: [{ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }],
    }),
    applyTo('/apis/networking.k8s.io/v1/namespaces/NAMESPACE/networkpolicies/x')('alice', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x' },
      spec: { podSelector: { matchLabels: { a: 'b' } }, ingress: [{}] },
    }),
    applyTo('/apis/coordination.k8s.io/v1/namespaces/NAMESPACE/leases/x')('alice', {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'x' },
      spec: { holderIdentity: 'me', renewTime: '2026-01-01T00:00:00.000000Z' },
    }),
    applyTo(`${core}/resourcequotas/x`)('alice', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'x' },
      spec: { hard: { pods: '5', cpu: '2' } },
    }),
  ],
  'dry runs of an apply': [
    applyMap('alice', map({ a: '1' }), '&dryRun=All'),
    get(`${configMaps}/x`),
    applyMap('alice', map({ a: '1' })),
    applyMap('alice', map({ a: '2' }), '&dryRun=All'),
    applyMap('bob', map({ a: '2' }), '&dryRun=All'),
    get(`${configMaps}/x`),
  ],
  'applies that say too little': [
    { method: 'PATCH', path: `${configMaps}/x`, body: map({ a: '1' }), type },
    { ...patch(`${configMaps}/x?force=true`, {}) },
    applyMap('alice', { apiVersion: 'v1', kind: 'ConfigMap' }),
    applyMap('alice', { kind: 'ConfigMap', metadata: { name: 'x' } }),
    applyMap('alice', { apiVersion: 'v1', metadata: { name: 'x' } }),
  ],
  'applies of another object': [
    applyMap('alice', map({}, { name: 'y' })),
    applyMap('alice', map({}, { namespace: 'other' })),
    applyMap('alice', { ...map(), kind: 'Secret' }),
    applyMap('alice', { ...map(), apiVersion: 'v2' }),
    applyJob('alice', { ...job(), apiVersion: 'kubeflow.org/v2' }),
    applyMap('alice', map({}, { uid: '00000000-0000-4000-8000-000000000000' })),
    applyMap('alice', map({ a: '1' })),
    applyMap('alice', map({ a: '1' }, { uid: '00000000-0000-4000-8000-000000000000' })),
    applyJob('alice', job()),
    applyJob('alice', { ...job(), metadata: { name: 'bert', uid: '00000000-0000-4000-8000-000000000000' } }),
    patch(`${jobs}/bert`, { metadata: { uid: '00000000-0000-4000-8000-000000000000' } }),
    applyMap('alice', map({ a: '2' }, { resourceVersion: '1' })),
    applyMap('alice', map({ a: '2' }, { name: 'y' })),
    applyMap('alice', map({ a: '2' }, { namespace: 'other' })),
    applyTo('/api/v1/namespaces/none-such/configmaps/x')('alice', map()),
  ],
  'applies of what cannot be merged': [
    applyMap('alice', map({}, { managedFields: [] })),
    applyMap('alice', map({ a: 1 })),
    applyMap('alice', map(undefined, { labels: 'x' })),
    applyMap('alice', { ...map(), dota: {} }),
    applyMap('alice', { ...map(), immutable: 'yes' }),
    applyMap('alice', { ...map(), dota: {} }, '&fieldValidation=Strict'),
    applyJob('alice', job('train:1', { imagge: 'x' })),
    applyJob('alice', job('train:1', { command: 'x' })),
    applyJob('alice', job('train:1', { ports: [{ containerPort: 'x' }] })),
    applyJob('alice', job('train:1', {}, { runPolicy: { suspend: true, schedulingPolicy: { minAvailable: 'x' } } })),
    applyMap('alice', '"text"'),
    applyMap('alice', '[]'),
  ],
  'an apply in YAML': [
    applyMap('alice', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: "1"\n  # b\n'),
  ],
  'an immutable ConfigMap, applied': [
    applyMap('alice', { ...map({ a: '1' }), immutable: true }),
    applyMap('alice', { ...map({ a: '2' }), immutable: true }),
    applyMap('alice', { ...map({ a: '1' }), immutable: true }),
  ],
  'values that are null or empty': [
    applyMap('alice', map({ a: '', b: '' })),
    applyMap('alice', map({}, { labels: {}, annotations: {} })),
    applyMap('bob', map({ b: null })),
    applyJob('alice', job('train:1', { env: [], resources: {} })),
    applyJob('alice', job('train:1', { resources: { limits: {} } })),
  ],
}
