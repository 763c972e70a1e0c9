import type { KubeObject } from '../../src/kube/object.ts'
import { cluster, type RunOptions } from './harness.ts'
import { maskText } from './sandbox-answers.ts'

const replica = (): object => ({
  replicas: 1,
  restartPolicy: 'OnFailure',
  template: { spec: { containers: [{ name: 'pytorch', image: 'train:1' }] } },
})

/** A v1 job of two pods that runs. */
export const running = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'bert' },
  spec: { pytorchReplicaSpecs: { Master: replica(), Worker: replica() } },
}

/** There and back; after each what stands is compared. */
export const moves = [
  'cutover job bert -y --accept no-checkpoint --accept hand-over-slot --observe 1s',
  'rollback job bert -y',
] as const

const kinds = 'pytorchjobs,trainjobs,trainingruntimes,jobsets,jobs,pods,services,configmaps,secrets,leases'

interface Event extends KubeObject {
  readonly involvedObject: { readonly kind: string; readonly name: string }
  readonly reason: string
  readonly type: string
}

/** The objects of a namespace with their conditions and owners, in the order of their names. */
export async function objectsIn(namespace: string, options: RunOptions): Promise<readonly string[]> {
  const { items } = await listed(kinds, options)
  const lines = items.map((object) => {
    const { conditions = [] } = (object['status'] ?? {}) as {
      conditions?: readonly { type: string; status: string; reason?: string }[]
    }
    const { name, ownerReferences = [], finalizers = [] } = object.metadata
    return [
      `${object.kind} ${name}`,
      ...conditions.map(({ type, status, reason = '' }) => `${type}=${status} ${reason}`.trim()).sort(),
      ...ownerReferences.map((owner) => `of ${owner.kind} ${owner.name}`),
      // it counts pods by it, as long as they are not counted otherwise
      ...finalizers.filter((name) => name !== 'batch.kubernetes.io/job-tracking'),
    ].join(', ')
  })
  return shapesOf(
    lines.filter((line) => !line.startsWith('ConfigMap kube-root-ca.crt')),
    namespace,
  )
}

/** What kubectl-migrate has told, each once. The operators' own events come seconds later where many jobs run: they are not compared. */
export async function eventsIn(options: RunOptions): Promise<readonly string[]> {
  const { items } = await listed('events', options)
  const lines = (items as Event[])
    .filter(({ reason }) => reason.startsWith('Migration'))
    .map(({ involvedObject: { kind, name }, type, reason }) => [kind, name, type, reason].join(' '))
  return [...new Set(lines)].sort()
}

async function listed(what: string, options: RunOptions): Promise<{ readonly items: readonly KubeObject[] }> {
  const { stdout } = await cluster().kubectl(['get', what, '-o', 'json'], options)
  return JSON.parse(stdout) as { readonly items: readonly KubeObject[] }
}

function shapesOf(lines: readonly string[], namespace: string): readonly string[] {
  return lines
    .map((line) =>
      maskText(line, namespace)
        .replace(/-[a-z0-9]{5}(?=,|$)/, '-RANDOM')
        .replace(/-[0-9a-f]{8}(?=-)/, '-ID'),
    )
    .sort()
}
