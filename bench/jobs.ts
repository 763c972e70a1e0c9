/** A PyTorchJob, as far as it is written here. */
export interface BenchJob {
  readonly apiVersion: 'kubeflow.org/v1'
  readonly kind: 'PyTorchJob'
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> }
  readonly spec: Readonly<Record<string, unknown>>
}

const teams = ['nlp', 'vision', 'speech', 'ranking']

/**
 * Job number N of five shapes people have: replicas alike on GPUs, roles that differ, workers that torchrun starts, a single
 * master, and one with volumes, an init container, affinity and tolerations. 1.0 to 2.7 kB of YAML; the same for the
 * same number.
 */
export function benchJob(number: number, namespace: string): BenchJob {
  const team = teams[number % teams.length] ?? ''
  const shape = shapes[number % shapes.length] ?? alike
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: {
      name: `train-${String(number).padStart(5, '0')}`,
      namespace,
      labels: { team, 'app.kubernetes.io/part-of': 'training' },
    },
    spec: shape(number, team),
  }
}

type Shape = (number: number, team: string) => Record<string, unknown>

const alike: Shape = (number, team) => {
  const template = { spec: { containers: [container(number, team, { gpus: 8 })], ...onGpus } }
  return {
    runPolicy: { backoffLimit: 3, cleanPodPolicy: 'None' },
    pytorchReplicaSpecs: {
      Master: { replicas: 1, restartPolicy: 'OnFailure', template },
      Worker: { replicas: 1 + (number % 7), restartPolicy: 'OnFailure', template },
    },
  }
}

const rolesDiffer: Shape = (number, team) => ({
  runPolicy: { backoffLimit: 3 },
  pytorchReplicaSpecs: {
    Master: {
      replicas: 1,
      restartPolicy: 'OnFailure',
      template: {
        spec: {
          containers: [
            container(number, team, { gpus: 1, role: 'master', mounts: [{ name: 'checkpoints', mountPath: '/ckpt' }] }),
          ],
          volumes: [{ name: 'checkpoints', persistentVolumeClaim: { claimName: `${team}-checkpoints` } }, sharedMemory],
        },
      },
    },
    Worker: {
      replicas: 2 + (number % 3),
      restartPolicy: 'OnFailure',
      template: {
        spec: {
          containers: [container(number, team, { gpus: 2, role: 'worker' })],
          volumes: [sharedMemory],
          ...onGpus,
        },
      },
    },
  },
})

const workersOnly: Shape = (number, team) => ({
  nprocPerNode: '8',
  runPolicy: { cleanPodPolicy: 'Running', ttlSecondsAfterFinished: 86400 },
  pytorchReplicaSpecs: {
    Worker: {
      replicas: 4,
      restartPolicy: 'OnFailure',
      template: {
        metadata: { annotations: { 'sidecar.istio.io/inject': 'false' } },
        spec: { containers: [container(number, team, { gpus: 8, launcher: true })], ...onGpus },
      },
    },
  },
})

const single: Shape = (number, team) => ({
  pytorchReplicaSpecs: {
    Master: {
      replicas: 1,
      restartPolicy: 'Never',
      template: { spec: { containers: [container(number, team, { gpus: 1 })] } },
    },
  },
})

const volumes: Shape = (number, team) => {
  const template = {
    metadata: { labels: { team }, annotations: { 'sidecar.istio.io/inject': 'false' } },
    spec: {
      serviceAccountName: `${team}-training`,
      imagePullSecrets: [{ name: 'registry' }],
      initContainers: [
        {
          name: 'fetch',
          image: 'registry.example.com/tools/fetch:2.1',
          command: ['fetch', '--dataset', `${team}-${number}`, '--to', '/data'],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      containers: [
        container(number, team, {
          gpus: 4,
          mounts: [
            { name: 'data', mountPath: '/data', readOnly: true },
            { name: 'settings', mountPath: '/etc/train' },
          ],
        }),
      ],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: `${team}-data` } },
        {
          name: 'settings',
          configMap: { name: `${team}-settings`, items: [{ key: 'train.yaml', path: 'train.yaml' }] },
        },
        sharedMemory,
      ],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'gpu.example.com/model', operator: 'In', values: ['a100', 'h100'] }] },
            ],
          },
        },
      },
      ...onGpus,
    },
  }
  return {
    runPolicy: { backoffLimit: 0, activeDeadlineSeconds: 172800 },
    pytorchReplicaSpecs: {
      Master: { replicas: 1, restartPolicy: 'OnFailure', template },
      Worker: { replicas: 3, restartPolicy: 'OnFailure', template },
    },
  }
}

const shapes: readonly Shape[] = [alike, rolesDiffer, workersOnly, single, volumes]

const sharedMemory = { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '16Gi' } }

const onGpus = {
  nodeSelector: { 'node.example.com/pool': 'gpu' },
  tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
}

interface ContainerOptions {
  readonly gpus: number
  readonly role?: string
  readonly launcher?: boolean
  readonly mounts?: readonly object[]
}

function container(number: number, team: string, { gpus, role, launcher, mounts = [] }: ContainerOptions): object {
  const program = launcher ? ['torchrun', '--nnodes=4', '-m', `${team}.train`] : ['python', '-m', `${team}.train`]
  const usesSharedMemory = role !== undefined || mounts.length > 0
  return {
    name: 'pytorch',
    image: `registry.example.com/${team}/train:1.${number % 20}`,
    imagePullPolicy: 'IfNotPresent',
    command: [
      ...program,
      ...(role ? [`--role=${role}`] : []),
      `--learning-rate=0.00${1 + (number % 9)}`,
      '--epochs=30',
    ],
    env: [
      { name: 'NCCL_DEBUG', value: 'INFO' },
      { name: 'EXPERIMENT', value: `${team}-${number}` },
      { name: 'WANDB_API_KEY', valueFrom: { secretKeyRef: { name: 'wandb', key: 'api-key' } } },
    ],
    resources: {
      requests: { cpu: String(gpus * 4), memory: `${gpus * 16}Gi`, 'nvidia.com/gpu': String(gpus) },
      limits: { cpu: String(gpus * 8), memory: `${gpus * 32}Gi`, 'nvidia.com/gpu': String(gpus) },
    },
    volumeMounts: [...mounts, ...(usesSharedMemory ? [{ name: 'shared-memory', mountPath: '/dev/shm' }] : [])],
  }
}
