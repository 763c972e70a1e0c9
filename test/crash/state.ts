import type { Condition, KubeObject } from '../../src/kube/object.ts'
import { v1Kinds } from '../../src/v1/kinds.ts'
import type { World } from './world.ts'

/** How a cluster stands when nothing happens any more, without what differs from run to run. */
export interface State {
  /** what v1 is; undefined where it is gone */
  readonly v1:
    | { readonly suspend: boolean; readonly marks: readonly string[]; readonly is: readonly string[] }
    | undefined
  /** pods by side that run, and how many */
  readonly running: Readonly<Record<string, number>>
  /** what is beside v1's own objects */
  readonly objects: readonly string[]
  /** what each record says it has come to */
  readonly records: readonly string[]
}

const lists = [
  '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainjobs',
  '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainingruntimes',
  '/apis/jobset.x-k8s.io/v1alpha2/namespaces/NAMESPACE/jobsets',
  '/apis/batch/v1/namespaces/NAMESPACE/jobs',
  '/apis/coordination.k8s.io/v1/namespaces/NAMESPACE/leases',
  '/apis/rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/roles',
  '/apis/rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/rolebindings',
  '/api/v1/namespaces/NAMESPACE/services',
  '/api/v1/namespaces/NAMESPACE/configmaps',
  '/api/v1/namespaces/NAMESPACE/secrets',
  '/api/v1/namespaces/NAMESPACE/serviceaccounts',
] as const

export function stateOf(world: World): State {
  const v1 = v1Kinds.flatMap(({ resource }) =>
    world.list(`/apis/kubeflow.org/v1/namespaces/NAMESPACE/${resource.plural}`),
  )[0]
  const uid = v1?.metadata.uid
  const found = lists.flatMap((path) => world.list(path).map((object) => [kindOf(path), object] as const))
  const others = found.filter(([, { metadata }]) => !metadata.ownerReferences?.some((owner) => owner.uid === uid))
  const records = world.list('/api/v1/namespaces/NAMESPACE/configmaps?labelSelector=kubectl-migrate.dev/record')
  return {
    v1: v1 && { suspend: isSuspended(v1), marks: marksOf(v1), is: conditionsOf(v1) },
    running: Object.fromEntries(world.pods.sides().map((side) => [side, world.pods.count(side)])),
    objects: [...new Set(others.map(([kind, { metadata }]) => `${kind}/${plainName(metadata.name ?? '')}`))].sort(),
    records: records.map(stateIn),
  }
}

function kindOf(path: string): string {
  return path.split('/').at(-1) ?? ''
}

function isSuspended(v1: KubeObject): boolean {
  const spec = v1['spec'] as { runPolicy?: { suspend?: boolean } }
  return spec.runPolicy?.suspend ?? false
}

function marksOf({ metadata }: KubeObject): string[] {
  return Object.keys(metadata.annotations ?? {})
    .filter((key) => key.startsWith('kubectl-migrate.dev/'))
    .sort()
}

function conditionsOf(object: KubeObject): string[] {
  const { conditions = [] } = (object['status'] ?? {}) as { conditions?: readonly Condition[] }
  return conditions
    .filter(({ status }) => status === 'True')
    .map(({ type }) => type)
    .sort()
}

function stateIn(record: KubeObject): string {
  const data = record['data'] as Readonly<Record<string, string>>
  return data['state'] ?? JSON.stringify(data).match(/\\?"state\\?":\s*\\?"(\w+)/)?.[1] ?? '?'
}

/** Names without what differs from run to run. */
function plainName(name: string): string {
  return name.replace(/^v1-(\w+)-\w{10}$/, 'v1-$1-HASH').replace(/^migration-[a-z]+job-bert-\w{8}-\d+$/, 'migration')
}
