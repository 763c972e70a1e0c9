import { describe, expect, it } from 'vitest'
import { cluster, life } from './harness.ts'
import { taintedNode } from './tainted-node.ts'

interface Pod {
  readonly metadata: { readonly name: string }
  readonly status: {
    readonly phase: string
    readonly conditions: readonly { readonly type: string; readonly status: string }[]
    readonly containerStatuses?: readonly {
      readonly ready: boolean
      readonly restartCount: number
      readonly state: {
        readonly waiting?: { readonly reason: string }
        readonly terminated?: {
          readonly exitCode: number
          readonly reason: string
          readonly startedAt: string
          readonly finishedAt: string
        }
      }
    }[]
  }
}

interface Job {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

type Annotations = Readonly<Record<string, string>>

interface ReplicaOptions {
  readonly workers?: number
  readonly restartPolicy?: string
  readonly master?: Annotations
}

function pyTorchJob(name: string, annotations: Annotations = {}, options: ReplicaOptions = {}): object {
  const replica = (replicas: number, annotations: Annotations) => ({
    replicas,
    restartPolicy: options.restartPolicy ?? 'Never',
    template: { metadata: { annotations }, spec: { containers: [{ name: 'pytorch', image: 'example.org/train:1' }] } },
  })
  const { workers = 2 } = options
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name },
    spec: {
      pytorchReplicaSpecs: {
        Master: replica(1, options.master ?? annotations),
        ...(workers > 0 && { Worker: replica(workers, annotations) }),
      },
    },
  }
}

function trainJob(name: string, annotations: Annotations = {}, nodes = 3): object {
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name },
    spec: {
      runtimeRef: { name: 'torch-distributed' },
      trainer: { numNodes: nodes, image: 'example.org/train:1' },
      runtimePatches: [
        {
          manager: 'kubectl-migrate.test/annotations',
          trainingRuntimeSpec: {
            template: {
              spec: {
                replicatedJobs: [{ name: 'node', template: { spec: { template: { metadata: { annotations } } } } }],
              },
            },
          },
        },
      ],
    },
  }
}

const hasCondition = (object: { status?: Job['status'] }, type: string): boolean =>
  object.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false

const podsOf = async (namespace: string): Promise<Pod[]> =>
  (await cluster().get<{ items: Pod[] }>(['pods'], { namespace })).items

const isReady = (pod: Pod): boolean => pod.status.phase === 'Running' && hasCondition(pod, 'Ready')

async function podsWhen(namespace: string, what: string, holds: (pods: Pod[]) => boolean): Promise<Pod[]> {
  return cluster().waitFor(what, async () => {
    const pods = await podsOf(namespace)
    return holds(pods) && pods
  })
}

async function jobReaches(namespace: string, job: string, condition: string): Promise<void> {
  const { get, waitFor } = cluster()
  await waitFor(`${job} has condition ${condition}`, async () =>
    hasCondition(await get<Job>([job], { namespace }), condition),
  )
}

describe('pods without annotations', () => {
  it('of a PyTorchJob run, one for the master and one for each worker', async () => {
    const { namespace, create } = cluster()
    const name = await namespace()
    await create(name, pyTorchJob('mnist'))
    const pods = await podsWhen(name, 'three ready pods', (pods) => pods.filter(isReady).length === 3)
    expect(pods.map((pod) => pod.metadata.name).sort()).toEqual(['mnist-master-0', 'mnist-worker-0', 'mnist-worker-1'])
    await jobReaches(name, 'pytorchjob/mnist', 'Running')
  })

  it('of a TrainJob run, one for each node', async () => {
    const { namespace, create } = cluster()
    const name = await namespace()
    await create(name, trainJob('mnist'))
    const pods = await podsWhen(name, 'three ready pods', (pods) => pods.filter(isReady).length === 3)
    expect(pods.map((pod) => pod.metadata.name.replace(/-\w+$/, '')).sort()).toEqual([
      'mnist-node-0-0',
      'mnist-node-0-1',
      'mnist-node-0-2',
    ])
  })

  it('are gone when their job is suspended', async () => {
    const { namespace, create, kubectl } = cluster()
    const name = await namespace()
    await create(name, pyTorchJob('mnist'), trainJob('mnist'))
    await podsWhen(name, 'six ready pods', (pods) => pods.filter(isReady).length === 6)
    const suspendV1 = '{"spec":{"runPolicy":{"suspend":true}}}'
    expect(
      (await kubectl(['patch', 'pytorchjob', 'mnist', '--type=merge', '-p', suspendV1], { namespace: name })).code,
    ).toBe(0)
    const suspendV2 = '{"spec":{"suspend":true}}'
    expect(
      (await kubectl(['patch', 'trainjob', 'mnist', '--type=merge', '-p', suspendV2], { namespace: name })).code,
    ).toBe(0)
    await podsWhen(name, 'no pods', (pods) => pods.length === 0)
  })

  it('get a volume for their claim at once', async () => {
    const { namespace, create, get, waitFor } = cluster()
    const name = await namespace()
    await create(name, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
    })
    await waitFor('the claim is bound', async () => {
      const claim = await get<{ status: { phase: string } }>(['pvc/data'], { namespace: name })
      return claim.status.phase === 'Bound'
    })
  })
})

describe('an ending asked for by annotation', () => {
  const succeeds = { [life.runSeconds]: '1' }
  const fails = { [life.exitCode]: '3' }

  it.each([
    ['Succeeded', 'pytorchjob', pyTorchJob('mnist', succeeds)],
    ['Failed', 'pytorchjob', pyTorchJob('mnist', fails)],
    ['Complete', 'trainjob', trainJob('mnist', succeeds)],
    ['Failed', 'trainjob', trainJob('mnist', fails)],
  ])('%s comes out on a %s', async (ending, kind, job) => {
    const { namespace, create } = cluster()
    const name = await namespace()
    await create(name, job)
    await jobReaches(name, `${kind}/mnist`, ending)
  })

  it('shows in the container status what a kubelet would write', async () => {
    const { namespace, create } = cluster()
    const name = await namespace()
    await create(
      name,
      pyTorchJob('good', { [life.runSeconds]: '2' }, { workers: 0 }),
      pyTorchJob('bad', fails, { workers: 0 }),
    )
    const pods = await podsWhen(
      name,
      'both pods ended',
      (pods) => pods.filter(({ status }) => ['Succeeded', 'Failed'].includes(status.phase)).length === 2,
    )
    const endings = pods.map(({ metadata, status }) => {
      const terminated = status.containerStatuses?.[0]?.state.terminated
      const ran = (Date.parse(terminated?.finishedAt ?? '') - Date.parse(terminated?.startedAt ?? '')) / 1000
      return [metadata.name, status.phase, terminated?.exitCode, terminated?.reason, ran >= 2] as const
    })
    expect(endings.sort()).toEqual([
      ['bad-master-0', 'Failed', 3, 'Error', false],
      ['good-master-0', 'Succeeded', 0, 'Completed', true],
    ])
  })

  it('restarts containers in place under OnFailure', async () => {
    const { namespace, create } = cluster()
    const name = await namespace()
    await create(name, pyTorchJob('mnist', fails, { workers: 0, restartPolicy: 'OnFailure' }))
    const [pod] = await podsWhen(
      name,
      'two restarts',
      ([pod]) => (pod?.status.containerStatuses?.[0]?.restartCount ?? 0) >= 2,
    )
    expect(pod?.status.phase).toBe('Running')
  })

  it('can be asked of a running pod', async () => {
    const { namespace, create, kubectl } = cluster()
    const name = await namespace()
    await create(name, pyTorchJob('mnist', {}, { workers: 0 }))
    await podsWhen(name, 'a ready pod', (pods) => pods.filter(isReady).length === 1)
    const annotate = await kubectl(['annotate', 'pod', 'mnist-master-0', `${life.exitCode}=0`], { namespace: name })
    expect(annotate.stderr).toBe('')
    await jobReaches(name, 'pytorchjob/mnist', 'Succeeded')
  })

  it('leaves a pod not ready, or not started, where only its name is meant', async () => {
    const { namespace, create } = cluster()
    const name = await namespace()
    const job = pyTorchJob(
      'mnist',
      { [life.neverReady]: 'true', [life.only]: 'worker-1$' },
      { master: { [life.waiting]: 'ImagePullBackOff' } },
    )
    await create(name, job)
    const pods = await podsWhen(
      name,
      'three pods with container states',
      (pods) => pods.filter(({ status }) => status.containerStatuses !== undefined).length === 3,
    )
    const states = pods.map((pod) => {
      const container = pod.status.containerStatuses?.[0]
      return [pod.metadata.name, pod.status.phase, container?.ready, container?.state.waiting?.reason]
    })
    expect(states.sort()).toEqual([
      ['mnist-master-0', 'Pending', false, 'ImagePullBackOff'],
      ['mnist-worker-0', 'Running', true, undefined],
      ['mnist-worker-1', 'Running', false, undefined],
    ])
  })

  it('makes pods take their time to start and to stop', async () => {
    const { namespace, create, kubectl } = cluster()
    const name = await namespace()
    await create(name, pyTorchJob('slow', { [life.startSeconds]: '3600', [life.stopSeconds]: '3600' }, { workers: 0 }))
    await podsWhen(name, 'a scheduled pod', ([pod]) => pod !== undefined && hasCondition(pod, 'PodScheduled'))
    const deleted = await kubectl(['delete', 'pod', 'slow-master-0', '--wait=false'], { namespace: name })
    expect(deleted.code).toBe(0)
    const [pod] = await podsOf(name)
    expect([pod?.metadata.name, pod?.status.phase]).toEqual(['slow-master-0', 'Pending'])
    const forced = await kubectl(['delete', 'pod', 'slow-master-0', '--force', '--grace-period=0'], { namespace: name })
    expect(forced.code).toBe(0)
  })
})

describe('the scheduler', () => {
  it('takes no pod away for one of a higher priority, which may be of another test', async () => {
    const { namespace, create, kubectl, get, waitFor } = cluster()
    const name = await namespace()
    const { name: node, object, toleration, slot } = taintedNode('room', { slots: 1 })
    const pod = (podName: string, priorityClassName?: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: podName },
      spec: {
        priorityClassName,
        tolerations: [toleration],
        nodeSelector: { 'kubernetes.io/hostname': node },
        containers: [{ name: 'main', image: 'example.org/train:1', resources: { limits: { [slot]: '1' } } }],
      },
    })
    const phase = (podName: string) => get<Pod>(['pod', podName], { namespace: name }).then(({ status }) => status)
    await create(name, object)
    try {
      await create(name, pod('first'))
      await waitFor('a pod that runs', async () => (await phase('first')).phase === 'Running')
      await create(name, pod('second', 'system-cluster-critical'))
      const refused = await waitFor('a pod without room', async () =>
        (await phase('second')).conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False'),
      )
      expect(refused).toMatchObject({
        reason: 'Unschedulable',
        message: expect.stringContaining(`Insufficient ${slot}`),
      })
      expect((await phase('first')).conditions.map(({ type }) => type)).not.toContain('DisruptionTarget')
    } finally {
      await kubectl(['delete', 'node', node])
    }
  })
})

describe('both webhooks refuse', () => {
  it('a PyTorchJob whose container has the wrong name', async () => {
    const { namespace, kubectl } = cluster()
    const name = await namespace()
    const job = {
      apiVersion: 'kubeflow.org/v1',
      kind: 'PyTorchJob',
      metadata: { name: 'wrong' },
      spec: { pytorchReplicaSpecs: { Master: { template: { spec: { containers: [{ name: 'main', image: 'x' }] } } } } },
    }
    const { code, stderr } = await kubectl(['create', '-f', '-'], { namespace: name, input: JSON.stringify(job) })
    expect(code).toBe(1)
    expect(stderr).toContain(
      'admission webhook "validator.pytorchjob.training-operator.kubeflow.org" denied the request',
    )
  })

  it('a TrainJob whose runtime does not exist', async () => {
    const { namespace, kubectl } = cluster()
    const name = await namespace()
    const job = { ...trainJob('wrong'), spec: { runtimeRef: { name: 'no-such-runtime' } } }
    const { code, stderr } = await kubectl(['create', '-f', '-'], { namespace: name, input: JSON.stringify(job) })
    expect(code).toBe(1)
    expect(stderr).toContain('admission webhook "validator.trainjob.trainer.kubeflow.org" denied the request')
  })
})
