import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { installed, operator } from '../../test/unit/installed.ts'
import { readTrainerRelease } from './operators.ts'

const release = (options: FakeClusterOptions) => readTrainerRelease(new FakeCluster(options))

describe('the release of Trainer', () => {
  it('is the tag of the image behind its webhooks', async () => {
    expect(await release({ objects: installed })).toBe('v2.3.0')
    expect(await release({ objects: operator('trainer', 'trainer.kubeflow.org', 'a.example/t:2.20.1-rc.0') })).toBe(
      '2.20.1-rc.0',
    )
  })

  it.each<[string, FakeClusterOptions]>([
    ['its tag is no version', { objects: operator('trainer', 'trainer.kubeflow.org', 'trainer:latest') }],
    ['nothing stands behind its webhooks', { objects: installed.filter(({ kind }) => kind !== 'Deployment') }],
    ['webhooks are others’', { objects: operator('jobset', 'jobset.x-k8s.io', 'jobset:v0.12.0') }],
    ['webhooks may not be read', { objects: installed, forbid: ({ resource }) => /webhook/.test(resource) }],
    [
      'Deployments may not be read',
      { objects: installed, forbid: ({ resource }) => resource.startsWith('deployments') },
    ],
  ])('is unknown where %s', async (_, options) => {
    expect(await release(options)).toBeUndefined()
  })
})
