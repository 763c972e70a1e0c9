import { describe, expect, it } from 'vitest'
import { converted } from '../../../test/unit/conversions.ts'
import type { ManifestOptions } from '../../../test/unit/pytorch-manifest.ts'

const specOf = (restartPolicy: string, manifest: ManifestOptions = {}) =>
  converted({ worker: { restartPolicy }, ...manifest }).runtime.spec.template.spec.replicatedJobs[0]?.template.spec

describe('the Job of a role', () => {
  it.each([
    ['OnFailure', undefined, 'OnFailure', 2_147_483_647],
    ['OnFailure', 3, 'OnFailure', 3],
    ['OnFailure', 0, 'OnFailure', 0],
    ['Never', undefined, 'Never', 0],
    ['Never', 3, 'Never', 0],
    ['ExitCode', undefined, 'Never', 2_147_483_647],
    ['ExitCode', 3, 'Never', 2_147_483_647],
    ['Always', undefined, 'OnFailure', 2_147_483_647],
  ])('that restarts %s with backoffLimit %s has %s and %i', (policy, backoffLimit, podPolicy, limit) => {
    const spec = specOf(policy, backoffLimit === undefined ? {} : { spec: { runPolicy: { backoffLimit } } })
    expect([spec?.template.spec.restartPolicy, spec?.backoffLimit]).toEqual([podPolicy, limit])
  })

  it('replaces a pod only when the old one is gone, as v1 did', () => {
    expect(specOf('OnFailure')?.podReplacementPolicy).toBe('Failed')
  })

  it('that restarts by exit code fails on 1 to 127, of evicted pods too, and goes on without limit on 128 to 255 and on lost pods', () => {
    const rules = (specOf('ExitCode')?.podFailurePolicy?.rules ?? []) as {
      action: string
      onExitCodes?: { containerName: string; operator: string; values: number[] }
      onPodConditions?: unknown
    }[]
    expect(
      rules.map(({ action, onExitCodes, onPodConditions }) => [
        action,
        onExitCodes ? `${onExitCodes.containerName} ${onExitCodes.operator}` : onPodConditions,
        onExitCodes?.values.length,
        onExitCodes?.values[0],
        onExitCodes?.values.at(-1),
      ]),
    ).toEqual([
      ['FailJob', 'node In', 127, 1, 127],
      ['Ignore', [{ type: 'DisruptionTarget', status: 'True' }], undefined, undefined, undefined],
      ['Ignore', 'node In', 128, 128, 255],
    ])
    expect(specOf('Never')).not.toHaveProperty('podFailurePolicy')
  })

  it('has the deadline of the job', () => {
    const spec = specOf('Never', { spec: { runPolicy: { activeDeadlineSeconds: 3600 } } })
    expect(spec?.['activeDeadlineSeconds']).toBe(3600)
  })
})
