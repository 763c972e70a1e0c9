import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'

const amounts = (cpu: string, gpus: number) => ({
  resources: { requests: { cpu }, limits: { cpu, 'nvidia.com/gpu': gpus } },
})
const manifest = kindManifest('PyTorchJob', {
  Master: { replicas: 1, container: amounts('2', 1) },
  Worker: { replicas: 3, container: amounts('4', 8) },
})
const job: KubeObject = {
  ...manifest,
  metadata: { ...manifest.metadata, labels: { 'kueue.x-k8s.io/queue-name': 'gold' } },
}
const quota: KubeObject = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'compute', namespace: 'nlp' },
  spec: { hard: { 'requests.nvidia.com/gpu': '64', pods: '50' } },
  status: { used: { 'requests.nvidia.com/gpu': '25', pods: '4' } },
}

const diff = (columns: number, words: string[] = [], forbid?: () => boolean) =>
  runVerb(['diff', 'job', 'train', '--resources', ...words], {
    columns,
    tty: true,
    cluster: new FakeCluster({
      namespace: 'nlp',
      objects: [job, quota],
      forbid: ({ resource }) => forbid !== undefined && resource === 'resourcequotas',
    }),
  })

describe('diff --resources', () => {
  it('tells what a pod and all pods take, v1’s init container included, and what quotas and Kueue charge', async () => {
    const { code, out, err } = await diff(200)
    expect([code, err]).toEqual([0, []])
    expect(out.slice(1)).toEqual([
      '',
      'EACH POD OF   RESOURCE         REQUESTS V1   REQUESTS V2   LIMITS V1   LIMITS V2',
      'master        cpu              2             2             2           2',
      'master        nvidia.com/gpu   1             1             1           1',
      'worker        cpu              4             4             4           4',
      'worker        memory           10Mi          0             20Mi        0',
      'worker        nvidia.com/gpu   8             8             8           8',
      '',
      'TOTAL OF ALL PODS   REQUESTS V1   REQUESTS V2   LIMITS V1   LIMITS V2',
      'cpu                 14            14            14          14',
      'memory              30Mi          0             60Mi        0',
      'nvidia.com/gpu      25            25            25          25',
      '',
      'QUOTA                             HARD   USED   BY V1   BY V2',
      'compute requests.nvidia.com/gpu   64     25     25      25',
      'compute pods                      50     4      4       4',
      '',
      'Kueue charges the requests of all pods: v1 to queue gold, v2 to queue gold',
      '',
      'no difference in resources; 6 equal (--all); 4 harmless folded',
      "    4  init-pytorch  v1's init container that waits for the master's name; v2 publishes the names of pods that are not ready",
    ])
  })

  it('puts the amounts below one another on 40 columns', async () => {
    const { out } = await diff(40)
    expect(out.slice(out.indexOf('') + 1, out.indexOf('') + 4)).toEqual([
      'EACH POD OF                      V1     V2',
      'master cpu requests              2      2',
      'master cpu limits                2      2',
    ])
  })

  it('has the amounts in JSON', async () => {
    const { out } = await diff(80, ['-o', 'json'])
    const [item] = (JSON.parse(out.join('\n')) as { items: Record<string, unknown>[] }).items
    expect(item).toMatchObject({
      resources: {
        total: { v2: { cpu: { requests: '14', limits: '14' } } },
        each: [{ pods: 'master' }, { pods: 'worker' }],
      },
      quotas: [{ quota: 'compute', v1: '25' }, { resource: 'pods' }],
      queues: { v1: 'gold', v2: 'gold' },
    })
  })

  it('says that quotas may not be read', async () => {
    const { err, out } = await diff(80, [], () => true)
    expect(err).toEqual(['note: you may not read resourcequotas in namespace nlp: these are not shown'])
    expect(out.join('\n')).not.toContain('QUOTA')
  })
})
