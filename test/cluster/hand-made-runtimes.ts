import type { Container, PodSpec } from '../../src/kube/pod.ts'
import { jobSetPods } from '../../src/v2/pods.ts'
import { renderJobSet } from '../../src/v2/render.ts'
import type { MLPolicy, ReplicatedJob, TrainingRuntime, TrainJob } from '../../src/v2/trainjob.ts'
import type { Predicted } from './differential.ts'

const label = { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } }
const image = 'example.org/train:1'

const job = (name: string, containers: readonly Container[], pod: Partial<PodSpec> = {}): ReplicatedJob => ({
  name,
  template: { spec: { template: { spec: { ...pod, containers: [...containers] } } } },
})
const trainerJob = (containers: readonly Container[], pod?: Partial<PodSpec>): ReplicatedJob => {
  const { template, ...rest } = job('node', containers, pod)
  return { ...rest, template: { metadata: label, ...template } }
}

interface HandMade {
  readonly policy?: MLPolicy
  readonly jobs: readonly ReplicatedJob[]
  readonly spec?: Partial<TrainJob['spec']>
}

const node: Container = { name: 'node', image, command: ['sleep'] }
const torch: MLPolicy = { numNodes: 2, torch: {} }
const plain: MLPolicy = { numNodes: 2 }
const gpus = { limits: { 'nvidia.com/gpu': 2 } }

/** A patch of the job `node`, by somebody. */
const patch = (by: string, template: object) => ({
  manager: `test.example.org/${by}`,
  trainingRuntimeSpec: {
    template: { spec: { replicatedJobs: [{ name: 'node', template: { spec: { template } } }] } },
  },
})

/** TrainJobs on runtimes that no conversion would write, each for one thing the model says about Trainer. */
const made: Readonly<Record<string, HandMade>> = {
  'torch-cpu': {
    policy: torch,
    jobs: [trainerJob([{ ...node, resources: { requests: { cpu: '2500m' } } }])],
    spec: { trainer: {} },
  },
  'torch-cpu-limit': {
    policy: torch,
    jobs: [trainerJob([{ ...node, resources: { limits: { cpu: 4 } } }])],
    spec: { trainer: {} },
  },
  'torch-gpu': {
    policy: torch,
    jobs: [trainerJob([{ ...node, resources: gpus }])],
    spec: { trainer: { numNodes: 3 } },
  },
  'torch-gpu-of-job': { policy: torch, jobs: [trainerJob([node])], spec: { trainer: { resourcesPerNode: gpus } } },
  'torch-gpu-and-cpu': {
    policy: torch,
    jobs: [trainerJob([{ ...node, resources: gpus }])],
    spec: { trainer: { resourcesPerNode: { requests: { cpu: 3 } } } },
  },
  'torch-processes': { policy: torch, jobs: [trainerJob([node])], spec: { trainer: { numProcPerNode: 4 } } },
  'torch-without-trainer': { policy: torch, jobs: [trainerJob([node])] },
  'torch-placeholders': {
    policy: torch,
    jobs: [
      trainerJob([
        {
          ...node,
          env: [
            { name: 'PET_NNODES', value: '0' },
            { name: 'SIZE', value: '$(PET_NNODES)' },
            { name: 'MINE', value: 'runtime' },
          ],
        },
      ]),
    ],
    spec: {
      trainer: {
        numNodes: 2,
        env: [
          { name: 'MINE', value: 'job' },
          { name: 'MORE', value: '1' },
        ],
      },
    },
  },
  'torch-named-port': {
    policy: torch,
    jobs: [trainerJob([{ ...node, ports: [{ name: 'http', containerPort: 8080 }] }])],
    spec: { trainer: {} },
  },
  'torch-unnamed-port': {
    policy: torch,
    jobs: [trainerJob([{ ...node, ports: [{ containerPort: 8080 }] }])],
    spec: { trainer: {} },
  },
  'torch-sidecar-before': {
    policy: torch,
    jobs: [trainerJob([{ name: 'proxy', image }, node])],
    spec: { trainer: { image: 'example.org/other:2' } },
  },
  'plain-everything': {
    policy: plain,
    jobs: [trainerJob([{ ...node, args: ['a'], env: [{ name: 'A', value: '1' }] }])],
    spec: {
      trainer: {
        image: 'example.org/other:2',
        command: ['python'],
        args: ['b'],
        numNodes: 1,
        resourcesPerNode: { limits: { cpu: '1000m' } },
        env: [
          { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } } },
          { name: 'A', value: '2' },
          { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
          {
            name: 'D',
            valueFrom: { resourceFieldRef: { containerName: 'node', resource: 'limits.cpu', divisor: '1m' } },
          },
        ],
      },
    },
  },
  'plain-merged-resources': {
    policy: plain,
    jobs: [trainerJob([{ ...node, resources: { limits: { cpu: 8, memory: '8Gi' }, requests: { cpu: 1 } } }])],
    spec: { trainer: { resourcesPerNode: { limits: { cpu: 2 } } } },
  },
  'plain-without-trainer': { policy: plain, jobs: [trainerJob([node])] },
  'no-policy': {
    jobs: [trainerJob([{ ...node, resources: { limits: { cpu: 1 } } }])],
    spec: { trainer: { numNodes: 2, resourcesPerNode: { limits: { cpu: 4 } }, env: [{ name: 'A', value: '1' }] } },
  },
  'no-label': {
    policy: plain,
    jobs: [
      { ...job('master', [node]), replicas: 1 },
      { ...job('worker', [node]), replicas: 2 },
    ],
    spec: { trainer: { numNodes: 5, image: 'example.org/unused:1' } },
  },
  'two-trainers': {
    policy: { numNodes: 3 },
    jobs: [trainerJob([node]), { ...trainerJob([node]), name: 'more' }],
    spec: { trainer: { numNodes: 1, env: [{ name: 'A', value: '1' }] } },
  },
  'zero-parallelism': {
    policy: plain,
    jobs: [
      trainerJob([node]),
      { name: 'idle', template: { spec: { parallelism: 0, template: { spec: { containers: [node] } } } } },
    ],
  },
  'own-subdomain': { policy: plain, jobs: [trainerJob([node])], spec: { trainer: {} } },
  patches: {
    policy: plain,
    jobs: [
      trainerJob(
        [
          {
            name: 'proxy',
            image,
            env: [
              { name: 'A', value: 'runtime' },
              { name: 'B', value: 'runtime' },
            ],
          },
          { ...node, volumeMounts: [{ name: 'old', mountPath: '/data', subPath: 's' }] },
        ],
        {
          serviceAccountName: 'default',
          nodeSelector: { a: '1', b: '1' },
          tolerations: [{ key: 'old', operator: 'Exists' }],
          volumes: [{ name: 'old', emptyDir: {} }],
          initContainers: [{ name: 'init', image }],
          affinity: {
            nodeAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: 1, preference: { matchExpressions: [{ key: 'zone', operator: 'Exists' }] } },
              ],
            },
          },
          securityContext: { runAsUser: 1, supplementalGroups: [1, 2] },
          imagePullSecrets: [{ name: 'old' }],
        },
      ),
    ],
    spec: {
      trainer: {},
      runtimePatches: [
        patch('first', {
          metadata: { labels: { team: 'a' }, annotations: { note: 'a' } },
          spec: { serviceAccountName: 'trainer', nodeSelector: { b: '2', c: '2' } },
        }),
        patch('second', {
          metadata: { labels: { team: 'b' } },
          spec: {
            nodeSelector: { c: '3' },
            tolerations: [{ key: 'new', operator: 'Exists' }],
            volumes: [{ name: 'new', configMap: { name: 'c' } }],
            imagePullSecrets: [{ name: 'new' }],
            schedulingGates: [{ name: 'example.org/g' }],
            terminationGracePeriodSeconds: 90,
            securityContext: { fsGroup: 2, supplementalGroups: [3] },
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  {
                    weight: 1,
                    podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { team: 'b' } } },
                  },
                ],
              },
            },
            initContainers: [
              { name: 'init', env: [{ name: 'I', value: '1' }], volumeMounts: [{ name: 'new', mountPath: '/c' }] },
            ],
            containers: [
              {
                name: 'proxy',
                env: [
                  { name: 'C', value: 'patch' },
                  { name: 'A', value: 'patch' },
                ],
              },
              { name: 'node', volumeMounts: [{ name: 'new', mountPath: '/data' }], securityContext: { runAsUser: 5 } },
            ],
          },
        }),
      ],
    },
  },
}

/** Each with its runtime, and what the model makes of it. */
function predicted(name: string, namespace: string, { policy, jobs, spec }: HandMade): Predicted {
  const network = name === 'own-subdomain' ? { network: { subdomain: 'elsewhere' } } : {}
  const runtime: TrainingRuntime = {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainingRuntime',
    metadata: { name },
    spec: { ...(policy ? { mlPolicy: policy } : {}), template: { spec: { ...network, replicatedJobs: [...jobs] } } },
  }
  const trainJob: TrainJob = {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name },
    spec: { runtimeRef: { kind: 'TrainingRuntime', name }, ...spec },
  }
  const jobSet = renderJobSet(trainJob, runtime)
  return { trainJob, runtime, jobSet, pods: jobSetPods(name, namespace, jobSet) }
}

export function handMade(namespace: string): Predicted[] {
  return Object.entries(made).map(([name, each]) => predicted(name, namespace, each))
}

/** Two ports without names: Trainer takes one for the other, and the API server refuses what comes of it. */
export const unnamedPorts = predicted('unnamed-ports', 'default', {
  policy: plain,
  jobs: [trainerJob([{ ...node, ports: [{ containerPort: 80 }, { containerPort: 90 }] }])],
})
