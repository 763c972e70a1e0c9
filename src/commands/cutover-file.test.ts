import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { ConnectionFlags } from '../cluster/cluster.ts'
import { convertJob } from '../convert/convert.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { parseRecord } from '../migration/record.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'

const { trainJob, runtime } = convertJob(v1Job('bert'), { live: true, run: false, toolVersion: 'test' })

const file = (...objects: readonly KubeObject[]) => ({
  'v2.yaml': objects.map((object) => JSON.stringify(object)).join('\n---\n'),
})

function world(): FakeCluster {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  return cluster
}

describe('cutover -f FILE', () => {
  it.each(['-f v2.yaml', 'bert -f v2.yaml', 'job bert -f v2.yaml'])(
    '%s cuts over to what was reviewed, and records its hash',
    async (words) => {
      const cluster = world()
      const ran = await runMoving(`cutover ${words} --yes --observe 0`, cluster, { files: file(runtime, trainJob) })
      expect([ran.code, standing(cluster)]).toEqual([0, 'v1 suspended 0, v2 3'])
      const [record] = cluster.all(resources.configMaps).map(parseRecord)
      expect(record).toMatchObject({ state: 'moved', hashes: { file: expect.stringMatching(/^[0-9a-f]{64}$/) } })
    },
  )

  it.each<[what: string, objects: readonly KubeObject[], said: string]>([
    [
      'v1 was changed since the review',
      [runtime, { ...trainJob, spec: { ...trainJob.spec, trainer: { ...trainJob.spec.trainer, numNodes: 8 } } }],
      'it is not what v2.yaml says: spec.trainer.numNodes is 3 now, and 8 in the file',
    ],
    [
      'the runtime is another one',
      [{ ...runtime, spec: { ...runtime.spec, mlPolicy: { numNodes: 7 } } }, trainJob],
      'it is not what v2.yaml says: runtime spec.mlPolicy.numNodes is 1 now, and 7 in the file',
    ],
  ])('is refused where %s, before anything is written', async (_, objects, said) => {
    const cluster = world()
    const ran = await runMoving('cutover -f v2.yaml --yes', cluster, { files: file(...objects) })
    expect(ran.stderr).toContain(`error: nlp/bert is not cut over: ${said}\n`)
    expect(ran.stderr).toContain('kubectl migrate convert pytorchjob/bert -n nlp')
    expect([ran.code, ran.writes, standing(cluster)]).toEqual([1, [], 'v1 runs 3, v2 0'])
  })

  describe('of another namespace than the context says', () => {
    const elsewhere = (object: object) => ({
      ...object,
      metadata: { ...(object as KubeObject).metadata, namespace: 'prod' },
    })
    const files = file(elsewhere(runtime) as KubeObject, elsewhere(trainJob) as KubeObject)

    it('moves the job there, as kubectl does, and not the one of the same name here', async () => {
      const asked: unknown[] = []
      const connect = async (connection: ConnectionFlags) => {
        asked.push(connection)
        return new FakeCluster({ namespace: connection.namespace ?? 'nlp', objects: [v1Job('bert')] })
      }
      const ran = await runVerb(['cutover', '-f', 'v2.yaml', '--dry-run=client'], { files, connect })
      expect(asked).toMatchObject([{ namespace: 'prod' }])
      expect([ran.code, ran.err[0]]).toEqual([1, 'error: no PyTorchJob called bert in namespace prod'])
    })

    it('is wrong usage where -n says another one', async () => {
      const cluster = world()
      const ran = await runMoving('cutover -f v2.yaml --yes', cluster, { files, connection: { namespace: 'nlp' } })
      expect([ran.code, ran.stderr.split('\n'), ran.writes]).toEqual([
        2,
        [
          'error: the TrainJob in v2.yaml is of namespace prod, and -n says nlp',
          '       kubectl migrate cutover -n prod -f v2.yaml',
          '',
        ],
        [],
      ])
    })
  })

  const renamed = { ...runtime, metadata: { name: 'reviewed', labels: { team: 'nlp' } } } as unknown as TrainingRuntime
  const onRenamed = {
    ...trainJob,
    spec: { ...trainJob.spec, runtimeRef: { ...trainJob.spec.runtimeRef, name: 'reviewed' } },
  }

  it('is refused where the file has a runtime of the cluster, with what to type', async () => {
    const shared = convertJob(v1Job('bert'), { live: true, run: false, toolVersion: 'test', clusterRuntimes: true })
    const cluster = world()
    const files = file(shared.runtime as unknown as KubeObject, shared.trainJob)
    const ran = await runMoving('cutover -f v2.yaml --yes', cluster, { files })
    expect(ran.stderr).toContain(
      [
        `error: nlp/bert is not cut over: the TrainJob of v2.yaml is on ClusterTrainingRuntime ${shared.runtime.metadata.name}`,
        '       a cutover makes TrainingRuntimes of the job’s namespace, and moves no job onto one of the cluster',
        '       nothing was changed',
        '       kubectl migrate convert pytorchjob/bert -n nlp   (without --cluster-runtimes: to be reviewed)',
      ].join('\n'),
    )
    expect([ran.code, ran.writes, standing(cluster)]).toEqual([1, [], 'v1 runs 3, v2 0'])
  })

  it('makes what the file has, where that does the same in other words', async () => {
    const { trainer } = trainJob.spec
    const { image, ...others } = trainer ?? {}
    const [job] = renamed.spec.template.spec.replicatedJobs
    const whole = structuredClone(renamed)
    const [node] = whole.spec.template.spec.replicatedJobs[0]?.template.spec.template.spec.containers ?? []
    if (!job || !node) throw new Error('the runtime has one job')
    node.image = image
    const written = {
      ...onRenamed,
      metadata: { ...trainJob.metadata, annotations: { note: 'read' } },
      spec: { ...onRenamed.spec, trainer: others },
    }
    const cluster = world()
    const ran = await runMoving('cutover bert -f v2.yaml --yes --observe 0', cluster, { files: file(whole, written) })
    expect([ran.stderr.match(/^error:.*/m), ran.code, standing(cluster)]).toEqual([null, 0, 'v1 suspended 0, v2 3'])
    const [made] = cluster.all(resources.trainJobs)
    expect(made).toMatchObject({
      metadata: { annotations: { note: 'read', 'kubectl-migrate.dev/source': 'PyTorchJob/bert' } },
      spec: { runtimeRef: { name: 'reviewed' } },
    })
    expect(cluster.all(resources.trainingRuntimes).map(({ metadata }) => metadata.name)).toEqual(['reviewed'])
    const [record] = cluster.all(resources.configMaps).map(parseRecord)
    expect(record).toMatchObject({ hashes: { runtime: 'reviewed', file: expect.stringMatching(/^[0-9a-f]{64}$/) } })
  })

  const limited = structuredClone(renamed)
  Object.assign(limited.spec.template.spec.replicatedJobs[0]?.template.spec ?? {}, { backoffLimit: 3 })
  const lacking = { ...trainJob, spec: { ...trainJob.spec, trainer: { ...trainJob.spec.trainer, image: undefined } } }
  const edited = { ...renamed, metadata: { ...renamed.metadata, annotations: runtime.metadata.annotations } }
  edited.spec = { ...edited.spec, mlPolicy: { numNodes: 2 } }
  it.each<[what: string, objects: readonly KubeObject[], said: RegExp]>([
    [
      'says less than v1 by now',
      [runtime, lacking as KubeObject],
      /main.*image: v1 .*, v2 absent|spec\.trainer\.image is .* now, and absent in the file/,
    ],
    ['ends otherwise', [limited, onRenamed], /job\.backoffLimit is no limit now, and 3 in the file/],
    [
      'was edited under the name of its content',
      [edited, onRenamed],
      /runtime reviewed was edited, and its annotation/,
    ],
  ])('is refused where the file %s', async (_, objects, said) => {
    const cluster = world()
    const ran = await runMoving('cutover bert -f v2.yaml --yes', cluster, { files: file(...objects) })
    expect(ran.stderr).toMatch(said)
    expect([ran.code, ran.writes, standing(cluster)]).toEqual([1, [], 'v1 runs 3, v2 0'])
  })

  const { annotations: _, ...bare } = trainJob.metadata
  it.each<[what: string, words: string, objects: readonly KubeObject[], said: string]>([
    [
      'no TrainJob',
      '-f v2.yaml',
      [runtime],
      'v2.yaml has no TrainJob\n       kubectl migrate convert job NAME > v2.yaml   (then review v2.yaml)\n',
    ],
    ['another one', 'gpt -f v2.yaml', [trainJob], 'v2.yaml has no TrainJob gpt'],
    ['two', '-f v2.yaml', [trainJob, trainJob], 'v2.yaml has more than one TrainJob: name the job that is meant'],
    ['one of nobody', '-f v2.yaml', [{ ...trainJob, metadata: bare }], 'the TrainJob in v2.yaml does not say'],
    ['two jobs', 'a b -f v2.yaml', [trainJob], '-f v2.yaml goes with one job'],
  ])('with %s is wrong usage', async (_, words, objects, said) => {
    const ran = await runMoving(`cutover ${words} --yes`, world(), { files: file(...objects) })
    expect(ran.stderr).toContain(`error: ${said}`)
    expect([ran.code, ran.writes]).toEqual([2, []])
  })
})
