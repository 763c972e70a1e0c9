import { describe, expect, it } from 'vitest'
import { converted } from '../../test/unit/conversions.ts'
import { prove } from './proof.ts'

describe('a proof', () => {
  it('holds for a conversion, pod by pod in the order of v1’s ranks', () => {
    const { proof } = converted()
    expect(proof.same).toBe(true)
    expect(proof.comparison.pairs.map(({ label, v2 }) => [label, v2.name])).toEqual([
      ['master-0', 'train-node-0-0'],
      ['worker-0', 'train-node-0-1'],
      ['worker-1', 'train-node-0-2'],
    ])
  })

  it('fails for a TrainJob that somebody changed, and says where', () => {
    const { job, trainJob, runtime } = converted()
    const changed = { ...trainJob, spec: { ...trainJob.spec, trainer: { ...trainJob.spec.trainer, image: 'other' } } }
    const proof = prove(job, changed, runtime)
    expect(proof.same).toBe(false)
    expect(proof.differences.map(({ pod, path, v1, v2 }) => [pod, path, v1, v2])).toEqual([
      ['master-0', 'containers[main].image', 'train:1', 'other'],
      ['worker-0', 'containers[main].image', 'train:1', 'other'],
      ['worker-1', 'containers[main].image', 'train:1', 'other'],
    ])
  })

  it('fails for one with fewer nodes, and names the pod that is missing', () => {
    const { job, trainJob, runtime } = converted()
    const smaller = { ...trainJob, spec: { ...trainJob.spec, trainer: { ...trainJob.spec.trainer, numNodes: 2 } } }
    const { differences } = prove(job, smaller, runtime)
    expect(differences.map(({ pod, path }) => [pod, path])).toEqual([['worker-1', 'pod']])
  })

  it('holds where a finding explains what differs', () => {
    const { job, trainJob, runtime } = converted()
    const changed = { ...trainJob, spec: { ...trainJob.spec, trainer: { ...trainJob.spec.trainer, image: 'other' } } }
    const proof = prove(job, changed, runtime, [{ explains: ['containers[main].image'] }])
    expect(proof.same).toBe(true)
    expect(proof.comparison.differences).toHaveLength(3)
  })
})
