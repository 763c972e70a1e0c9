import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { cluster } from '../harness.ts'
import { installKueue, removeKueue } from '../kueue.ts'

const say = (line: string): void => console.error(`[kueue] ${line}`)

function ownFolder(): string {
  const { folder } = inject('controlPlane')
  if (folder === undefined) throw new Error('Kueue is only installed into a control plane of our own')
  return folder
}

const webhooks = async (): Promise<string[]> => {
  const { items } = await cluster().get<{ items: { metadata: { name: string } }[] }>([
    'mutatingwebhookconfigurations,validatingwebhookconfigurations',
  ])
  return items.map(({ metadata }) => metadata.name).filter((name) => name.includes('kueue'))
}

interface Job {
  readonly spec: { readonly runPolicy?: { readonly suspend?: boolean } }
}

const queue = (gpus: number): object[] => [
  { apiVersion: 'kueue.x-k8s.io/v1beta2', kind: 'ResourceFlavor', metadata: { name: 'any' } },
  {
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'ClusterQueue',
    metadata: { name: 'team' },
    spec: {
      namespaceSelector: {},
      resourceGroups: [
        {
          coveredResources: ['nvidia.com/gpu'],
          flavors: [{ name: 'any', resources: [{ name: 'nvidia.com/gpu', nominalQuota: gpus }] }],
        },
      ],
    },
  },
  {
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'LocalQueue',
    metadata: { name: 'team' },
    spec: { clusterQueue: 'team' },
  },
]

const queuedJob = (name: string, gpus: number): object => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name, labels: { 'kueue.x-k8s.io/queue-name': 'team' } },
  spec: {
    pytorchReplicaSpecs: {
      Master: {
        replicas: 1,
        template: {
          spec: {
            containers: [
              { name: 'pytorch', image: 'example.org/train:1', resources: { limits: { 'nvidia.com/gpu': gpus } } },
            ],
          },
        },
      },
    },
  },
})

describe('Kueue, installed for this phase only', () => {
  beforeAll(() => installKueue(ownFolder(), say))
  afterAll(async () => {
    await removeKueue(ownFolder(), say)
    expect(await webhooks()).toEqual([])
  })

  it('has webhooks in the cluster', async () => {
    expect((await webhooks()).sort()).toEqual([
      'kueue-mutating-webhook-configuration',
      'kueue-validating-webhook-configuration',
    ])
  })

  it('suspends a queued PyTorchJob without quota and admits one that fits', async () => {
    const { namespace, create, get, waitFor } = cluster()
    const name = await namespace()
    const isSuspended = async (job: string) =>
      (await get<Job>([`pytorchjob/${job}`], { namespace: name })).spec.runPolicy?.suspend
    await create(name, ...queue(4))
    await create(name, queuedJob('too-big', 8), queuedJob('fits', 2))
    await waitFor('the job that fits is admitted', async () => (await isSuspended('fits')) === false)
    await waitFor('its pod runs', async () => {
      const { items } = await get<{ items: { metadata: { name: string }; status: { phase: string } }[] }>(['pods'], {
        namespace: name,
      })
      return items.some(({ metadata, status }) => metadata.name === 'fits-master-0' && status.phase === 'Running')
    })
    expect(await isSuspended('too-big')).toBe(true)
  })

  it('lets a job be cut over out of its queue and back into it', async () => {
    const { create, get, kubectl, migrate, namespace, waitFor } = cluster()
    const name = await namespace()
    // the ClusterQueue is there; this namespace gets a LocalQueue of its own
    await create(name, ...queue(4).slice(-1))
    await create(name, queuedJob('bert', 2))
    const workloads = async () => {
      const { items } = await get<{ items: { metadata: { name: string }; spec: { active?: boolean } }[] }>(
        ['workloads'],
        {
          namespace: name,
        },
      )
      return items.map(
        ({ metadata, spec }) => `${metadata.name.split('-')[0]} ${spec.active === false ? 'held' : 'active'}`,
      )
    }
    const runs = async (pod: string) => {
      const { items } = await get<{ items: { metadata: { name: string }; status: { phase: string } }[] }>(['pods'], {
        namespace: name,
      })
      return (
        items.length === 1 &&
        items.every(({ metadata, status }) => metadata.name.startsWith(pod) && status.phase === 'Running')
      )
    }
    await waitFor('v1 runs', () => runs('bert-master-0'))
    const words = ['job', 'bert', '--yes']
    const moved = await migrate(['cutover', ...words, '--observe', '1s', '--accept', 'no-checkpoint'], {
      namespace: name,
    })
    expect(moved.stdout).toBe(`${name}/bert is cut over: 1 of 1 pod run, equal to the proof; v1 is kept suspended\n`)
    expect([await runs('bert-node-0-0'), (await workloads()).sort()]).toEqual([
      true,
      ['pytorchjob held', 'trainjob active'],
    ])
    const back = await migrate(['rollback', ...words], { namespace: name })
    expect(back.stdout).toBe(`${name}/bert is rolled back: TrainJob removed, v1 resumed, 1 of 1 pod running\n`)
    expect([await runs('bert-master-0'), await workloads()]).toEqual([true, ['pytorchjob active']])
    await kubectl(['delete', 'pytorchjob', 'bert', '-n', name])
  })
})

describe('after that phase', () => {
  it('no webhook, definition or process of Kueue is left', async () => {
    expect(await webhooks()).toEqual([])
    const definitions = await cluster().kubectl(['get', 'crd', '-o', 'name'])
    expect(definitions.stdout).not.toContain('kueue')
    const namespaces = await cluster().kubectl(['get', 'namespaces', '-o', 'name'])
    expect(namespaces.stdout).not.toContain('kueue')
  })
})
