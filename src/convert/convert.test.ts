import { describe, expect, it } from 'vitest'
import { converted, hasField, refusal, usual } from '../../test/unit/conversions.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { Problem } from '../problem.ts'
import { convertJob } from './convert.ts'

describe('a conversion', () => {
  it('makes a TrainJob that says where it comes from, and the runtime of its shape', () => {
    const { trainJob, runtime, proof } = converted({ metadata: { namespace: 'nlp', labels: { app: 'train' } } })
    expect(trainJob).toEqual({
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'TrainJob',
      metadata: {
        name: 'train',
        namespace: 'nlp',
        labels: { app: 'train' },
        annotations: {
          'kubectl-migrate.dev/source': 'PyTorchJob/train',
          'kubectl-migrate.dev/source-hash': expect.stringMatching(/^[0-9a-f]{64}$/),
          'kubectl-migrate.dev/version': '0.0.0',
        },
      },
      spec: {
        runtimeRef: { kind: 'TrainingRuntime', name: runtime.metadata.name },
        trainer: {
          numNodes: 3,
          image: 'train:1',
          env: [
            { name: 'WORLD_SIZE', value: '3' },
            { name: 'PET_NNODES', value: '3' },
          ],
        },
      },
    })
    expect(runtime.metadata).toEqual({
      name: expect.stringMatching(/^v1-pytorch-[0-9a-f]{10}$/),
      namespace: 'nlp',
      annotations: {
        'kubectl-migrate.dev/content-hash': expect.stringMatching(/^[0-9a-f]{64}$/),
        'kubectl-migrate.dev/description':
          'PyTorchJob as Training Operator v1 ran it: replicas alike, restarts on failure without limit',
      },
    })
    expect(proof.same).toBe(true)
  })

  it('names the uid of a live job, and takes another name and namespace', () => {
    const { trainJob } = converted(
      { metadata: { uid: 'u-1' } },
      { live: true, run: true, name: 'train-v2', namespace: 'cv' },
    )
    expect(trainJob.metadata.name).toBe('train-v2')
    expect(trainJob.metadata.namespace).toBe('cv')
    expect(trainJob.metadata.annotations).toMatchObject({
      'kubectl-migrate.dev/source': 'PyTorchJob/train',
      'kubectl-migrate.dev/source-uid': 'u-1',
    })
    expect(converted({ metadata: { uid: 'u-1' } }).trainJob.metadata.annotations).not.toHaveProperty(
      'kubectl-migrate.dev/source-uid',
    )
  })

  it('leaves a name to the API server where v1 did', () => {
    const object = { ...pytorchManifest(), metadata: { generateName: 'train-' } }
    expect(() => refusal(object)).toThrow('is converted')
  })

  it('changes nothing in the object, and gives the same twice', () => {
    const object = pytorchManifest({ master: { restartPolicy: 'Never' }, worker: {} })
    const before = structuredClone(object)
    const first = converted({ master: { restartPolicy: 'Never' }, worker: {} })
    const second = converted({ master: { restartPolicy: 'Never' }, worker: {} })
    expect(JSON.stringify([first.trainJob, first.runtime])).toBe(JSON.stringify([second.trainJob, second.runtime]))
    expect(object).toEqual(before)
  })

  it('does not care for the order in which roles are written', () => {
    const object = pytorchManifest({ master: {}, worker: { container: { image: 'other' } } })
    const { Master, Worker } = (object['spec'] as { pytorchReplicaSpecs: Record<string, unknown> }).pytorchReplicaSpecs
    const turned = convertJob({ ...object, spec: { pytorchReplicaSpecs: { Worker, Master } } }, usual)
    const straight = convertJob(object, usual)
    expect(turned.runtime).toEqual(straight.runtime)
    expect(turned.trainJob).toEqual(straight.trainJob)
    expect(turned.runtime.spec.template.spec.replicatedJobs.map(({ name }) => name)).toEqual(['master', 'worker'])
  })
})

describe('a job is not converted', () => {
  it.each([
    [
      'where v1 would refuse it: every reason is told',
      pytorchManifest({ name: 'Train', master: { replicas: 2 } }),
      'invalid-job',
      'metadata.name',
      /metadata\.name "Train" must be a DNS label.*\nspec\.pytorchReplicaSpecs\.Master\.replicas must be 1$/,
    ],
    [
      'where it has no pods',
      { ...pytorchManifest(), spec: { pytorchReplicaSpecs: {} } },
      'invalid-job',
      'spec.pytorchReplicaSpecs',
      /^spec\.pytorchReplicaSpecs has no replica type/,
    ],
    [
      'where it has a field nobody knows',
      pytorchManifest({ spec: { newField: { deep: 1 } } }),
      'field-not-carried',
      'spec.newField.deep',
      /^this version does not know spec\.newField\.deep$/,
    ],
    [
      'where it has more of them than one wants to read',
      pytorchManifest({ worker: { pod: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 } } }),
      'field-not-carried',
      'spec.pytorchReplicaSpecs.Worker.template.spec.a',
      / and 2 more$/,
    ],
    [
      'where a container has one',
      pytorchManifest({ worker: { sidecars: [{ name: 'p', image: 'p', newField: [1] }] } }),
      'field-not-carried',
      'spec.pytorchReplicaSpecs.Worker.template.spec.containers[1].newField',
      /^this version does not know \S+\.newField$/,
    ],
    [
      'where a field that is carried as a whole has one: v1’s API drops it, and v2’s would refuse it',
      pytorchManifest({
        worker: {
          container: { resources: { limit: { cpu: 1 } } as never },
          pod: { volumes: [{ name: 'c', configMap: { name: 'c', defaultmode: 0o444 } }] },
        },
      }),
      'field-not-carried',
      'spec.pytorchReplicaSpecs.Worker.template.spec.volumes[0].configMap.defaultmode',
      /^this version does not know \S+\.defaultmode \(did you mean defaultMode\?\), \S+\.resources\.limit \(did you mean limits\?\)$/,
    ],
    [
      'where v2 cannot keep something and nobody accepted that',
      pytorchManifest({ worker: { pod: { hostname: 'custom' } } }),
      'lost',
      'spec.pytorchReplicaSpecs.Worker.template.spec.hostname',
      /v2 sets the hostname of every pod itself/,
    ],
    [
      'where its pods would not be the same, with both values',
      pytorchManifest({
        worker: {
          container: {
            env: [
              { name: 'RANK', value: '7' },
              { name: 'OTHER', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
              { name: 'LEANS', value: '$(OTHER)' },
              { name: 'OTHER', value: 'later' },
            ],
          },
        },
      }),
      'not-proved',
      'spec.pytorchReplicaSpecs.Worker.template.spec.containers[0].env[2]',
      /^2 pods containers\[main\]\.env\.LEANS: v1 <field metadata.uid>, v2 \$\(OTHER\)$/,
    ],
    [
      'where a value differs in several pods, once for them all',
      pytorchManifest({ worker: { replicas: 7, metadata: { labels: { 'jobset.sigs.k8s.io/jobset-name': 'own' } } } }),
      'not-proved',
      "spec.pytorchReplicaSpecs.Worker.template.metadata.labels['jobset.sigs.k8s.io/jobset-name']",
      /^7 pods labels\.jobset\.sigs\.k8s\.io\/jobset-name: v1 own, v2 train$/,
    ],
    [
      'where its name leaves no room for those of its pods',
      pytorchManifest({ name: 'x'.repeat(54), worker: {} }),
      'name-too-long',
      'metadata.name',
      /./,
    ],
  ])('%s', (_, object, code, where, why) => {
    const problem = refusal(object)
    expect([problem.code, problem.where]).toEqual([code, where])
    expect(problem.why).toMatch(why)
    expect(hasField(object, where)).toBe(true)
  })

  it('and its kind and name begin the sentence', () => {
    expect(new Problem(refusal(pytorchManifest({ name: 'T' }))).message).toBe(
      'PyTorchJob T is not a job Training Operator would run',
    )
  })
})
