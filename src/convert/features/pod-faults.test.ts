import { expect, it } from 'vitest'
import { refusedPods } from '../../../test/cluster/refused-pods.ts'
import { converted, refusal, told } from '../../../test/unit/conversions.ts'

it.each(refusedPods)('a job is not converted whose pods the API server refuses: $what', ({ object, path, message }) => {
  expect(refusal(object)).toMatchObject({
    code: 'lost',
    what: 'PyTorchJob train is not converted: the API server refuses its pods, on either side',
    where: path,
    why: message,
    next: ['--accept pods-refused'],
  })
})

it('it is, with a finding for each fault, where that is accepted', () => {
  const volumeMounts = ['a', 'b'].map((name) => ({ name, mountPath: `/${name}` }))
  const { findings, proof } = converted({ worker: { container: { volumeMounts } } }, { accept: ['pods-refused'] })
  const container = 'spec.pytorchReplicaSpecs.Worker.template.spec.containers[0]'
  expect(told({ findings })).toEqual([
    `lost pods-refused ${container}.volumeMounts[0].name`,
    `lost pods-refused ${container}.volumeMounts[1].name`,
  ])
  expect(proof.same).toBe(true)
})
