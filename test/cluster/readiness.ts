import { type Api, messageOf } from './api.ts'
import type { Manifest } from './manifests.ts'

interface Definition {
  readonly metadata: { readonly name: string }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** Whether the API server serves every CustomResourceDefinition among these manifests. */
export async function areEstablished(api: Api, manifests: readonly Manifest[]): Promise<boolean> {
  const { body } = await api.request('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions')
  const established = (body as { items: Definition[] }).items
    .filter(({ status }) => status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True'))
    .map(({ metadata }) => metadata.name)
  return manifests
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .every(({ metadata }) => established.includes(metadata.name))
}

/** Whether the server would store this object; throws with its words where it would not. */
export async function accepts(api: Api, { path, object }: { path: string; object: object }): Promise<true> {
  const answer = await api.request('POST', `${path}?dryRun=All`, object)
  if (answer.status !== 201) throw new Error(messageOf(answer))
  return true
}

/** Objects that pass through every webhook of their operator without being stored. */
export const probes = {
  pyTorchJob: {
    path: '/apis/kubeflow.org/v1/namespaces/default/pytorchjobs',
    object: {
      apiVersion: 'kubeflow.org/v1',
      kind: 'PyTorchJob',
      metadata: { name: 'probe' },
      spec: {
        pytorchReplicaSpecs: {
          Master: { replicas: 1, template: { spec: { containers: [{ name: 'pytorch', image: 'probe' }] } } },
        },
      },
    },
  },
  jobSet: {
    path: '/apis/jobset.x-k8s.io/v1alpha2/namespaces/default/jobsets',
    object: {
      apiVersion: 'jobset.x-k8s.io/v1alpha2',
      kind: 'JobSet',
      metadata: { name: 'probe' },
      spec: {
        replicatedJobs: [
          {
            name: 'node',
            replicas: 1,
            template: {
              spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'node', image: 'probe' }] } } },
            },
          },
        ],
      },
    },
  },
  trainJob: {
    path: '/apis/trainer.kubeflow.org/v1alpha1/namespaces/default/trainjobs',
    object: {
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'TrainJob',
      metadata: { name: 'probe' },
      spec: { runtimeRef: { name: 'torch-distributed' } },
    },
  },
  resourceFlavor: {
    path: '/apis/kueue.x-k8s.io/v1beta2/resourceflavors',
    object: { apiVersion: 'kueue.x-k8s.io/v1beta2', kind: 'ResourceFlavor', metadata: { name: 'probe' } },
  },
} as const
