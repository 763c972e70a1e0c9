import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { type OperatorsOptions, startOperators } from '../../test/unit/operators.ts'
import { type Ran, runMoving } from '../../test/unit/run-moving.ts'
import type { PodStatus } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import { isSuspended } from '../v1/state.ts'

/** A job whose twin runs beside it. */
async function twinned(options: OperatorsOptions = {}, words = ''): Promise<FakeCluster> {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster, options)
  const { code, stderr } = await runMoving(`start job bert --yes${words}`, cluster)
  expect(code, stderr).toBe(0)
  return cluster
}

/** Writes but for the record's, and what runs at the end. */
function left(cluster: FakeCluster, { code, writes }: Ran) {
  const pods = cluster.all(resources.pods).map(({ metadata }) => metadata.labels ?? {})
  const of = (label: string, name: string) => pods.filter((labels) => labels[label] === name).length
  return {
    code,
    writes: writes.filter((line) => !/ (configmaps|secrets|leases\.\S+) nlp migration-/.test(line)),
    v1: of('training.kubeflow.org/job-name', 'bert'),
    twin: of('jobset.sigs.k8s.io/jobset-name', 'bert-v2'),
    v2: of('jobset.sigs.k8s.io/jobset-name', 'bert'),
    held: cluster.all(resources.pytorchJobs).some(isSuspended),
  }
}

const create = 'create trainjobs.trainer.kubeflow.org nlp bert'
const stop = 'delete trainjobs.trainer.kubeflow.org nlp bert-v2'
const hold = 'patch pytorchjobs.kubeflow.org nlp bert'
const resume = 'patch trainjobs.trainer.kubeflow.org nlp bert'
const remove = 'delete trainjobs.trainer.kubeflow.org nlp bert'

describe('cutover of a job with a twin', () => {
  it('removes the twin, holds v1 and starts the TrainJob in its place', async () => {
    const cluster = await twinned()
    const ran = await runMoving('cutover job bert --yes', cluster)
    expect(left(cluster, ran)).toEqual({
      ...{ code: 0, writes: [create, stop, hold, resume] },
      ...{ v1: 0, twin: 0, v2: 3, held: true },
    })
    expect(ran.stderr).toContain('note       its twin bert-v2 is removed before v1 is stopped, and not brought back')
    expect(ran.stderr).toContain('stop twin: done in')
  })

  it('is one migration: start, cutover and rollback in one history', async () => {
    const cluster = await twinned()
    await runMoving('cutover job bert --yes', cluster)
    await runMoving('rollback job bert --yes', cluster)
    const records = cluster
      .all(resources.configMaps)
      .map((object) => (object['data'] as { migration: string }).migration)
    expect(
      records
        .map((text) => JSON.parse(text))
        .map(({ state, runs }) => [state, runs.map((run: { verb: string }) => run.verb)]),
    ).toEqual([['returned', ['start', 'cutover', 'rollback']]])
  })

  it('leaves the twin alone where it is undone before that', async () => {
    const cluster = await twinned()
    const ran = await runMoving('cutover job bert', cluster, { input: 'y\nn\n' })
    expect(ran.stdout).toBe(
      'nlp/bert was NOT cut over: not agreed to; nothing of it is left, v1 was never stopped, its twin bert-v2 runs on\n',
    )
    expect(ran.stderr).toContain('Its twin bert-v2 is removed first, and is not brought back whatever happens.')
    expect(left(cluster, ran)).toEqual({ code: 1, writes: [create, remove], v1: 3, twin: 3, v2: 0, held: false })
  })

  it('rolls back to v1 alone when v2 fails: the twin is not brought back', async () => {
    const exited: PodStatus = {
      phase: 'Running',
      containerStatuses: [{ name: 'node', state: { terminated: { exitCode: 1 } } }],
    }
    const cluster = await twinned({ fate: ({ name }) => (name.startsWith('bert-node') ? exited : undefined) })
    const ran = await runMoving('cutover job bert --yes', cluster)
    expect(ran.stdout).toBe(
      'nlp/bert was NOT cut over: rank 0 (master-0) failed: container node ended with exit code 1; ' +
        'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running, its twin bert-v2 is removed\n',
    )
    expect(left(cluster, ran)).toMatchObject({ code: 5, v1: 3, twin: 0, v2: 0, held: false })
  })

  it('refuses to throw away a whole copy that is Complete', async () => {
    const cluster = await twinned()
    const [twin] = cluster.all(resources.trainJobs)
    if (twin) cluster.put({ ...twin, status: { conditions: [{ type: 'Complete', status: 'True' }] } })
    const { code, stderr } = await runMoving('cutover job bert --yes', cluster)
    expect([code, stderr.split('\n')[0]]).toEqual([
      1,
      'error: nlp/bert is not cut over: its twin bert-v2 is Complete: it has trained the whole job',
    ])
  })

  it.each(Array.from({ length: 16 }, (_, at) => at + 1))(
    'killed at its write %d goes on with the same command, or back to v1 alone',
    async (write) => {
      for (const [again, state] of [
        ['cutover job bert --yes', { v1: 0, twin: 0, v2: 3, held: true }],
        ['rollback job bert --yes', { v1: 3, twin: 0, v2: 0, held: false }],
      ] as const) {
        const cluster = await twinned()
        await runMoving('cutover job bert --yes', cluster, { killed: { write, when: 'after' } })
        const ran = await runMoving(again, cluster)
        expect(left(cluster, ran), again).toMatchObject({ code: 0, ...state })
      }
    },
  )
})
