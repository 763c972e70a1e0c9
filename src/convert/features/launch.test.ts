import { describe, expect, it } from 'vitest'
import { converted, refusal, told } from '../../../test/unit/conversions.ts'
import { pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'

/** Env of the first pod on v2's side, by name. */
function envOf(spec: Record<string, unknown>, master = true): Record<string, string | undefined> {
  const { proof } = converted({ ...(master ? { master: {} } : {}), worker: {}, spec })
  const main = proof.v2[0]?.spec.containers[0]
  return Object.fromEntries((main?.env ?? []).map(({ name, value }) => [name, value]))
}

describe('nprocPerNode', () => {
  it.each([
    ['8', '8', '24'],
    ['gpu', 'gpu', '3'],
    ['cpu', 'cpu', '3'],
    ['auto', 'auto', '3'],
  ])('%s is in the env, with the size of the world', (nprocPerNode, perNode, world) => {
    expect(envOf({ nprocPerNode })).toMatchObject({ PET_NPROC_PER_NODE: perNode, WORLD_SIZE: world })
  })
})

describe('elasticPolicy', () => {
  it('is in the env value by value', () => {
    const elasticPolicy = {
      minReplicas: 2,
      maxReplicas: 2,
      rdzvBackend: 'c10d',
      rdzvId: 'i',
      rdzvConf: [{ key: 'a', value: 'b' }],
      standalone: true,
      nProcPerNode: 4,
      maxRestarts: 3,
    }
    expect(envOf({ elasticPolicy }, false)).toMatchObject({
      PET_RDZV_ENDPOINT: '$(JOBSET_NAME)-node-0-0.$(JOBSET_NAME):23456',
      PET_RDZV_BACKEND: 'c10d',
      PET_NNODES: '2:2',
      PET_MAX_RESTARTS: '3',
      PET_NPROC_PER_NODE: '4',
      PET_RDZV_ID: 'i',
      PET_RDZV_CONF: 'a=b',
      PET_STANDALONE: '',
    })
  })

  it('without anything in it is carried too', () => {
    expect(envOf({ elasticPolicy: {} }, false)).toMatchObject({ PET_NNODES: '2:2', PET_RDZV_BACKEND: 'c10d' })
  })

  it.each([
    [{ minReplicas: 1, maxReplicas: 4 }, true],
    [{ minReplicas: 2, maxReplicas: 2 }, false],
    [{ maxReplicas: 4 }, false],
    [{}, false],
  ])('%j says that the size is fixed: %s', (elasticPolicy, said) => {
    const found = told(converted({ worker: {}, spec: { elasticPolicy } }))
    expect(found.includes('changed elastic-fixed-size spec.elasticPolicy.minReplicas')).toBe(said)
  })

  it('with metrics is lost unless accepted, as a TrainJob cannot be scaled', () => {
    const spec = { elasticPolicy: { metrics: [{ type: 'Resource' }] } }
    expect(refusal(pytorchManifest({ worker: {}, spec }))).toMatchObject({
      code: 'lost',
      where: 'spec.elasticPolicy.metrics',
    })
    expect(told(converted({ worker: {}, spec }, { accept: ['elastic-autoscaling'] }))).toContain(
      'lost elastic-autoscaling spec.elasticPolicy.metrics',
    )
  })
})
