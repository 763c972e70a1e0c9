import { describe, expect, it } from 'vitest'
import { livePod, movedFacts, planOf } from '../../test/unit/cutover-world.ts'
import { heldV1 } from '../../test/unit/objects.ts'
import type { ModelPod } from '../kube/model-pod.ts'
import type { Pod } from '../kube/pod.ts'
import { admissionOf, unexpected } from './admission.ts'
import { v2Ready } from './waits/v2-ready.ts'

const plan = planOf()
const { v1, v2 } = plan.conversion.proof

/** A live pod whose containers admission gave another image. */
function withImage(model: ModelPod, image: string, name?: string): Pod {
  const pod = livePod(model)
  const containers = pod.spec.containers.map((container) => ({ ...container, image }))
  return { ...pod, metadata: { ...pod.metadata, name: name ?? pod.metadata.name }, spec: { ...pod.spec, containers } }
}

const mirrored = v1.map((model) => withImage(model, 'mirror.example.com/train:1', model.name))
const admission = admissionOf(v1, mirrored)
const [first] = v2

describe('what admission does to pods of both sides', () => {
  it('is no difference between them', () => {
    expect(v2.flatMap((model) => unexpected(model, withImage(model, 'mirror.example.com/train:1'), admission))).toEqual(
      [],
    )
  })

  it('is one when it does something else to v2', () => {
    const model = first ?? expect.fail('no pods in the proof')
    expect(unexpected(model, withImage(model, 'elsewhere.example.com/train:1'), admission)).toMatchObject([
      { path: 'containers[node].image', v1: 'reg.example.com/train:1', v2: 'elsewhere.example.com/train:1' },
    ])
  })

  it('is one when v1 was left alone', () => {
    const pods = v2.map((model) => withImage(model, 'mirror.example.com/train:1'))
    const facts = movedFacts(plan, heldV1('bert'), { v2Pods: pods })
    expect(v2Ready(facts, plan)).toHaveProperty('failed')
    expect(v2Ready(facts, { ...plan, admission })).toEqual({ done: '3 of 3 pods run, equal to the proof' })
  })
})
