import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resourceName, resources } from '../kube/resources.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { settle } from './gaps.ts'

export interface AllRuntimes {
  /** those of namespaces first, by namespace and name */
  readonly runtimes: readonly TrainingRuntime[]
  /** absent where they may not be read */
  readonly trainJobs?: readonly TrainJob[]
}

/**
 * The runtimes a namespace can use, or all of them, and the TrainJobs that may refer to them.
 * @param namespace absent: all namespaces
 * @param note is told what may not be listed; the rest is read
 * @throws ClusterError where Trainer is not installed, or where no list may be read
 */
export async function readAllRuntimes(
  cluster: Cluster,
  namespace: string | undefined,
  note: (text: string) => void,
): Promise<AllRuntimes> {
  const refused: unknown[] = []
  const read = async <T extends KubeObject>(
    resource: Resource,
    kind: T['kind'],
    where?: string,
  ): Promise<T[] | undefined> => {
    try {
      const { items } = await cluster.list<T>(resource, { namespace: where })
      return items.map((item) => ({ ...item, apiVersion: 'trainer.kubeflow.org/v1alpha1', kind }))
    } catch (error) {
      if (!failedWith(error, 'forbidden')) throw error
      refused.push(error)
      note(
        `you may not list ${resourceName(resource)}${where === undefined ? '' : ` in namespace ${where}`}: none is shown`,
      )
      return undefined
    }
  }
  const [own = [], shared = [], trainJobs] = await settle(
    read<TrainingRuntime>(resources.trainingRuntimes, 'TrainingRuntime', namespace),
    read<TrainingRuntime>(resources.clusterTrainingRuntimes, 'ClusterTrainingRuntime'),
    read<TrainJob>(resources.trainJobs, 'TrainJob', namespace),
  )
  if (refused.length === 3) throw refused[0]
  return { runtimes: [...own.sort(byName), ...shared.sort(byName)], trainJobs }
}

function byName({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  const key = ({ namespace = '', name = '' }: typeof a) => `${namespace}/${name}`
  return key(a) < key(b) ? -1 : 1
}
