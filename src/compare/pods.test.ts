import { describe, expect, it } from 'vitest'
import { v1Pod, v2Pod } from '../../test/unit/model-pods.ts'
import type { PodSpec } from '../kube/pod.ts'
import { comparePods } from './pods.ts'

const withArgs = (name: string, ...args: string[]) => ({ spec: { containers: [{ name, args }] } })

describe('pods compared by rank', () => {
  it('are pairs of one rank, named as v1 names them', () => {
    const { pairs, differences } = comparePods(
      [v1Pod('master', 0), v1Pod('worker', 0), v1Pod('worker', 1)],
      [v2Pod(0), v2Pod(1), v2Pod(2)],
    )
    expect(pairs.map(({ label, rank, v2 }) => [label, rank, v2.name])).toEqual([
      ['master-0', 0, 'train-node-0-0'],
      ['worker-0', 1, 'train-node-0-1'],
      ['worker-1', 2, 'train-node-0-2'],
    ])
    expect(differences).toEqual([])
  })

  it('differ where one side has more of them', () => {
    const one = [v1Pod('master', 0)]
    expect(comparePods(one, [v2Pod(0), v2Pod(1)]).differences).toEqual([
      { pod: 'node-1', rank: 1, path: 'pod', v2: 'train-node-0-1' },
    ])
    expect(comparePods([...one, v1Pod('worker', 0)], [v2Pod(0)]).differences).toEqual([
      { pod: 'worker-0', rank: 1, path: 'pod', v1: 'train-worker-0' },
    ])
  })

  it('tell each value that differs, with both sides', () => {
    const image = (name: string, text: string) => ({ spec: { containers: [{ name, image: text }] } })
    const { pairs, differences } = comparePods(
      [v1Pod('master', 0, image('pytorch', 'a'))],
      [v2Pod(0, image('node', 'b'))],
    )
    expect(differences).toEqual([{ pod: 'master-0', rank: 0, path: 'containers[main].image', v1: 'a', v2: 'b' }])
    expect(pairs[0]?.leaves).toEqual([{ path: 'containers[main].image', v1: 'a', v2: 'b', verdict: 'different' }])
  })

  it('are compared as far as somebody wants to know, and all of them are told afterwards', () => {
    const image = (name: string, text: string) => ({ spec: { containers: [{ name, image: text }] } })
    const comparison = comparePods(
      [v1Pod('master', 0, image('pytorch', 'a')), v1Pod('worker', 0, image('pytorch', 'a'))],
      [v2Pod(0, image('node', 'b')), v2Pod(1, image('node', 'b'))],
    )
    const asked: string[] = []
    const found = comparison.some(({ pod }) => asked.push(pod) > 0)
    expect([found, asked]).toEqual([true, ['master-0']])
    expect(comparison.some(({ pod }) => pod === 'worker-0')).toBe(true)
    expect(comparison.some(({ pod }) => pod === 'worker-1')).toBe(false)
    expect(comparison.differences.map(({ pod }) => pod)).toEqual(['master-0', 'worker-0'])
  })

  it('tell what one side lacks', () => {
    const selector = { spec: { nodeSelector: { pool: 'gpu' } } }
    expect(comparePods([v1Pod('master', 0, selector)], [v2Pod(0)]).differences).toEqual([
      { pod: 'master-0', rank: 0, path: 'nodeSelector.pool', v1: 'gpu' },
    ])
    expect(comparePods([v1Pod('master', 0)], [v2Pod(0, selector)]).differences).toEqual([
      { pod: 'master-0', rank: 0, path: 'nodeSelector.pool', v2: 'gpu' },
    ])
  })

  it('take the container of v1’s name for the one that trains, beside one called node', () => {
    const containers = [
      { name: 'pytorch', image: 'a' },
      { name: 'node', image: 'b' },
    ]
    const { differences } = comparePods(
      [v1Pod('master', 0, { spec: { containers } })],
      [v2Pod(0, { spec: { containers } })],
    )
    expect(differences).toEqual([])
  })
})

describe('host names', () => {
  it.each<[string, Partial<PodSpec>]>([
    ['a ConfigMap', { containers: [{ name: 'pytorch', envFrom: [{ configMapRef: { name: 'train-master-0' } }] }] }],
    ['a prefix of env', { containers: [{ name: 'pytorch', envFrom: [{ prefix: 'train-master-0' }] }] }],
    ['a claim', { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'train-master-0' } }] }],
    ['an account', { containers: [], serviceAccountName: 'train-master-0' }],
  ])('are none where they name %s: that is the same on both sides', (_, spec) => {
    expect(comparePods([v1Pod('master', 0, { spec })], [v2Pod(0, { spec })]).differences).toEqual([])
  })

  it('in a probe are those of pods', () => {
    const spec = (host: string) => ({
      containers: [{ name: 'pytorch', readinessProbe: { tcpSocket: { host, port: 1 } } }],
    })
    const v1 = v1Pod('master', 0, { spec: spec('train-master-0') })
    const path = 'containers[main].readinessProbe.tcpSocket.host'
    expect(comparePods([v1], [v2Pod(0, { spec: spec('train-master-0') })]).differences).toMatchObject([{ path }])
    expect(comparePods([v1], [v2Pod(0, { spec: spec('train-node-0-0.train') })]).differences).toEqual([])
  })

  const v1Pods = [v1Pod('master', 0), v1Pod('worker', 0)]
  const v2Pods = [v2Pod(0), v2Pod(1)]

  /** Whether an argument of v1 and one of v2 mean the same. */
  const same = (ofV1: string, ofV2: string): boolean => {
    const left = [v1Pod('master', 0, withArgs('pytorch', ofV1)), ...v1Pods.slice(1)]
    const right = [v2Pod(0, withArgs('node', ofV2)), ...v2Pods.slice(1)]
    return comparePods(left, right).differences.length === 0
  }

  it.each([
    ['train-master-0', 'train-node-0-0.train', 'a name by itself'],
    ['train-master-0.nlp', 'train-node-0-0.train.nlp', 'with the namespace'],
    ['train-master-0.nlp.svc', 'train-node-0-0.train', 'each of a pod’s names'],
    ['train-master-0.nlp.svc.cluster.local', 'train-node-0-0.train', 'fully qualified'],
    ['tcp://train-master-0:23456/x', 'tcp://train-node-0-0.train:23456/x', 'inside an address'],
    ['train-master-0,train-worker-0', 'train-node-0-0.train,train-node-0-1.train', 'in a list'],
    ['ask train-worker-0.', 'ask train-node-0-1.train.', 'at the end of a sentence'],
    ['other.example.org', 'other.example.org', 'names of others'],
  ])('%s is %s: %s', (ofV1, ofV2) => {
    expect(same(ofV1, ofV2)).toBe(true)
  })

  it.each([
    ['train-master-0', 'train-node-0-1.train', 'another pod'],
    ['train-master-0', 'train-master-0', 'a name that v2’s pods do not have'],
    ['train-master-0', 'train-node-0-0', 'a name without its subdomain, which DNS does not know'],
    ['train-master-01', 'train-node-0-0.train1', 'a longer name'],
    ['x-train-master-0', 'x-train-node-0-0.train', 'the end of a longer name'],
    ['x_train-master-0', 'x_train-node-0-0.train', 'the end of a longer word'],
    ['train-master-0.other', 'train-node-0-0.train.other', 'a name in another namespace'],
    ['train-master-0-data', 'train-node-0-0.train-data', 'the beginning of a longer name'],
  ])('%s is not %s: %s', (ofV1, ofV2) => {
    expect(same(ofV1, ofV2)).toBe(false)
  })

  it('are those of the job itself: of two jobs that say the same, one may speak of its own pods', () => {
    const mark = withArgs('pytorch', 'train-master-0')
    const twin = withArgs('node', 'train-master-0')
    const renamed = { name: 'bert-0', hostname: 'bert-0', addresses: ['bert-0'] }
    const ofAnother = () =>
      comparePods([v1Pod('master', 0, { ...mark, ...renamed })], [v2Pod(0, { ...twin, ...renamed })])
    const ofItself = () => comparePods([v1Pod('master', 0, mark)], [v2Pod(0, twin)])
    const found = [ofAnother, ofItself, ofAnother, ofItself].map((compare) => compare().differences.length)
    expect(found).toEqual([0, 1, 0, 1])
  })

  it('are found also where a pod’s name is not a host name, as a live pod’s of v2', () => {
    const left = [v1Pod('master', 0, withArgs('pytorch', 'train-master-0'))]
    const right = [v2Pod(0, { name: 'train-node-0-0-x7k2p', ...withArgs('node', 'train-node-0-0.train') })]
    expect(comparePods(left, right).differences).toEqual([])
  })

  it('are found also where a pod has a host name of its own', () => {
    const left = [v1Pod('master', 0, { hostname: 'custom', ...withArgs('pytorch', 'train-master-0') })]
    expect(comparePods(left, [v2Pod(0, withArgs('node', 'train-node-0-0.train'))]).differences).toEqual([])
  })
})
