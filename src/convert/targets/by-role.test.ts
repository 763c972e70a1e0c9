import { describe, expect, it } from 'vitest'
import { converted } from '../../../test/unit/conversions.ts'
import type { ManifestOptions, ReplicaOptions } from '../../../test/unit/pytorch-manifest.ts'
import type { Conversion } from '../convert.ts'

const differ = (worker: ReplicaOptions, more: Partial<ManifestOptions> = {}): ManifestOptions => ({
  master: {},
  worker,
  ...more,
})
const jobsOf = ({ runtime }: Conversion) => runtime.spec.template.spec.replicatedJobs
const podsOf = (conversion: Conversion) => jobsOf(conversion).map(({ template }) => template.spec.template.spec)

describe('replicas that differ', () => {
  it.each<[string, ReplicaOptions]>([
    ['image', { container: { image: 'other' } }],
    ['resources', { container: { resources: { limits: { cpu: 2 } } } }],
    ['env', { container: { env: [{ name: 'A', value: '1' }] } }],
    ['labels', { metadata: { labels: { role: 'worker' } } }],
    ['restart policy', { restartPolicy: 'Never' }],
    ['volumes', { pod: { volumes: [{ name: 'v', emptyDir: {} }] } }],
    ['sidecars', { sidecars: [{ name: 'proxy', image: 'p' }] }],
  ])('in %s become one replicated job each, Master first, each pod a Job of its own', (_, worker) => {
    const conversion = converted(differ(worker))
    expect(
      jobsOf(conversion).map(({ name, replicas, template: { metadata, spec } }) => [
        name,
        replicas,
        spec.parallelism,
        spec.completions,
        metadata,
      ]),
    ).toEqual([
      ['master', 1, 1, 1, undefined],
      ['worker', 2, 1, 1, undefined],
    ])
    expect(conversion.proof.same).toBe(true)
  })

  it('are alike where only the spelling of nothing differs', () => {
    const conversion = converted(differ({ metadata: { name: 'ignored' }, container: { env: [] } }))
    expect(jobsOf(conversion).map(({ name }) => name)).toEqual(['node'])
  })

  it('have everything in the runtime, under v1’s own container name', () => {
    const conversion = converted(
      differ({
        container: { image: 'other', env: [{ name: 'A', value: '1' }] },
        metadata: { labels: { role: 'worker' } },
        pod: { nodeSelector: { pool: 'gpu' } },
      }),
    )
    expect(conversion.trainJob.spec).toEqual({
      runtimeRef: { kind: 'TrainingRuntime', name: conversion.runtime.metadata.name },
    })
    const [master, worker] = podsOf(conversion)
    expect(master?.containers.map(({ name, image }) => [name, image])).toEqual([['pytorch', 'train:1']])
    expect(worker).toMatchObject({
      nodeSelector: { pool: 'gpu' },
      containers: [{ name: 'pytorch', image: 'other' }],
    })
    expect(worker?.containers[0]?.env?.[0]).toEqual({ name: 'A', value: '1' })
    expect(jobsOf(conversion)[1]?.template.spec.template.metadata).toEqual({ labels: { role: 'worker' } })
  })

  it('take their rank from JobSet’s number over all Jobs, and the Master’s address from its name', () => {
    const conversion = converted(differ({ container: { image: 'other' } }))
    const env = podsOf(conversion)[1]?.containers[0]?.env ?? []
    expect(env.find(({ name }) => name === 'RANK')?.valueFrom?.fieldRef?.fieldPath).toBe(
      "metadata.labels['jobset.sigs.k8s.io/job-global-index']",
    )
    expect(env.find(({ name }) => name === 'MASTER_ADDR')?.value).toBe('$(JOBSET_NAME)-master-0-0.$(JOBSET_NAME)')
  })

  it('share a runtime with a job of the same roles and sizes only', () => {
    const image = { container: { image: 'other' } }
    const name = (manifest: ManifestOptions) => converted(manifest).runtime.metadata.name
    expect(name(differ(image, { name: 'second', metadata: { namespace: 'nlp' } }))).toBe(name(differ(image)))
    expect(name(differ({ ...image, replicas: 3 }))).not.toBe(name(differ(image)))
  })

  it('succeed with the Master', () => {
    expect(converted(differ({ restartPolicy: 'Never' })).runtime.spec.template.spec.successPolicy).toEqual({
      operator: 'All',
      targetReplicatedJobs: ['master'],
    })
  })

  it('restart each in its own way', () => {
    const specs = jobsOf(converted({ master: { restartPolicy: 'Never' }, worker: { restartPolicy: 'ExitCode' } })).map(
      ({ template }) => template.spec,
    )
    expect(
      specs.map(({ backoffLimit, template, podFailurePolicy }) => [
        backoffLimit,
        template.spec.restartPolicy,
        podFailurePolicy !== undefined,
      ]),
    ).toEqual([
      [0, 'Never', false],
      [2_147_483_647, 'Never', true],
    ])
  })

  it('say their size and restarts in the runtime’s description', () => {
    const { runtime } = converted({ master: { restartPolicy: 'Never' }, worker: { restartPolicy: 'ExitCode' } })
    expect(runtime.metadata.annotations?.['kubectl-migrate.dev/description']).toBe(
      'PyTorchJob as Training Operator v1 ran it: 1 master and 2 worker, master never restarts, worker restarts on exit codes 128 and above',
    )
  })
})

describe('Workers alone beside a container called node', () => {
  const node = { sidecars: [{ name: 'node', image: 'exporter' }] }

  it('are one Job of all their pods', () => {
    const [job] = jobsOf(converted({ worker: node }))
    expect([job?.name, job?.replicas, job?.template.spec.parallelism, job?.template.spec.successPolicy]).toEqual([
      'worker',
      1,
      2,
      undefined,
    ])
  })

  it('of an elastic job succeed with the first of them', () => {
    const conversion = converted({ worker: node, spec: { elasticPolicy: {} } })
    expect(jobsOf(conversion)[0]?.template.spec.successPolicy).toEqual({ rules: [{ succeededCount: 1 }] })
    const env = podsOf(conversion)[0]?.containers[0]?.env ?? []
    expect(env.find(({ name }) => name === 'PET_RDZV_ENDPOINT')?.value).toBe(
      '$(JOBSET_NAME)-worker-0-0.$(JOBSET_NAME):23456',
    )
  })
})
