/** Namespaces with a queue of their own, in which a test moves a job and watches what runs and what is charged. */
import type { ChildProcess } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { gatesOf, isActive, isAdmitted, queueLabel } from '../../../src/kube/kueue.ts'
import { isRecord, type KubeObject } from '../../../src/kube/object.ts'
import { Api } from '../api.ts'
import { type Faults, startFaultProxy } from '../crash/fault-proxy.ts'
import { cluster, type Outcome } from '../harness.ts'
import { type PodWatch, watchPods } from '../pod-watch.ts'

/** A namespace whose LocalQueue `team` has a ClusterQueue of its own, of the namespace's name. */
export interface Place {
  readonly namespace: string
  readonly pods: PodWatch
  /** GPUs that its ClusterQueue had reserved or in use, the most of them at any moment */
  readonly mostCharged: () => number
  /** Names of the Workloads of `job`, of either side. */
  workloadsOf(job: string): Promise<readonly string[]>
  migrate(args: readonly string[], faults?: (kill: () => void) => Faults): Promise<Outcome>
  /** Waits until these are the Workloads, in order: `pytorchjob bert held`, and whether each runs, waits, or may do neither. */
  stands(...workloads: readonly string[]): Promise<void>
  /** Waits until pods of these names run, and no others are there. */
  runs(...pods: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** milliseconds that Kueue and the operators get, on a machine that is busy */
const patience = 120_000

const flavor = { apiVersion: 'kueue.x-k8s.io/v1beta2', kind: 'ResourceFlavor', metadata: { name: 'any' } }

/** For `beforeAll`: what every queue refers to. */
export async function createFlavor(): Promise<void> {
  await cluster().create('default', flavor)
}

/** What `team` of a namespace is charged to. */
const queue = (name: string, gpus: number): object[] => [
  {
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'ClusterQueue',
    metadata: { name },
    spec: {
      namespaceSelector: {},
      resourceGroups: [
        {
          coveredResources: ['nvidia.com/gpu'],
          flavors: [{ name: 'any', resources: [{ name: 'nvidia.com/gpu', nominalQuota: gpus }] }],
        },
      ],
    },
  },
  {
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'LocalQueue',
    metadata: { name: 'team' },
    spec: { clusterQueue: name },
  },
]

/** A PyTorchJob of one pod, in the queue `team`. */
export const queuedJob = (name: string, gpus: number, annotations: Record<string, string> = {}): object => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name, labels: { [queueLabel]: 'team' } },
  spec: {
    pytorchReplicaSpecs: {
      Master: {
        replicas: 1,
        template: {
          metadata: { annotations },
          spec: {
            containers: [
              { name: 'pytorch', image: 'example.org/train:1', resources: { limits: { 'nvidia.com/gpu': gpus } } },
            ],
          },
        },
      },
    },
  },
})

/** Makes a place whose queue has that many GPUs; the caller closes it. */
export async function makePlace(gpus: number): Promise<Place> {
  const { kubeconfig, create, createNamespace, deleteNamespace, kubectl, waitFor } = cluster()
  const namespace = await createNamespace()
  await create(namespace, ...queue(namespace, gpus))
  const pods = await watchPods(kubeconfig, namespace)
  const charged = await watchCharge(kubeconfig, namespace)
  const api = await Api.fromKubeconfig(kubeconfig)
  const listOf = async (path: string) => {
    const { status, body } = await api.request('GET', path)
    if (status !== 200) throw new Error(`GET ${path}: ${status}`)
    return (body as { items: (KubeObject & { metadata: { name: string } })[] }).items
  }
  const workloads = () => listOf(`/apis/kueue.x-k8s.io/v1beta2/namespaces/${namespace}/workloads`)
  const alive = async () => {
    const items = await listOf(`/api/v1/namespaces/${namespace}/pods`)
    return items
      .map(({ metadata, status }) => `${metadata.name.replace(/-\w{5}$/, '')} ${(status as { phase: string }).phase}`)
      .sort()
  }
  return {
    namespace,
    pods,
    mostCharged: charged.most,
    workloadsOf: async (job) =>
      (await workloads()).map(({ metadata }) => metadata.name).filter((name) => name.split('-')[1] === job),
    migrate: (args, faults) => run(namespace, args, faults),
    async stands(...wanted) {
      const look = async () => (await workloads()).map(standing).sort()
      await waitFor(wanted.join(', '), async () => isDeepStrictEqual(await look(), wanted), patience)
    },
    async runs(...names) {
      const wanted = names.map((name) => `${name} Running`).sort()
      await waitFor(`only ${wanted.join(', ')}`, async () => isDeepStrictEqual(await alive(), wanted), patience)
    },
    async close() {
      pods.close()
      charged.close()
      api.close()
      await deleteNamespace(namespace)
      await kubectl(['delete', 'clusterqueue', namespace, '--wait=false'])
    },
  }
}

/** Runs the program, through a proxy where faults are wanted; `kill` ends it at once. */
async function run(
  namespace: string,
  args: readonly string[],
  faults?: (kill: () => void) => Faults,
): Promise<Outcome> {
  if (!faults) return await cluster().migrate(args, { namespace })
  let child: ChildProcess | undefined
  const proxy = await startFaultProxy(
    cluster().kubeconfig,
    faults(() => child?.kill('SIGKILL')),
  )
  try {
    const onStart = (process: ChildProcess) => {
      child = process
    }
    const outcome = await cluster().migrate([...args, '--server', proxy.url], { namespace, onStart })
    if (proxy.failure() !== undefined) throw proxy.failure()
    return outcome
  } finally {
    proxy.close()
  }
}

/** Kills a run just before, or just after, the first write of that title, e.g. `PATCH trainjobs/bert`. */
export function killedAt(moment: 'before' | 'after', write: RegExp): (kill: () => void) => Faults {
  return (kill) =>
    ({ kind, title }, when) => {
      if (kind !== 'write' || when !== moment || !write.test(title)) return undefined
      kill()
      return 'silence'
    }
}

function standing(workload: KubeObject): string {
  const [kind, name] = (workload.metadata.name ?? '').split('-')
  const gated = gatesOf(workload).length > 0
  const state = !isActive(workload) ? 'held' : gated ? 'gated' : isAdmitted(workload) ? 'runs' : 'waits'
  return `${kind} ${name} ${state}`
}

/** Follows what a ClusterQueue says of its use. */
async function watchCharge(kubeconfig: string, name: string) {
  const api = await Api.fromKubeconfig(kubeconfig)
  let most = 0
  const take = (line: string): void => {
    const { object } = JSON.parse(line) as { object: KubeObject }
    const { flavorsReservation = [], flavorsUsage = [] } = (isRecord(object['status']) ? object['status'] : {}) as {
      flavorsReservation?: Usage[]
      flavorsUsage?: Usage[]
    }
    const totals = [...flavorsReservation, ...flavorsUsage].flatMap(({ resources }) => resources)
    most = Math.max(most, ...totals.map(({ total }) => Number(total)))
  }
  const path = '/apis/kueue.x-k8s.io/v1beta2/clusterqueues'
  const stop = await api.stream(`${path}?watch=1&fieldSelector=metadata.name%3D${name}`, take)
  return {
    most: () => most,
    close() {
      stop()
      api.close()
    },
  }
}

interface Usage {
  readonly resources: readonly { readonly total: number | string }[]
}
