import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { kindInfo } from '../v1/kinds.ts'
import { placesInV1, placesInV2 } from './places.ts'

const pod = (labels: Record<string, string>, containers: string[] = ['main']): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels },
  spec: { containers: containers.map((name) => ({ name })) },
})
const v1Pod = (type: string, index?: number, containers?: string[]): Pod =>
  pod(
    {
      'training.kubeflow.org/replica-type': type,
      ...(index !== undefined && { 'training.kubeflow.org/replica-index': String(index) }),
    },
    containers,
  )
const v2Pod = (role: string, job: number, index: number): Pod =>
  pod(
    {
      'jobset.sigs.k8s.io/replicatedjob-name': role,
      'jobset.sigs.k8s.io/job-index': String(job),
      'batch.kubernetes.io/job-completion-index': String(index),
    },
    ['sidecar', 'node'],
  )

const jobOf = (kind: string, specKey: string, replicas: Record<string, unknown>): KubeObject => ({
  apiVersion: 'kubeflow.org/v1',
  kind,
  metadata: { name: 'bert' },
  spec: { [specKey]: replicas },
})

describe('placesInV1', () => {
  it.each([
    ['PyTorchJob', 'pytorchReplicaSpecs', { Worker: { replicas: 3 }, Master: {} }, v1Pod('worker', 2), 3],
    ['PyTorchJob', 'pytorchReplicaSpecs', { worker: { replicas: 3 } }, v1Pod('worker', 2), 2],
    ['TFJob', 'tfReplicaSpecs', { PS: { replicas: 2 }, Worker: { replicas: 2 }, Chief: {} }, v1Pod('worker', 1), 4],
    ['TFJob', 'tfReplicaSpecs', { Eval: {}, Worker: { replicas: 2 } }, v1Pod('eval', 0), 2],
    ['MPIJob', 'mpiReplicaSpecs', { Launcher: {}, Worker: { replicas: 2 } }, v1Pod('launcher'), 0],
    ['MPIJob', 'mpiReplicaSpecs', { Launcher: {}, Worker: { replicas: 2 } }, v1Pod('worker', 0), 1],
    ['JAXJob', 'jaxReplicaSpecs', { Worker: { replicas: 2 } }, v1Pod('coordinator', 0), undefined],
    ['PyTorchJob', 'pytorchReplicaSpecs', { Master: null, Worker: 'x' }, v1Pod('worker', 0), 1],
  ])('%s %s %j', (kind, key, replicas, one, rank) => {
    expect(placesInV1(kindInfo(kind), jobOf(kind, key, replicas))(one).rank).toBe(rank)
  })

  it('names the container the operator trains in, else the first', () => {
    const info = kindInfo('PyTorchJob')
    const places = placesInV1(info, jobOf('PyTorchJob', 'pytorchReplicaSpecs', { Master: {} }))
    expect(places(v1Pod('master', 0, ['istio-proxy', 'pytorch']))).toEqual({
      role: 'master',
      rank: 0,
      container: 'pytorch',
    })
    expect(places(v1Pod('master', 0, ['a', 'b'])).container).toBe('a')
    expect(places(v1Pod('master', 0, [])).container).toBeUndefined()
  })

  it('knows roles without the job, and no ranks', () => {
    expect(placesInV1(undefined, undefined)(v1Pod('worker', 1))).toEqual({
      role: 'worker',
      rank: undefined,
      container: 'main',
    })
  })
})

describe('placesInV2', () => {
  const job = (name: string, replicas: number, parallelism: number) => ({
    name,
    replicas,
    template: { spec: { parallelism, completions: parallelism, template: { spec: { containers: [] } } } },
  })
  const jobSet = (...replicatedJobs: object[]): KubeObject => ({
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name: 'bert' },
    spec: { replicatedJobs },
  })

  it.each([
    ['one role', [job('node', 1, 4)], v2Pod('node', 0, 3), 3],
    ['a Job for each worker', [job('master', 1, 1), job('worker', 3, 1)], v2Pod('worker', 2, 0), 3],
    [
      'a launcher that is started last, and leads',
      [job('worker', 1, 2), job('launcher', 1, 1)],
      v2Pod('launcher', 0, 0),
      0,
    ],
    ['workers of such a launcher', [job('worker', 1, 2), job('launcher', 1, 1)], v2Pod('worker', 0, 1), 2],
    ['initializers, which do not count', [job('dataset-initializer', 1, 1), job('node', 1, 2)], v2Pod('node', 0, 1), 1],
    ['an initializer itself', [job('dataset-initializer', 1, 1)], v2Pod('dataset-initializer', 0, 0), undefined],
    ['a role the JobSet does not have', [job('node', 1, 1)], v2Pod('other', 0, 0), undefined],
  ])('%s', (_, jobs, one, rank) => {
    expect(placesInV2(jobSet(...jobs))(one)).toEqual({
      role: one.metadata.labels?.['jobset.sigs.k8s.io/replicatedjob-name'],
      rank,
      container: 'node',
    })
  })

  it('goes by the labels where the JobSet cannot be read', () => {
    expect(placesInV2(undefined)(v2Pod('node', 0, 3)).rank).toBe(3)
    expect(placesInV2(undefined)(v2Pod('worker', 3, 0)).rank).toBeUndefined()
  })
})
