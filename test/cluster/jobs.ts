/** Objects that tests create, and what they ask of pods. */
import type { Pod } from '../../src/kube/pod.ts'
import { kindInfo, type V1Kind } from '../../src/v1/kinds.ts'

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
}

/** Where the jobs of tests say that they keep their checkpoints: a cutover of one that keeps none must be accepted. */
export const checkpoints = { name: 'CHECKPOINT_DIR', value: 's3://checkpoints' }

interface V1Options {
  readonly kind?: V1Kind
  readonly roles?: Readonly<Record<string, number>>
  readonly suspend?: boolean
  readonly labels?: Readonly<Record<string, string>>
  /** annotations of the pods (harness.ts `life`) */
  readonly life?: Readonly<Record<string, string>>
  readonly restartPolicy?: string
  /** more of the pods' spec: which node they go to, other containers */
  readonly podSpec?: object
}

/** A v1 job of small pods. */
export function v1Job(name: string, options: V1Options = {}): object {
  const {
    kind = 'PyTorchJob',
    roles = { Master: 1, Worker: 2 },
    suspend,
    labels,
    life,
    restartPolicy,
    podSpec,
  } = options
  const { specKey = '', container = 'mpi' } = kindInfo(kind) ?? {}
  const template = {
    ...(life && { metadata: { annotations: life } }),
    spec: { containers: [{ name: container, image: 'example.org/train:1', env: [checkpoints] }], ...podSpec },
  }
  return {
    apiVersion: 'kubeflow.org/v1',
    kind,
    metadata: { name, ...(labels && { labels }) },
    spec: {
      ...(suspend !== undefined && { runPolicy: { suspend } }),
      [specKey]: Object.fromEntries(
        Object.entries(roles).map(([role, replicas]) => [
          role,
          { replicas, ...(restartPolicy && { restartPolicy }), template },
        ]),
      ),
    },
  }
}

interface TrainJobOptions {
  readonly nodes?: number
  readonly suspend?: boolean
  readonly annotations?: Readonly<Record<string, string>>
  /** annotations of the pods (harness.ts `life`) */
  readonly life?: Readonly<Record<string, string>>
  readonly gpus?: number
  /** more of the pods' spec: which node they go to */
  readonly podSpec?: object
}

/** A TrainJob on the runtime torch-distributed. */
export function trainJob(name: string, options: TrainJobOptions = {}): object {
  const { nodes = 2, suspend, annotations, life, gpus, podSpec } = options
  const template = { ...(life && { metadata: { annotations: life } }), ...(podSpec && { spec: podSpec }) }
  const quantity = gpus && { 'nvidia.com/gpu': String(gpus) }
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name, ...(annotations && { annotations }) },
    spec: {
      runtimeRef: { name: 'torch-distributed' },
      ...(suspend !== undefined && { suspend }),
      trainer: {
        numNodes: nodes,
        image: 'example.org/train:1',
        ...(quantity && { resourcesPerNode: { limits: quantity, requests: quantity } }),
      },
      ...((life ?? podSpec) && {
        runtimePatches: [
          {
            manager: 'example.org/test',
            trainingRuntimeSpec: {
              template: {
                spec: {
                  replicatedJobs: [{ name: 'node', template: { spec: { template } } }],
                },
              },
            },
          },
        ],
      }),
    },
  }
}
