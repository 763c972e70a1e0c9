import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { runningV1 } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { diffListSchema } from '../present/diff-schema.ts'

type Options = ConstructorParameters<typeof FakeCluster>[0]

const job = runningV1('bert')
const noKueue = [resources.localQueues, resources.localQueuesV1beta2]

/** A cluster whose operators act, and a preview in it. */
async function preview(
  options: Options = {},
  more: { words?: string[]; trainer?: boolean; signal?: AbortSignal } = {},
) {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [job], absent: noKueue, ...options })
  startOperators(cluster, { trainer: more.trainer })
  const before = left(cluster)
  const outcome = await runVerb(['diff', 'job', 'bert', '--preview', ...(more.words ?? [])], {
    cluster,
    signal: more.signal,
  })
  return { ...outcome, cluster, before }
}

const left = (cluster: FakeCluster) =>
  [...cluster.all(resources.trainJobs), ...cluster.all(resources.trainingRuntimes)].map(({ metadata }) => metadata.name)
const writes = (cluster: FakeCluster) => cluster.log.filter((line) => /^(create|delete) /.test(line))
const told = (out: readonly string[]) => out.filter((line) => /preview:|model-differs/.test(line))

describe('diff --preview', () => {
  it('makes a suspended TrainJob, holds what is rendered against the model, and removes it and its runtime', async () => {
    const { code, out, err, cluster } = await preview()
    expect(told(out)).toEqual([
      'preview: the operators render the JobSet and 0 Jobs of a suspended TrainJob as the model says',
    ])
    expect(err).toEqual(['note: preview: TrainJob bert-v2-preview is made, suspended, and removed again'])
    expect(writes(cluster).map((line) => line.replace(/v1-pytorch-\w+/, 'RUNTIME'))).toEqual([
      'create trainingruntimes.trainer.kubeflow.org nlp RUNTIME',
      'create trainjobs.trainer.kubeflow.org nlp bert-v2-preview',
      'delete trainjobs.trainer.kubeflow.org nlp bert-v2-preview',
      'delete trainingruntimes.trainer.kubeflow.org nlp RUNTIME',
    ])
    expect([code, left(cluster)]).toEqual([0, []])
  })

  it('is data as its schema says', async () => {
    const { out } = await preview({}, { words: ['-o', 'json'] })
    const document = JSON.parse(out.join('\n'))
    expect(faultsOf(diffListSchema, document)).toEqual([])
    expect(document.items[0].preview).toEqual({ exists: false, differences: [], jobs: 0 })
  })

  it('leaves the runtime where it was there before', async () => {
    const runtimes: KubeObject[] = []
    const first = new FakeCluster({ namespace: 'nlp', objects: [job], absent: noKueue })
    first.onChange(
      ({ type, object }) => void (type === 'ADDED' && object.kind === 'TrainingRuntime' && runtimes.push(object)),
    )
    startOperators(first)
    await runVerb(['diff', 'job', 'bert', '--preview'], { cluster: first })
    const { cluster } = await preview({ objects: [job, ...runtimes] })
    expect(left(cluster)).toEqual([runtimes[0]?.metadata.name])
  })

  it('tells what the operators render otherwise, and fails', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [job], absent: noKueue })
    startOperators(cluster)
    cluster.onChange(({ type, object }) => {
      if (type !== 'ADDED' || object.kind !== 'JobSet') return
      const changed = structuredClone(object) as KubeObject & {
        spec: { replicatedJobs: { template: { spec: object } }[] }
      }
      Object.assign(changed.spec.replicatedJobs[0]?.template.spec ?? {}, { backoffLimit: 7 })
      cluster.put(changed)
    })
    const { code, out } = await runVerb(['diff', 'job', 'bert', '--preview'], { cluster })
    expect([code, told(out)]).toEqual([
      1,
      [
        'preview: the operators render the JobSet and 0 Jobs of a suspended TrainJob otherwise than the model says',
        'changed  model-differs  JobSet spec: replicatedJobs[node].template.spec.backoffLimit is 7, not 2147483647',
      ],
    ])
  })

  const inQueue = { ...job, metadata: { ...job.metadata, labels: { 'kueue.x-k8s.io/queue-name': 'gold' } } }
  const defaultQueue: KubeObject = {
    apiVersion: 'kueue.x-k8s.io/v1beta1',
    kind: 'LocalQueue',
    metadata: { name: 'default', namespace: 'nlp' },
  }

  it.each<[string, Options, string]>([
    ['the job is in a queue', { objects: [inQueue] }, 'the job waits in queue gold'],
    [
      'every job of the namespace is put into one',
      { objects: [job, defaultQueue], absent: [] },
      'namespace nlp has a LocalQueue default, which every job is put into',
    ],
    [
      'nobody may see whether it is',
      { absent: [], forbid: ({ resource }) => resource === 'localqueues.kueue.x-k8s.io' },
      'Kueue is here, and you may not read its LocalQueues',
    ],
  ])('makes nothing where %s', async (_, options, why) => {
    const { code, err, cluster } = await preview(options)
    expect([code, err[0], err[1]]).toEqual([
      2,
      'error: PyTorchJob nlp/bert is not previewed: Kueue could start the preview',
      `       ${why}`,
    ])
    expect(writes(cluster)).toEqual([])
  })

  it('removes what it made after Ctrl-C', async () => {
    const interruption = new AbortController()
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [job], absent: noKueue })
    cluster.onChange(({ object }) => void (object.kind === 'TrainJob' && interruption.abort()))
    const { code } = await runVerb(['diff', 'job', 'bert', '--preview'], { cluster, signal: interruption.signal })
    expect([code, left(cluster)]).toEqual([130, []])
  })

  it('says that nothing is rendered, and removes what it made', async () => {
    const { code, err, cluster } = await preview({}, { trainer: false })
    expect([code, err[1], left(cluster)]).toEqual([
      2,
      'error: Trainer rendered nothing of TrainJob nlp/bert-v2-preview in a minute',
      [],
    ])
  })

  it('takes away what a preview that was killed left, and nothing of somebody else', async () => {
    const leftover: KubeObject = {
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'TrainJob',
      metadata: { name: 'bert-v2-preview', namespace: 'nlp', labels: { 'kubectl-migrate.dev/preview': 'true' } },
      spec: { runtimeRef: { name: 'gone', kind: 'TrainingRuntime' }, suspend: true },
    }
    const { code, cluster } = await preview({ objects: [job, leftover] })
    expect([code, left(cluster)]).toEqual([0, []])
    const theirs = { ...leftover, metadata: { ...leftover.metadata, labels: {} } }
    const refused = await preview({ objects: [job, theirs] })
    expect([refused.err[0], left(refused.cluster)]).toEqual([
      'error: there is a TrainJob nlp/bert-v2-preview already, which no preview made',
      ['bert-v2-preview'],
    ])
  })

  it('is not for files', async () => {
    const { code, err } = await runVerb(['diff', '-f', 'x', '--preview'])
    expect([code, err[0]]).toEqual([2, 'error: --preview asks a cluster, and files need none'])
  })
})
