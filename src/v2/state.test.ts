import { describe, expect, it } from 'vitest'
import {
  ago,
  condition,
  ended,
  runningTrainJob,
  torchRuntime,
  trainJob,
  v2Pod,
  waiting,
} from '../../test/unit/objects.ts'
import { readiness } from '../kube/job-state.ts'
import { shapeOfJobSet, shapeOfTrainJob } from './shape.ts'
import { type TrainJobEvidence, trainJobState } from './state.ts'
import type { TrainingRuntime, TrainJob } from './trainjob.ts'

const shape = [{ role: 'node', jobs: 1, pods: 3 }]

function told(job: TrainJob, evidence: TrainJobEvidence = { shape }): unknown[] {
  const state = trainJobState(job, evidence)
  const { ready, desired } = readiness(state)
  const words = [state.word, `${ready ?? '?'}/${desired ?? '?'}`, state.open]
  return state.reason === undefined ? words : [...words, state.reason]
}

describe('the state of a TrainJob by its own status', () => {
  it.each<[what: string, job: TrainJob, expected: unknown[]]>([
    ['nothing written: new, or its JobSet was refused', trainJob('a'), ['Pending', '0/3', true]],
    ['Jobs made, no pods yet', trainJob('a', { jobs: [{}] }), ['Pending', '0/3', true]],
    [
      'some pods are there: how many its status does not tell',
      trainJob('a', { jobs: [{ active: 1 }] }),
      ['Pending', '?/3', true],
    ],
    ['all run', runningTrainJob('a'), ['Running', '3/3', false]],
    [
      'resumed: the last condition still is Suspended',
      runningTrainJob('a', { conditions: [condition('Suspended', { status: 'False', reason: 'Resumed' })] }),
      ['Running', '3/3', false],
    ],
    [
      'resumed a moment ago',
      trainJob('a', { conditions: [condition('Suspended')], jobs: [{ suspended: 1 }] }),
      ['Pending', '0/3', true],
    ],
    [
      'suspended',
      trainJob('a', { suspend: true, conditions: [condition('Suspended')], jobs: [{ suspended: 1 }] }),
      ['Suspended', '0/3', false],
    ],
    [
      'suspended, nothing made of it',
      trainJob('a', { suspend: true, conditions: [condition('Suspended')] }),
      ['Suspended', '0/3', true],
    ],
    [
      'suspended, a Job is active',
      trainJob('a', { suspend: true, jobs: [{ active: 1, ready: 1 }] }),
      ['Suspending', '3/3', false],
    ],
    [
      'complete',
      trainJob('a', { conditions: [condition('Complete', { reason: 'AllJobsCompleted' })], jobs: [{ succeeded: 1 }] }),
      ['Complete', '0/0', false, 'AllJobsCompleted'],
    ],
    [
      'failed, after a resume',
      trainJob('a', {
        conditions: [condition('Suspended', { status: 'False' }), condition('Failed', { reason: 'FailedJobs' })],
        jobs: [{ failed: 1 }],
      }),
      ['Failed', '0/3', false, 'FailedJobs'],
    ],
  ])('%s', (_, job, expected) => {
    expect(told(job)).toEqual(expected)
  })

  it('does not know how many pods are wanted without a runtime, but that all are ready', () => {
    expect(told(runningTrainJob('a'), {})).toEqual(['Running', '?/?', false])
  })

  it('is not Running while an initializer runs and the nodes wait for it', () => {
    const job = trainJob('a')
    job.status = { jobsStatus: [{ name: 'dataset-initializer', active: 1, ready: 1 }, { name: 'node' }] }
    const both = [
      { role: 'dataset-initializer', jobs: 1, pods: 1 },
      { role: 'node', jobs: 1, pods: 3 },
    ]
    expect(told(job, { shape: both })).toEqual(['Starting', '1/4', true])
    job.status = {
      jobsStatus: [
        { name: 'dataset-initializer', succeeded: 1 },
        { name: 'node', active: 1, ready: 1 },
      ],
    }
    expect(told(job, { shape: both })).toEqual(['Running', '3/3', false])
  })

  it('says since when it is suspended', () => {
    const job = trainJob('a', {
      suspend: true,
      conditions: [condition('Suspended', { age: 90 })],
      jobs: [{ suspended: 1 }],
    })
    expect(trainJobState(job).since).toBe(ago(90))
  })
})

describe('the state of a TrainJob by more than its status', () => {
  const pods = [v2Pod('a', 0), v2Pod('a', 1), v2Pod('a', 2)]
  const refusal = { reason: 'TrainJobResourcesCreationFailed', message: 'JobSet name is too long' }

  it.each<[what: string, job: TrainJob, evidence: TrainJobEvidence, expected: unknown[]]>([
    [
      'nothing written, all pods run (Trainer 2.0 writes no jobsStatus)',
      trainJob('a'),
      { shape, pods },
      ['Running', '3/3', false],
    ],
    [
      'its JobSet was refused',
      trainJob('a'),
      { shape, refusal },
      ['Blocked', '0/3', false, 'TrainJobResourcesCreationFailed'],
    ],
    [
      'suspended, and its JobSet was refused',
      trainJob('a', { suspend: true, conditions: [condition('Suspended')] }),
      { shape, refusal },
      ['Blocked', '0/3', false, 'TrainJobResourcesCreationFailed'],
    ],
    [
      'one pod is made',
      trainJob('a', { jobs: [{ active: 1 }] }),
      { shape, pods: pods.slice(0, 2) },
      ['Starting', '2/3', false],
    ],
    [
      'one image cannot be pulled',
      trainJob('a', { jobs: [{ active: 1 }] }),
      { shape, pods: [...pods.slice(0, 2), v2Pod('a', 2, { status: waiting('ErrImagePull', '401') })] },
      ['Blocked', '2/3', false, 'ErrImagePull'],
    ],
    [
      'a failed pod has its successor',
      trainJob('a', { jobs: [{ active: 1 }] }),
      { shape, pods: [v2Pod('a', 2, { age: 900, status: ended(1) }), ...pods] },
      ['Running', '3/3', false],
    ],
    [
      'a failed pod has none yet',
      trainJob('a', { jobs: [{ active: 1 }] }),
      { shape, pods: [...pods.slice(0, 2), v2Pod('a', 2, { status: ended(1) })] },
      ['Restarting', '2/3', false, 'Error'],
    ],
    [
      'suspended, pods are going',
      trainJob('a', { suspend: true, jobs: [{ suspended: 1 }] }),
      { shape, pods },
      ['Suspending', '3/3', false],
    ],
    [
      'pods without any number to reach',
      trainJob('a', { jobs: [{ active: 1 }] }),
      { pods },
      ['Starting', '3/?', false],
    ],
  ])('%s', (_, job, evidence, expected) => {
    expect(told(job, evidence)).toEqual(expected)
  })
})

describe('the shape of a TrainJob', () => {
  const runtime = torchRuntime() as TrainingRuntime
  const node = runtime.spec.template.spec.replicatedJobs[0]
  if (!node) throw new Error('no replicated job')
  const with2 = (mlPolicy: TrainingRuntime['spec']['mlPolicy'], jobs = [node]): TrainingRuntime => ({
    ...runtime,
    spec: { mlPolicy, template: { spec: { replicatedJobs: jobs } } },
  })
  const plain = (name: string, parallelism?: number, replicas?: number) => ({
    name,
    replicas,
    template: { spec: { parallelism, template: { spec: { containers: [] } } } },
  })

  it.each<[what: string, runtime: TrainingRuntime, nodes: number | undefined, expected: unknown]>([
    ['the TrainJob’s number of nodes', runtime, 3, [{ role: 'node', jobs: 1, pods: 3 }]],
    ['else the runtime’s', with2({ numNodes: 4, torch: {} }), undefined, [{ role: 'node', jobs: 1, pods: 4 }]],
    ['else one', with2({}), undefined, [{ role: 'node', jobs: 1, pods: 1 }]],
    [
      'roles without the ancestor label keep their own numbers',
      with2({ torch: {} }, [plain('master', 1), plain('worker', 2, 2)]),
      8,
      [
        { role: 'master', jobs: 1, pods: 1 },
        { role: 'worker', jobs: 2, pods: 4 },
      ],
    ],
    [
      'MPI: the number goes to the job called node',
      with2({ mpi: {} }, [plain('launcher', 1), plain('node', 1)]),
      4,
      [
        { role: 'launcher', jobs: 1, pods: 1 },
        { role: 'node', jobs: 1, pods: 4 },
      ],
    ],
    [
      'MPI whose launcher is a node',
      with2({ mpi: { runLauncherAsNode: true } }, [plain('launcher', 1), plain('node', 1)]),
      4,
      [
        { role: 'launcher', jobs: 1, pods: 1 },
        { role: 'node', jobs: 1, pods: 3 },
      ],
    ],
  ])('%s', (_, from, nodes, expected) => {
    const job = trainJob('a')
    job.spec.trainer = nodes === undefined ? {} : { numNodes: nodes }
    expect(shapeOfTrainJob(job, from)).toEqual(expected)
  })

  it('is what the JobSet says, where there is one', () => {
    const jobSet = {
      apiVersion: 'jobset.x-k8s.io/v1alpha2',
      kind: 'JobSet',
      metadata: { name: 'a' },
      spec: {
        replicatedJobs: [
          { name: 'node', replicas: 2, template: { spec: { parallelism: 3, completions: 2, template: { spec: {} } } } },
        ],
      },
    }
    expect(shapeOfJobSet(jobSet)).toEqual([{ role: 'node', jobs: 2, pods: 4 }])
    expect(shapeOfJobSet({ ...jobSet, spec: undefined })).toEqual([])
  })
})
