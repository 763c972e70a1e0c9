import type { Pod } from '../../src/kube/pod.ts'
import { Api } from './api.ts'
import { isReady } from './jobs.ts'

export type Side = 'v1' | 'v2'

/** Follows the pods of a namespace, in the order in which the API server stored them. */
export interface PodWatch {
  /** moments at which pods of v1 and of TrainJobs were alive at once, as `bert beside v1` */
  readonly overlaps: readonly string[]
  /** names of all pods that ever were */
  readonly seen: ReadonlySet<string>
  /** pods of a side that are there, whatever their state */
  present(side: Side): number
  ready(side: Side): number
  close(): void
}

const v2Label = 'jobset.sigs.k8s.io/jobset-name'

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ERROR' | 'BOOKMARK'
  readonly object: Pod
}

/** A pod is alive from its creation until it has ended or is gone. Begin before the job of the namespace is created. */
export async function watchPods(kubeconfig: string, namespace: string): Promise<PodWatch> {
  const api = await Api.fromKubeconfig(kubeconfig)
  const pods = { v1: new Map<string, Pod>(), v2: new Map<string, Pod>() }
  const overlaps: string[] = []
  const seen = new Set<string>()
  const alive = (side: Side) => [...pods[side].values()].filter((pod) => !isOver(pod))
  const take = (line: string): void => {
    const { type, object } = JSON.parse(line) as Event
    const side = 'training.kubeflow.org/job-name' in (object.metadata.labels ?? {}) ? 'v1' : 'v2'
    const { name = '' } = object.metadata
    seen.add(name)
    if (type === 'DELETED') pods[side].delete(name)
    else pods[side].set(name, object)
    const jobs = new Set([
      ...alive('v1').map(() => 'v1'),
      ...alive('v2').map(({ metadata }) => metadata.labels?.[v2Label]),
    ])
    if (type !== 'DELETED' && !isOver(object) && jobs.size > 1) overlaps.push([...jobs].sort().join(' beside '))
  }
  let closed = false
  let stop = (): void => undefined
  // a watch without a version begins with what is there
  const open = async (): Promise<void> => {
    for (const side of Object.values(pods)) side.clear()
    stop = await api.stream(`/api/v1/namespaces/${namespace}/pods?watch=1`, take, again)
  }
  const again = (): void => {
    if (!closed) void open().catch(() => setTimeout(again, 100))
  }
  await open()
  return {
    overlaps,
    seen,
    present: (side) => pods[side].size,
    ready: (side) => [...pods[side].values()].filter(isReady).length,
    close() {
      closed = true
      stop()
      api.close()
    },
  }
}

function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}
