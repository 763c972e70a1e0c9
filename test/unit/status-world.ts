import stringWidth from 'string-width'
import type { KubeObject } from '../../src/kube/object.ts'
import { converted } from './conversions.ts'
import { FakeCluster, type FakeClusterOptions } from './fake-cluster.ts'
import type { FakeEnvOptions } from './fake-env.ts'
import { installed } from './installed.ts'
import {
  condition,
  heldV1,
  now,
  runningTrainJob,
  runningV1,
  torchRuntime,
  trainJob,
  v1Job,
  v1Pod,
  v2Pod,
  waiting,
  warning,
} from './objects.ts'
import { type Outcome, runVerb } from './run-verb.ts'

export const day = 86_400
export const pull = 'Back-off pulling image "reg.example.com/nlp/train:9": 401 Unauthorized'

export function jobSet(name: string, nodes: number): KubeObject {
  return {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name, namespace: 'nlp' },
    spec: {
      suspend: false,
      replicatedJobs: [{ name: 'node', replicas: 1, template: { spec: { parallelism: nodes, completions: nodes } } }],
    },
  }
}

export const twin: readonly KubeObject[] = [
  runningV1('bert', { age: 2 * day + 3 * 3600 }),
  v1Pod('bert', 'master', 0, { age: 2 * day, node: 'gpu-07' }),
  v1Pod('bert', 'worker', 0, { age: 2 * day, node: 'gpu-08', restarts: 3 }),
  v1Pod('bert', 'worker', 1, { age: 2 * day, node: 'gpu-09' }),
  trainJob('bert-v2', { jobs: [{ active: 1 }], age: 240 }),
  jobSet('bert-v2', 3),
  v2Pod('bert-v2', 0, { age: 240, node: 'gpu-21' }),
  v2Pod('bert-v2', 1, { age: 240, node: 'gpu-22' }),
  v2Pod('bert-v2', 2, { age: 240, node: 'gpu-23', status: waiting('ImagePullBackOff', pull) }),
  warning('JobSet', 'bert-v2', 'Slow', 'not all Jobs are ready', 120),
]

/** A v1 job that is converted, its TrainJob made by a migration, the JobSet of its proof (`change` is applied to its JSON), and pods with GPUs. */
export function moved(change: (text: string) => string = (text) => text): KubeObject[] {
  const { trainJob: made, job, proof } = converted({ name: 'bert', metadata: { namespace: 'nlp', uid: 'uid-v1-bert' } })
  const creationTimestamp = '2026-03-01T11:56:00Z'
  const annotations = { ...made.metadata.annotations, 'kubectl-migrate.dev/migration': 'm' }
  const gpus = { resources: { limits: { 'nvidia.com/gpu': '8' } } }
  const v2Pods = [0, 1, 2].map((index) => {
    const pod = v2Pod('bert', index)
    return { ...pod, spec: { nodeName: `gpu-2${index}`, containers: [{ name: 'node', ...gpus }] } }
  })
  return [
    job.object,
    v1Pod('bert', 'master', 0),
    { ...made, metadata: { ...made.metadata, creationTimestamp, annotations } },
    { ...jobSet('bert', 3), spec: JSON.parse(change(JSON.stringify(proof.jobSet))) },
    ...v2Pods,
  ]
}

/** Lines wider than a terminal; commands to type are never broken. */
export function tooWide(lines: readonly string[], columns: number): string[] {
  return lines.filter((line) => stringWidth(line) > columns && !/^(Next:| {5}) kubectl migrate/.test(line))
}

export function status(words: string[], env: FakeEnvOptions = {}, cluster: FakeClusterOptions = {}): Promise<Outcome> {
  const { objects = twin, ...more } = cluster
  const fake = new FakeCluster({ namespace: 'nlp', ...more, objects: [...installed, ...objects] })
  return runVerb(['status', ...words], { cluster: fake, now: () => now, ...env })
}

/** Jobs of all states on both sides. */
export const fleet: readonly KubeObject[] = [
  ...twin,
  heldV1('gpt'),
  runningTrainJob('gpt'),
  heldV1('t5'),
  trainJob('t5', { conditions: [condition('Failed', { reason: 'FailedJobs', message: 'jobset failed' })] }),
  runningV1('resnet'),
  v1Job('horovod', { kind: 'MPIJob', conditions: [condition('Succeeded')] }),
  trainJob('lone', { conditions: [condition('Complete')] }),
  torchRuntime(),
]
