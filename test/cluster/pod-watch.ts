import type { Pod } from '../../src/kube/pod.ts'
import { Api } from './api.ts'

/** Follows the pods of a namespace, in the order in which the API server stored them. */
export interface PodWatch {
  /** moments at which pods of v1 and pods of a TrainJob were alive at once: must stay empty */
  readonly overlaps: readonly string[]
  /** names of all pods that ever were */
  readonly seen: ReadonlySet<string>
  close(): void
}

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ERROR' | 'BOOKMARK'
  readonly object: Pod
}

const sides = { v1: 'training.kubeflow.org/job-name', v2: 'jobset.sigs.k8s.io/jobset-name' } as const

/** A pod is alive from its creation until it has ended or is gone. Begin before the job of the namespace is created. */
export async function watchPods(kubeconfig: string, namespace: string): Promise<PodWatch> {
  const api = await Api.fromKubeconfig(kubeconfig)
  const alive = { v1: new Set<string>(), v2: new Set<string>() }
  const overlaps: string[] = []
  const seen = new Set<string>()
  const stop = await api.stream(`/api/v1/namespaces/${namespace}/pods?watch=1`, (line) => {
    const { type, object } = JSON.parse(line) as Event
    const side = sides.v1 in (object.metadata.labels ?? {}) ? 'v1' : 'v2'
    const name = object.metadata.name ?? ''
    seen.add(name)
    const over = type === 'DELETED' || object.status?.phase === 'Succeeded' || object.status?.phase === 'Failed'
    if (over) alive[side].delete(name)
    else alive[side].add(name)
    if (!over && alive.v1.size > 0 && alive.v2.size > 0) {
      overlaps.push(`${[...alive.v1].join(', ')} beside ${[...alive.v2].join(', ')}`)
    }
  })
  return {
    overlaps,
    seen,
    close() {
      stop()
      api.close()
    },
  }
}
