import { expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { now, trainJob, v2Pod } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'
import { jobStatusSchema } from '../present/status-schema.ts'

const job = (pods: number) => ({ spec: { parallelism: pods, completions: pods } })
const hvd: readonly KubeObject[] = [
  trainJob('hvd', { jobs: [{ active: 1 }], age: 60 }),
  {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name: 'hvd', namespace: 'nlp' },
    spec: {
      replicatedJobs: [
        { name: 'node', replicas: 1, template: job(1) },
        { name: 'launcher', replicas: 1, template: job(1), dependsOn: [{ name: 'node', status: 'Ready' }] },
      ],
    },
  },
]
const unready = v2Pod('hvd', 0, {
  age: 50,
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] },
})

function status(objects: readonly KubeObject[], ...words: string[]) {
  const cluster = new FakeCluster({ objects, namespace: 'nlp' })
  return runVerb(['status', 'trainjob/hvd', ...words], { cluster, now: () => now, unicode: true })
}

it('an MPIJob’s v2 is starting while its worker runs and is not ready, and its launcher waits for that', async () => {
  const { out } = await status([...hvd, unready])
  expect(out.slice(0, 6)).toEqual([
    'nlp/hvd   no v1 job',
    '',
    'v2  TrainJob hvd   ○ Starting 0/2   60s   ClusterTrainingRuntime/torch-distributed',
    '├─ node 0/1',
    '│  └─ hvd-node-0-0-x7k2p  ○ Running, not ready  gpu-01  50s',
    '└─ launcher 0/1, waits for node',
  ])
  const document = JSON.parse((await status([...hvd, unready], '-o', 'json')).out.join('\n'))
  expect(faultsOf(jobStatusSchema, document)).toEqual([])
  expect(document.v2.roles.map(({ waitsFor }: { waitsFor?: string }) => waitsFor)).toEqual([undefined, 'node'])
})

it('is pending while no pod runs, and waits for nothing where its owner suspended it', async () => {
  expect((await status([...hvd])).out.slice(2, 5)).toEqual([
    'v2  TrainJob hvd   ○ Pending 0/2   60s   ClusterTrainingRuntime/torch-distributed',
    '├─ node 0/1',
    '└─ launcher 0/1, waits for node',
  ])
  const [trainingJob, ...others] = hvd as [KubeObject, ...KubeObject[]]
  const held = { ...trainingJob, spec: { ...(trainingJob['spec'] as object), suspend: true }, status: {} }
  expect((await status([held, ...others])).out.slice(4, 5)).toEqual(['└─ launcher 0/1'])
})
