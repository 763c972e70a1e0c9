import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificates } from './certificates.ts'
import type { Ports } from './ports.ts'
import type { ManifestSet } from './render-manifests.ts'
import { storageClass } from './stages.ts'

/** A Kubernetes object as written in a manifest; only what the harness itself looks at is named. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** Reads back what renderManifests wrote. */
export async function readManifests(folder: string, set: ManifestSet): Promise<Manifest[]> {
  return JSON.parse(await readFile(join(folder, 'manifests', `${set}.json`), 'utf8')) as Manifest[]
}

/** Data of an operator's certificate Secret: file name to base64. */
export type Secret = Readonly<Record<string, string>>

/** How the API server reaches the webhooks of an operator that runs as a host process. */
export interface Webhooks {
  /** the Service named in the webhook configurations */
  readonly service: string
  readonly namespace: string
  /** where the process listens */
  readonly port: number
  readonly secret: Secret
}

interface ClientConfig {
  readonly clientConfig?: object
  readonly [field: string]: unknown
}

/**
 * Takes an operator's manifests and returns them for a process of this host: its webhook Service becomes an ExternalName of
 * localhost (the API server dials that name and the webhook's own service.port), its Secrets hold the certificate made for
 * it, its webhooks trust the authority from the start. APIServices are left out: they would need an aggregated server.
 */
export function forHostProcess(manifests: readonly Manifest[], webhooks: Webhooks): Manifest[] {
  const { service, namespace, port, secret } = webhooks
  const route = (config: object): object => ({
    ...config,
    caBundle: secret['ca.crt'],
    service: { ...(config as { service?: object }).service, name: service, namespace, port },
  })
  return manifests
    .filter(({ kind }) => kind !== 'APIService')
    .map((manifest) => {
      if (manifest.kind === 'Service' && manifest.metadata.name === service) {
        return { ...manifest, spec: { type: 'ExternalName', externalName: 'localhost' } }
      }
      if (manifest.kind === 'Secret') return { ...manifest, data: secret }
      if (manifest.kind.endsWith('WebhookConfiguration')) {
        const hooks = manifest['webhooks'] as readonly ClientConfig[]
        return {
          ...manifest,
          webhooks: hooks.map((hook) => ({ ...hook, clientConfig: route(hook.clientConfig ?? {}) })),
        }
      }
      if (manifest.kind === 'CustomResourceDefinition') return withConversionRoute(manifest, route)
      return manifest
    })
}

function withConversionRoute(manifest: Manifest, route: (config: object) => object): Manifest {
  const spec = manifest['spec'] as { conversion?: { webhook?: ClientConfig } }
  const webhook = spec.conversion?.webhook
  if (webhook === undefined) return manifest
  return {
    ...manifest,
    spec: {
      ...spec,
      conversion: { ...spec.conversion, webhook: { ...webhook, clientConfig: route(webhook.clientConfig ?? {}) } },
    },
  }
}

/** Data of every operator's certificate Secret, and the files of the folder all operators serve from. */
export function certificateSecret({ authority, webhooks }: Certificates): Secret {
  const files = {
    'ca.crt': authority.certificate,
    'ca.key': authority.key,
    'tls.crt': webhooks.certificate,
    'tls.key': webhooks.key,
  }
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')]))
}

const operators = [
  { set: 'training-operator', service: 'training-operator', namespace: 'kubeflow', port: 'trainingOperatorWebhook' },
  { set: 'jobset', service: 'jobset-webhook-service', namespace: 'jobset-system', port: 'jobsetWebhook' },
  {
    set: 'trainer',
    service: 'kubeflow-trainer-controller-manager',
    namespace: 'kubeflow-system',
    port: 'trainerWebhook',
  },
] as const

/** Manifests of JobSet and both operators as this host runs them, and the default StorageClass. */
export async function operatorManifests(folder: string, ports: Ports, secret: Secret): Promise<Manifest[]> {
  const manifests = await Promise.all(
    operators.map(async ({ set, service, namespace, port }) =>
      forHostProcess(await readManifests(folder, set), { service, namespace, port: ports[port], secret }),
    ),
  )
  return [...manifests.flat(), defaultStorageClass]
}

/** Manifests of Kueue as this host runs it. */
export async function kueueManifests(folder: string, ports: Ports, secret: Secret): Promise<Manifest[]> {
  const webhooks = {
    service: 'kueue-webhook-service',
    namespace: 'kueue-system',
    port: ports.kueueWebhook,
    secret,
  }
  return forHostProcess(await readManifests(folder, 'kueue'), webhooks)
}

const defaultStorageClass: Manifest = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: storageClass, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubectl-migrate.test/simulated',
  volumeBindingMode: 'Immediate',
}

/**
 * Eight nodes of 64 CPUs, 512 GiB and 8 GPUs each; kwok plays their kubelets. Room for files as every kubelet tells it: v1's launchers of
 * MPIJobs ask for 5 GiB (Training Operator v1.9.4, pkg/config).
 */
export function simulatedNodes(): Manifest[] {
  const capacity = { cpu: '64', memory: '512Gi', pods: '500', 'ephemeral-storage': '1Ti', 'nvidia.com/gpu': '8' }
  return Array.from({ length: 8 }, (_, index) => `node-${index}`).map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    status: { capacity, allocatable: capacity },
  }))
}
