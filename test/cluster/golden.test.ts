import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { readDocuments } from '../../src/kube/yaml.ts'
import { goldenCases } from '../golden/cases.ts'
import { createAll } from './differential.ts'
import { cluster } from './harness.ts'
import { v1Job } from './jobs.ts'
import { untilSeen } from './until-seen.ts'

const isRuntime = ({ kind }: KubeObject): boolean => kind === 'TrainingRuntime'

/** What the newest Trainer is given in a case; nothing where it is refused. */
function outputOf(folder: string): KubeObject[] {
  const file = join(folder, 'expected-v2.3.yaml')
  if (!existsSync(file)) return []
  return readDocuments(readFileSync(file), file).map(({ object }) => object as unknown as KubeObject)
}

describe('every output that is kept as expected', () => {
  it('is taken as it is by the API server and the webhooks of Trainer and JobSet, no field unknown', async () => {
    const { namespace, kubectl } = cluster()
    const place = await namespace()
    const cases = goldenCases().map(({ name, folder }) => ({ name, objects: outputOf(folder) }))
    const whole = cases.filter(({ objects }) => objects.length > 0)
    expect(whole.length).toBeGreaterThan(25)
    // the webhook refuses a TrainJob whose runtime, or whose PriorityClass, is absent; cases share some
    const priority = ['priorityclass', 'high']
    await kubectl(['create', ...priority, '--value=1000'])
    onTestFinished(async () => void (await kubectl(['delete', ...priority, '--ignore-not-found'])))
    const runtimes = new Map(
      whole.flatMap(({ objects }) => objects.filter(isRuntime)).map((each) => [each.metadata.name, each]),
    )
    expect(await createAll(cluster(), place, [...runtimes.values()])).toEqual([])
    const refused = await Promise.all(
      whole.map(async ({ name, objects }) => {
        const items = objects
          .filter((object) => !isRuntime(object))
          .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: undefined } }))
        const args = ['create', '--dry-run=server', '--validate=strict', '-f', '-']
        const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
        const { code, stderr } = await untilSeen(() => kubectl(args, { namespace: place, input }))
        return code === 0 ? [] : [`${name}: ${stderr}`]
      }),
    )
    expect(refused.flat()).toEqual([])
  })
})

describe('runtimes of the cluster', () => {
  it('that convert --cluster-runtimes writes run jobs of every kind as those of a namespace do', async () => {
    const { namespace, create, migrate, kubectl, get, waitFor } = cluster()
    const place = await namespace()
    const jobs = [
      v1Job('pytorch'),
      v1Job('tf', { kind: 'TFJob', roles: { PS: 1, Worker: 2 } }),
      v1Job('mpi', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 } }),
      v1Job('xgboost', { kind: 'XGBoostJob' }),
      v1Job('paddle', { kind: 'PaddleJob', roles: { Worker: 3 } }),
      v1Job('jax', { kind: 'JAXJob', roles: { Worker: 3 } }),
    ]
    await create(place, ...jobs)
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: jobs })
    const words = ['convert', '-f', '-', '--cluster-runtimes', '--mpi', 'exec']
    const converted = await migrate(words, { namespace: place, input })
    expect([converted.code, converted.stderr]).toEqual([0, expect.stringContaining('6 jobs: 6 proved')])
    const made = readDocuments(converted.stdout, 'output').map(({ object }) => object as unknown as KubeObject)
    const shared = made
      .filter(({ kind }) => kind === 'ClusterTrainingRuntime')
      .map(({ metadata: { name = '' } }) => name)
    expect([shared.length > 1, made.some(isRuntime)]).toEqual([true, false])
    onTestFinished(
      async () => void (await kubectl(['delete', 'clustertrainingruntimes', '--ignore-not-found', ...shared])),
    )
    const apply = ['apply', '--server-side', '--validate=strict', '-f', '-']
    const applied = await untilSeen(() => kubectl(apply, { namespace: place, input: converted.stdout }))
    expect([applied.code, applied.stderr]).toEqual([0, ''])
    await waitFor('18 pods of each side run', async () => {
      const { items } = await get<{ items: Pod[] }>(['pods'], { namespace: place })
      return items.filter(({ status }) => status?.phase === 'Running').length === 36
    })
    const outcomes = await Promise.all(
      jobs.map(async (job) => {
        const { kind, metadata } = job as KubeObject
        const { code, stdout } = await migrate(['diff', kind, metadata.name ?? ''], { namespace: place })
        const [title = '', ...lines] = stdout.split('\n')
        expect(title).toMatch(/ on ClusterTrainingRuntime v1-\S+ +3 pods each/)
        const verdicts = lines.flatMap((line) => / {3}((?:changed|lost): \S+|differs)$/.exec(line)?.[1] ?? [])
        return [metadata.name, code, ...new Set(verdicts)]
      }),
    )
    // as on runtimes of the namespace: PaddlePaddle's first pod has a name instead of its address, mpirun another ServiceAccount
    expect(outcomes).toEqual([
      ['pytorch', 0],
      ['tf', 0],
      ['mpi', 1, 'changed: mpi-exec'],
      ['xgboost', 0],
      ['paddle', 1, 'changed: paddle-master-address'],
      ['jax', 0],
    ])
    const { items } = JSON.parse((await migrate(['list', '-o', 'json'], { namespace: place })).stdout)
    expect(
      items.map(({ v1, v2 }: { v1: { class: string }; v2: { runtime: string } }) => [
        v1.class,
        v2.runtime.split('/')[0],
      ]),
    ).toEqual(
      items.map(({ v1 }: { v1: { kind: string } }) => [
        v1.kind === 'MPIJob' ? 'NeedsDecision' : 'Ready',
        'ClusterTrainingRuntime',
      ]),
    )
  })
})
