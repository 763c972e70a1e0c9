import { describe, expect, it } from 'vitest'
import type { Container, PodTemplate } from '../kube/pod.ts'
import { jobSetPods } from './pods.ts'
import type { JobSetSpec, ReplicatedJob } from './trainjob.ts'

const job = (
  name: string,
  replicas: number | undefined,
  parallelism: number,
  template: Partial<PodTemplate> = {},
): ReplicatedJob => ({
  name,
  ...(replicas === undefined ? {} : { replicas }),
  template: {
    spec: {
      parallelism,
      completions: parallelism,
      template: { spec: { containers: [{ name: 'node' }] }, ...template },
    },
  },
})
const jobSet = (...replicatedJobs: ReplicatedJob[]): JobSetSpec => ({ replicatedJobs })
const podsOf = (spec: JobSetSpec) => jobSetPods('train', 'nlp', spec)

describe('the pods of a JobSet', () => {
  it('are those of each Job, in the order of their index', () => {
    expect(podsOf(jobSet(job('node', undefined, 2))).map(({ name }) => name)).toEqual([
      'train-node-0-0',
      'train-node-0-1',
    ])
  })

  it('count Jobs over all replicated jobs', () => {
    const index = (labels: Readonly<Record<string, string>>) =>
      ['job-index', 'job-global-index', 'replicatedjob-replicas', 'global-replicas'].map(
        (name) => labels[`jobset.sigs.k8s.io/${name}`],
      )
    const pods = podsOf(jobSet(job('master', 1, 1), job('worker', 2, 1)))
    expect(pods.map(({ name, labels }) => [name, ...index(labels)])).toEqual([
      ['train-master-0-0', '0', '0', '1', '3'],
      ['train-worker-0-0', '0', '1', '2', '3'],
      ['train-worker-1-0', '1', '2', '2', '3'],
    ])
  })

  it('carry what JobSet and the Job controller label them with, over the template’s own', () => {
    const metadata = { labels: { team: 'nlp', 'job-name': 'mine' }, annotations: { note: 'n' } }
    const [pod] = podsOf(jobSet(job('node', 1, 1, { metadata })))
    const machinery = {
      'jobset.sigs.k8s.io/jobset-name': 'train',
      'jobset.sigs.k8s.io/replicatedjob-name': 'node',
      'jobset.sigs.k8s.io/replicatedjob-replicas': '1',
      'jobset.sigs.k8s.io/global-replicas': '1',
      'jobset.sigs.k8s.io/job-index': '0',
      'jobset.sigs.k8s.io/job-global-index': '0',
      'batch.kubernetes.io/job-completion-index': '0',
    }
    expect(pod?.labels).toEqual({
      team: 'nlp',
      ...machinery,
      'batch.kubernetes.io/job-name': 'train-node-0',
      'job-name': 'train-node-0',
    })
    expect(pod?.annotations).toEqual({ note: 'n', ...machinery })
  })

  it('are reached below the JobSet’s name, or below a subdomain of its own', () => {
    const [usual] = podsOf(jobSet(job('node', 1, 1)))
    expect([usual?.hostname, usual?.addresses]).toEqual([
      'train-node-0-0',
      [
        'train-node-0-0.train.nlp.svc.cluster.local',
        'train-node-0-0.train.nlp.svc',
        'train-node-0-0.train.nlp',
        'train-node-0-0.train',
      ],
    ])
    const [own] = podsOf({ ...jobSet(job('node', 1, 1)), network: { subdomain: 'sub' } })
    expect(own?.addresses.at(-1)).toBe('train-node-0-0.sub')
  })

  it('have the completion index last in the env of every container', () => {
    const withEnv = (name: string): Container => ({ name, env: [{ name: 'A', value: '1' }] })
    const spec = { containers: [withEnv('node'), { name: 'proxy' }], initContainers: [withEnv('init')] }
    const [pod] = podsOf(jobSet(job('node', 1, 1, { spec })))
    const index = {
      name: 'JOB_COMPLETION_INDEX',
      valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } },
    }
    expect(pod?.spec.containers.map(({ env }) => env)).toEqual([[{ name: 'A', value: '1' }, index], [index]])
    expect(pod?.spec.initContainers?.[0]?.env).toEqual([{ name: 'A', value: '1' }, index])
  })

  it('keep a completion index that the template sets itself', () => {
    const env = [{ name: 'JOB_COMPLETION_INDEX', value: '7' }]
    const [pod] = podsOf(jobSet(job('node', 1, 1, { spec: { containers: [{ name: 'node', env }] } })))
    expect(pod?.spec.containers[0]?.env).toEqual(env)
  })

  it('restart on failure unless the template says otherwise', () => {
    const policy = (template: Partial<PodTemplate>) =>
      podsOf(jobSet(job('node', 1, 1, template)))[0]?.spec.restartPolicy
    expect(policy({})).toBe('OnFailure')
    expect(policy({ spec: { containers: [{ name: 'node' }], restartPolicy: 'Never' } })).toBe('Never')
  })

  it('are as many as run at once, and none of a Job without completions', () => {
    const spec = job('node', 1, 4)
    spec.template.spec.completions = 2
    expect(podsOf(jobSet(spec))).toHaveLength(2)
    expect(podsOf(jobSet(job('node', 1, 0)))).toEqual([])
  })

  it.each([
    [['proxy', 'node'], 'node'],
    [['pytorch', 'proxy'], 'pytorch'],
  ])('with containers %j train in %s', (names, main) => {
    const spec = { containers: names.map((name) => ({ name })) }
    expect(podsOf(jobSet(job('node', 1, 1, { spec })))[0]?.main).toBe(main)
  })
})
