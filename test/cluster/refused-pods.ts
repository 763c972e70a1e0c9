import type { KubeObject } from '../../src/kube/object.ts'
import type { Container, PodSpec } from '../../src/kube/pod.ts'
import { pytorchManifest, type ReplicaOptions } from '../unit/pytorch-manifest.ts'

const workers = 'spec.pytorchReplicaSpecs.Worker.template'
const scratch = { name: 'scratch', emptyDir: {} }
const proxy = { name: 'proxy', image: 'proxy:1' }

/** A PyTorchJob that v1's API takes and whose pods the API server refuses. */
export interface RefusedPods {
  readonly what: string
  readonly object: KubeObject
  /** of the field it is about */
  readonly path: string
  readonly message: string
  /** where the API server finds it, when that is no field of the job */
  readonly inPod?: string
}

const job = (what: string, worker: ReplicaOptions, path: string, message: string): RefusedPods => ({
  what,
  object: pytorchManifest({ worker }),
  path: `${workers}.${path}`,
  message,
})

const ofContainer = (what: string, container: Partial<Container>, path: string, message: string): RefusedPods =>
  job(what, { container, pod: { volumes: [scratch] } }, `spec.containers[0].${path}`, message)

const ofPod = (what: string, pod: Partial<PodSpec>, path: string, message: string): RefusedPods =>
  job(what, { pod }, `spec.${path}`, message)

/** One of each fault that is looked for; a test has the API server refuse every one. */
export const refusedPods: readonly RefusedPods[] = [
  ofContainer(
    'a mount of no volume',
    { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    'volumeMounts[0].name',
    'names no volume of its pod template: "data"',
  ),
  ofContainer(
    'a device of no volume',
    { volumeDevices: [{ name: 'disk', devicePath: '/dev/x' }] },
    'volumeDevices[0].name',
    'names no volume of its pod template: "disk"',
  ),
  ofContainer(
    'a mount at no path',
    { volumeMounts: [{ name: 'scratch', mountPath: '' }] },
    'volumeMounts[0].mountPath',
    'must not be empty',
  ),
  ofContainer(
    'a subPath that is absolute',
    { volumeMounts: [{ name: 'scratch', mountPath: '/s', subPath: '/a' }] },
    'volumeMounts[0].subPath',
    'must be a relative path without ..: "/a"',
  ),
  ofContainer(
    'a subPath that leads out of its volume',
    { volumeMounts: [{ name: 'scratch', mountPath: '/s', subPath: 'a/../../b' }] },
    'volumeMounts[0].subPath',
    'must be a relative path without ..: "a/../../b"',
  ),
  job(
    'a container in capitals',
    { sidecars: [{ ...proxy, name: 'Proxy' }] },
    'spec.containers[1].name',
    'must be a DNS label (a-z, 0-9, -), at most 63 long: "Proxy"',
  ),
  job(
    'a mount in a sidecar of no volume',
    { sidecars: [{ ...proxy, volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
    'spec.containers[1].volumeMounts[0].name',
    'names no volume of its pod template: "data"',
  ),
  ofPod(
    'an init container with the name of another container',
    { initContainers: [{ name: 'pytorch', image: 'i' }] },
    'initContainers[0].name',
    'is the name of another container: "pytorch"',
  ),
  {
    ...job('', {}, 'spec.containers[1].name', 'is the name of another container: "init-pytorch"'),
    what: 'a container with the name of the one that v1 adds',
    inPod: 'spec.initContainers[0].name',
    object: pytorchManifest({ master: {}, worker: { sidecars: [{ name: 'init-pytorch', image: 'i' }] } }),
  },
  ofPod(
    'a volume whose name has a dot',
    { volumes: [{ name: 'a.b', emptyDir: {} }] },
    'volumes[0].name',
    'must be a DNS label (a-z, 0-9, -), at most 63 long: "a.b"',
  ),
  ofPod(
    'a volume with two sources',
    { volumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/a' } }] },
    'volumes[0]',
    'must have one source only: emptyDir, hostPath',
  ),
  ofContainer(
    'two ports of one name',
    {
      ports: [
        { name: 'http', containerPort: 80 },
        { name: 'http', containerPort: 81 },
      ],
    },
    'ports[1].name',
    'is the name of another port: "http"',
  ),
  ofContainer(
    'a port with a long name',
    { ports: [{ name: 'tensorboard-http', containerPort: 80 }] },
    'ports[0].name',
    'must be at most 15 of a-z, 0-9 and -, one of them a letter: "tensorboard-http"',
  ),
  ofContainer(
    'a port with a name in capitals',
    { ports: [{ name: 'HTTP', containerPort: 80 }] },
    'ports[0].name',
    'must be at most 15 of a-z, 0-9 and -, one of them a letter: "HTTP"',
  ),
  ofContainer(
    'a port with a number for its name',
    { ports: [{ name: '8080', containerPort: 80 }] },
    'ports[0].name',
    'must be at most 15 of a-z, 0-9 and -, one of them a letter: "8080"',
  ),
  ofContainer(
    'a port above the last',
    { ports: [{ name: 'http', containerPort: 65536 }] },
    'ports[0].containerPort',
    'must be 1 to 65535',
  ),
  ofContainer(
    'a protocol in small letters',
    { ports: [{ name: 'http', containerPort: 80, protocol: 'tcp' }] },
    'ports[0].protocol',
    '"tcp" is none of TCP, UDP, SCTP',
  ),
  ofContainer('env without a name', { env: [{ name: '', value: 'x' }] }, 'env[0].name', 'must not be empty'),
  ofContainer(
    'env with its value in its name',
    { env: [{ name: 'A=B', value: 'x' }] },
    'env[0].name',
    'must be printable ASCII without =: "A=B"',
  ),
  ofContainer(
    'env with a value from two places',
    { env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
    'env[0].valueFrom',
    'must not be set beside value',
  ),
  ofContainer(
    'env with a value from nowhere',
    { env: [{ name: 'A', valueFrom: {} }] },
    'env[0].valueFrom',
    'must have a source',
  ),
  ofContainer(
    'env from two sources',
    {
      env: [
        {
          name: 'A',
          valueFrom: { configMapKeyRef: { name: 'a', key: 'b' }, secretKeyRef: { name: 'a', key: 'b' } },
        },
      ],
    },
    'env[0].valueFrom',
    'must have one source only: configMapKeyRef, secretKeyRef',
  ),
  ofContainer('all env from nowhere', { envFrom: [{ prefix: 'A_' }] }, 'envFrom[0]', 'must have a source'),
  ofContainer(
    'all env from two sources',
    { envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] },
    'envFrom[0]',
    'must have one source only: configMapRef, secretRef',
  ),
  ofContainer(
    'a request above its limit',
    { resources: { requests: { memory: '2Gi' }, limits: { memory: '1500Mi' } } },
    'resources.requests.memory',
    'must not be more than the limit: 2Gi is more than 1500Mi',
  ),
  ofContainer(
    'fewer GPUs requested than the limit',
    { resources: { requests: { 'nvidia.com/gpu': 1 }, limits: { 'nvidia.com/gpu': 2 } } },
    "resources.requests['nvidia.com/gpu']",
    'must be equal to the limit: 1 is not 2',
  ),
  ofContainer(
    'half a GPU',
    { resources: { limits: { 'nvidia.com/gpu': '0.5' } } },
    "resources.limits['nvidia.com/gpu']",
    'must be a whole number: 0.5',
  ),
  ofContainer(
    'a resource of no domain',
    { resources: { limits: { gpu: 1 } } },
    'resources.limits.gpu',
    'is no resource: those that are not cpu, memory, ephemeral-storage or hugepages-… have a domain, as nvidia.com/gpu',
  ),
  ofContainer(
    'less than no memory',
    { resources: { requests: { memory: '-1Gi' } } },
    'resources.requests.memory',
    'must not be negative: -1Gi',
  ),
  ofContainer(
    'a probe that asks nothing',
    { livenessProbe: { periodSeconds: 10 } },
    'livenessProbe',
    'must have a handler',
  ),
  ofContainer(
    'a probe that asks twice',
    { readinessProbe: { exec: { command: ['true'] }, tcpSocket: { port: 80 } } },
    'readinessProbe',
    'must have one handler only: exec, tcpSocket',
  ),
  ofContainer('a hook that does nothing', { lifecycle: { preStop: {} } }, 'lifecycle.preStop', 'must have a handler'),
  ofPod(
    'a probe of an init container',
    { initContainers: [{ name: 'init', image: 'i', readinessProbe: { tcpSocket: { port: 80 } } }] },
    'initContainers[0].readinessProbe',
    'must not be set for an init container that ends',
  ),
  ofContainer(
    'a policy in small letters',
    { imagePullPolicy: 'always' },
    'imagePullPolicy',
    '"always" is none of Always, IfNotPresent, Never',
  ),
  ofPod(
    'a toleration of no effect that there is',
    { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSched' }] },
    'tolerations[0].effect',
    '"NoSched" is none of NoSchedule, PreferNoSchedule, NoExecute',
  ),
  ofPod(
    'a toleration of a value that need not be there',
    { tolerations: [{ key: 'gpu', operator: 'Exists', value: 'true' }] },
    'tolerations[0].operator',
    'must not be Exists beside a value',
  ),
  ofPod(
    'a selector of nodes with a blank',
    { nodeSelector: { pool: 'a 100' } },
    'nodeSelector.pool',
    'is no value of a label: "a 100"',
  ),
  job(
    'a label with a slash',
    { metadata: { labels: { image: 'org/train' } } },
    'metadata.labels.image',
    'is no value of a label: "org/train"',
  ),
]
