import { describe, expect, it } from 'vitest'
import { v1Pod } from '../../test/unit/model-pods.ts'
import type { Container, PodSpec, Resources } from '../kube/pod.ts'
import { formatQuantity } from '../kube/quantity.ts'
import { podCharge, totalCharge } from './resources.ts'

const container = (resources: Resources, more: Partial<Container> = {}): Container => ({
  name: 'c',
  resources,
  ...more,
})
const cpu = (requests: string, limits?: string): Container =>
  container({ requests: { cpu: requests }, ...(limits ? { limits: { cpu: limits } } : {}) })
const sidecar = (amount: string): Container => ({ ...cpu(amount), restartPolicy: 'Always' })

/** A charge as `name requests/limits`. */
const written = (spec: Partial<PodSpec>) =>
  [...podCharge(v1Pod('master', 0, { spec }))].map(
    ([name, { requests, limits }]) => `${name} ${formatQuantity(requests)}/${formatQuantity(limits)}`,
  )

describe('what a pod is charged', () => {
  it.each<[string, Partial<PodSpec>, string[]]>([
    ['nothing for nothing', { containers: [{ name: 'c' }] }, []],
    ['the sum of its containers', { containers: [cpu('1', '2'), cpu('500m', '1')] }, ['cpu 1500m/3']],
    ['a limit for a request', { containers: [container({ limits: { 'nvidia.com/gpu': 8 } })] }, ['nvidia.com/gpu 8/8']],
    [
      'each resource apart',
      { containers: [container({ requests: { cpu: 1, memory: '1Gi' } })] },
      ['cpu 1/0', 'memory 1Gi/0'],
    ],
    ['a larger init container', { containers: [cpu('1')], initContainers: [cpu('4'), cpu('3')] }, ['cpu 4/0']],
    ['no smaller init container', { containers: [cpu('2')], initContainers: [cpu('1')] }, ['cpu 2/0']],
    ['sidecars with the containers', { containers: [cpu('1')], initContainers: [sidecar('2')] }, ['cpu 3/0']],
    [
      'sidecars with the init containers after them, not before',
      { containers: [cpu('1')], initContainers: [cpu('5'), sidecar('2'), cpu('4')] },
      ['cpu 6/0'],
    ],
    [
      'what the pod as a whole asks for',
      { containers: [container({ requests: { cpu: 1, memory: '1Gi' } })], resources: { limits: { cpu: '4' } } },
      ['cpu 4/4', 'memory 1Gi/0'],
    ],
    ['a runtime class’ overhead on top', { containers: [cpu('1', '1')], overhead: { cpu: '250m' } }, ['cpu 1250m/1']],
    ['nothing for what is no amount', { containers: [cpu('$CPU')] }, ['cpu 0/0']],
  ])('%s', (_, spec, charge) => {
    expect(written(spec)).toEqual(charge)
  })

  it('is added up over all pods of a side', () => {
    const pods = [0, 1, 2].map((index) => v1Pod('worker', index, { spec: { containers: [cpu('500m')] } }))
    expect(totalCharge(pods).get('cpu')).toEqual({ requests: 1_500_000_000n, limits: 0n })
  })
})
