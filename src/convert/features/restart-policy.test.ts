import { describe, expect, it } from 'vitest'
import { allTold, converted, told, usual } from '../../../test/unit/conversions.ts'
import { kindManifest } from '../../../test/unit/kind-manifest.ts'
import type { ManifestOptions } from '../../../test/unit/pytorch-manifest.ts'
import type { V1Kind } from '../../v1/kinds.ts'
import { convertJob } from '../convert.ts'

const limit = { spec: { runPolicy: { backoffLimit: 3 } } }
const path = 'spec.runPolicy.backoffLimit'
const said = (manifest: ManifestOptions) => told(converted(manifest)).filter((line) => line.endsWith(path))
const evictions = `changed backoff-limit-evictions ${path}`

/** Codes told of the restart policies of a job of two Workers, or of a launcher and two. */
function retries(kind: V1Kind, restartPolicy: string, backoffLimit?: number): string[] {
  const roles = {
    ...(kind === 'MPIJob' && { Launcher: { replicas: 1, restartPolicy } }),
    Worker: { replicas: 2, restartPolicy },
  }
  const master = kind === 'XGBoostJob' && { Master: { replicas: 1, restartPolicy } }
  const object = kindManifest(kind, { ...master, ...roles }, { runPolicy: { backoffLimit } })
  const lines = allTold(convertJob(object, { ...usual, mpi: 'exec' }))
  return [...new Set(lines.filter((line) => line.endsWith('.restartPolicy')).map((line) => line.split(' ')[1] ?? ''))]
}

describe('restartPolicy', () => {
  it.each<[V1Kind, string, number | undefined, string[]]>([
    ['PyTorchJob', 'Never', undefined, []],
    ['PyTorchJob', 'OnFailure', undefined, ['evicted-pod-kept']],
    ['PyTorchJob', 'OnFailure', 3, ['evicted-pod-kept']],
    ['PyTorchJob', 'OnFailure', 0, []],
    ['PyTorchJob', 'Always', undefined, ['restart-always', 'evicted-pod-kept']],
    ['PyTorchJob', 'ExitCode', undefined, ['retry-back-off']],
    ['PyTorchJob', 'ExitCode', 0, []],
    ['TFJob', 'OnFailure', undefined, ['evicted-pod-kept']],
    ['TFJob', 'ExitCode', undefined, ['retry-back-off']],
    ['TFJob', 'OnFailure', 0, []],
    ['JAXJob', 'OnFailure', undefined, ['evicted-pod-kept']],
    ['PaddleJob', 'ExitCode', undefined, ['retry-back-off']],
    ['XGBoostJob', 'Never', undefined, []],
    ['XGBoostJob', 'OnFailure', undefined, ['eviction-retried']],
    ['XGBoostJob', 'OnFailure', 0, []],
    ['XGBoostJob', 'ExitCode', undefined, ['retry-back-off']],
    ['MPIJob', 'Never', undefined, []],
    ['MPIJob', 'OnFailure', undefined, ['eviction-retried']],
    ['MPIJob', 'ExitCode', undefined, ['mpi-exit-code']],
    ['MPIJob', 'ExitCode', 0, []],
  ])('of a %s: %s, limit %s', (kind, policy, backoffLimit, expected) => {
    expect(retries(kind, policy, backoffLimit)).toEqual(expected)
  })

  it('says once for each replica that restarts what becomes of its evicted pods', () => {
    expect(allTold(converted()).filter((line) => line.includes('evicted-pod-kept'))).toEqual([
      'same evicted-pod-kept spec.pytorchReplicaSpecs.Master.restartPolicy',
      'same evicted-pod-kept spec.pytorchReplicaSpecs.Worker.restartPolicy',
    ])
  })

  it('Always becomes OnFailure, and says so', () => {
    const conversion = converted({ worker: { restartPolicy: 'Always' } })
    expect(told(conversion)).toContain('changed restart-always spec.pytorchReplicaSpecs.Worker.restartPolicy')
    expect(conversion.proof.same).toBe(true)
    expect(conversion.proof.comparison.differences.map(({ path: at, v1, v2 }) => [at, v1, v2])).toEqual([
      ['restartPolicy', 'Always', 'OnFailure'],
      ['restartPolicy', 'Always', 'OnFailure'],
    ])
  })
})

describe('backoffLimit', () => {
  it.each<[string, ManifestOptions, string[]]>([
    ['of one replica type that restarts is kept', { worker: {}, ...limit }, [evictions]],
    ['of a Master alone is kept', { master: {}, ...limit }, [evictions]],
    ['of roles that are alike is kept, as they are one Job', limit, [evictions]],
    [
      'of roles that differ counts for each Job of v2',
      { master: {}, worker: { container: { image: 'other' } }, ...limit },
      [evictions, `changed backoff-limit-scope ${path}`],
    ],
    [
      'of a job that restarts no container is not used by v1',
      { worker: { restartPolicy: 'Never' }, ...limit },
      [`same backoff-limit-unused ${path}`],
    ],
    [
      'of a job that restarts by exit code is not used by v1',
      { worker: { restartPolicy: 'ExitCode' }, ...limit },
      [`same backoff-limit-unused ${path}`],
    ],
    [
      'of a job with one such replica type counts for its Job only',
      { master: { restartPolicy: 'Never' }, worker: {}, ...limit },
      [evictions, `changed backoff-limit-scope ${path}`],
    ],
    [
      'of 0 is kept for a job that restarts by exit code',
      { worker: { restartPolicy: 'ExitCode' }, spec: { runPolicy: { backoffLimit: 0 } } },
      [evictions],
    ],
    [
      'of 0 fails the job of a pod that is deleted, which v1 makes anew',
      { worker: {}, spec: { runPolicy: { backoffLimit: 0 } } },
      [evictions],
    ],
  ])('%s', (_, manifest, expected) => {
    expect(said(manifest)).toEqual(expected)
  })

  it('of 0 lets the first failed pod fail a job that restarts by exit code, whatever its code', () => {
    const { runtime } = converted({ worker: { restartPolicy: 'ExitCode' }, spec: { runPolicy: { backoffLimit: 0 } } })
    const jobs = runtime.spec.template.spec.replicatedJobs.map(({ template }) => template.spec)
    expect(jobs.map(({ backoffLimit }) => backoffLimit)).toEqual([0])
    expect(jobs.map(({ podFailurePolicy }) => podFailurePolicy)).toEqual([undefined])
  })
})
