import { describe, expect, it } from 'vitest'
import { converted, told, usual } from '../../../test/unit/conversions.ts'
import { kindManifest } from '../../../test/unit/kind-manifest.ts'
import type { ManifestOptions, ReplicaOptions } from '../../../test/unit/pytorch-manifest.ts'
import type { V1Kind } from '../../v1/kinds.ts'
import type { Dialect, TrainerVersion } from '../../v2/dialects/dialect.ts'
import { dialectOf } from '../../v2/dialects/index.ts'
import { convertJob } from '../convert.ts'

const policy = (runPolicy: Record<string, unknown>, more: ManifestOptions = {}): ManifestOptions => ({
  ...more,
  spec: { ...more.spec, runPolicy },
})
const at = (field: string) => `spec.runPolicy.${field}`

describe('cleanPodPolicy', () => {
  it.each<[string | undefined, string, ManifestOptions, string[]]>([
    ['Running', 'a Master decides', {}, []],
    ['Running', 'all Workers decide', { worker: {} }, []],
    ['None', 'all Workers decide', { worker: {} }, []],
    [undefined, 'all Workers decide', { worker: {} }, []],
    ['None', 'a Master decides', {}, ['changed workers-stopped-at-success']],
    [undefined, 'a Master decides', {}, ['changed workers-stopped-at-success']],
    [undefined, 'the only pod decides', { master: {} }, []],
    ['None', 'any Worker decides', { worker: {}, spec: { elasticPolicy: {} } }, ['changed workers-stopped-at-success']],
    ['All', 'all Workers decide', { worker: {} }, ['changed clean-pods-all']],
    ['All', 'a Master decides', {}, ['changed clean-pods-all']],
    ['running', 'it is none of the words, and v1 deletes all pods', {}, ['changed clean-pods-all']],
    ['', 'it is empty, and v1 deletes all pods', {}, ['changed clean-pods-all']],
  ])('%s where %s', (cleanPodPolicy, _, manifest, expected) => {
    const conversion = converted(cleanPodPolicy === undefined ? manifest : policy({ cleanPodPolicy }, manifest))
    expect(told(conversion)).toEqual(expected.map((line) => `${line} ${at('cleanPodPolicy')}`))
  })
})

describe('pods that run when the job fails', () => {
  const workers = (worker: ReplicaOptions, runPolicy: Record<string, unknown> = {}) => policy(runPolicy, { worker })

  it.each<[string, boolean, ManifestOptions]>([
    ['never restart', true, workers({ restartPolicy: 'Never' })],
    ['restart by exit code', true, workers({ restartPolicy: 'ExitCode' })],
    ['restart without limit: the job never fails', false, workers({})],
    ['restart up to a limit', true, workers({}, { backoffLimit: 3 })],
    ['have a deadline', true, workers({}, { activeDeadlineSeconds: 60 })],
    ['are deleted by v1 too', false, workers({ restartPolicy: 'Never' }, { cleanPodPolicy: 'Running' })],
    ['are all deleted by v1', false, workers({ restartPolicy: 'Never' }, { cleanPodPolicy: 'All' })],
    ['are one, which never restarts', false, workers({ replicas: 1, restartPolicy: 'Never' })],
    ['are one, which restarts up to a limit', true, workers({ replicas: 1 }, { backoffLimit: 3 })],
    [
      'are one, which a limit does not count',
      false,
      workers({ replicas: 1, restartPolicy: 'Never' }, { backoffLimit: 3 }),
    ],
  ])('and %s: told %s', (_, expected, manifest) => {
    const stopped = `changed pods-stopped-at-failure ${at('cleanPodPolicy')}`
    expect(told(converted(manifest)).filter((line) => line === stopped)).toEqual(expected ? [stopped] : [])
  })
})

describe('the other fields of runPolicy', () => {
  it('nothing deletes a finished TrainJob', () => {
    expect(told(converted(policy({ ttlSecondsAfterFinished: 60 }, { worker: {} })))).toEqual([
      `changed ttl ${at('ttlSecondsAfterFinished')}`,
      'changed ttl-name-reuse metadata.name',
    ])
  })

  it('the deadline is each Job’s', () => {
    expect(told(converted(policy({ activeDeadlineSeconds: 60 }, { worker: {} })))).toEqual([
      'changed pods-stopped-at-failure spec.runPolicy.cleanPodPolicy',
      `changed deadline-clock ${at('activeDeadlineSeconds')}`,
    ])
  })

  it('an empty policy says nothing', () => {
    expect(told(converted(policy({}, { worker: {} })))).toEqual([])
  })

  it.each([
    ['kubeflow.org/training-operator', undefined],
    ['kueue.x-k8s.io/multikueue', 'kueue.x-k8s.io/multikueue'],
  ])('managedBy %s becomes %s', (managedBy, expected) => {
    expect(converted(policy({ managedBy })).trainJob.spec.managedBy).toBe(expected)
  })

  it.each<[V1Kind, TrainerVersion, string[]]>([
    ['PyTorchJob', '2.3', []],
    ['PyTorchJob', '2.2', ['lost managed-by-ignored']],
    ['PaddleJob', '2.0', ['lost managed-by-ignored']],
    ['JAXJob', '2.3', ['changed managed-by-obeyed']],
    ['JAXJob', '2.2', []],
  ])('a %s that MultiKueue is to run, for Trainer %s', (kind, version, expected) => {
    const job = kindManifest(kind, { Worker: {} }, { runPolicy: { managedBy: 'kueue.x-k8s.io/multikueue' } })
    const accept = ['managed-by-ignored', 'paddle-master-address']
    const found = told(convertJob(job, { ...usual, accept, dialect: dialectOf(version) as Dialect }))
    expect(found.filter((line) => line.endsWith('managedBy'))).toEqual(
      expected.map((line) => `${line} ${at('managedBy')}`),
    )
  })
})

describe('suspend', () => {
  it.each([
    ['of a file', undefined, { live: false, run: false }, undefined, false],
    ['of a suspended file', true, { live: false, run: false }, true, false],
    [
      'of a live job that runs: the output is not to start a second copy',
      undefined,
      { live: true, run: false },
      true,
      true,
    ],
    ['of a live job that says false', false, { live: true, run: false }, true, true],
    ['of a live suspended job', true, { live: true, run: false }, true, false],
    ['of a live job with --run', undefined, { live: true, run: true }, undefined, false],
    ['of a live suspended job with --run: v1’s own word holds', true, { live: true, run: true }, true, false],
  ] as const)('%s', (_, suspend, options, expected, said) => {
    const manifest = { worker: {}, ...(suspend === undefined ? {} : { spec: { runPolicy: { suspend } } }) }
    const conversion = converted(manifest, options)
    expect(conversion.trainJob.spec.suspend).toBe(expected)
    expect(told(conversion)).toEqual(said ? [`changed suspended-for-safety ${at('suspend')}`] : [])
  })
})
