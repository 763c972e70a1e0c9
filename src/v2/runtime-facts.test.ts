import { describe, expect, it } from 'vitest'
import { runtimeFacts } from './runtime-facts.ts'
import { ancestorLabel, type TrainingRuntime, type TrainJob } from './trainjob.ts'

const replicatedJob = (name: string, containers: object[], trains: boolean) => ({
  name,
  template: {
    ...(trains ? { metadata: { labels: { [ancestorLabel]: 'trainer' } } } : {}),
    spec: { template: { spec: { containers } } },
  },
})

function runtime(more: { metadata?: object; mlPolicy?: object; jobs?: object[]; kind?: string } = {}): TrainingRuntime {
  const { metadata, mlPolicy, jobs = [replicatedJob('node', [{ name: 'node', image: 'torch:2' }], true)] } = more
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: more.kind ?? 'ClusterTrainingRuntime',
    metadata: { name: 'torch', ...metadata },
    spec: { ...(mlPolicy && { mlPolicy }), template: { spec: { replicatedJobs: jobs } } },
  } as unknown as TrainingRuntime
}

const user = (name: string, namespace: string, runtimeRef: object) =>
  ({ metadata: { name, namespace }, spec: { runtimeRef } }) as unknown as TrainJob

describe('facts of a runtime', () => {
  it('of the plainest', () => {
    expect(runtimeFacts(runtime(), [])).toEqual({
      kind: 'ClusterTrainingRuntime',
      name: 'torch',
      framework: 'plain',
      image: 'torch:2',
      nodes: 1,
      devices: {},
      users: [],
      deprecated: false,
    })
  })

  it.each<[string, object, object]>([
    ['a policy names the framework', { mlPolicy: { torch: {} } }, { framework: 'torch' }],
    [
      'a label goes before the policy',
      { mlPolicy: { torch: {} }, metadata: { labels: { 'trainer.kubeflow.org/framework': 'deepspeed' } } },
      { framework: 'deepspeed' },
    ],
    ['nodes are the policy’s', { mlPolicy: { numNodes: 4 } }, { nodes: 4 }],
    [
      'a label says that it will go',
      { metadata: { labels: { 'trainer.kubeflow.org/support': 'deprecated' } } },
      { deprecated: true },
    ],
    ['that of a namespace has one', { kind: 'TrainingRuntime', metadata: { namespace: 'nlp' } }, { namespace: 'nlp' }],
    [
      'devices are what has a domain, by limits',
      {
        jobs: [
          replicatedJob(
            'node',
            [
              {
                name: 'node',
                resources: { requests: { cpu: '1', 'nvidia.com/gpu': '2' }, limits: { 'nvidia.com/gpu': 4 } },
              },
            ],
            true,
          ),
        ],
      },
      { devices: { 'nvidia.com/gpu': '4' } },
    ],
    [
      'image and devices are those of the container that trains',
      {
        jobs: [
          replicatedJob('data', [{ name: 'node', image: 'loader' }], false),
          replicatedJob(
            'node',
            [
              { name: 'sidecar', image: 's' },
              { name: 'node', image: 'train' },
            ],
            true,
          ),
        ],
      },
      { image: 'train' },
    ],
  ])('%s', (_, given, expected) => {
    expect(runtimeFacts(runtime(given), [])).toMatchObject(expected)
  })

  it('counts the TrainJobs that refer to it, and to no other of its name', () => {
    const jobs = [
      user('b', 'nlp', { name: 'torch' }),
      user('a', 'nlp', { name: 'torch', kind: 'ClusterTrainingRuntime' }),
      user('c', 'nlp', { name: 'torch', kind: 'TrainingRuntime' }),
      user('d', 'vision', { name: 'torch', kind: 'TrainingRuntime' }),
      user('e', 'nlp', { name: 'jax' }),
    ]
    const own = runtime({ kind: 'TrainingRuntime', metadata: { namespace: 'nlp' } })
    expect(runtimeFacts(runtime(), jobs).users).toEqual(['nlp/a', 'nlp/b'])
    expect(runtimeFacts(own, jobs).users).toEqual(['nlp/c'])
  })
})
