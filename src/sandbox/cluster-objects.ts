import type { KubeObject } from '../kube/object.ts'
import { apiVersionOf, served } from './served.ts'

/** Everything a cluster has before anybody uses it: nodes, namespaces, definitions, the operators' Deployments. */
export function clusterObjects(): KubeObject[] {
  return [
    ...['default', 'kube-system', 'kubeflow', 'kubeflow-system', 'jobset-system'].map(namespace),
    ...[1, 2, 3, 4, 5, 6].map((number) => node(`gpu-${String(number).padStart(2, '0')}`, 8)),
    ...served.filter(({ custom }) => custom).map(definition),
    ...operators.flatMap(operatorObjects),
    torchDistributed,
  ]
}

/** A namespace as it is stored. */
export function namespace(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }
}

function node(name: string, gpus: number): KubeObject {
  const capacity = { cpu: '96', memory: '1024Gi', pods: '110', 'nvidia.com/gpu': String(gpus) }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'node-pool': 'gpu' } },
    spec: {},
    status: {
      capacity,
      allocatable: capacity,
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is ready' }],
      nodeInfo: nodeInfo,
    },
  }
}

const nodeInfo = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: 'sandbox',
  containerRuntimeVersion: 'sandbox://1',
  kubeletVersion: 'v1.36.3',
  kubeProxyVersion: '',
  operatingSystem: 'linux',
  architecture: 'amd64',
}

/** Without the schema: that is in /openapi/v3. */
function definition(resource: (typeof served)[number]): KubeObject {
  const { group, version, plural, kind, namespaced } = resource
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const names = { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: open } }],
    },
    status: {
      acceptedNames: names,
      conditions: [
        {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        },
      ],
      storedVersions: [version],
    },
  }
}

interface Operator {
  readonly namespace: string
  readonly name: string
  readonly image: string
  /** whose webhooks it serves */
  readonly group: string
  readonly resources: readonly string[]
}

const operators: readonly Operator[] = [
  {
    namespace: 'kubeflow',
    name: 'training-operator',
    image: 'ghcr.io/kubeflow/training-v1/training-operator:v1.9.4',
    group: 'kubeflow.org',
    resources: ['pytorchjobs', 'tfjobs', 'xgboostjobs', 'paddlejobs', 'jaxjobs'],
  },
  {
    namespace: 'kubeflow-system',
    name: 'kubeflow-trainer-controller-manager',
    image: 'ghcr.io/kubeflow/trainer/trainer-controller-manager:v2.3.0',
    group: 'trainer.kubeflow.org',
    resources: ['trainjobs', 'trainingruntimes', 'clustertrainingruntimes'],
  },
  {
    namespace: 'jobset-system',
    name: 'jobset-controller-manager',
    image: 'registry.k8s.io/jobset/jobset:v0.12.0',
    group: 'jobset.x-k8s.io',
    resources: ['jobsets'],
  },
]

/** An operator as others find it: a webhook's configuration names a Service, and that one a Deployment with a version. */
function operatorObjects({ namespace: where, name, image, group, resources }: Operator): KubeObject[] {
  const labels = { 'app.kubernetes.io/name': name }
  const { version } = served.find((resource) => resource.group === group) ?? { version: 'v1' }
  const rules = [
    { apiGroups: [group], apiVersions: [version], operations: ['CREATE', 'UPDATE'], resources, scope: '*' },
  ]
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: where, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'manager', image }] } },
      },
      status: { replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: where },
      spec: { type: 'ClusterIP', clusterIP: '10.96.0.10', selector: labels, ports: [{ port: 443, protocol: 'TCP' }] },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: `validator.${group}` },
      webhooks: [
        {
          name: `validator.${group}`,
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { service: { name, namespace: where, port: 443 } },
          rules,
        },
      ],
    },
  ]
}

/** Trainer's own runtime for PyTorch (Trainer v2.3.0, manifests/base/runtimes/torch_distributed.yaml), as far as pods are concerned. */
const torchDistributed: KubeObject = {
  apiVersion: apiVersionOf({ group: 'trainer.kubeflow.org', version: 'v1alpha1' }),
  kind: 'ClusterTrainingRuntime',
  metadata: { name: 'torch-distributed', labels: { 'trainer.kubeflow.org/framework': 'torch' } },
  spec: {
    mlPolicy: { numNodes: 1, torch: {} },
    template: {
      spec: {
        replicatedJobs: [
          {
            name: 'node',
            template: {
              metadata: { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } },
              spec: {
                template: {
                  spec: { containers: [{ name: 'node', image: 'pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime' }] },
                },
              },
            },
          },
        ],
      },
    },
  },
}
