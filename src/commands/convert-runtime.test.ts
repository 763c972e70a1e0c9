import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const job = JSON.stringify(pytorchManifest({ worker: { restartPolicy: 'Never', replicas: 2 } }))

/** A site's runtime on which pods of a Worker-only job that never restarts are v1's. */
const runtime = JSON.stringify({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'ClusterTrainingRuntime',
  metadata: { name: 'site' },
  spec: {
    mlPolicy: { numNodes: 1 },
    template: {
      spec: {
        replicatedJobs: [
          {
            name: 'node',
            template: {
              metadata: { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } },
              spec: {
                backoffLimit: 0,
                podReplacementPolicy: 'Failed',
                template: { spec: { restartPolicy: 'Never', containers: [{ name: 'node', image: 'x' }] } },
              },
            },
          },
        ],
      },
    },
  },
})
const files = { 'job.yaml': job, 'site.yaml': runtime }

describe('convert on runtimes of a file', () => {
  it('takes one that proves equal, and writes the TrainJob alone', async () => {
    const { code, out, err } = await runVerb(['convert', '-f', 'job.yaml', '--runtimes', 'site.yaml', '-o', 'name'], {
      files,
    })
    expect({ code, out }).toEqual({ code: 0, out: ['trainjob.trainer.kubeflow.org/train'] })
    expect(err[0]).toBe('job.yaml:1   train   proved: 2 pods the same   on site, 1 changed')
  })

  it('takes the one named', async () => {
    const words = ['convert', '-f', 'job.yaml', '--runtimes', 'site.yaml', '--runtime', 'clustertrainingruntime/site']
    const { code, out } = await runVerb(words, { files })
    expect(code).toBe(0)
    expect(out).toContain('    name: site')
  })

  it('says which there are when the one named is none of them', async () => {
    const words = ['convert', '-f', 'job.yaml', '--runtimes', 'site.yaml', '--runtime', 'torch']
    const { code, out, err } = await runVerb(words, { files })
    expect({ code, out }).toEqual({ code: 2, out: [] })
    expect(err.slice(0, 2)).toEqual(['error: there is no runtime torch', '       there are: site'])
  })
})

describe('-o ledger', () => {
  it('prints what became of every job, and no manifest', async () => {
    const bad = JSON.stringify(pytorchManifest({ name: 'a'.repeat(60) }))
    const { code, out } = await runVerb(['convert', '-f', 'job.yaml', '-f', 'bad.yaml', '-o', 'ledger'], {
      files: { 'job.yaml': job, 'bad.yaml': bad },
    })
    const { apiVersion, kind, items } = JSON.parse(out.join('\n'))
    expect([code, apiVersion, kind]).toEqual([1, 'kubectl-migrate.dev/v1alpha1', 'LedgerList'])
    expect(items).toMatchObject([
      { source: 'job.yaml:1', name: 'train', outcome: 'proved' },
      { source: 'bad.yaml:1', outcome: 'refused', reason: 'name-too-long' },
    ])
  })
})
