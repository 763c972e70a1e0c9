import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { runningV1 } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { diffListSchema } from '../present/diff-schema.ts'

const policy: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'allow-train', namespace: 'nlp' },
  spec: {
    podSelector: { matchLabels: { 'training.kubeflow.org/job-name': 'bert' } },
    ingress: [{ ports: [{ port: 23456 }] }],
  },
}
const all: KubeObject = { ...policy, metadata: { name: 'all', namespace: 'nlp' }, spec: { podSelector: {} } }

const diff = (words: readonly string[], options: ConstructorParameters<typeof FakeCluster>[0] = {}) =>
  runVerb(['diff', 'job', 'bert', ...words], {
    columns: 80,
    tty: true,
    cluster: new FakeCluster({ namespace: 'nlp', objects: [runningV1('bert'), policy, all], ...options }),
  })
/** Up to what is to be typed next. */
const partOf = (out: readonly string[]) => {
  const end = out.findIndex((line) => line.startsWith('Next: '))
  return out.includes('NEIGHBOURS') ? out.slice(out.indexOf('NEIGHBOURS'), end < 0 ? undefined : end - 1) : []
}

describe('the neighbours of a job, in its diff', () => {
  it('fail it where they would not know v2’s pods', async () => {
    const { code, out } = await diff([])
    expect(partOf(out)).toEqual([
      'NEIGHBOURS',
      'lost     policy-labels  NetworkPolicy allow-train selects v1 3/3 pods, v2 0/3,',
      '                        and names port 23456',
      '1 selects both sides alike (--all)',
      'keep them: --pod-labels v1; where v2 does not need them: --accept policy-labels',
    ])
    expect(out.slice(-5)).toEqual([
      '',
      'Next: kubectl migrate explain policy-labels',
      '        what it means, and what to do about it',
      '      kubectl migrate explain workers-stopped-at-success',
      '        what it means, and what to do about it',
    ])
    expect(code).toBe(1)
  })

  it('say in a pipe as well what to type next', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [runningV1('bert'), policy, all] })
    const { out } = await runVerb(['diff', 'job', 'bert'], { cluster })
    expect(out.slice(-3)).toEqual([
      '',
      'Next: kubectl migrate explain policy-labels                what it means, and what to do about it',
      '      kubectl migrate explain workers-stopped-at-success   what it means, and what to do about it',
    ])
  })

  it('know them with --pod-labels v1, or are accepted', async () => {
    const kept = await diff(['--pod-labels', 'v1'])
    expect([kept.code, partOf(kept.out)]).toEqual([0, ['NEIGHBOURS', '2 select both sides alike (--all)']])
    const accepted = await diff(['--accept', 'policy-labels'])
    expect([accepted.code, partOf(accepted.out)[1]]).toEqual([
      0,
      'accepted policy-labels  NetworkPolicy allow-train selects v1 3/3 pods, v2 0/3,',
    ])
  })

  it('are told with their rows in JSON', async () => {
    const { out } = await diff(['-o', 'json'])
    const { items } = JSON.parse(out.join('\n')) as { items: { neighbours: { name: string; verdict: string }[] }[] }
    expect(faultsOf(diffListSchema, JSON.parse(out.join('\n')))).toEqual([])
    expect(items[0]?.neighbours.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['allow-train', 'lost'],
      ['all', 'same'],
    ])
  })

  it('are a named gap where they may not be listed, and nothing where they are not served', async () => {
    const { out, err } = await diff([], {
      forbid: ({ resource }) => resource === 'networkpolicies.networking.k8s.io',
      absent: [resources.podMonitors, resources.authorizationPolicies],
    })
    expect(partOf(out)).toEqual([])
    expect(err).toEqual([
      'note: you may not read networkpolicies.networking.k8s.io in namespace nlp: these',
      '      are not shown',
    ])
  })
})

describe('cutover', () => {
  const cutover = (...words: string[]) =>
    runVerb(['cutover', 'job', 'bert', '--dry-run=client', ...words], {
      cluster: new FakeCluster({ namespace: 'nlp', objects: [runningV1('bert'), policy, all] }),
    })

  it('does not begin where a policy would not know v2’s pods', async () => {
    const { code, err } = await cutover()
    expect([code, err]).toEqual([
      1,
      [
        'error: nlp/bert is not cut over: NetworkPolicy allow-train selects v1 3/3 pods, v2 0/3, and names port 23456',
        '       they select by labels or names that only Training Operator gives its pods',
        '       nothing was changed',
        '       kubectl migrate cutover job bert --pod-labels v1   (keeps the labels; kubectl migrate diff pytorchjob/bert -n nlp --pod-labels v1 shows what then remains)',
        '       kubectl migrate cutover job bert --accept policy-labels   (where v2’s pods do not need them)',
      ],
    ])
  })

  it.each([
    ['--pod-labels', 'v1'],
    ['--accept', 'policy-labels'],
  ])('begins with %s %s', async (...words) => {
    expect((await cutover(...words)).code).toBe(0)
  })
})
