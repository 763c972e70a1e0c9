import type { Asked } from './sandbox-answers.ts'
import {
  applyDeployment,
  applyJob,
  applyRuntime,
  applyService,
  applyTo,
  claim,
  claimStatus,
  claims,
  core,
  deployment,
  deployments,
  force,
  get,
  job,
  jobs,
  main,
  more,
  patch,
  replicatedJob,
  runtime,
  runtimes,
  service,
  side,
} from './sandbox-apply-objects.ts'

/** What two apply of kinds whose lists have keys, with status, and of all sorts of kinds. */
export const kindApplies: Readonly<Record<string, readonly Asked[]>> = {
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
}
