import type { KubeObject } from '../../src/kube/object.ts'
import { pytorchManifest } from '../unit/pytorch-manifest.ts'

const specs = (pytorchReplicaSpecs: unknown): KubeObject => ({ ...pytorchManifest(), spec: { pytorchReplicaSpecs } })
const template = (containers: readonly object[]) => ({ template: { spec: { containers } } })
const main = { name: 'pytorch', image: 'train:1' }

/** PyTorchJobs that v1's API, its CRD or its webhook, does not take: what is wrong, and the job. */
export const refusedJobs: readonly (readonly [string, KubeObject])[] = [
  ['a name that begins with a digit', pytorchManifest({ name: '1train' })],
  ['a name in capitals', pytorchManifest({ name: 'Train' })],
  ['a name of 64 characters', pytorchManifest({ name: 'x'.repeat(64) })],
  ['no name', { ...pytorchManifest(), metadata: {} }],
  ['a label with a slash', pytorchManifest({ metadata: { labels: { branch: 'feature/x' } } })],
  ['no replica types', { ...pytorchManifest(), spec: {} }],
  ['a replica type of another kind', specs({ Chief: template([main]) })],
  ['no template', specs({ Worker: { replicas: 1 } })],
  ['no containers', specs({ Worker: template([]) })],
  ['a container without an image', specs({ Worker: template([{ name: 'pytorch' }]) })],
  ['a sidecar without an image', specs({ Worker: template([main, { name: 'proxy' }]) })],
  ['no container called pytorch', specs({ Worker: template([{ name: 'train', image: 'i' }]) })],
  ['two Masters', pytorchManifest({ master: { replicas: 2 } })],
  ['a Master whose number is not written', pytorchManifest({ master: { replicas: null } })],
  ['no Workers at all', pytorchManifest({ worker: { replicas: 0 } })],
  ['a number that is text', specs({ Worker: { ...template([main]), replicas: '2' } })],
  ['a number with a fraction', specs({ Worker: { ...template([main]), replicas: 1.5 } })],
  ['an elastic policy without Workers', pytorchManifest({ master: {}, spec: { elasticPolicy: {} } })],
  ['arguments that are one text', specs({ Worker: template([{ ...main, args: 'train.py' }]) })],
  ['an argument that is a number', specs({ Worker: template([{ ...main, args: ['--lr', 0.1] }]) })],
  ['an env value that is a number', specs({ Worker: template([{ ...main, env: [{ name: 'A', value: 1 }] }]) })],
  ['an env value that is a flag', specs({ Worker: template([{ ...main, env: [{ name: 'A', value: true }] }]) })],
  ['env as a map', specs({ Worker: template([{ ...main, env: { A: '1' } }]) })],
  ['a port that is text', specs({ Worker: template([{ ...main, ports: [{ containerPort: '80' }] }]) })],
  ['processes per node as a number', pytorchManifest({ worker: {}, spec: { nprocPerNode: 2 } })],
  ['suspend as text', pytorchManifest({ worker: {}, spec: { runPolicy: { suspend: 'true' } } })],
  ['a label that is a flag', pytorchManifest({ worker: { metadata: { labels: { a: true as never } } } })],
  ['a limit of restarts that is text', pytorchManifest({ worker: {}, spec: { runPolicy: { backoffLimit: '3' } } })],
  ['a flag in quotes', specs({ Worker: template([{ ...main, stdin: 'true' }]) })],
  ['a probe of no port', specs({ Worker: template([{ ...main, livenessProbe: { httpGet: { path: '/' } } }]) })],
  [
    'a key of no name',
    specs({ Worker: template([{ ...main, env: [{ name: 'A', valueFrom: { secretKeyRef: {} } }] }]) }),
  ],
  [
    'processes per node in both places',
    pytorchManifest({ worker: {}, spec: { nprocPerNode: '2', elasticPolicy: { nProcPerNode: 2 } } }),
  ],
]
