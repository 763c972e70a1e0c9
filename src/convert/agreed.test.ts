import { describe, expect, it } from 'vitest'
import { converted } from '../../test/unit/conversions.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { agreedConversion } from './agreed.ts'

const ours = converted({ worker: { container: { resources: { limits: { cpu: '1' } } } } })

/** The conversion as somebody may have written it: on a runtime of another name, with whatever `edit` changes. */
function written(edit: (trainJob: TrainJob, runtime: TrainingRuntime) => void = () => undefined) {
  const trainJob = structuredClone(ours.trainJob) as TrainJob
  const runtime = structuredClone(ours.runtime) as TrainingRuntime
  runtime.metadata = { name: 'mine' }
  Object.assign(trainJob.spec, { runtimeRef: { kind: 'TrainingRuntime', name: 'mine' } })
  edit(trainJob, runtime)
  const agreed = agreedConversion(ours, { trainJob, runtime }, newestDialect)
  return 'differences' in agreed ? agreed.differences : agreed.runtime.metadata.name
}

const nodeOf = (runtime: TrainingRuntime) => {
  const [job] = runtime.spec.template.spec.replicatedJobs
  if (!job) throw new Error('the runtime has one job')
  return job
}

describe('a file that was agreed to', () => {
  it.each<[what: string, edit: Parameters<typeof written>[0]]>([
    ['has another name for the runtime', undefined],
    [
      'spells an amount otherwise',
      ({ spec }) => Object.assign(spec.trainer ?? {}, { resourcesPerNode: { limits: { cpu: '1000m' } } }),
    ],
    ['is suspended', ({ spec }) => Object.assign(spec, { suspend: true })],
    [
      'says what Trainer takes anyway',
      ({ spec }) => Object.assign(spec, { managedBy: 'trainer.kubeflow.org/trainjob-controller' }),
    ],
    [
      'has a number of nodes in the runtime that the TrainJob overrides',
      (_, { spec }) => Object.assign(spec, { mlPolicy: { numNodes: 9 } }),
    ],
  ])('does the same where it %s', (_, edit) => {
    expect(written(edit)).toBe('mine')
  })

  it.each<[what: string, edit: Parameters<typeof written>[0], said: RegExp]>([
    [
      'asks for less',
      ({ spec }) => delete (spec.trainer as { resourcesPerNode?: object }).resourcesPerNode,
      /limits\.cpu/,
    ],
    [
      'is in a queue',
      ({ metadata }) => Object.assign(metadata, { labels: { 'kueue.x-k8s.io/queue-name': 'q' } }),
      /^metadata\.labels/,
    ],
    [
      'is another job',
      ({ metadata }) => Object.assign(metadata, { name: 'other' }),
      /^metadata\.name is train now, and other in the file$/,
    ],
    ['has a gang', (_, { spec }) => Object.assign(spec, { podGroupPolicy: { coscheduling: {} } }), /podGroupPolicy/],
    [
      'starts in another order',
      (_, { spec }) => Object.assign(spec.template.spec, { startupPolicy: { startupPolicyOrder: 'InOrder' } }),
      /startupPolicy/,
    ],
    [
      'fails earlier',
      (_, runtime) => Object.assign(nodeOf(runtime).template.spec, { backoffLimit: 1 }),
      /^job\.backoffLimit/,
    ],
    [
      'has Trainer’s own ports',
      (_, { spec }) => Object.assign(spec, { mlPolicy: { numNodes: 1, torch: {} } }),
      /PET_MASTER_PORT/,
    ],
    [
      'is managed elsewhere',
      ({ spec }) => Object.assign(spec, { managedBy: 'kueue.x-k8s.io/multikueue' }),
      /^managedBy/,
    ],
  ])('does something else where it %s', (_, edit, said) => {
    expect(written(edit)).toEqual(expect.arrayContaining([expect.stringMatching(said)]))
  })
})
