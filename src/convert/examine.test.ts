import { describe, expect, it } from 'vitest'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { convertJob } from './convert.ts'
import { examine } from './examine.ts'

const options = { dialect: newestDialect, toolVersion: '0' }
const worker = { restartPolicy: 'OnFailure', replicas: 2 }
const one = { restartPolicy: 'OnFailure', replicas: 1 }

const jobs: readonly KubeObject[] = [
  kindManifest('PyTorchJob', { Master: one, Worker: { ...worker, container: { image: 'other:1' } } }),
  kindManifest('PyTorchJob', { Master: one, Worker: worker }, { runPolicy: { activeDeadlineSeconds: 60 } }),
  kindManifest('TFJob', { Chief: one, PS: worker, Worker: worker }),
  kindManifest('XGBoostJob', { Master: one, Worker: worker }),
  kindManifest('PaddleJob', { Worker: worker }),
  kindManifest('JAXJob', { Worker: { ...worker, restartPolicy: 'ExitCode' } }),
  kindManifest('MPIJob', { Launcher: { ...one, container: { command: ['mpirun', 'train'] } }, Worker: worker }),
]

function convert(job: KubeObject) {
  return convertJob(job, { live: false, run: true, mpi: 'exec', toolVersion: '0' })
}

/** What is found of a job's own conversion, changed by hand. */
function found(job: KubeObject, change: (trainJob: TrainJob, runtime: TrainingRuntime) => void = () => undefined) {
  const { trainJob, runtime } = structuredClone(convert(job))
  change(trainJob, runtime)
  return examine(job, trainJob, runtime, options)
    .rows.filter(({ verdict }) => verdict === 'different')
    .map(({ pods, path, v1, v2, cause }) => `${pods}: ${path} ${v1} -> ${v2} ${cause?.code ?? ''}`.trim())
}

describe('a TrainJob that somebody wrote', () => {
  it.each(jobs.map((job) => [job.kind, job] as const))(
    'is no other where it is what convert writes of a %s',
    (_, job) => {
      expect(found(job).filter((line) => !/ (paddle-master-address|mpi-exec)$/.test(line))).toEqual([])
    },
  )

  const [differing, alike] = jobs as [KubeObject, KubeObject]

  it.each<[string, KubeObject, (trainJob: TrainJob, runtime: TrainingRuntime) => void, string[]]>([
    [
      'fewer pods',
      alike,
      ({ spec }) => void Object.assign(spec, { trainer: { ...spec.trainer, numNodes: 2 } }),
      ['worker-1: pod train-worker-1 -> undefined'],
    ],
    [
      'a deadline of the TrainJob',
      alike,
      ({ spec }, runtime) => {
        spec.activeDeadlineSeconds = 60
        delete runtime.spec.template.spec.replicatedJobs[0]?.template.spec.activeDeadlineSeconds
      },
      ['all: activeDeadlineSeconds 60 -> 60 of the TrainJob deadline-deletes-pods'],
    ],
    [
      'success of all pods instead of the master',
      differing,
      (_, runtime) => void delete runtime.spec.template.spec.successPolicy,
      ['worker: job.success does not count -> must succeed runtime-endings'],
    ],
    [
      'success of any Job',
      differing,
      (_, runtime) => void Object.assign(runtime.spec.template.spec, { successPolicy: { operator: 'Any' } }),
      [
        'master: job.success must succeed -> one pod is enough runtime-endings',
        'worker: job.success does not count -> one pod is enough runtime-endings',
      ],
    ],
    [
      'a JobSet that tries again',
      alike,
      (_, runtime) => void Object.assign(runtime.spec.template.spec, { failurePolicy: { maxRestarts: 3 } }),
      ['all: jobSet.failurePolicy undefined -> {"maxRestarts":3} runtime-endings'],
    ],
  ])('is told to have %s', (_, job, change, lines) => {
    expect(found(job, change)).toEqual(lines)
  })

  it('must have a gang where v1 had one, or that is lost', () => {
    const job = kindManifest('PyTorchJob', { Worker: worker }, { runPolicy: { schedulingPolicy: { minAvailable: 2 } } })
    const { trainJob, runtime } = convertJob(job, { live: false, run: true, accept: ['gang'], toolVersion: '0' })
    const codes = (policy: Pick<TrainingRuntime['spec'], 'podGroupPolicy'>) =>
      examine(job, trainJob, { ...runtime, spec: { ...runtime.spec, ...policy } }, options).findings.map(
        ({ code }) => code,
      )
    expect(codes({})).toContain('gang')
    expect(codes({ podGroupPolicy: { coscheduling: {} } })).not.toContain('gang')
  })
})
