import { describe, expect, it } from 'vitest'
import { pytorchJobOf, pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import { parseV1Job } from './job.ts'

/** What the operator would refuse, as `path message`. */
function problems(object: KubeObject): string[] {
  const parsed = parseV1Job(object)
  return 'problems' in parsed ? parsed.problems.map(({ path, message }) => `${path} ${message}`) : []
}

const specs = 'spec.pytorchReplicaSpecs'

describe('defaults of a PyTorchJob', () => {
  it('are one Worker, restarts on failure, the port 23456 and namespace default', () => {
    const job = pytorchJobOf({ worker: { replicas: null } })
    expect(job.namespace).toBe('default')
    expect(job.total).toBe(1)
    expect(job.replicas).toEqual([
      {
        name: 'Worker',
        key: 'Worker',
        role: 'worker',
        count: 1,
        restartPolicy: 'OnFailure',
        main: 'pytorch',
        template: {
          spec: {
            containers: [
              { name: 'pytorch', image: 'train:1', ports: [{ name: 'pytorchjob-port', containerPort: 23456 }] },
            ],
          },
        },
      },
    ])
  })

  it('leave what is written', () => {
    const [master, worker] = pytorchJobOf({
      master: { restartPolicy: 'Never' },
      worker: { replicas: 3, restartPolicy: 'ExitCode' },
    }).replicas
    expect([master?.count, master?.restartPolicy]).toEqual([1, 'Never'])
    expect([worker?.count, worker?.restartPolicy]).toEqual([3, 'ExitCode'])
  })

  it('put Master first, however the manifest orders them', () => {
    const object = pytorchManifest()
    const { Master, Worker } = (object['spec'] as { pytorchReplicaSpecs: Record<string, unknown> }).pytorchReplicaSpecs
    const job = parseV1Job({ ...object, spec: { pytorchReplicaSpecs: { Worker, Master } } })
    expect('job' in job && job.job.replicas.map(({ name }) => name)).toEqual(['Master', 'Worker'])
  })

  it('give replica types in another case their names', () => {
    const template = { spec: { containers: [{ name: 'pytorch', image: 'i' }] } }
    const object = { ...pytorchManifest(), spec: { pytorchReplicaSpecs: { worker: { template } } } }
    const parsed = parseV1Job(object)
    expect('job' in parsed && parsed.job.replicas.map(({ name, key, role }) => [name, key, role])).toEqual([
      ['Worker', 'worker', 'worker'],
    ])
  })

  it('of a TFJob may be of any type that pods can be called by; they come last', () => {
    const template = { spec: { containers: [{ name: 'tensorflow', image: 'i' }] } }
    const rolesOf = (...types: string[]) => {
      const tfReplicaSpecs = Object.fromEntries(types.map((type) => [type, { template }]))
      const parsed = parseV1Job({ ...pytorchManifest(), kind: 'TFJob', spec: { tfReplicaSpecs } })
      return 'job' in parsed ? parsed.job.replicas.map(({ role }) => role) : parsed.problems.map(({ path }) => path)
    }
    expect(rolesOf('Eval', 'worker', 'PS')).toEqual(['ps', 'worker', 'eval'])
    expect(rolesOf('TF_Eval', 'Worker')).toEqual(['spec.tfReplicaSpecs.TF_Eval'])
  })

  it.each([
    ['no port of its name', undefined, [{ name: 'pytorchjob-port', containerPort: 23456 }]],
    [
      'a port of another name',
      [{ name: 'http', containerPort: 80 }],
      [
        { name: 'http', containerPort: 80 },
        { name: 'pytorchjob-port', containerPort: 23456 },
      ],
    ],
    [
      'the same number under another name: the name decides',
      [{ containerPort: 23456 }],
      [{ containerPort: 23456 }, { name: 'pytorchjob-port', containerPort: 23456 }],
    ],
    [
      'its port, with another number',
      [{ name: 'pytorchjob-port', containerPort: 29500 }],
      [{ name: 'pytorchjob-port', containerPort: 29500 }],
    ],
  ])('declare the port of the container that trains where it has %s', (_, written, declared) => {
    const job = pytorchJobOf({
      worker: {
        ...(written ? { container: { ports: written } } : {}),
        sidecars: [{ name: 'proxy', image: 'p' }],
      },
    })
    const [main, sidecar] = job.replicas[0]?.template.spec.containers ?? []
    expect(main?.ports).toEqual(declared)
    expect(sidecar?.ports).toBeUndefined()
  })

  it('stand for what is null, as the API server reads it', () => {
    const object = pytorchManifest({ worker: { replicas: null } })
    const { Worker } = (object['spec'] as { pytorchReplicaSpecs: Record<string, object> }).pytorchReplicaSpecs
    const spec = {
      runPolicy: { suspend: null, backoffLimit: null },
      elasticPolicy: null,
      pytorchReplicaSpecs: { Master: null, Worker: { ...Worker, replicas: null, restartPolicy: null } },
    }
    const parsed = parseV1Job({ ...object, spec })
    if (!('job' in parsed)) throw new Error('refused')
    expect(parsed.job.runPolicy).toEqual({})
    expect(parsed.job.spec).not.toHaveProperty('elasticPolicy')
    expect(parsed.job.replicas.map(({ name, count, restartPolicy }) => [name, count, restartPolicy])).toEqual([
      ['Worker', 1, 'OnFailure'],
    ])
  })

  it('change nothing in the object they were read from, nor in the spec that is kept', () => {
    const object = pytorchManifest()
    const before = structuredClone(object)
    const parsed = parseV1Job(object)
    expect(object).toEqual(before)
    expect('job' in parsed && parsed.job.spec).toEqual(before['spec'])
  })
})

describe('what Training Operator refuses', () => {
  const replica = (value: unknown) => ({ ...pytorchManifest(), spec: { pytorchReplicaSpecs: { Worker: value } } })

  it.each<[string, KubeObject, string[]]>([
    [
      'a name that is no DNS label',
      pytorchManifest({ name: '1train' }),
      ['metadata.name "1train" must be a DNS label that starts with a letter (a-z, 0-9, -), at most 63 long'],
    ],
    [
      'a name in capitals',
      pytorchManifest({ name: 'Train' }),
      ['metadata.name "Train" must be a DNS label that starts with a letter (a-z, 0-9, -), at most 63 long'],
    ],
    [
      'a name of 64 characters',
      pytorchManifest({ name: 'x'.repeat(64) }),
      [
        `metadata.name "${'x'.repeat(64)}" must be a DNS label that starts with a letter (a-z, 0-9, -), at most 63 long`,
      ],
    ],
    ['no name', { ...pytorchManifest(), metadata: {} }, ['metadata.name is missing']],
    [
      'labels that are none',
      pytorchManifest({ metadata: { labels: { branch: 'feature/x', team: 'nlp', 'a.b/long': 'x'.repeat(64) } } }),
      [
        'metadata.labels.branch is no value of a label: "feature/x"',
        `metadata.labels['a.b/long'] is no value of a label: "${'x'.repeat(64)}"`,
      ],
    ],
    ['no replica types', { ...pytorchManifest(), spec: {} }, [`${specs} must be a map of replica types`]],
    [
      'a replica type of another kind',
      { ...pytorchManifest(), spec: { pytorchReplicaSpecs: { Chief: {} } } },
      [`${specs}.Chief is not a replica type of PyTorchJob: Master, Worker`],
    ],
    ['a replica type that is no spec', replica(2), [`${specs}.Worker must be a replica spec with a template`]],
    ['no template', replica({ replicas: 1 }), [`${specs}.Worker.template.spec.containers must be specified`]],
    [
      'no containers',
      replica({ template: { spec: { containers: [] } } }),
      [`${specs}.Worker.template.spec.containers must be specified`],
    ],
    [
      'a container without an image',
      pytorchManifest({ worker: { container: { image: '' }, sidecars: [{ name: 'proxy' }] } }),
      [
        `${specs}.Worker.template.spec.containers[0].image is required`,
        `${specs}.Worker.template.spec.containers[1].image is required`,
      ],
    ],
    [
      'no container called pytorch',
      pytorchManifest({ worker: { container: { name: 'train' } } }),
      [`${specs}.Worker.template.spec.containers must have at least one container with name pytorch`],
    ],
    ['two Masters', pytorchManifest({ master: { replicas: 2 } }), [`${specs}.Master.replicas must be 1`]],
    [
      'a Master whose number is not written',
      pytorchManifest({ master: { replicas: null } }),
      [`${specs}.Master.replicas must be 1`],
    ],
    [
      'no Workers at all',
      pytorchManifest({ worker: { replicas: 0 } }),
      [`${specs}.Worker.replicas must be at least 1`],
    ],
    [
      'a number of Workers that is a placeholder',
      replica({ replicas: '$N', template: { spec: { containers: [{ name: 'pytorch', image: 'i' }] } } }),
      [`${specs}.Worker.replicas "$N" must be a whole number`],
    ],
    [
      'a restart policy of another world',
      pytorchManifest({ worker: { restartPolicy: 'Sometimes' } }),
      [`${specs}.Worker.restartPolicy "Sometimes" is none of Always, OnFailure, Never, ExitCode`],
    ],
    [
      'an elastic policy without Workers',
      pytorchManifest({ master: {}, spec: { elasticPolicy: {} } }),
      [`${specs}.Worker must be configured if elastic policy is used`],
    ],
    [
      'processes per node in both places',
      pytorchManifest({ worker: {}, spec: { nprocPerNode: '2', elasticPolicy: { nProcPerNode: 2 } } }),
      ['spec.elasticPolicy.nProcPerNode must not be used with spec.nprocPerNode'],
    ],
    [
      'settings of the rendezvous that are none, at which v1’s operator panics',
      pytorchManifest({ worker: {}, spec: { elasticPolicy: { rdzvConf: [] } } }),
      ['spec.elasticPolicy.rdzvConf must not be an empty list: Training Operator fails at it and makes no pods'],
    ],
    [
      'a kind of another operator',
      { ...pytorchManifest(), kind: 'MXJob' },
      ['kind MXJob is not a kind of Training Operator v1'],
    ],
    [
      'several things at once: all of them are told',
      pytorchManifest({ name: '', master: { replicas: 3, container: { image: '' } } }),
      [
        'metadata.name is missing',
        `${specs}.Master.template.spec.containers[0].image is required`,
        `${specs}.Master.replicas must be 1`,
      ],
    ],
  ])('%s', (_, object, expected) => {
    expect(problems(object)).toEqual(expected)
  })

  it('is not a job whose restart policy is empty: the default is taken', () => {
    const [worker] = pytorchJobOf({ worker: { restartPolicy: '' } }).replicas
    expect(worker?.restartPolicy).toBe('OnFailure')
  })

  it('is not a job whose name the API server will make', () => {
    expect(problems({ ...pytorchManifest(), metadata: { generateName: 'train-' } })).toEqual([])
  })
})
