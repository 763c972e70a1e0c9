import { describe, expect, it } from 'vitest'
import { converted, runtimeContainer } from '../../../test/unit/conversions.ts'
import type { ManifestOptions, ReplicaOptions } from '../../../test/unit/pytorch-manifest.ts'
import type { Conversion } from '../convert.ts'

/** Master and Workers alike, with the same template. */
const both = (options: ReplicaOptions, more: Partial<ManifestOptions> = {}): ManifestOptions => ({
  master: options,
  worker: options,
  ...more,
})
const names = (env: readonly { name: string }[] = []) => env.map(({ name }) => name)

describe('where env stands', () => {
  const trainerEnv = ({ trainJob }: Conversion) => names(trainJob.spec.trainer?.env)
  const runtimeEnv = (conversion: Conversion) => names(runtimeContainer(conversion, 'node').env)
  const injected = [
    'JOBSET_NAME',
    'PYTHONUNBUFFERED',
    'MASTER_PORT',
    'PET_MASTER_PORT',
    'MASTER_ADDR',
    'PET_MASTER_ADDR',
  ]
  const inOrder = [...injected, 'WORLD_SIZE', 'RANK', 'PET_NODE_RANK', 'PET_NPROC_PER_NODE', 'PET_NNODES']

  it('is the TrainJob for the user’s own, before the job’s sizes', () => {
    const conversion = converted(
      both({
        container: {
          env: [
            { name: 'B', value: '$(A)' },
            { name: 'A', value: '1' },
          ],
        },
      }),
    )
    expect(trainerEnv(conversion)).toEqual(['B', 'A', 'WORLD_SIZE', 'PET_NNODES'])
    expect(runtimeEnv(conversion)).toEqual([...injected, 'RANK', 'PET_NODE_RANK', 'PET_NPROC_PER_NODE'])
  })

  it.each(['$(RANK)', 'tcp://$(MASTER_ADDR)', '$(JOBSET_NAME)', '$(PET_NNODES)'])(
    'is the TrainJob for all of it, in v1’s order, where a value holds %s, which v1 leaves as text',
    (value) => {
      const conversion = converted(both({ container: { env: [{ name: 'A', value }] } }))
      expect(runtimeEnv(conversion)).toEqual([])
      expect(trainerEnv(conversion)).toEqual(['A', ...inOrder])
      expect(conversion.proof.same).toBe(true)
    },
  )

  it('is the runtime for all of it where there are more variables than a TrainJob takes', () => {
    const env = Array.from({ length: 118 }, (_, at) => ({ name: `V${at}`, value: '1' }))
    const conversion = converted(both({ container: { env } }))
    expect(trainerEnv(conversion)).toEqual([])
    expect(runtimeEnv(conversion)).toHaveLength(118 + inOrder.length)
    expect(trainerEnv(converted(both({ container: { env: env.slice(0, 117) } })))).toHaveLength(119)
  })

  it('is the runtime where Trainer would lose a source', () => {
    const env = [{ name: 'A', valueFrom: { fileKeyRef: { volumeName: 'v', path: 'p', key: 'k' } } }]
    const conversion = converted(both({ container: { env } }))
    expect(trainerEnv(conversion)).toEqual([])
    expect(runtimeEnv(conversion)).toEqual(['A', ...inOrder])
  })

  it('is each sidecar of the runtime too, sizes and all', () => {
    const sidecars = [{ name: 'proxy', image: 'p', env: [{ name: 'A', value: '1' }] }]
    expect(names(runtimeContainer(converted(both({ sidecars })), 'proxy').env)).toEqual(['A', ...inOrder])
  })

  it.each([
    ['JOBSET_NAME', 'KUBECTL_MIGRATE_JOBSET_NAME'],
    ['OTHER', 'JOBSET_NAME'],
  ])('gets the job’s name from a variable of its own where the template has %s', (mine, helper) => {
    const conversion = converted(both({ container: { env: [{ name: mine, value: '1' }] } }))
    expect(runtimeEnv(conversion)[0]).toBe(helper)
    expect(runtimeContainer(conversion, 'node').env?.find(({ name }) => name === 'MASTER_ADDR')?.value).toBe(
      `$(${helper})-node-0-0.$(${helper})`,
    )
  })

  it('names the first Worker by its place among all pods', () => {
    const conversion = converted({ master: {}, worker: {}, spec: { elasticPolicy: {} } })
    const endpoint = runtimeContainer(conversion, 'node').env?.find(({ name }) => name === 'PET_RDZV_ENDPOINT')
    expect(endpoint?.value).toBe('$(JOBSET_NAME)-node-0-1.$(JOBSET_NAME):23456')
  })
})
