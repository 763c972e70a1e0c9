import { describe, expect, it } from 'vitest'
import { converted } from '../../../test/unit/conversions.ts'
import type { ManifestOptions } from '../../../test/unit/pytorch-manifest.ts'

describe('replicas', () => {
  it.each<[string, ManifestOptions, number]>([
    ['a Master and two Workers', {}, 3],
    ['a Master', { master: {} }, 1],
    ['Workers', { worker: { replicas: 4 } }, 4],
    ['a Worker whose number is not written', { worker: { replicas: null } }, 1],
    ['many', { master: {}, worker: { replicas: 127 } }, 128],
  ])('%s are so many nodes', (_, manifest, nodes) => {
    const { trainJob, proof } = converted(manifest)
    expect(trainJob.spec.trainer?.numNodes).toBe(nodes)
    expect(proof.v2).toHaveLength(nodes)
  })
})
