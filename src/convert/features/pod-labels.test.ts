import { describe, expect, it } from 'vitest'
import { v1Job } from '../../../test/unit/objects.ts'
import { pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'
import { dialectOf } from '../../v2/dialects/index.ts'
import { convertJob } from '../convert.ts'

const options = { live: false, run: false, toolVersion: 'test', podLabels: 'v1' } as const
const prefix = 'training.kubeflow.org/'

/** `master-0: job-name=train ...` of each pod v2 makes. */
function labelled(conversion: ReturnType<typeof convertJob>): string[] {
  return conversion.proof.v2.map(({ role, index, labels }) => {
    const ours = Object.entries(labels).filter(([key]) => key.startsWith(prefix))
    const words = ours.map(([key, value]) => `${key.slice(prefix.length)}=${value}`).sort()
    return `${role}-${index}: ${words.join(' ')}`
  })
}

describe('--pod-labels v1', () => {
  it('keeps what all pods of a role have, a role a Job', () => {
    const conversion = convertJob(pytorchManifest(), options)
    expect(labelled(conversion)).toEqual([
      'master-0: job-name=train job-role=master replica-index=0 replica-type=master',
      'worker-0: job-name=train replica-type=worker',
      'worker-1: job-name=train replica-type=worker',
    ])
    expect(conversion.findings.map(({ code, message }) => `${code}: ${message}`)).toContain(
      `pod-label-missing: ${prefix}replica-index is not on the pods of worker`,
    )
  })

  it('leaves the job’s name out of the runtime', () => {
    const { runtime, trainJob } = convertJob(pytorchManifest(), options)
    expect(JSON.stringify(runtime)).not.toContain(`${prefix}job-name`)
    expect(JSON.stringify(trainJob.spec)).toContain(`"${prefix}job-name":"train"`)
  })

  it('puts all of them into the runtime for Trainer 2.0, whose overrides set no labels', () => {
    const conversion = convertJob(pytorchManifest(), { ...options, dialect: dialectOf('2.0') })
    expect(labelled(conversion)[1]).toBe('worker-0: job-name=train replica-type=worker')
  })

  it('keeps the name of the v1 job under another TrainJob name', () => {
    expect(labelled(convertJob(pytorchManifest({ name: 'train' }), { ...options, name: 'new' }))[0]).toContain(
      'job-name=train ',
    )
  })

  it('tells job-role where only the first of several pods has it', () => {
    const { findings } = convertJob(v1Job('jax', { kind: 'JAXJob', roles: { Worker: 2 } }), options)
    const told = findings.filter(({ code }) => code === 'pod-label-missing').map(({ message }) => message)
    expect(told).toEqual([
      `${prefix}replica-index is not on the pods of worker`,
      `${prefix}job-role is not on the pods of worker`,
    ])
  })

  it('lets rules that select by kept labels stand', () => {
    const affinity = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { [`${prefix}job-name`]: 'train', [`${prefix}replica-type`]: 'worker' } },
            topologyKey: 'kubernetes.io/hostname',
          },
        ],
      },
    }
    const job = pytorchManifest({ master: { pod: { affinity } } })
    expect(() => convertJob(job, { ...options, podLabels: undefined })).toThrow('v2 cannot keep')
    expect(convertJob(job, options).findings.filter(({ class: kind }) => kind === 'lost')).toEqual([])
  })
})
