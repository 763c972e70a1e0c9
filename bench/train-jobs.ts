import { type Api, messageOf } from '../test/cluster/api.ts'
import { benchJob } from './jobs.ts'

const path = (namespace: string) => `/apis/trainer.kubeflow.org/v1alpha1/namespaces/${namespace}/trainjobs`

/**
 * A suspended TrainJob beside PyTorchJob number N, with the status Trainer gives one. Kueue's dispatcher of several clusters is named as its
 * manager, so that Trainer leaves it alone (Trainer v2.3.0, pkg/apis/trainer/v1alpha1/trainjob_types.go ManagedBy): thousands of JobSets and
 * Jobs would be made otherwise, which nobody lists.
 */
export async function createTrainJob(api: Api, number: number, namespace: string): Promise<void> {
  const { name, labels } = benchJob(number, namespace).metadata
  const made = await api.request('POST', path(namespace), {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name, namespace, labels, annotations: { 'kubectl-migrate.dev/source': `PyTorchJob/${name}` } },
    spec: {
      runtimeRef: { name: 'torch-distributed', kind: 'ClusterTrainingRuntime' },
      managedBy: 'kueue.x-k8s.io/multikueue',
      suspend: true,
      trainer: {
        numNodes: 1 + (number % 8),
        image: `reg.example.com/training/train:${number % 50}`,
        command: ['torchrun', '/workspace/train.py'],
        args: ['--config', `/workspace/configs/config-${number}.yaml`, '--epochs', '10'],
        env: Array.from({ length: 12 }, (_, at) => ({ name: `SETTING_${at}`, value: `value-${number}-${at}` })),
        resourcesPerNode: { limits: { cpu: '16', memory: '128Gi', 'nvidia.com/gpu': '8' } },
      },
    },
  })
  if (made.status === 409) return
  if (made.status >= 300) throw new Error(`TrainJob ${name}: ${messageOf(made)}`)
  const job = made.body as { metadata: { creationTimestamp: string } }
  const written = await api.request('PUT', `${path(namespace)}/${name}/status`, {
    ...job,
    status: {
      conditions: [
        {
          type: 'Suspended',
          status: 'True',
          reason: 'Suspended',
          message: 'TrainJob is suspended',
          lastTransitionTime: job.metadata.creationTimestamp,
        },
      ],
      jobsStatus: [{ name: 'node', ready: 0, succeeded: 0, failed: 0, active: 0, suspended: 1 }],
    },
  })
  if (written.status >= 300) throw new Error(`status of TrainJob ${name}: ${messageOf(written)}`)
}
