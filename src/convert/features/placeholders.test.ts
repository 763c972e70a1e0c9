import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'
import { convertJob } from '../convert.ts'

const options = { live: false, run: false, toolVersion: 'test' }

describe('a bare variable', () => {
  it('is carried as it stands, and said for each place', () => {
    const job = pytorchManifest({
      master: { container: { image: '$IMAGE' }, pod: { imagePullSecrets: [{ name: '$SECRET' }] } },
    })
    const { trainJob, findings } = convertJob(job, options)
    expect(trainJob.spec.trainer?.image).toBe('$IMAGE')
    expect(findings.map(({ code, class: kind, path }) => [code, kind, path])).toEqual([
      ['placeholder-kept', 'changed', 'spec.pytorchReplicaSpecs.Master.template.spec.imagePullSecrets[0].name'],
      ['placeholder-kept', 'changed', 'spec.pytorchReplicaSpecs.Master.template.spec.containers[0].image'],
    ])
  })

  it('of a shell in a command is none of ours', () => {
    const job = pytorchManifest({ master: { container: { command: ['sh', '-c', 'echo $HOME'] } } })
    expect(convertJob(job, options).findings).toEqual([])
  })
})
