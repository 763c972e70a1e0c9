import { describe, expect, it } from 'vitest'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
import { convertJob } from '../convert/convert.ts'
import type { KubeObject } from '../kube/object.ts'
import { previewDifferences } from './preview-conversion.ts'

const { proof } = convertJob(kindManifest('PyTorchJob', { Master: { replicas: 1 }, Worker: { replicas: 1 } }), {
  live: false,
  run: true,
  toolVersion: '0',
})
const machinery = {
  'jobset.sigs.k8s.io/jobset-name': 'train',
  'jobset.sigs.k8s.io/replicatedjob-name': proof.jobSet.replicatedJobs[0]?.name ?? '',
  'jobset.sigs.k8s.io/job-index': '0',
}
const jobSet: KubeObject = {
  apiVersion: 'jobset.x-k8s.io/v1alpha2',
  kind: 'JobSet',
  metadata: { name: 'train' },
  spec: { ...proof.jobSet },
}

/** A Job as JobSet makes it of the rendered one; `change` is somebody's own say. */
function job(
  change: (template: { metadata: { labels: Record<string, string> }; spec: Record<string, unknown> }) => void,
): KubeObject {
  const { template } = structuredClone(proof.jobSet.replicatedJobs[0]?.template.spec) ?? {}
  const [{ labels = {}, annotations = {} } = {}] = proof.v2
  const whole = { metadata: { labels: { ...labels }, annotations }, spec: { ...template?.spec } }
  for (const key of ['batch.kubernetes.io/job-name', 'job-name', 'batch.kubernetes.io/job-completion-index']) {
    delete whole.metadata.labels[key]
  }
  change(whole)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'train-0', labels: machinery },
    spec: { template: whole },
  }
}

const told = (...jobs: KubeObject[]) =>
  previewDifferences(proof, jobSet, jobs).map(({ pod, path, v1, v2 }) => `${pod}: ${path} ${v1} -> ${v2}`)

describe('what the operators render', () => {
  it('is no other where the Job controller alone is still to add something', () => {
    expect(told(job(() => undefined))).toEqual([])
  })

  it('is told where a template of a Job lacks what the model says', () => {
    const changed = job(({ metadata, spec }) => {
      delete metadata.labels['jobset.sigs.k8s.io/jobset-name']
      spec['restartPolicy'] = 'Never'
    })
    expect(told(changed)).toEqual([
      'Job train-0: labels.jobset.sigs.k8s.io/jobset-name train -> absent',
      'Job train-0: restartPolicy OnFailure -> Never',
    ])
  })

  it('is told where there is a Job that nobody expected', () => {
    const extra = job(() => undefined)
    extra.metadata.labels = { ...machinery, 'jobset.sigs.k8s.io/job-index': '7' }
    expect(told(extra)).toEqual(['Job train-0: Job absent -> a Job that nobody expected'])
  })
})
