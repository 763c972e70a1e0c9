import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { heldV1, runningTrainJob, runningV1, trainJob, v1Job, v1Pod, v2Pod, warning } from '../../test/unit/objects.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import { v1Kinds } from '../v1/kinds.ts'
import { twinLabel } from '../v2/trainjob.ts'
import type { JobReference } from './reference.ts'
import { resolveJob } from './resolve.ts'
import { readSnapshot } from './snapshot.ts'

const recorded = { 'kubectl-migrate.dev/source': 'PyTorchJob/bert', 'kubectl-migrate.dev/source-uid': 'uid-v1-bert' }

function names(objects: readonly KubeObject[]): (string | undefined)[] {
  return objects.map((object) => object.metadata.name)
}

async function refusal(promise: Promise<unknown>): Promise<Problem['data']> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason) => reason,
  )
  if (error instanceof Problem) return error.data
  throw error ?? new Error('accepted')
}

describe('the v1 job a reference means', () => {
  const cluster = () =>
    new FakeCluster({ objects: [runningV1('bert'), v1Job('bert', { namespace: 'other', kind: 'TFJob' })] })

  it('is found by its name alone, in its own namespace', async () => {
    const { kind, object } = await resolveJob(cluster(), { name: 'bert' }, 'nlp')
    expect([kind.kind, object.metadata.namespace]).toEqual(['PyTorchJob', 'nlp'])
  })

  it('costs one request when the kind is known, six when it is not', async () => {
    const one = cluster()
    await resolveJob(one, { kind: 'PyTorchJob', name: 'bert' }, 'nlp')
    const six = cluster()
    await resolveJob(six, { name: 'bert' }, 'nlp')
    expect([one.requests, six.requests]).toEqual([1, 6])
  })

  it('is asked for again when two kinds have the name, with the words to type', async () => {
    const both = new FakeCluster({ objects: [v1Job('bert'), v1Job('bert', { kind: 'TFJob' })] })
    expect(await refusal(resolveJob(both, { name: 'bert' }, 'nlp', 'cutover'))).toEqual({
      code: 'ambiguous-name',
      what: '2 v1 jobs in namespace nlp are called bert: PyTorchJob, TFJob',
      why: 'the name alone does not say which one is meant',
      next: ['$0 cutover pytorchjob/bert -n nlp', '$0 cutover tfjob/bert -n nlp'],
      exit: 2,
    })
    expect((await resolveJob(both, { kind: 'TFJob', name: 'bert' }, 'nlp')).kind.kind).toBe('TFJob')
  })

  it('is answered with the nearest names when nothing has this one', async () => {
    const many = new FakeCluster({ objects: [v1Job('bert-large'), v1Job('berta', { kind: 'TFJob' }), v1Job('resnet')] })
    expect(await refusal(resolveJob(many, { name: 'bert' }, 'nlp'))).toEqual({
      code: 'no-such-job',
      what: 'no v1 job called bert in namespace nlp',
      why: 'near to it: bert-large, berta',
      next: ['$0 status pytorchjob/bert-large -n nlp', '$0 status tfjob/berta -n nlp'],
      exit: 1,
    })
  })

  it('is answered with the kind that has the name, where another kind was typed', async () => {
    expect(await refusal(resolveJob(cluster(), { kind: 'MPIJob', name: 'bert' }, 'nlp', 'diff'))).toEqual({
      code: 'no-such-job',
      what: 'no MPIJob called bert in namespace nlp',
      why: 'there is a PyTorchJob of that name',
      next: ['$0 diff pytorchjob/bert -n nlp'],
      exit: 1,
    })
  })

  it('is answered with where to look when nothing is near', async () => {
    expect(await refusal(resolveJob(cluster(), { kind: 'MPIJob', name: 'zzz' }, 'nlp'))).toEqual({
      code: 'no-such-job',
      what: 'no MPIJob called zzz in namespace nlp',
      why: undefined,
      next: ['$0 list -n nlp', '$0 list -A'],
      exit: 1,
    })
  })

  it('cannot be a TrainJob', async () => {
    const answer = await refusal(resolveJob(cluster(), { kind: 'TrainJob', name: 'bert' }, 'nlp', 'cutover'))
    expect([answer.what, answer.exit]).toEqual(['trainjob/bert is a TrainJob, and cutover takes a v1 job', 2])
  })

  it('needs only the kinds the cluster serves', async () => {
    const absent = v1Kinds.filter(({ kind }) => kind !== 'PyTorchJob').map(({ resource }) => resource)
    const some = new FakeCluster({ objects: [runningV1('bert')], absent })
    expect((await resolveJob(some, { name: 'bert' }, 'nlp')).kind.kind).toBe('PyTorchJob')
  })

  it('is refused where no v1 kind is served', async () => {
    const none = new FakeCluster({ absent: v1Kinds.map(({ resource }) => resource) })
    const answer = await refusal(resolveJob(none, { name: 'bert' }, 'nlp'))
    expect([answer.code, answer.exit]).toEqual(['api-absent', 3])
    expect(answer.what).toBe(
      'this cluster does not serve pytorchjobs.kubeflow.org, tfjobs.kubeflow.org, mpijobs.kubeflow.org, xgboostjobs.kubeflow.org, paddlejobs.kubeflow.org, jaxjobs.kubeflow.org',
    )
  })

  it('may be read by somebody who may read its kind only', async () => {
    const forbid = ({ resource }: { resource: string }) => resource !== 'pytorchjobs.kubeflow.org'
    const narrow = new FakeCluster({ objects: [runningV1('bert')], forbid })
    expect((await resolveJob(narrow, { name: 'bert' }, 'nlp')).kind.kind).toBe('PyTorchJob')
    await expect(resolveJob(narrow, { name: 'gone' }, 'nlp')).rejects.toMatchObject({ failure: { kind: 'forbidden' } })
  })
})

describe('both sides of a job', () => {
  const pods = [v1Pod('bert', 'master', 0), v1Pod('bert', 'worker', 0), v2Pod('bert', 0), v2Pod('bert-v2', 0)]

  it('are the v1 job, the TrainJob of its name, their pods and their warnings', async () => {
    const jobSet = {
      apiVersion: 'jobset.x-k8s.io/v1alpha2',
      kind: 'JobSet',
      metadata: { name: 'bert', namespace: 'nlp' },
    }
    const cluster = new FakeCluster({
      objects: [
        heldV1('bert'),
        runningTrainJob('bert', { annotations: recorded }),
        jobSet,
        ...pods,
        warning('TrainJob', 'bert', 'Older', 'x', 300),
        warning('PyTorchJob', 'bert', 'Newer', 'x', 20),
        warning('PyTorchJob', 'other', 'Foreign', 'x', 10),
        warning('TFJob', 'bert', 'OfAnotherKind', 'x', 10),
      ],
    })
    const snapshot = await readSnapshot(cluster, { kind: 'PyTorchJob', name: 'bert' }, 'nlp')
    expect(snapshot).toMatchObject({ name: 'bert', namespace: 'nlp', link: 'recorded', gaps: [] })
    expect(snapshot.trainJob?.metadata.name).toBe('bert')
    expect(snapshot.jobSet?.metadata.name).toBe('bert')
    expect(names(snapshot.v1Pods)).toEqual(['bert-master-0', 'bert-worker-0'])
    expect(names(snapshot.v2Pods)).toEqual(['bert-node-0-0-x7k2p'])
    expect(snapshot.events.map(({ reason }) => reason)).toEqual(['Newer', 'Older'])
    expect(cluster.requests).toBe(7)
  })

  it('are the twin where there is no TrainJob of the name, in 8 requests', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert'), trainJob('bert-v2'), ...pods] })
    const snapshot = await readSnapshot(cluster, { kind: 'PyTorchJob', name: 'bert' }, 'nlp')
    expect([snapshot.trainJob?.metadata.name, snapshot.twin, snapshot.link]).toEqual(['bert-v2', undefined, 'name'])
    expect(names(snapshot.v2Pods)).toEqual(['bert-v2-node-0-0-x7k2p'])
    expect(cluster.requests).toBe(8)
  })

  it('are the twin of this very job by whatever name it was started', async () => {
    const labels = { [twinLabel]: 'bert' }
    const canary = runningTrainJob('bert-canary', { annotations: recorded, labels })
    const formers = runningTrainJob('bert-old', {
      annotations: { ...recorded, 'kubectl-migrate.dev/source-uid': 'uid-gone' },
      labels,
    })
    const cluster = new FakeCluster({ objects: [runningV1('bert'), formers, canary] })
    const snapshot = await readSnapshot(cluster, { kind: 'PyTorchJob', name: 'bert' }, 'nlp')
    expect([snapshot.trainJob?.metadata.name, snapshot.link]).toEqual(['bert-canary', 'recorded'])
  })

  it('name the twin beside a TrainJob of the name', async () => {
    const cluster = new FakeCluster({ objects: [heldV1('bert'), trainJob('bert'), trainJob('bert-v2')] })
    const snapshot = await readSnapshot(cluster, { kind: 'PyTorchJob', name: 'bert' }, 'nlp')
    expect([snapshot.trainJob?.metadata.name, snapshot.twin?.metadata.name]).toEqual(['bert', 'bert-v2'])
  })

  const many = Array.from({ length: 600 }, (_, index) => v1Pod('bert', 'worker', index))
  const alone = [runningV1('bert'), ...many]
  const pair = [...alone, runningTrainJob('bert', { annotations: recorded })]
  const twin = [...alone, trainJob('bert-v2')]
  const canary = [...alone, trainJob('bert-canary', { annotations: recorded, labels: { [twinLabel]: 'bert' } })]
  const moved = [trainJob('bert', { annotations: recorded })]
  it.each<[string, number, JobReference, readonly KubeObject[]]>([
    ['its kind given, without a TrainJob', 6, { kind: 'PyTorchJob', name: 'bert' }, alone],
    ['its kind given, with its TrainJob', 7, { kind: 'PyTorchJob', name: 'bert' }, pair],
    ['its kind given, with a twin that waits', 8, { kind: 'PyTorchJob', name: 'bert' }, twin],
    ['its kind given, with a twin of another name that waits', 8, { kind: 'PyTorchJob', name: 'bert' }, canary],
    ['its TrainJob given, which records it', 6, { kind: 'TrainJob', name: 'bert' }, pair],
    ['its name alone, six kinds to ask, without a TrainJob', 11, { name: 'bert' }, alone],
    ['its name alone, six kinds to ask, with its TrainJob', 12, { name: 'bert' }, pair],
    ['its name alone, six kinds to ask, with a twin that waits', 13, { name: 'bert' }, twin],
    ['its name alone, only the TrainJob left', 12, { name: 'bert' }, moved],
    ['a name nobody has, which eight lists of names follow to suggest one', 15, { name: 'gone' }, alone],
  ])('of 600 pods, %s, take %i requests', async (_, requests, reference, objects) => {
    const cluster = new FakeCluster({ objects })
    await readSnapshot(cluster, reference, 'nlp').catch(() => undefined)
    expect([cluster.requests, new Set(cluster.log).size]).toEqual([requests, requests])
  })

  it('leave out a TrainJob that records another job as its source', async () => {
    const annotations = { 'kubectl-migrate.dev/source': 'TFJob/bert' }
    const cluster = new FakeCluster({ objects: [runningV1('bert'), trainJob('bert', { annotations })] })
    expect((await readSnapshot(cluster, { kind: 'PyTorchJob', name: 'bert' }, 'nlp')).trainJob).toBeUndefined()
  })

  it('are linked by name only when the recorded v1 job was another object of this name', async () => {
    const annotations = { ...recorded, 'kubectl-migrate.dev/source-uid': 'uid-of-a-deleted-one' }
    const cluster = new FakeCluster({ objects: [runningV1('bert'), trainJob('bert', { annotations })] })
    expect((await readSnapshot(cluster, { name: 'bert' }, 'nlp')).link).toBe('name')
  })

  it('leave out pods of an earlier v1 job of this name', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert'), v1Pod('bert', 'worker', 0, { owner: 'uid-old' })] })
    expect((await readSnapshot(cluster, { name: 'bert' }, 'nlp')).v1Pods).toEqual([])
  })

  it.each([
    ['the record', 'renamed', recorded],
    ['its name', 'bert', undefined],
    ['the name it is the twin of', 'bert-v2', undefined],
  ])('are found from the TrainJob by %s', async (_, name, annotations) => {
    const cluster = new FakeCluster({ objects: [heldV1('bert'), trainJob(name, { annotations }), ...pods] })
    const snapshot = await readSnapshot(cluster, { kind: 'TrainJob', name }, 'nlp')
    expect([snapshot.v1?.metadata.name, snapshot.trainJob?.metadata.name]).toEqual(['bert', name])
    expect(names(snapshot.v1Pods)).toEqual(['bert-master-0', 'bert-worker-0'])
  })

  it('are a TrainJob alone where no v1 job is left', async () => {
    const cluster = new FakeCluster({ objects: [trainJob('bert'), v2Pod('bert', 0)] })
    const snapshot = await readSnapshot(cluster, { name: 'bert' }, 'nlp')
    expect([snapshot.v1, snapshot.trainJob?.metadata.name, snapshot.v2Pods.length]).toEqual([undefined, 'bert', 1])
  })

  it('are not guessed when a kind was named and does not exist', async () => {
    const cluster = new FakeCluster({ objects: [trainJob('bert')] })
    expect(await refusal(readSnapshot(cluster, { kind: 'PyTorchJob', name: 'bert' }, 'nlp'))).toMatchObject({
      what: 'no PyTorchJob called bert in namespace nlp',
      exit: 1,
    })
  })

  it('are shown without what may not be read or is not installed, which is named', async () => {
    const cluster = new FakeCluster({
      objects: [runningV1('bert')],
      forbid: ({ resource }) => resource === 'pods' || resource === 'events',
      absent: [resources.trainJobs],
    })
    const snapshot = await readSnapshot(cluster, { name: 'bert' }, 'nlp')
    expect(snapshot.v1?.metadata.name).toBe('bert')
    expect(snapshot.gaps).toEqual([
      { resource: 'events', namespace: 'nlp', why: 'forbidden' },
      { resource: 'pods', namespace: 'nlp', why: 'forbidden' },
      { resource: 'trainjobs.trainer.kubeflow.org', why: 'not served' },
    ])
  })
})
