/** Kills the program at one of its writes, and looks at what is made of that. */
import type { ChildProcess } from 'node:child_process'
import { expect } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { startFaultProxy, type Write } from './fault-proxy.ts'
import { cluster, type Outcome } from './harness.ts'
import { isReady, v1Job } from './jobs.ts'
import { watchPods } from './pod-watch.ts'

/** SIGKILL at a write, counted from 1: just before it is sent on, or when the API server has answered it. */
export interface Crash {
  readonly write: number
  readonly when: 'before' | 'after'
}

/**
 * Points at which a run that makes these writes can be killed. Just after one write is, for the cluster, just before the next:
 * by default the second is tried only where the job itself is written, and everywhere with MIGRATE_TEST_CRASH=all.
 */
export function crashPoints(writes: readonly Write[]): Crash[] {
  const all = process.env['MIGRATE_TEST_CRASH'] === 'all'
  return writes.flatMap((title, at) => [
    ...(at === 0 || all || /jobs/.test(title) ? [{ write: at + 1, when: 'before' as const }] : []),
    { write: at + 1, when: 'after' as const },
  ])
}

/** A namespace with one running job, `bert`, whose pods are watched from the first. */
export interface Place {
  readonly namespace: string
  /** Runs the program; with a crash, until it is killed. */
  run(args: readonly string[], crash?: Crash): Promise<Outcome & { readonly writes: readonly Write[] }>
  /** What runs on either side, what v1 says, and all that is there beside v1's own objects. */
  state(): Promise<EndState>
}

export interface EndState {
  readonly v1: { readonly ready: number; readonly suspend: unknown; readonly marks: readonly string[] }
  readonly v2Ready: number
  readonly objects: readonly string[]
}

/** Makes a place, acts in it, and holds it to the promise: v1 and its TrainJob were never alive at once. */
export async function inPlace(act: (place: Place) => Promise<void>): Promise<void> {
  const { kubeconfig, createNamespace, deleteNamespace, create, waitFor } = cluster()
  const namespace = await createNamespace()
  const pods = await watchPods(kubeconfig, namespace)
  try {
    await create(namespace, v1Job('bert'))
    await waitFor('v1 runs', async () => (await readyPods(namespace)).v1 === 3)
    await act({ namespace, run: (args, crash) => run(namespace, args, crash), state: () => stateOf(namespace) })
    expect([pods.overlaps, pods.seen.has('bert-master-0')]).toEqual([[], true])
  } finally {
    pods.close()
    await deleteNamespace(namespace)
  }
}

async function run(namespace: string, args: readonly string[], crash?: Crash) {
  let child: ChildProcess | undefined
  const proxy = await startFaultProxy(cluster().kubeconfig, (write, when) => {
    if (write !== crash?.write || when !== crash.when) return false
    child?.kill('SIGKILL')
    return true
  })
  try {
    const outcome = await cluster().migrate([...args, '--server', proxy.url], {
      namespace,
      onStart: (process) => {
        child = process
      },
    })
    return { ...outcome, writes: proxy.writes.map((write) => plainName(write.replaceAll(namespace, 'NAMESPACE'))) }
  } finally {
    proxy.close()
  }
}

async function readyPods(namespace: string): Promise<{ v1: number; v2: number }> {
  const { items } = await cluster().get<{ items: Pod[] }>(['pods'], { namespace })
  const ready = (label: string) => items.filter((pod) => label in (pod.metadata.labels ?? {}) && isReady(pod)).length
  return { v1: ready('training.kubeflow.org/job-name'), v2: ready('jobset.sigs.k8s.io/jobset-name') }
}

const kinds = 'trainjobs,trainingruntimes,jobsets,jobs,services,configmaps,secrets,leases'

async function stateOf(namespace: string): Promise<EndState> {
  const [ready, job, { items }] = await Promise.all([
    readyPods(namespace),
    cluster().get<KubeObject>(['pytorchjob/bert'], { namespace }),
    cluster().get<{ items: KubeObject[] }>([kinds], { namespace }),
  ])
  const { runPolicy } = job['spec'] as { runPolicy?: { suspend?: boolean } }
  const marks = Object.keys(job.metadata.annotations ?? {}).filter((key) => key.startsWith('kubectl-migrate.dev/'))
  return {
    v1: { ready: ready.v1, suspend: runPolicy?.suspend ?? false, marks: marks.sort() },
    v2Ready: ready.v2,
    objects: items
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
      .filter((name) => !/^Service\/bert-(master|worker)-|kube-root-ca/.test(name))
      .map(plainName)
      .sort(),
  }
}

/** Names without what differs from run to run. */
function plainName(name: string): string {
  return name.replace(/v1-pytorch-\w{10}$/, 'v1-pytorch-HASH').replace(/migration-pytorchjob-bert-\w{8}-/, 'migration-')
}
