import { describe, expect, it } from 'vitest'
import type { Container, PodSpec } from '../kube/pod.ts'
import { renderJobSet, UnmodelledError } from './render.ts'
import type { JobSetSpec, MLPolicy, ReplicatedJob, Trainer, TrainingRuntime, TrainJob } from './trainjob.ts'

const label = { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } }

/** A replicated job with the trainer label. */
function trainerJob(
  containers: Container[] = [{ name: 'node' }],
  name = 'node',
  pod: Partial<PodSpec> = {},
): ReplicatedJob {
  return { name, template: { metadata: label, spec: { template: { spec: { ...pod, containers } } } } }
}

/** One without it. */
function plainJob(name: string, containers: Container[], parallelism?: number): ReplicatedJob {
  const count = parallelism === undefined ? {} : { parallelism }
  return { name, template: { spec: { ...count, template: { spec: { containers } } } } }
}

function runtime(jobs: ReplicatedJob[], mlPolicy?: MLPolicy, more: object = {}): TrainingRuntime {
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainingRuntime',
    metadata: { name: 'r' },
    spec: { ...(mlPolicy ? { mlPolicy } : {}), ...more, template: { spec: { replicatedJobs: jobs } } },
  }
}

function trainJob(trainer?: Trainer, more: Partial<TrainJob['spec']> = {}): TrainJob {
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name: 'train' },
    spec: { runtimeRef: { name: 'r' }, ...(trainer ? { trainer } : {}), ...more },
  }
}

const nodeOf = (spec: JobSetSpec, job = 0): Container | undefined =>
  spec.replicatedJobs[job]?.template.spec.template.spec.containers.find(({ name }) => name === 'node')
const envOf = (container: Container | undefined) =>
  (container?.env ?? []).map(({ name, value }) => `${name}=${value ?? '<field>'}`)
const plain: MLPolicy = { numNodes: 1 }
const torch: MLPolicy = { numNodes: 1, torch: {} }

/** A patch of one pod spec, as spec.runtimePatches. */
const patch = (spec: Partial<PodSpec>, metadata?: object): TrainJob['spec']['runtimePatches'] => [
  {
    manager: 'test.example.org/patch',
    trainingRuntimeSpec: {
      template: {
        spec: {
          replicatedJobs: [
            { name: 'node', template: { spec: { template: { ...(metadata ? { metadata } : {}), spec } } } },
          ],
        },
      },
    },
  },
]

describe('spec.trainer', () => {
  it('goes to the container node of the labelled job, and to no other', () => {
    const sidecar = { name: 'proxy', image: 'p', command: ['p'] }
    const spec = renderJobSet(
      trainJob({ image: 'i', command: ['c'], args: ['a'], env: [{ name: 'A', value: '1' }], numNodes: 4 }),
      runtime(
        [trainerJob([sidecar, { name: 'node', image: 'old' }]), plainJob('other', [{ name: 'node', image: 'o' }])],
        plain,
      ),
    )
    expect(spec.replicatedJobs[0]?.template.spec.template.spec.containers).toEqual([
      sidecar,
      { name: 'node', image: 'i', command: ['c'], args: ['a'], env: [{ name: 'A', value: '1' }] },
    ])
    expect(spec.replicatedJobs.map(({ replicas, template }) => [replicas, template.spec.parallelism])).toEqual([
      [1, 4],
      [undefined, 1],
    ])
    expect(nodeOf(spec, 1)).toEqual({ name: 'node', image: 'o' })
  })

  it('leaves what it does not say', () => {
    const node = { name: 'node', image: 'i', command: ['c'], args: ['a'], env: [{ name: 'A', value: '1' }] }
    expect(nodeOf(renderJobSet(trainJob({}), runtime([trainerJob([node])], plain)))).toEqual(node)
  })

  it('puts its env after the runtime’s, and in the place of one that has the name', () => {
    const node = {
      name: 'node',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '1' },
      ],
    }
    const trainer = {
      env: [
        { name: 'C', value: '2' },
        { name: 'A', value: '2' },
      ],
    }
    expect(envOf(nodeOf(renderJobSet(trainJob(trainer), runtime([trainerJob([node])], plain))))).toEqual([
      'A=2',
      'B=1',
      'C=2',
    ])
  })

  it('loses the version of a field and sources that Trainer does not know', () => {
    const env = [
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } } },
      { name: 'B', valueFrom: { fileKeyRef: { path: 'p' } } },
      { name: 'C' },
    ]
    expect(nodeOf(renderJobSet(trainJob({ env }), runtime([trainerJob()], plain)))?.env).toEqual([
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'B', valueFrom: {} },
      { name: 'C', value: '' },
    ])
  })

  it('merges resources key by key, drops claims, and does nothing where the runtime has no policy', () => {
    const resources = { limits: { cpu: 1, 'nvidia.com/gpu': 8 }, requests: { memory: '1Gi' }, claims: [{ name: 'c' }] }
    const resourcesPerNode = { limits: { cpu: 2 } }
    const rendered = (policy?: MLPolicy) =>
      nodeOf(renderJobSet(trainJob({ resourcesPerNode }), runtime([trainerJob([{ name: 'node', resources }])], policy)))
    expect(rendered(plain)?.resources).toEqual({ limits: { cpu: 2, 'nvidia.com/gpu': 8 }, requests: { memory: '1Gi' } })
    expect(rendered()?.resources).toEqual(resources)
  })
})

describe('the number of pods', () => {
  it.each<[string, number | undefined, MLPolicy | undefined, number | undefined, number]>([
    ['the TrainJob’s', 4, { numNodes: 2 }, 8, 4],
    ['the TrainJob’s, also without a policy', 5, undefined, undefined, 5],
    ['the TrainJob’s zero', 0, plain, undefined, 0],
    ['the policy’s', undefined, { numNodes: 2 }, 8, 2],
    ['1 of a policy that says nothing', undefined, { torch: {} }, 8, 1],
    ['1 of a policy’s zero', undefined, { numNodes: 0 }, undefined, 1],
    ['the template’s without a policy', undefined, undefined, 8, 8],
  ])('is %s', (_, own, policy, parallelism, expected) => {
    const job = trainerJob()
    if (parallelism !== undefined) job.template.spec.parallelism = parallelism
    const spec = renderJobSet(trainJob(own === undefined ? undefined : { numNodes: own }), runtime([job], policy))
    expect(spec.replicatedJobs[0]?.template.spec).toMatchObject({ parallelism: expected, completions: expected })
  })

  it('of a job without the label is its template’s, and at least 1; its replicas stay', () => {
    const worker = { ...plainJob('worker', [{ name: 'c' }], 0), replicas: 3 }
    const spec = renderJobSet(trainJob({ numNodes: 4 }), runtime([trainerJob(), worker], plain))
    expect(spec.replicatedJobs[1]).toMatchObject({
      replicas: 3,
      template: { spec: { parallelism: 1, completions: 1 } },
    })
  })

  it('of a second labelled job is the policy’s', () => {
    const spec = renderJobSet(
      trainJob({ numNodes: 4 }),
      runtime([trainerJob(), trainerJob([], 'more')], { numNodes: 2 }),
    )
    expect(spec.replicatedJobs.map(({ template }) => template.spec.parallelism)).toEqual([4, 2])
  })
})

describe('the torch policy', () => {
  const torchEnv = (trainer: Trainer, container: Container = { name: 'node' }) =>
    envOf(nodeOf(renderJobSet(trainJob(trainer), runtime([trainerJob([container])], torch))))

  it('adds torchrun’s settings and a port', () => {
    const node = nodeOf(renderJobSet(trainJob({ numNodes: 2 }), runtime([trainerJob()], torch)))
    expect(envOf(node)).toEqual([
      'PET_NNODES=2',
      'PET_NPROC_PER_NODE=1',
      'PET_NODE_RANK=<field>',
      'PET_MASTER_ADDR=train-node-0-0.train',
      'PET_MASTER_PORT=29500',
    ])
    expect(node?.ports).toEqual([{ containerPort: 29500 }])
  })

  it('adds nothing where the TrainJob has no trainer', () => {
    const node = nodeOf(renderJobSet(trainJob(), runtime([trainerJob()], torch)))
    expect(node).toEqual({ name: 'node' })
  })

  it('keeps a placeholder’s place in the runtime', () => {
    const node = {
      name: 'node',
      env: [
        { name: 'PET_NNODES', value: '0' },
        { name: 'SIZE', value: '$(PET_NNODES)' },
      ],
    }
    expect(torchEnv({ numNodes: 3 }, node).slice(0, 2)).toEqual(['PET_NNODES=3', 'SIZE=$(PET_NNODES)'])
  })

  it.each<[string, Trainer, Container, string]>([
    ['the TrainJob’s number', { numProcPerNode: 4 }, { name: 'node' }, '4'],
    ['auto with a GPU', {}, { name: 'node', resources: { limits: { 'nvidia.com/gpu': 1 } } }, 'auto'],
    ['auto with a GPU of any maker', {}, { name: 'node', resources: { requests: { 'amd.com/GPU': '1' } } }, 'auto'],
    ['1 with a slice of one', {}, { name: 'node', resources: { limits: { 'nvidia.com/mig-1g.5gb': 1 } } }, '1'],
    ['the CPUs requested', {}, { name: 'node', resources: { requests: { cpu: 3 }, limits: { cpu: 8 } } }, '3'],
    ['the CPUs requested, rounded up', {}, { name: 'node', resources: { requests: { cpu: '2500m' } } }, '3'],
    ['the CPU limit', {}, { name: 'node', resources: { limits: { cpu: '4' } } }, '4'],
    [
      'the CPU limit where none is requested',
      {},
      { name: 'node', resources: { requests: { cpu: 0 }, limits: { cpu: 4 } } },
      '4',
    ],
    ['1 without either', {}, { name: 'node' }, '1'],
    [
      'the TrainJob’s CPUs, whatever GPU the runtime has',
      { resourcesPerNode: { limits: { cpu: 2 } } },
      { name: 'node', resources: { limits: { 'nvidia.com/gpu': 1 } } },
      '2',
    ],
  ])('counts processes: %s', (_, trainer, container, expected) => {
    expect(torchEnv(trainer, container)).toContain(`PET_NPROC_PER_NODE=${expected}`)
  })
})

describe('what Trainer upserts into itself', () => {
  const portsOf = (policy: MLPolicy, ports: Container['ports']) =>
    nodeOf(renderJobSet(trainJob({}), runtime([trainerJob([{ name: 'node', ports }])], policy)))?.ports

  it('keeps the last of several ports without a name, as often as there were', () => {
    expect(portsOf(plain, [{ containerPort: 8080 }, { containerPort: 9090 }])).toEqual([
      { containerPort: 9090 },
      { containerPort: 9090 },
    ])
  })

  it('keeps the last of two ports of one number', () => {
    const ports = [
      { name: 'a', containerPort: 53 },
      { name: 'b', containerPort: 53, protocol: 'UDP' },
    ]
    expect(portsOf(plain, ports)).toEqual([ports[1], ports[1]])
  })

  it('gives a port without a name to torch, and leaves one with a name', () => {
    expect(portsOf(torch, [{ containerPort: 8080 }])).toEqual([{ containerPort: 29500 }])
    expect(portsOf(torch, [{ name: 'http', containerPort: 8080 }])).toEqual([
      { name: 'http', containerPort: 8080 },
      { containerPort: 29500 },
    ])
  })

  it('holds for sidecars and init containers too', () => {
    const two = [{ containerPort: 1 }, { containerPort: 2 }]
    const pod = { initContainers: [{ name: 'init', ports: two }] }
    const spec = renderJobSet(trainJob(), runtime([trainerJob([{ name: 'proxy', ports: two }], 'node', pod)], plain))
    const rendered = spec.replicatedJobs[0]?.template.spec.template.spec
    expect(rendered?.containers[0]?.ports).toEqual([{ containerPort: 2 }, { containerPort: 2 }])
    expect(rendered?.initContainers?.[0]?.ports).toEqual([{ containerPort: 2 }, { containerPort: 2 }])
  })
})

describe('runtimePatches', () => {
  it('are merged in their order, before spec.trainer', () => {
    const patches = [
      ...(patch({ serviceAccountName: 'a', containers: [{ name: 'node', env: [{ name: 'A', value: 'patch' }] }] }) ??
        []),
      ...(patch({ serviceAccountName: 'b', nodeSelector: { pool: 'gpu' } }, { labels: { team: 'nlp' } }) ?? []),
    ]
    const spec = renderJobSet(
      trainJob({ image: 'i', env: [{ name: 'A', value: 'trainer' }] }, { runtimePatches: patches }),
      runtime([trainerJob()], plain),
    )
    expect(spec.replicatedJobs[0]?.template.spec.template).toEqual({
      metadata: { labels: { team: 'nlp' } },
      spec: {
        serviceAccountName: 'b',
        nodeSelector: { pool: 'gpu' },
        containers: [{ name: 'node', image: 'i', env: [{ name: 'A', value: 'trainer' }] }],
      },
    })
  })

  it('without anything in them change nothing', () => {
    const spec = renderJobSet(
      trainJob({}, { runtimePatches: [{ manager: 'kueue.x-k8s.io/manager' } as never] }),
      runtime([trainerJob()], plain),
    )
    expect(spec.replicatedJobs[0]?.template.spec.template.spec).toEqual({ containers: [{ name: 'node' }] })
  })
})

describe('gangs', () => {
  it.each([
    ['coscheduling', { labels: { 'scheduling.x-k8s.io/pod-group': 'train' } }],
    ['volcano', { annotations: { 'scheduling.k8s.io/group-name': 'train' } }],
  ])('of %s mark every pod with the name of their group', (policy, metadata) => {
    const jobs = [trainerJob(), plainJob('other', [{ name: 'c' }])]
    const spec = renderJobSet(trainJob(), runtime(jobs, plain, { podGroupPolicy: { [policy]: {} } }))
    expect(spec.replicatedJobs.map(({ template }) => template.spec.template.metadata)).toEqual([metadata, metadata])
  })
})

describe('the rest', () => {
  it.each([
    [undefined, false],
    [true, true],
    [false, false],
  ])('suspend %s is %s in the JobSet', (suspend, expected) => {
    const spec = renderJobSet(trainJob({}, suspend === undefined ? {} : { suspend }), runtime([trainerJob()], plain))
    expect(spec.suspend).toBe(expected)
  })

  it('neither the TrainJob nor the runtime is changed', () => {
    const job = trainJob(
      { numNodes: 2, env: [{ name: 'A', value: '1' }] },
      { runtimePatches: patch({ hostIPC: true }) },
    )
    const given = runtime(
      [trainerJob([{ name: 'node', env: [{ name: 'B', value: '1' }], ports: [{ containerPort: 1 }] }])],
      torch,
    )
    const before = structuredClone([job, given])
    renderJobSet(job, given)
    expect([job, given]).toEqual(before)
  })

  it.each<[string, TrainJob, TrainingRuntime]>([
    ['the flux policy', trainJob({}), runtime([trainerJob()], { flux: {} })],
    [
      'env injected into other containers',
      trainJob({}),
      runtime([trainerJob()], { torch: { envInjection: { targets: [] } } }),
    ],
    ['torchtune', trainJob({ command: ['tune', 'run'] }), runtime([trainerJob()], torch)],
    ['initializers', trainJob({}, { initializer: { dataset: {} } }), runtime([trainerJob()], torch)],
  ])('%s is not predicted, and says so', (_, job, given) => {
    expect(() => renderJobSet(job, given)).toThrow(UnmodelledError)
  })
})
