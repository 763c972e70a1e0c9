import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runtimeNameFault } from './build.ts'
import { convertJob } from './convert.ts'

const options = { live: false, run: false, toolVersion: 'test' }
const job = pytorchManifest({ metadata: { namespace: 'nlp' } })

describe('a runtime of ours', () => {
  it('is named by ten digits of its content hash, in the job’s namespace', () => {
    const { runtime, trainJob } = convertJob(job, options)
    expect(runtime.kind).toBe('TrainingRuntime')
    expect(runtime.metadata.namespace).toBe('nlp')
    expect(runtime.metadata.name).toMatch(/^v1-pytorch-[0-9a-f]{10}$/)
    expect(trainJob.spec.runtimeRef).toEqual({ kind: 'TrainingRuntime', name: runtime.metadata.name })
  })

  it('is a ClusterTrainingRuntime without a namespace when told', () => {
    const { runtime, trainJob } = convertJob(job, { ...options, clusterRuntimes: true })
    expect(runtime.metadata).not.toHaveProperty('namespace')
    expect(trainJob.spec.runtimeRef).toEqual({ kind: 'ClusterTrainingRuntime', name: runtime.metadata.name })
  })

  it('takes its name from a template', () => {
    const { runtime } = convertJob(job, { ...options, runtimeName: 'ml.{hash}.{framework}' })
    expect(runtime.metadata.name).toMatch(/^ml\.[0-9a-f]{10}\.pytorch$/)
  })
})

describe('runtimeNameFault', () => {
  it.each([
    ['v1-{framework}-{hash}', undefined],
    ['{hash}', undefined],
    ['v1-{framework}', 'it must hold {hash}, as the name says what the runtime contains'],
    ['{hash}-{kind}', '{kind} is not known: it takes {framework} and {hash}'],
    ['V1-{hash}', 'names of runtimes take a-z, 0-9, - and . only'],
    ['-{hash}', 'names of runtimes take a-z, 0-9, - and . only'],
    [`${'a'.repeat(250)}{hash}`, 'names of runtimes take a-z, 0-9, - and . only'],
  ])('%s', (template, fault) => {
    expect(runtimeNameFault(template)).toBe(fault)
  })
})
