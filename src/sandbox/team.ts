import type { KubeObject } from '../kube/object.ts'
import type { PodTemplate } from '../kube/pod.ts'
import { type KindInfo, kindInfo, type V1Kind } from '../v1/kinds.ts'
import { clusterObjects, namespace } from './cluster-objects.ts'
import type { Beginning } from './host.ts'
import { trainingAnnotations } from './training.ts'

const hour = 3600
const day = 24 * hour

/** A team's worth of training in three namespaces: all six kinds, and every state a job of v1 is found in. */
export function team(): Beginning[] {
  const cluster = clusterObjects().map((object) => ({ object, ago: 30 * day }))
  const namespaces = ['nlp', 'vision', 'recsys'].map((name) => ({ object: namespace(name), ago: 30 * day }))
  return [...cluster, ...namespaces, ...claims.map((object) => ({ object, ago: 20 * day })), ...jobs.map(beginning)]
}

interface Sketch {
  readonly kind: V1Kind
  /** `nlp/bert` */
  readonly name: string
  readonly ago: number
  /** replicas by role, with the GPUs of each pod */
  readonly roles: Readonly<Record<string, readonly [count: number, gpus: number]>>
  /** claim that is mounted writable at /ckpt */
  readonly keeps?: string
  /** claim that is mounted read-only at /data */
  readonly reads?: string
  readonly image?: string
  readonly args?: readonly string[]
  readonly training?: Partial<Record<keyof typeof trainingAnnotations, number>>
  readonly restartPolicy?: string
  readonly spec?: Readonly<Record<string, unknown>>
  readonly runPolicy?: Readonly<Record<string, unknown>>
  readonly metadata?: KubeObject['metadata']
  readonly pod?: Readonly<Record<string, unknown>>
}

const claims: readonly KubeObject[] = [
  claim('nlp', 'corpora', 'ReadOnlyMany'),
  claim('nlp', 'bert-ckpt', 'ReadWriteMany'),
  claim('nlp', 'shared-ckpt', 'ReadWriteMany'),
  claim('vision', 'images', 'ReadOnlyMany'),
  claim('vision', 'resnet-ckpt', 'ReadWriteMany'),
  claim('recsys', 'clicks', 'ReadOnlyMany'),
  claim('recsys', 'ranker-ckpt', 'ReadWriteOnce'),
]

const finishes = { steps: 300, stepSeconds: 1 }

const jobs: readonly Sketch[] = [
  {
    kind: 'PyTorchJob',
    name: 'nlp/bert-large',
    ago: 5 * hour,
    roles: { Master: [1, 2], Worker: [3, 2] },
    keeps: 'bert-ckpt',
    reads: 'corpora',
    args: ['--output_dir=/ckpt/bert-large'],
  },
  { kind: 'PyTorchJob', name: 'nlp/t5-small', ago: 2 * hour, roles: { Worker: [2, 1] }, keeps: 'shared-ckpt' },
  {
    kind: 'PyTorchJob',
    name: 'nlp/llama-sft',
    ago: 3 * hour,
    roles: { Worker: [2, 2] },
    keeps: 'shared-ckpt',
    spec: { elasticPolicy: { minReplicas: 1, maxReplicas: 4, rdzvBackend: 'c10d' } },
  },
  { kind: 'PyTorchJob', name: 'nlp/gpt2-eval', ago: 9 * hour, roles: { Master: [1, 1] }, training: finishes },
  { kind: 'PyTorchJob', name: 'nlp/tokenizer', ago: hour, roles: { Master: [1, 0] } },
  {
    kind: 'PyTorchJob',
    name: 'nlp/xlm-crash',
    ago: 2 * hour,
    roles: { Master: [1, 1], Worker: [1, 1] },
    training: { failsAt: 40, exitCode: 1 },
  },
  {
    kind: 'PyTorchJob',
    name: 'nlp/nightly-ner',
    ago: 7 * hour,
    roles: { Master: [1, 1] },
    training: finishes,
    runPolicy: { ttlSecondsAfterFinished: 604800 },
  },
  {
    kind: 'PyTorchJob',
    name: 'nlp/opt-queued',
    ago: hour,
    roles: { Worker: [2, 4] },
    runPolicy: { suspend: true },
    metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'research' } },
  },
  {
    kind: 'PyTorchJob',
    name: 'nlp/image-missing',
    ago: hour,
    roles: { Master: [1, 1] },
    image: 'registry.example.com/nlp/train:missing',
  },
  { kind: 'PyTorchJob', name: 'nlp/too-large', ago: hour, roles: { Worker: [2, 16] } },
  {
    kind: 'MPIJob',
    name: 'nlp/horovod-bert',
    ago: 4 * hour,
    roles: { Launcher: [1, 0], Worker: [2, 1] },
    spec: { slotsPerWorker: 1 },
  },
  { kind: 'JAXJob', name: 'nlp/jax-probe', ago: 2 * hour, roles: { Worker: [2, 1] } },
  { kind: 'TFJob', name: 'nlp/lstm-old', ago: 12 * hour, roles: { Worker: [1, 0] }, training: finishes },
  {
    kind: 'PyTorchJob',
    name: 'vision/resnet50',
    ago: 6 * hour,
    roles: { Master: [1, 1], Worker: [1, 1] },
    keeps: 'resnet-ckpt',
    reads: 'images',
  },
  { kind: 'PyTorchJob', name: 'vision/resnet-sweep-1', ago: 4 * hour, roles: { Worker: [1, 1] }, reads: 'images' },
  { kind: 'PyTorchJob', name: 'vision/resnet-sweep-2', ago: 4 * hour, roles: { Worker: [1, 1] }, reads: 'images' },
  {
    kind: 'PyTorchJob',
    name: 'vision/resnet-sweep-3',
    ago: 4 * hour,
    roles: { Worker: [1, 1] },
    reads: 'images',
    training: finishes,
  },
  {
    kind: 'TFJob',
    name: 'vision/inception',
    ago: 5 * hour,
    roles: { Chief: [1, 1], PS: [1, 0], Worker: [2, 1] },
    reads: 'images',
  },
  {
    kind: 'TFJob',
    name: 'vision/dynamic',
    ago: 3 * hour,
    roles: { PS: [1, 0], Worker: [2, 0] },
    spec: { enableDynamicWorker: true },
  },
  {
    kind: 'PyTorchJob',
    name: 'vision/detr',
    ago: 8 * hour,
    roles: { Master: [1, 2], Worker: [1, 2] },
    runPolicy: { suspend: true },
  },
  {
    kind: 'PyTorchJob',
    name: 'vision/yolo-host',
    ago: 2 * hour,
    roles: { Master: [1, 1] },
    pod: { volumes: [{ name: 'scratch', hostPath: { path: '/mnt/scratch' } }] },
  },
  { kind: 'JAXJob', name: 'vision/vit-jax', ago: 3 * hour, roles: { Worker: [2, 1] } },
  {
    kind: 'MPIJob',
    name: 'vision/nccl-test',
    ago: 2 * hour,
    roles: { Launcher: [1, 0], Worker: [2, 0] },
    training: finishes,
  },
  {
    kind: 'XGBoostJob',
    name: 'recsys/ranker',
    ago: 3 * hour,
    roles: { Master: [1, 0], Worker: [2, 0] },
    keeps: 'ranker-ckpt',
    reads: 'clicks',
  },
  {
    kind: 'XGBoostJob',
    name: 'recsys/ctr-weekly',
    ago: 10 * hour,
    roles: { Master: [1, 0], Worker: [1, 0] },
    training: finishes,
  },
  { kind: 'PaddleJob', name: 'recsys/two-tower', ago: 4 * hour, roles: { Worker: [2, 1] } },
  { kind: 'PaddleJob', name: 'recsys/wide-deep', ago: 2 * hour, roles: { Master: [1, 0], Worker: [2, 0] } },
  { kind: 'TFJob', name: 'recsys/embeddings', ago: 6 * hour, roles: { Worker: [2, 1] } },
  {
    kind: 'PyTorchJob',
    name: 'recsys/argo-owned',
    ago: 5 * hour,
    roles: { Master: [1, 1] },
    metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'recsys:kubeflow.org/PyTorchJob:recsys/argo-owned' } },
  },
  {
    kind: 'PyTorchJob',
    name: 'recsys/once-failed',
    ago: 9 * hour,
    roles: { Master: [1, 1] },
    restartPolicy: 'Never',
    training: { failsAt: 30, exitCode: 3 },
  },
]

function beginning(sketch: Sketch): Beginning {
  return { object: jobOf(sketch), ago: sketch.ago }
}

function jobOf(sketch: Sketch): KubeObject {
  const [where = '', name = ''] = sketch.name.split('/')
  const info = kindInfo(sketch.kind) as KindInfo
  const replicas = Object.entries(sketch.roles).map(([role, [count, gpus]]) => [
    role,
    {
      replicas: count,
      restartPolicy: sketch.restartPolicy ?? 'OnFailure',
      template: templateOf(sketch, info, name, gpus),
    },
  ])
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: sketch.kind,
    metadata: { ...sketch.metadata, name, namespace: where, labels: { team: where, ...sketch.metadata?.labels } },
    spec: {
      ...(sketch.runPolicy && { runPolicy: sketch.runPolicy }),
      ...sketch.spec,
      [info.specKey]: Object.fromEntries(replicas),
    },
  }
}

function templateOf(sketch: Sketch, info: KindInfo, name: string, gpus: number): PodTemplate {
  const { keeps, reads, training = {} } = sketch
  const volumes = [
    ...(keeps === undefined ? [] : [{ name: 'ckpt', persistentVolumeClaim: { claimName: keeps } }]),
    ...(reads === undefined ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: reads, readOnly: true } }]),
    ...((sketch.pod?.['volumes'] as object[] | undefined) ?? []),
  ]
  const volumeMounts = [
    ...(keeps === undefined ? [] : [{ name: 'ckpt', mountPath: '/ckpt' }]),
    ...(reads === undefined ? [] : [{ name: 'data', mountPath: '/data', readOnly: true }]),
    ...(sketch.pod === undefined ? [] : [{ name: 'scratch', mountPath: '/scratch' }]),
  ]
  const annotations = Object.entries(training).map(([key, value]) => [
    trainingAnnotations[key as keyof typeof trainingAnnotations],
    String(value),
  ])
  return {
    ...(annotations.length > 0 && { metadata: { annotations: Object.fromEntries(annotations) } }),
    spec: {
      containers: [
        {
          name: info.container ?? 'mpi',
          image: sketch.image ?? `registry.example.com/${name}:1`,
          command: ['python', 'train.py'],
          ...(sketch.args && { args: [...sketch.args] }),
          ...(gpus > 0 && { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } }),
          ...(volumeMounts.length > 0 && { volumeMounts }),
        },
      ],
      ...(volumes.length > 0 && { volumes }),
    },
  } as PodTemplate
}

function claim(where: string, name: string, mode: string): KubeObject {
  const resources = { requests: { storage: '1Ti' } }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: where },
    spec: { accessModes: [mode], resources, storageClassName: 'sandbox', volumeName: `${where}-${name}` },
    status: { phase: 'Bound', accessModes: [mode], capacity: { storage: '1Ti' } },
  }
}
