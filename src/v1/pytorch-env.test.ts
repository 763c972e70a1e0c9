import { describe, expect, it } from 'vitest'
import { type ManifestOptions, pytorchJobOf } from '../../test/unit/pytorch-manifest.ts'
import { v1Pods } from './pods.ts'

/** Env of the container that trains in the pod of a rank, as `NAME=value`. */
function envOf(options: ManifestOptions, rank: number): string[] {
  const pod = v1Pods(pytorchJobOf(options))[rank]
  const main = pod?.spec.containers.find(({ name }) => name === 'pytorch')
  return (main?.env ?? []).map(({ name, value }) => `${name}=${value}`)
}

/** Only variables whose name begins so. */
const only = (start: string, env: readonly string[]) => env.filter((each) => each.startsWith(start))

describe('env of a Master and two Workers', () => {
  it.each([
    [0, 'the Master'],
    [1, 'the first Worker'],
    [2, 'the second Worker'],
  ])('rank %i is %s', (rank) => {
    expect(envOf({}, rank)).toEqual([
      'PYTHONUNBUFFERED=1',
      'MASTER_PORT=23456',
      'PET_MASTER_PORT=23456',
      'MASTER_ADDR=train-master-0',
      'PET_MASTER_ADDR=train-master-0',
      'WORLD_SIZE=3',
      `RANK=${rank}`,
      `PET_NODE_RANK=${rank}`,
      'PET_NPROC_PER_NODE=auto',
      'PET_NNODES=3',
    ])
  })

  it('takes the Master’s own port, not the Worker’s', () => {
    const port = (containerPort: number) => ({ container: { ports: [{ name: 'pytorchjob-port', containerPort }] } })
    const env = envOf({ master: port(29500), worker: port(1) }, 1)
    expect([...only('MASTER_PORT', env), ...only('PET_MASTER_PORT', env)]).toEqual([
      'MASTER_PORT=29500',
      'PET_MASTER_PORT=29500',
    ])
  })

  it('stands after the template’s own, also where a name is the same', () => {
    const env = envOf({ worker: { container: { env: [{ name: 'PET_NNODES', value: '9' }] } } }, 0)
    expect(env).toEqual(['PET_NNODES=9', 'PYTHONUNBUFFERED=1', 'PET_NPROC_PER_NODE=auto', 'PET_NNODES=2'])
  })
})

describe('env of a job', () => {
  it('of a Master alone has the size 1', () => {
    expect(envOf({ master: {} }, 0)).toEqual([
      'PYTHONUNBUFFERED=1',
      'MASTER_PORT=23456',
      'PET_MASTER_PORT=23456',
      'MASTER_ADDR=train-master-0',
      'PET_MASTER_ADDR=train-master-0',
      'WORLD_SIZE=1',
      'RANK=0',
      'PET_NODE_RANK=0',
      'PET_NPROC_PER_NODE=auto',
      'PET_NNODES=1',
    ])
  })

  it('of Workers alone has no ranks and no address at all', () => {
    for (const rank of [0, 1]) {
      expect(envOf({ worker: {} }, rank)).toEqual(['PYTHONUNBUFFERED=1', 'PET_NPROC_PER_NODE=auto', 'PET_NNODES=2'])
    }
  })
})

describe('nprocPerNode', () => {
  it.each([
    ['auto', 'auto', 3],
    ['cpu', 'cpu', 3],
    ['gpu', 'gpu', 3],
    ['4', '4', 12],
    ['1', '1', 3],
    // strconv.Atoi takes a sign, and no fraction
    ['+2', '+2', 6],
    ['1.5', '1.5', 3],
    ['', '', 3],
  ])('%j gives PET_NPROC_PER_NODE %j and a world of %i', (nprocPerNode, perNode, world) => {
    const env = envOf({ spec: { nprocPerNode } }, 0)
    expect([...only('PET_NPROC', env), ...only('WORLD', env)]).toEqual([
      `PET_NPROC_PER_NODE=${perNode}`,
      `WORLD_SIZE=${world}`,
    ])
  })
})

describe('elasticPolicy', () => {
  const elastic = (elasticPolicy: Record<string, unknown>, spec: Record<string, unknown> = {}) =>
    envOf({ worker: { replicas: 2 }, spec: { ...spec, elasticPolicy } }, 0)

  it('gives the defaults of torchrun’s rendezvous', () => {
    expect(elastic({})).toEqual([
      'PYTHONUNBUFFERED=1',
      'PET_NPROC_PER_NODE=auto',
      'PET_RDZV_ENDPOINT=train-worker-0:23456',
      'PET_RDZV_BACKEND=c10d',
      'PET_NNODES=2:2',
    ])
  })

  it.each([
    [{ minReplicas: 1, maxReplicas: 4 }, '1:4'],
    [{ minReplicas: 1 }, '1:1'],
    [{ maxReplicas: 4 }, '4:4'],
    [{}, '2:2'],
  ])('%j gives PET_NNODES %s', (policy, nodes) => {
    expect(only('PET_NNODES', elastic(policy))).toEqual([`PET_NNODES=${nodes}`])
  })

  it('tells everything set, in the operator’s order', () => {
    const env = elastic({
      minReplicas: 1,
      maxReplicas: 2,
      rdzvBackend: 'etcd-v2',
      rdzvHost: 'etcd.example.org',
      rdzvPort: 2379,
      rdzvId: 'job-1',
      rdzvConf: [
        { key: 'timeout', value: '900' },
        { key: 'join', value: '5' },
      ],
      standalone: true,
      nProcPerNode: 8,
      maxRestarts: 0,
    })
    expect(env).toEqual([
      'PYTHONUNBUFFERED=1',
      'PET_RDZV_ENDPOINT=etcd.example.org:2379',
      'PET_RDZV_BACKEND=etcd-v2',
      'PET_NNODES=1:2',
      'PET_MAX_RESTARTS=0',
      'PET_NPROC_PER_NODE=8',
      'PET_RDZV_ID=job-1',
      'PET_RDZV_CONF=timeout=900,join=5',
      'PET_STANDALONE=',
    ])
  })

  it('says nothing of standalone where it is false', () => {
    expect(only('PET_STANDALONE', elastic({ standalone: false }))).toEqual([])
  })

  it.each([
    ['a port of the policy', { rdzvPort: 29400 }, 'PET_RDZV_ENDPOINT=train-worker-0:29400'],
    ['a host of the policy', { rdzvHost: 'etcd' }, 'PET_RDZV_ENDPOINT=etcd:23456'],
  ])('takes %s', (_, policy, endpoint) => {
    expect(only('PET_RDZV_ENDPOINT', elastic(policy))).toEqual([endpoint])
  })

  it('takes the Workers’ own port', () => {
    const worker = { container: { ports: [{ name: 'pytorchjob-port', containerPort: 29500 }] } }
    const env = envOf({ worker, spec: { elasticPolicy: {} } }, 0)
    expect(only('PET_RDZV_ENDPOINT', env)).toEqual(['PET_RDZV_ENDPOINT=train-worker-0:29500'])
  })

  it('counts its own nProcPerNode for one process in the world’s size', () => {
    const env = envOf({ master: {}, worker: {}, spec: { elasticPolicy: { nProcPerNode: 8 } } }, 0)
    expect([...only('WORLD', env), ...only('PET_NPROC', env)]).toEqual(['WORLD_SIZE=3', 'PET_NPROC_PER_NODE=8'])
  })
})
