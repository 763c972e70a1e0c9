import { describe, expect, it } from 'vitest'
import { converted } from '../../test/unit/conversions.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { standing } from './standing.ts'

/** The JobSet of a conversion as the cluster has it; `change` is applied to its JSON. */
function made(change: (text: string) => string = (text) => text) {
  const { job, trainJob, proof } = converted()
  const jobSet: KubeObject = {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name: trainJob.metadata.name, namespace: job.namespace },
    spec: JSON.parse(change(JSON.stringify(proof.jobSet))),
  }
  return { job, trainJob, jobSet, found: standing(job.object, trainJob, jobSet) }
}

describe('a v1 job against the JobSet that stands beside it', () => {
  it('has the same pods where nobody changed anything', () => {
    expect(made().found).toMatchObject({ pods: 3, same: 3, explained: 0, harmless: 5, differing: [] })
  })

  it('differs in what somebody changed, and says in how many pods', () => {
    const { found } = made((text) => text.replaceAll('train:1', 'other'))
    expect(found).toMatchObject({ same: 0, explained: 0, differing: [{ path: 'containers[main].image', pods: 3 }] })
  })

  it('tells which v1 pod a pod of v2 stands for', () => {
    const { jobSet, found } = made()
    const pod = (index: number): Pod => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${jobSet.metadata.name}-node-0-${index}-x7k2p`,
        labels: {
          'jobset.sigs.k8s.io/replicatedjob-name': 'node',
          'jobset.sigs.k8s.io/job-index': '0',
          'batch.kubernetes.io/job-completion-index': String(index),
        },
      },
      spec: { containers: [] },
    })
    expect([0, 1, 2, 3].map((index) => found?.placeOf(pod(index)))).toEqual([
      { rank: 0, v1: 'master-0' },
      { rank: 1, v1: 'worker-0' },
      { rank: 2, v1: 'worker-1' },
      undefined,
    ])
  })

  it.each([
    ['no jobs', {}],
    ['jobs without pod templates', { replicatedJobs: [{ name: 'node', template: { spec: { parallelism: 3 } } }] }],
    ['something else for jobs', { replicatedJobs: ['node'] }],
  ])('is not told of a JobSet with %s', (_, spec) => {
    const { job, trainJob, jobSet } = made()
    expect(standing(job.object, trainJob, { ...jobSet, spec })).toBeUndefined()
  })
})
