import { describe, expect, it } from 'vitest'
import { converted, patchedTemplate, refusal, runtimeTemplate, told } from '../../../test/unit/conversions.ts'
import { pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'

const template = 'spec.pytorchReplicaSpecs.Worker.template'

describe('metadata of a pod template', () => {
  it('carries labels and annotations, and neither names nor times', () => {
    const metadata = {
      name: 'ignored',
      namespace: 'ignored',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { team: 'nlp' },
      annotations: { note: 'n' },
    }
    const conversion = converted({ worker: { metadata } })
    expect(patchedTemplate(conversion).metadata).toEqual({ labels: { team: 'nlp' }, annotations: { note: 'n' } })
    expect(told(conversion)).toEqual([])
  })

  it.each([{}, { labels: {} }, { labels: {}, annotations: {} }])('that is empty (%j) says nothing', (metadata) => {
    const conversion = converted({ worker: { metadata } })
    expect(patchedTemplate(conversion)).toEqual({})
    expect(told(conversion)).toEqual([])
  })

  it('leaves labels of the operator behind, which overwrites them itself', () => {
    const labels = { team: 'nlp', 'training.kubeflow.org/job-role': 'mine' }
    const conversion = converted({ worker: { metadata: { labels } } })
    expect(patchedTemplate(conversion).metadata).toEqual({ labels: { team: 'nlp' } })
    expect(told(conversion)).toEqual([
      `same operator-label ${template}.metadata.labels['training.kubeflow.org/job-role']`,
    ])
  })

  it('carries a label with the operator’s prefix that the operator does not set: it is the user’s own', () => {
    const labels = { 'training.kubeflow.org/mine': 'x' }
    const conversion = converted({ worker: { metadata: { labels } } })
    expect(patchedTemplate(conversion).metadata).toEqual({ labels })
    expect(told(conversion)).toEqual([])
  })

  it.each([{}, { master: {} }])('keeps finalizers in the runtime, as v1 puts them on its pods (%j)', (roles) => {
    const metadata = { finalizers: ['example.org/f'], labels: { team: 'nlp' } }
    const conversion = converted({ ...roles, worker: { metadata } })
    const job = 'master' in roles ? 'worker' : 'node'
    expect(runtimeTemplate(conversion, job).metadata?.finalizers).toEqual(['example.org/f'])
    expect(patchedTemplate(conversion).metadata ?? {}).not.toHaveProperty('finalizers')
    expect(told(conversion).filter((line) => line.startsWith('lost'))).toEqual([])
  })

  it('leaves apiVersion and kind of a whole Pod behind, which the API server prunes', () => {
    const object = pytorchManifest({ worker: {} })
    const { Worker } = (object['spec'] as { pytorchReplicaSpecs: { Worker: { template: object } } }).pytorchReplicaSpecs
    Object.assign(Worker.template, { apiVersion: 'v1', kind: 'Pod' })
    expect(() => refusal(object)).toThrow('is converted')
  })
})
