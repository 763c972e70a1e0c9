import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { ended, now, runningV1, trainJob, v1Pod, v2Pod, warning } from '../../test/unit/objects.ts'
import type { WatchEvent } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { type KindInfo, kindInfo } from '../v1/kinds.ts'
import { Observer } from './observer.ts'

const world = { now: () => now, sleep: async () => undefined }
const target = {
  kind: kindInfo('PyTorchJob') as KindInfo,
  namespace: 'nlp',
  name: 'bert',
  trainJobName: 'bert',
  uid: 'uid-v1-bert',
  runtime: 'v1-pytorch-1',
}

const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function observing(cluster: FakeCluster): Promise<Observer> {
  const observer = new Observer(cluster, target, world)
  await observer.read()
  observer.follow(new AbortController().signal)
  await idle()
  return observer
}

/** A cluster whose watches of one resource say what the test wants. */
function scripted(objects: readonly KubeObject[], resource: Resource, events: readonly WatchEvent[]): FakeCluster {
  const cluster = new FakeCluster({ objects })
  const watch = cluster.watch.bind(cluster)
  async function* told(): AsyncGenerator<WatchEvent> {
    yield* events
  }
  cluster.watch = (asked, options) => (asked === resource ? told() : watch(asked, options)) as never
  return cluster
}

const version = (object: KubeObject, resourceVersion: string, more: object = {}): KubeObject => ({
  ...object,
  ...more,
  metadata: { ...object.metadata, resourceVersion },
})

describe('the facts of a job', () => {
  it('are its own: pods of a job that had the name before, and other jobs, are not among them', async () => {
    const cluster = new FakeCluster({
      objects: [
        runningV1('bert'),
        runningV1('bert-2'),
        v1Pod('bert', 'master', 0),
        v1Pod('bert', 'worker', 0, { owner: 'uid-of-another' }),
        v1Pod('bert-2', 'master', 0),
        v2Pod('bert', 0),
        warning('TrainJob', 'bert', 'TrainJobResourcesCreationFailed', 'a', 30),
        warning('Job', 'bert-node-0', 'FailedCreate', 'b', 20),
        warning('Job', 'other-node-0', 'FailedCreate', 'c', 10),
      ],
    })
    const { facts } = await observing(cluster)
    const called = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name)
    expect([facts.v1?.metadata.name, called(facts.v1Pods), called(facts.v2Pods)]).toEqual([
      'bert',
      ['bert-master-0'],
      ['bert-node-0-0-x7k2p'],
    ])
    expect(facts.events.map(({ message }) => message)).toEqual(['b', 'a'])
  })

  it('follow every change', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert')] })
    const observer = await observing(cluster)
    const before = observer.version
    cluster.put(v1Pod('bert', 'master', 0))
    await observer.changedSince(before)
    expect(observer.facts.v1Pods).toHaveLength(1)
    cluster.remove(resources.pods, 'nlp', 'bert-master-0')
    await idle()
    expect(observer.facts.v1Pods).toEqual([])
  })

  it('keep pods that ended, as they were first seen so, when they are gone', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert')] })
    const observer = await observing(cluster)
    cluster.put(v1Pod('bert', 'master', 0, { status: ended(0) }))
    cluster.put(v1Pod('bert', 'master', 0, { status: ended(1), deleting: true }))
    cluster.remove(resources.pods, 'nlp', 'bert-master-0')
    await idle()
    expect(observer.facts.v1Pods).toEqual([])
    expect(observer.facts.ended).toMatchObject([{ status: { phase: 'Succeeded' } }])
  })

  it('take the answer of a write at once, and pass over what a watch tells from before it', async () => {
    const running = version(runningV1('bert'), '10')
    const held = version(running, '12', { spec: { runPolicy: { suspend: true } } })
    const cluster = scripted([running], resources.pytorchJobs, [{ type: 'MODIFIED', object: version(running, '11') }])
    const observer = new Observer(cluster, target, world)
    await observer.read()
    const patch = {
      verb: 'patch',
      resource: resources.pytorchJobs,
      namespace: 'nlp',
      name: 'bert',
      body: {},
      unchanged: {},
    } as const
    observer.note(patch, held)
    observer.follow(new AbortController().signal)
    await idle()
    expect(observer.facts.v1).toBe(held)
  })

  it('do not lose a new object to the late news that the old one of its name is gone', async () => {
    const old = runningV1('bert', { uid: 'old' })
    const cluster = scripted([runningV1('bert')], resources.pytorchJobs, [{ type: 'DELETED', object: old }])
    const observer = await observing(cluster)
    expect(observer.facts.v1?.metadata.uid).toBe('uid-v1-bert')
  })

  describe('are never set back by a list that is older than what the watch has told meanwhile:', () => {
    /** Reads the pods again; while the answer is under way, this happens. */
    async function listedBefore(cluster: FakeCluster, happens: () => void): Promise<readonly string[]> {
      const observer = await observing(cluster)
      const list = cluster.list.bind(cluster)
      cluster.list = async (resource, options) => {
        const answer = await list(resource, options)
        happens()
        await idle()
        return answer as never
      }
      await observer.refresh(['v1Pods'])
      return observer.facts.v1Pods.map(({ metadata, status }) => `${metadata.name} ${status?.phase}`)
    }
    const master = v1Pod('bert', 'master', 0)
    const worker = v1Pod('bert', 'worker', 0)

    it('a pod that is gone does not come back', async () => {
      const cluster = new FakeCluster({ objects: [runningV1('bert'), master, worker] })
      const gone = () => cluster.remove(resources.pods, 'nlp', 'bert-master-0')
      expect(await listedBefore(cluster, gone)).toEqual(['bert-worker-0 Running'])
    })

    it('a pod that is new stays', async () => {
      const cluster = new FakeCluster({ objects: [runningV1('bert'), master] })
      const made = () => cluster.put(worker)
      expect(await listedBefore(cluster, made)).toEqual(['bert-master-0 Running', 'bert-worker-0 Running'])
    })

    it('a pod that has changed is as it was told last', async () => {
      const cluster = new FakeCluster({ objects: [runningV1('bert'), master] })
      const ends = () => cluster.put(v1Pod('bert', 'master', 0, { status: ended(0) }))
      expect(await listedBefore(cluster, ends)).toEqual(['bert-master-0 Succeeded'])
    })

    it('a pod that took the place of another stays', async () => {
      const cluster = new FakeCluster({ objects: [runningV1('bert'), master] })
      const replaced = () => {
        cluster.remove(resources.pods, 'nlp', 'bert-master-0')
        cluster.put({ ...master, metadata: { ...master.metadata, uid: 'another' }, status: { phase: 'Pending' } })
      }
      expect(await listedBefore(cluster, replaced)).toEqual(['bert-master-0 Pending'])
    })

    it('a list that is older than the last tells nothing', async () => {
      const cluster = new FakeCluster({ objects: [runningV1('bert'), master] })
      const observer = new Observer(cluster, target, world)
      await observer.read()
      const old = await cluster.list(resources.pods, { namespace: 'nlp' })
      cluster.remove(resources.pods, 'nlp', 'bert-master-0')
      await observer.refresh(['v1Pods'])
      cluster.list = async () => old as never
      await observer.refresh(['v1Pods'])
      expect(observer.facts.v1Pods).toEqual([])
    })
  })

  it('start anew when the watch had to', async () => {
    const cluster = scripted([runningV1('bert'), v1Pod('bert', 'master', 0)], resources.pods, [
      { type: 'RESYNC', items: [v1Pod('bert', 'worker', 0)], resourceVersion: '' },
    ])
    const observer = await observing(cluster)
    expect(observer.facts.v1Pods.map(({ metadata }) => metadata.name)).toEqual(['bert-worker-0'])
  })
})

describe('what an earlier run has asked for is made while it is read', () => {
  const owned = (kind: 'JobSet' | 'Service', uid: string, owner: string): KubeObject => ({
    apiVersion: kind === 'JobSet' ? 'jobset.x-k8s.io/v1alpha2' : 'v1',
    kind,
    metadata: {
      name: 'bert',
      namespace: 'nlp',
      uid,
      ownerReferences: [{ ...{ apiVersion: '', kind: '' }, name: 'bert', uid: owner }],
    },
  })
  const made: readonly [Resource, KubeObject][] = [
    [resources.trainJobs, trainJob('bert')],
    [resources.jobSets, owned('JobSet', 'uid-jobset', trainJob('bert').metadata.uid ?? '')],
    [resources.services, owned('Service', 'uid-service', 'uid-jobset')],
  ]

  it.each([[[resources.jobSets]], [[resources.trainJobs]], [[resources.trainJobs, resources.jobSets]]])(
    'and none of it is taken for somebody else’s: %#',
    async (late) => {
      const cluster = new FakeCluster({ objects: [runningV1('bert'), ...made.map(([, object]) => object)] })
      const list = cluster.list.bind(cluster)
      const asked = new Set<Resource>()
      cluster.list = async (resource, options) => {
        const answer = await list(resource, options)
        if (!late.includes(resource) || asked.has(resource)) return answer as never
        asked.add(resource)
        return { ...answer, items: [] } as never
      }
      const { facts } = await observing(cluster)
      const found = [facts.trainJob, facts.jobSet, facts.service].map((object) => object?.metadata.uid)
      expect(found).toEqual(made.map(([, object]) => object.metadata.uid))
    },
  )
})

describe('what may not be read', () => {
  const forbidding = (plural: string) =>
    new FakeCluster({ objects: [runningV1('bert')], forbid: ({ resource }) => resource.startsWith(plural) })

  it('is missed, if it is the events', async () => {
    const observer = await observing(forbidding('events'))
    expect([observer.facts.events, observer.blind]).toEqual([[], false])
  })

  it('is watched again, with a new list, if it is a Service whose watch broke, whatever broke it', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bert', namespace: 'nlp', uid: 's' } }
    const cluster = new FakeCluster({ objects: [runningV1('bert'), service] })
    const watch = cluster.watch.bind(cluster)
    let broken = 0
    cluster.watch = ((resource: Resource, options: never) => {
      if (resource !== resources.services || broken++ > 0) return watch(resource, options)
      cluster.remove(resources.services, 'nlp', 'bert')
      throw new ClusterError({
        kind: 'conflict',
        message: '',
        verb: 'watch',
        resource: 'services',
        status: 409,
      } as never)
    }) as never
    const observer = await observing(cluster)
    await expect.poll(() => observer.facts.service).toBe(undefined)
    expect([broken, observer.blind]).toEqual([2, false])
  })

  it('is not there any more, if it is a Service that may not be watched from now on', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bert', namespace: 'nlp', uid: 's' } }
    const cluster = new FakeCluster({ objects: [runningV1('bert'), service] })
    const watch = cluster.watch.bind(cluster)
    cluster.watch = ((resource: Resource, options: never) => {
      if (resource !== resources.services) return watch(resource, options)
      throw new ClusterError({ kind: 'forbidden', group: '', message: '', verb: 'watch', resource: 'services' })
    }) as never
    const observer = await observing(cluster)
    expect([observer.facts.service, observer.blind]).toEqual([undefined, false])
  })

  it.each(['pods', 'jobs', 'jobsets', 'trainjobs', 'trainingruntimes'])(
    'stops everything, if it is %s',
    async (plural) => {
      await expect(new Observer(forbidding(plural), target, world).read()).rejects.toBeInstanceOf(ClusterError)
    },
  )

  it('is told to whoever waits, if the right is taken away meanwhile', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert')] })
    const observer = new Observer(cluster, target, world)
    await observer.read()
    cluster.watch = () => {
      throw new ClusterError({ kind: 'forbidden', group: '', message: '', verb: 'watch', resource: 'pods' })
    }
    observer.follow(new AbortController().signal)
    await expect(observer.changedSince(observer.version)).rejects.toBeInstanceOf(ClusterError)
    expect(observer.blind).toBe(true)
  })
})
