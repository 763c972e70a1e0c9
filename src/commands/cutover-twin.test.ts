import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
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

describe('cutover --keep-name', () => {
  it('holds v1 and lets the twin run on as v2', async () => {
    const cluster = await twinned()
    const ran = await runMoving('cutover job bert --yes --keep-name', cluster)
    expect(ran.stdout).toBe('nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n')
    expect(left(cluster, ran)).toEqual({ code: 0, writes: [hold], v1: 0, twin: 3, v2: 0, held: true })
    const again = await runMoving('cutover job bert --yes --keep-name', cluster)
    expect(again.stdout).toContain('nlp/bert is cut over already: bert-v2: 3 of 3 pods run')
    const back = await runMoving('rollback job bert --yes', cluster)
    expect(left(cluster, back)).toEqual({ code: 0, writes: [stop, hold], v1: 3, twin: 0, v2: 0, held: false })
  })

  it.each([
    ['--nodes 2', 'its twin bert-v2 is no whole copy: it has fewer nodes'],
    ['--env A=1', 'its twin bert-v2 is no whole copy: it has env of its own'],
    ['--command x', 'its twin bert-v2 is no whole copy: it runs another command'],
  ])('refuses a twin with %s', async (words, message) => {
    const cluster = await twinned({}, ` ${words}`)
    const ran = await runMoving('cutover job bert --yes --keep-name', cluster)
    expect([ran.stderr.split('\n')[0], left(cluster, ran).writes]).toEqual([
      `error: nlp/bert is not cut over: ${message}`,
      [],
    ])
  })

  it('refuses a job without a twin', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    const ran = await runMoving('cutover job bert --yes --keep-name', cluster)
    expect(ran.stderr.split('\n')[0]).toBe('error: nlp/bert is not cut over: it has no twin')
  })

  it.each(Array.from({ length: 10 }, (_, at) => at + 1))('killed at its write %d goes on, or back', async (write) => {
    for (const [again, state] of [
      ['cutover job bert --yes --keep-name', { v1: 0, twin: 3, v2: 0, held: true }],
      ['rollback job bert --yes', { v1: 3, twin: 0, v2: 0, held: false }],
    ] as const) {
      const cluster = await twinned()
      await runMoving('cutover job bert --yes --keep-name', cluster, { killed: { write, when: 'after' } })
      const ran = await runMoving(again, cluster)
      expect(left(cluster, ran), again).toMatchObject({ code: 0, ...state })
    }
  })
})

describe('cutover --overlap', () => {
  const running = () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    return cluster
  }

  it('starts v2 before it stops v1', async () => {
    const cluster = running()
    const ran = await runMoving('cutover job bert --yes --overlap', cluster)
    expect(ran.stdout).toBe('nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n')
    const { writes, ...state } = left(cluster, ran)
    expect([writes.slice(1), state]).toEqual([[create, resume, hold], { code: 0, v1: 0, twin: 0, v2: 3, held: true }])
  })

  it('is refused where both would write to a volume', async () => {
    const v1 = kindManifest('PyTorchJob', {
      Worker: {
        replicas: 1,
        container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        pod: { volumes: [{ name: 'data', hostPath: { path: '/data' } }] },
      },
    })
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1] })
    startOperators(cluster)
    const ran = await runMoving('cutover job train --yes --overlap --accept no-checkpoint', cluster)
    expect([ran.code, ran.stderr.split('\n')[0]]).toEqual([
      1,
      'error: nlp/train is not cut over: v1 and v2 would both write to volume data (hostPath /data): writable at /data',
    ])
  })

  it.each(Array.from({ length: 14 }, (_, at) => at + 1))('killed at its write %d goes on, or back', async (write) => {
    for (const [again, state] of [
      ['cutover job bert --yes --overlap', { v1: 0, twin: 0, v2: 3, held: true }],
      ['rollback job bert --yes', { v1: 3, twin: 0, v2: 0, held: false }],
    ] as const) {
      const cluster = running()
      await runMoving('cutover job bert --yes --overlap', cluster, { killed: { write, when: 'after' } })
      const ran = await runMoving(again, cluster)
      expect(left(cluster, ran), `${again}: ${ran.stderr}`).toMatchObject({ code: 0, ...state })
    }
  })
})

describe('a twin that has trained the whole job when it is deleted', () => {
  const start = 'start job bert --yes --observe 0'
  const cutover = 'cutover job bert --yes --observe 0'
  const rollback = 'rollback job bert --yes'

  /** Its TrainJob goes first: what its JobSet says then is told when that goes. */
  async function world(...before: readonly string[]): Promise<FakeCluster> {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    for (const words of before) expect((await runMoving(words, cluster)).code).toBe(0)
    const stop = cluster.onChange(({ resource, type, object }) => {
      if (resource !== resources.trainJobs || type !== 'DELETED' || object.metadata.name !== 'bert-v2') return
      stop()
      const [jobSet] = cluster.all(resources.jobSets).filter(({ metadata }) => metadata.name === 'bert-v2')
      if (jobSet) cluster.put({ ...jobSet, status: { conditions: [{ type: 'Completed', status: 'True' }] } })
    })
    return cluster
  }

  const refused =
    'nlp/bert was NOT cut over: its twin bert-v2 had finished when it was deleted: it has trained the whole job; ' +
    'nothing of it is left, v1 was never stopped'

  it('stops a cutover before v1 is stopped', async () => {
    const cluster = await world(start)
    const ran = await runMoving(cutover, cluster)
    expect(ran.stdout).toBe(`${refused}, its twin bert-v2 is removed\n`)
    expect(left(cluster, ran)).toMatchObject({ code: 1, v1: 3, twin: 0, v2: 0, held: false })
  })

  it('stops it also when the run that deleted the twin was killed', async () => {
    let cluster = await world(start)
    for (let write = 1, last: string | undefined; last !== stop; write++) {
      cluster = await world(start)
      const run = await runMoving(cutover, cluster, { killed: { write, when: 'after' } })
      last = run.code === 137 ? run.writes.at(-1) : expect.fail('it was never killed when it had deleted the twin')
    }
    const ran = await runMoving(cutover, cluster)
    expect(ran.stdout).toBe(`${refused}\n`)
    expect(left(cluster, ran)).toMatchObject({ code: 1, v1: 3, twin: 0, v2: 0, held: false })
  })

  it('stops nothing where it was no whole copy', async () => {
    const cluster = await world(`${start} --nodes 2`)
    expect(left(cluster, await runMoving(cutover, cluster))).toMatchObject({ code: 0, v1: 0, v2: 3, held: true })
  })

  it('is what v1 would train again, where the twin had its place', async () => {
    const cluster = await world(start, `${cutover} --keep-name`)
    const ran = await runMoving(rollback, cluster)
    expect(ran.stdout).toBe(
      'nlp/bert was NOT rolled back: its twin bert-v2 had finished when it was deleted, and v1 stays suspended\n',
    )
    expect(left(cluster, ran)).toMatchObject({ code: 1, v1: 0, twin: 0, v2: 0, held: true })
  })

  it.each([rollback, cutover])('is so when the run that deleted it was killed, and %s follows', async (next) => {
    const cluster = await world(start, `${cutover} --keep-name`)
    const killed = { write: resources.trainJobs, when: 'after' } as const
    expect((await runMoving(rollback, cluster, { killed })).code).toBe(137)
    for (const words of [next, cutover, rollback]) {
      const ran = await runMoving(words, cluster)
      expect(left(cluster, ran), `${ran.stdout}${ran.stderr}`).toMatchObject({
        code: 1,
        v1: 0,
        twin: 0,
        v2: 0,
        held: true,
      })
    }
  })

  it('matters to nobody where v1 runs: rollback removes what runs beside it', async () => {
    const cluster = await world(start)
    const ran = await runMoving(rollback, cluster)
    expect(left(cluster, ran)).toMatchObject({ code: 0, v1: 3, twin: 0, v2: 0, held: false })
  })
})
