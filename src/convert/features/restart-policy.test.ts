import { describe, expect, it } from 'vitest'
import { converted, told } from '../../../test/unit/conversions.ts'
import type { ManifestOptions } from '../../../test/unit/pytorch-manifest.ts'

const limit = { spec: { runPolicy: { backoffLimit: 3 } } }
const said = (manifest: ManifestOptions) => told(converted(manifest)).filter((line) => /backoff|restart/.test(line))
const path = 'spec.runPolicy.backoffLimit'

describe('restartPolicy', () => {
  it.each(['OnFailure', 'Never', 'ExitCode'])('%s is kept, with nothing to say', (restartPolicy) => {
    expect(said({ worker: { restartPolicy } })).toEqual([])
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
    ['of one replica type that restarts is kept', { worker: {}, ...limit }, []],
    ['of a Master alone is kept', { master: {}, ...limit }, []],
    ['of roles that are alike is kept, as they are one Job', limit, []],
    [
      'of roles that differ counts for each Job of v2',
      { master: {}, worker: { container: { image: 'other' } }, ...limit },
      [`changed backoff-limit-scope ${path}`],
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
      [`changed backoff-limit-scope ${path}`],
    ],
    [
      'of 0 is kept for a job that restarts by exit code',
      { worker: { restartPolicy: 'ExitCode' }, spec: { runPolicy: { backoffLimit: 0 } } },
      [],
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
