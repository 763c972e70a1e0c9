import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const injected = {
  labels: { 'kueue.x-k8s.io/podset': 'worker', 'kueue.x-k8s.io/local-queue-name': 'team' },
  annotations: { 'kueue.x-k8s.io/workload': 'pytorchjob-train-1' },
}
const admitted = pytorchManifest({ metadata: { namespace: 'nlp', uid: 'uid-train' }, worker: { replicas: 2 } })
const worker = (
  admitted['spec'] as { pytorchReplicaSpecs: { Worker: { template: { metadata?: object; spec: object } } } }
).pytorchReplicaSpecs.Worker
const submitted = structuredClone(worker.template)
worker.template = { metadata: injected, spec: { ...worker.template.spec, nodeSelector: { gpu: 'a100' } } }

const workload = {
  apiVersion: 'kueue.x-k8s.io/v1beta2',
  kind: 'Workload',
  metadata: {
    name: 'pytorchjob-train-1',
    namespace: 'nlp',
    labels: { 'kueue.x-k8s.io/job-uid': 'uid-train' },
    ownerReferences: [{ apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', name: 'train', uid: 'uid-train' }],
  },
  spec: { podSets: [{ name: 'worker', count: 2, template: submitted }] },
}

/** What the conversion of the live job keeps of Kueue, and what is said of it; `many`: all jobs of the namespace. */
async function converted(options: { readonly forbidden?: boolean; readonly many?: boolean } = {}) {
  const cluster = new FakeCluster({
    namespace: 'nlp',
    objects: [admitted, workload],
    forbid: ({ resource }) => options.forbidden === true && resource === 'workloads.kueue.x-k8s.io',
  })
  const { out, err } = await runVerb(options.many ? ['convert', '-A'] : ['convert', 'job', 'train'], { cluster })
  return {
    kept: out.filter((line) => /kueue|a100/.test(line)).map((line) => line.trim()),
    said: err.filter((line) => line.includes('Kueue')),
    asked: cluster.log.filter((line) => line.includes('workloads')),
  }
}

describe('a job that Kueue has admitted', () => {
  it('is converted as it was submitted, without the flavour it was given', async () => {
    expect(await converted()).toEqual({
      kept: [],
      said: [],
      asked: ['list workloads.kueue.x-k8s.io nlp kueue.x-k8s.io/job-uid=uid-train'],
    })
  })

  it('among many costs one request a namespace', async () => {
    expect(await converted({ many: true })).toEqual({
      kept: [],
      said: [],
      asked: ['list workloads.kueue.x-k8s.io nlp kueue.x-k8s.io/job-uid'],
    })
  })

  it('keeps the selectors of its flavour where its Workload may not be read, and that is said', async () => {
    const { kept, said } = await converted({ forbidden: true })
    expect(kept).toEqual(['gpu: a100'])
    expect(said).toEqual([
      'note: Kueue has admitted jobs here and their Workloads are not to be read: node selectors of its flavours stay in what is converted',
    ])
  })
})
