import { dump } from 'js-yaml'

/** A kubectl command: its words, and what is typed into it. */
export interface Typed {
  readonly words: string
  readonly input?: string
}

const yaml = (...objects: object[]): string => objects.map((object) => dump(object, { noRefs: true })).join('---\n')
const type = (words: string, ...objects: object[]): Typed => ({
  words,
  ...(objects.length > 0 && { input: yaml(...objects) }),
})

const settings = (data: object): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data,
})
const replica = (image: string) => {
  const containers = [{ name: 'pytorch', image }]
  return { replicas: 1, restartPolicy: 'OnFailure', template: { spec: { containers } } }
}
const bert = (image = 'train:1', suspend = true): object => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'bert', labels: { team: 'nlp' } },
  spec: { runPolicy: { suspend }, pytorchReplicaSpecs: { Master: replica(image) } },
})
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one', labels: { app: 'one' } },
  spec: { automountServiceAccountToken: false, containers: [{ name: 'main', image: 'train:1' }] },
}
const runtime = {
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainingRuntime',
  metadata: { name: 'mine', labels: { 'trainer.kubeflow.org/framework': 'torch' } },
  spec: {
    mlPolicy: { numNodes: 1, torch: {} },
    template: {
      spec: {
        replicatedJobs: [
          {
            name: 'node',
            template: {
              metadata: { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } },
              spec: { template: { spec: { containers: [{ name: 'node', image: 'train:1' }] } } },
            },
          },
        ],
      },
    },
  },
}
const gpt = {
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name: 'gpt' },
  spec: { suspend: true, runtimeRef: { name: 'mine', kind: 'TrainingRuntime' } },
}
const labels = { x: 'l' }
const rbac = 'rbac.authorization.k8s.io'
const list = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'l1', labels }, data: { a: '1' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's1', labels }, stringData: { p: 'secret' } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'svc1', labels },
      spec: { selector: { app: 'one' }, clusterIP: 'None', ports: [{ name: 'a', port: 80 }] },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sa1', labels } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name: 'r1', labels },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'rb1', labels },
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'r1' },
      subjects: [{ kind: 'User', name: 'bob', apiGroup: rbac }],
    },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'lease1', labels },
      spec: { holderIdentity: 'me' },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'np1', labels },
      spec: { podSelector: { matchLabels: { app: 'one' } } },
    },
  ],
}
const listed = 'cm,secret,svc,sa,role,rolebinding,lease,netpol -l x=l'

/** Each is typed at both in a namespace of its own; exit code, output and errors of every command are compared. */
export const commands: Readonly<Record<string, readonly Typed[]>> = {
  'apply, diff, get and describe of a built-in kind': [
    type('apply -f -', settings({ a: '1', b: '2' })),
    type('apply -f -', settings({ a: '1', b: '2' })),
    type('diff -f -', settings({ a: '1', c: '3' })),
    type('apply -f -', settings({ a: '1', c: '3' })),
    type('get cm settings -o wide --show-labels'),
    type('get cm settings -o yaml'),
    type('describe cm settings'),
    type('get cm settings none'),
    type('get nothing'),
  ],
  'patch, label and annotate': [
    type('apply -f -', settings({ a: '1' })),
    type('patch cm settings -p {"data":{"z":"26"}}'),
    type('patch cm settings -p {"data":{"z":"26"}}'),
    type('patch cm settings --type json -p [{"op":"replace","path":"/data/none/x","value":"1"}]'),
    type('patch cm settings --type merge -p {"data":{"z":27}}'),
    type('patch cm settings --type merge -p {"data":'),
    type('label cm settings team=nlp'),
    type('label cm settings team=vision'),
    type('get cm -l team=nlp -L team --no-headers'),
  ],
  'delete and wait': [
    type('create configmap made --from-literal=a=1'),
    type('create configmap made --from-literal=a=1'),
    type('delete cm made --dry-run=server'),
    type('delete cm made'),
    type('delete cm made'),
    type('delete cm made --ignore-not-found'),
    type('wait --for=delete cm/made --timeout=1s'),
    type('wait --for=condition=Ready cm/made --timeout=1s'),
    type('wait --for=create cm/made --timeout=1s'),
  ],
  'a v1 job': [
    type('create -f - --dry-run=server', bert()),
    type('create -f -', bert()),
    type('wait --for=condition=Suspended pytorchjob/bert --timeout=90s'),
    type('get pytorchjobs -o wide'),
    type('describe pytorchjob bert --show-events=false'),
    type('get all'),
    type('apply -f -', bert('train:2')),
    type('get pytorchjob bert -o jsonpath={.spec.pytorchReplicaSpecs.Master.template.spec.containers}'),
    type('delete pytorchjob bert'),
  ],
  'manifests that are refused': [
    type('apply -f -', { ...settings({ a: 1 }) }),
    type('apply -f -', { ...settings({}), dota: {} }),
    type('apply -f - --validate=warn', { ...settings({}), dota: {} }),
    type('create -f -', { ...bert(), spec: { pytorchReplicaSpecs: { Worker: { replicaz: 2 } } } }),
    type('create -f -', { apiVersion: 'nobody.example.com/v1', kind: 'Nothing', metadata: { name: 'x' } }),
    type('create -f -', { ...pod, spec: { containers: [] } }),
  ],
  'a TrainJob': [
    type('apply -f -', runtime, gpt),
    type('wait --for=condition=Suspended trainjob/gpt --timeout=90s'),
    type('get trainjobs,trainingruntimes'),
    type('wait --for=jsonpath={.spec.suspend}=true trainjob/gpt --timeout=5s'),
    type('wait --for=condition=Complete trainjob/gpt --timeout=1s'),
    type('delete trainjob gpt'),
  ],
  'a pod and its logs': [
    type('create -f -', pod),
    type('wait --for=condition=Ready pod/one --timeout=90s'),
    type('get pods'),
    type('logs one -c nothing'),
    type('logs none'),
    type('logs one --tail=-5'),
    type('logs one --since=-1s'),
    type('logs one --since=1s --since-time=2026-01-01T00:00:00Z'),
    type('logs one --since-time=yesterday'),
    type('logs one --limit-bytes=-1'),
    type('get pods --field-selector status.phase=Running -o name'),
    type('delete pod one --now'),
  ],
  'a List of many kinds': [
    type('apply -f -', list),
    type(`get ${listed} -o wide`),
    type('get svc svc1 -o yaml'),
    type('describe role r1'),
    type('describe rolebinding rb1'),
    type('auth can-i list pods --as bob'),
    type('auth can-i delete pytorchjobs.kubeflow.org --as bob'),
    type('auth can-i create pods/exec --as bob'),
    type('auth can-i list nodes --as bob'),
    type('auth can-i create pytorchjobs.kubeflow.org'),
    type('auth can-i update pytorchjobs.kubeflow.org/status --as bob'),
    type('auth can-i get nothings'),
    type('get pods --as bob'),
    type('get cm --as bob'),
    type('delete cm,secret -l x=l'),
  ],
  'explain and discovery': [
    type('explain pytorchjob.spec.runPolicy'),
    type('explain pod.spec.containers'),
    type('explain cm.nothing'),
    type('explain trainjob.spec.trainer'),
    type('explain pytorchjob.spec.runPolicy.cleanPodPolicy'),
    type('explain nothing'),
    type('api-resources --api-group=kubeflow.org -o wide'),
    type('api-resources --api-group=trainer.kubeflow.org -o wide'),
    type('get --raw /apis/kubeflow.org'),
  ],
}
