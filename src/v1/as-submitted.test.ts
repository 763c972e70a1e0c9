import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import { asSubmitted } from './as-submitted.ts'

const containers = [{ name: 'pytorch', image: 'example.org/train:1' }]
const own = { metadata: { labels: { team: 'nlp' } }, spec: { containers, nodeSelector: { disk: 'ssd' } } }

/** What Kueue 0.19.2 made of it when it admitted the job to a flavour with a node label and a toleration. */
const admitted = {
  metadata: {
    labels: {
      team: 'nlp',
      'kueue.x-k8s.io/podset': 'worker',
      'kueue.x-k8s.io/local-queue-name': 'team',
      'kueue.x-k8s.io/cluster-queue-name': 'team',
    },
    annotations: { 'kueue.x-k8s.io/workload': 'pytorchjob-bert-77e7f' },
  },
  spec: { containers, nodeSelector: { disk: 'ssd', gpu: 'a100' }, tolerations: [{ key: 'gpu', operator: 'Exists' }] },
}

const job = (template: object): KubeObject => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'bert' },
  spec: { runPolicy: { suspend: false }, pytorchReplicaSpecs: { Worker: { replicas: 2, template } } },
})

const workload = (template: object): KubeObject => ({
  apiVersion: 'kueue.x-k8s.io/v1beta1',
  kind: 'Workload',
  metadata: { name: 'pytorchjob-bert-77e7f' },
  spec: { podSets: [{ name: 'worker', count: 2, template }] },
})

describe('a job that Kueue admitted', () => {
  it('is what its owner wrote, by its Workload', () => {
    expect(asSubmitted(job(admitted), workload(own))).toEqual(job(own))
  })

  it('loses what its owner never had', () => {
    expect(asSubmitted(job(admitted), workload({ metadata: {}, spec: { containers } }))).toEqual(
      job({ metadata: {}, spec: { containers } }),
    )
  })

  it('without its Workload loses what Kueue alone writes, and keeps the selectors of its flavour', () => {
    expect(asSubmitted(job(admitted))).toEqual(job({ metadata: { labels: { team: 'nlp' } }, spec: admitted.spec }))
  })

  it('keeps replicas that its Workload does not know', () => {
    const other = { ...workload(own), spec: { podSets: [{ name: 'master', template: own }] } }
    expect(asSubmitted(job(admitted), other)).toEqual(asSubmitted(job(admitted)))
  })
})

it('a job that Kueue has not written into is left as it is', () => {
  const plain = job(own)
  expect(asSubmitted(plain, workload({ spec: { containers } }))).toBe(plain)
})
