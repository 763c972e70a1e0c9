import { describe, expect, it } from 'vitest'
import { converted, told } from '../../../test/unit/conversions.ts'

describe('a bare variable', () => {
  it('is carried as it stands, and said for each place', () => {
    const conversion = converted({
      master: { container: { image: '$IMAGE' }, pod: { imagePullSecrets: [{ name: '$SECRET' }] } },
    })
    expect(conversion.trainJob.spec.trainer?.image).toBe('$IMAGE')
    expect(told(conversion)).toEqual([
      'changed placeholder-kept spec.pytorchReplicaSpecs.Master.template.spec.imagePullSecrets[0].name',
      'changed placeholder-kept spec.pytorchReplicaSpecs.Master.template.spec.containers[0].image',
    ])
  })

  it('of a shell in a command is none of ours', () => {
    const shell = { container: { command: ['sh', '-c', 'echo $HOME'] } }
    expect(told(converted({ master: shell }))).toEqual([])
  })
})
