import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { condition, v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import type { WatchEvent } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { parseRecord } from '../migration/record.ts'
import { isSuspended } from '../v1/state.ts'

const cutover = 'cutover job bert --yes --observe 0'
const rollback = 'rollback job bert --yes'

function world({ finishes = false } = {}): FakeCluster {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  if (finishes) masterFinishes(cluster)
  return cluster
}

/** The Master ends by itself while nobody has told it to: the operator, which is to stop the job, no longer says so. */
function masterFinishes(cluster: FakeCluster): void {
  const stop = cluster.onChange(({ resource, object, type }) => {
    if (resource !== resources.pytorchJobs || type !== 'MODIFIED' || !isSuspended(object)) return
    stop()
    const master = cluster.all(resources.pods).find(({ metadata }) => metadata.name === 'bert-master-0')
    if (master) cluster.put({ ...master, status: { phase: 'Succeeded' } })
  })
}

/** An API server that forgets what pods went as soon as they are gone: a watch goes on with what is there. */
class Forgetful extends FakeCluster {
  override async *watch<T extends KubeObject>(
    resource: Resource,
    options: Parameters<FakeCluster['watch']>[1],
  ): AsyncIterable<WatchEvent<T>> {
    for await (const event of super.watch<T>(resource, options)) {
      if (resource !== resources.pods || event.type !== 'DELETED') yield event
      else yield { type: 'RESYNC', items: [], resourceVersion: event.object.metadata.resourceVersion ?? '' }
    }
  }
}

/** An API server that is gone as soon as v1's pods change, and back when it is asked anew. */
class Breaking extends FakeCluster {
  #broken = false
  forgets = false

  override async *watch<T extends KubeObject>(
    resource: Resource,
    options: Parameters<FakeCluster['watch']>[1],
  ): AsyncIterable<WatchEvent<T>> {
    if (this.#broken && this.forgets) yield { type: 'RESYNC', items: [], resourceVersion: '9999' }
    for await (const event of super.watch<T>(resource, options)) {
      if (resource === resources.pods && event.type !== 'ADDED' && !this.#broken) {
        this.#broken = true
        throw new ClusterError({ kind: 'unreachable', server: 'test', code: 'ECONNRESET', reason: 'gone', sent: false })
      }
      yield event
    }
  }
}

/** An API server that is restarted when v1 has been told to stop, before any of its pods is gone. */
class Restarted extends FakeCluster {
  restarts = 0

  override async *watch<T extends KubeObject>(
    resource: Resource,
    options: Parameters<FakeCluster['watch']>[1],
  ): AsyncIterable<WatchEvent<T>> {
    for await (const event of super.watch<T>(resource, options)) {
      if (resource === resources.pods && event.type === 'DELETED' && this.restarts === 0) {
        this.restarts = 1
        const gone = this.history.filter((one) => one.type === 'DELETED' && one.resource === resources.pods)
        const items = [...this.all(resources.pods), ...gone.map(({ object }) => object)] as T[]
        yield { type: 'RESYNC', items, resourceVersion: String(Number(event.object.metadata.resourceVersion) - 1) }
      }
      yield event
    }
  }
}

function stateOf(cluster: FakeCluster): string {
  const [object] = cluster.all(resources.configMaps).map(parseRecord)
  return object && !('unreadable' in object) ? object.state : 'none'
}

/** Killed when it has suspended v1 and its pods are gone. */
async function killedAtHold(cluster: FakeCluster): Promise<void> {
  const ran = await runMoving(cutover, cluster, { killed: { write: resources.pytorchJobs, when: 'after' } })
  expect([ran.code, ran.writes.at(-1)]).toEqual([137, 'patch pytorchjobs.kubeflow.org nlp bert'])
  expect(standing(cluster)).toBe('v1 suspended 0, v2 0')
}

describe('a cutover that is killed while v1 stops', () => {
  it('is gone on with: the API server still tells that no pod had ended by itself', async () => {
    const cluster = world()
    await killedAtHold(cluster)
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, standing(cluster)]).toEqual([0, 'v1 suspended 0, v2 3'])
    expect(stdout).toBe('nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n')
  })

  it('is gone on with, though its pods changed before they went', async () => {
    const cluster = world()
    await killedAtHold(cluster)
    const gone = cluster.history.filter(({ type, resource }) => type === 'DELETED' && resource === resources.pods)
    const [first = expect.fail('no pod went')] = gone
    const last = gone.at(-1)?.object ?? first.object
    const { resourceVersion } = first.object.metadata
    const changed = { ...last, metadata: { ...last.metadata, resourceVersion } }
    cluster.history.splice(cluster.history.indexOf(first), 0, { ...first, type: 'MODIFIED', object: changed })
    expect((await runMoving(cutover, cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
  })

  it('is rolled back', async () => {
    const cluster = world()
    await killedAtHold(cluster)
    expect((await runMoving(rollback, cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })
})

describe('a rollback that is killed before it removes the TrainJob', () => {
  it('leaves no record of a way back, when the job is cut over again: nothing was to be done', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert', { suspend: true })] })
    startOperators(cluster)
    expect((await runMoving(cutover, cluster)).code).toBe(0)
    await runMoving(rollback, cluster, { killed: { write: resources.trainJobs, when: 'before' } })
    expect(stateOf(cluster)).toBe('returning')
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, stdout]).toEqual([0, expect.stringContaining('nlp/bert is cut over already')])
    expect([stateOf(cluster), cluster.all(resources.leases)]).toEqual(['moved', []])
  })
})

describe('a v1 job that finishes while it is stopped, by a run that is killed', () => {
  it('is not trained again by the same command', async () => {
    const cluster = world({ finishes: true })
    await killedAtHold(cluster)
    const { code, stdout } = await runMoving(cutover, cluster)
    expect(stdout).toBe(
      "nlp/bert was NOT cut over: v1's bert-master-0 succeeded by itself; " +
        'the TrainJob is removed, v1 stays suspended so that nothing runs twice\n',
    )
    expect([code, standing(cluster)]).toEqual([1, 'v1 suspended 0, v2 0'])
    const again = await runMoving(cutover, cluster)
    expect(again.stderr).toContain("it ended while it was held (v1's bert-master-0 succeeded by itself)")
    expect(again.code).toBe(1)
  })

  it('takes nothing of the killed run into its next life: the same command takes away what that had prepared', async () => {
    const cluster = world()
    await runMoving(cutover, cluster, { killed: { write: resources.trainJobs, when: 'after' } })
    const [v1] = cluster.all(resources.pytorchJobs)
    cluster.put({ ...v1, status: { conditions: [condition('Succeeded')] } } as KubeObject)
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, stdout]).toEqual([1, expect.stringContaining('was NOT cut over: v1 is Succeeded')])
    expect([cluster.all(resources.trainJobs), cluster.all(resources.leases)]).toEqual([[], []])
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'leaves nothing, when the next run is killed after its write %i too',
    async (write) => {
      const cluster = world({ finishes: true })
      await killedAtHold(cluster)
      expect([1, 137]).toContain((await runMoving(cutover, cluster, { killed: { write, when: 'after' } })).code)
      expect((await runMoving(cutover, cluster)).code).toBe(1)
      expect([cluster.all(resources.trainJobs), cluster.all(resources.leases)]).toEqual([[], []])
      expect(standing(cluster)).toBe('v1 suspended 0, v2 0')
    },
  )

  it('is not trained again by rollback', async () => {
    const cluster = world({ finishes: true })
    await killedAtHold(cluster)
    const { stdout } = await runMoving(rollback, cluster)
    expect(stdout).toContain("v1 stays suspended: v1's bert-master-0 succeeded by itself")
    expect(standing(cluster)).toBe('v1 suspended 0, v2 0')
  })
})

describe('when the API server has forgotten how the pods of a held job ended', () => {
  it('nothing is run again until somebody says so', async () => {
    const cluster = world({ finishes: true })
    await killedAtHold(cluster)
    cluster.history.length = 0
    const refused = await runMoving(cutover, cluster)
    expect(refused.stderr).toBe(
      [
        'error: nlp/bert is not cut over: nobody saw how its pods ended when it was stopped, so it may have finished; the run that stopped it was killed',
        '       nothing was changed',
        '       look at what it has written',
        '       kubectl migrate rollback pytorchjob/bert -n nlp --rerun   (v1 goes on, if it has not finished)',
        '',
      ].join('\n'),
    )
    expect([refused.code, refused.writes]).toEqual([1, ['delete leases.coordination.k8s.io nlp migration-bert']])
    const back = await runMoving(rollback, cluster)
    expect(back.stderr).toContain('is not rolled back: nobody saw how its pods ended')
    expect([back.code, back.writes, standing(cluster)]).toEqual([1, [], 'v1 suspended 0, v2 0'])
    expect((await runMoving(`${rollback} --rerun`, cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('while the run waits for them, the TrainJob goes and v1 stays suspended', async () => {
    const cluster = new Forgetful({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    const { code, stdout } = await runMoving(cutover, cluster)
    const unseen = 'nobody saw how its pods ended when it was stopped, so it may have finished'
    const stays = 'the TrainJob is removed, v1 stays suspended so that nothing runs twice'
    expect([code, stdout]).toEqual([1, `nlp/bert was NOT cut over: ${unseen}; ${stays}\n`])
    expect([standing(cluster), stateOf(cluster)]).toEqual(['v1 suspended 0, v2 0', 'ended'])
    expect((await runMoving(`${rollback} --rerun`, cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })

  it('but shows the very same pods when it is back, the cutover goes on', async () => {
    const cluster = new Restarted({ namespace: 'nlp', objects: [v1Job('bert')] })
    startOperators(cluster)
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, standing(cluster), cluster.restarts], stdout).toEqual([0, 'v1 suspended 0, v2 3', 1])
  })

  it.each([
    ['v1 goes on, where it tells later that no pod had ended', false, false, 5, 'v1 runs 3, v2 0'],
    ['v1 stays suspended, where it tells later that v1 had finished', true, false, 5, 'v1 suspended 0, v2 0'],
    ['v1 stays suspended, where it does not tell any more', false, true, 1, 'v1 suspended 0, v2 0'],
  ])('or is gone while v1 stops: %s', async (_, finishes, forgets, exit, stands) => {
    const cluster = new Breaking({ namespace: 'nlp', objects: [v1Job('bert')] })
    cluster.forgets = forgets
    startOperators(cluster)
    if (finishes) masterFinishes(cluster)
    const { code, stdout } = await runMoving(cutover, cluster)
    expect([code, standing(cluster)], stdout).toEqual([exit, stands])
  })

  it('a job whose TrainJob has run goes back all the same: it was looked at before', async () => {
    const cluster = world()
    expect((await runMoving(cutover, cluster)).code).toBe(0)
    cluster.history.length = 0
    cluster.remove(resources.trainJobs, 'nlp', 'bert')
    expect((await runMoving(rollback, cluster)).code).toBe(0)
    expect(standing(cluster)).toBe('v1 runs 3, v2 0')
  })
})

describe('killed at any write', () => {
  const points = Array.from({ length: 16 }, (_, at) => at + 1).flatMap((write) => [
    { write, when: 'before' as const },
    { write, when: 'after' as const },
  ])
  it.each(points)('a cutover ($when $write) ends where an uninterrupted one ends', async (killed) => {
    const cluster = world()
    // where nothing had to be waited for, the last writes are not made: then nobody kills it
    expect([0, 137]).toContain((await runMoving(cutover, cluster, { killed })).code)
    const { code, stderr } = await runMoving(cutover, cluster)
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    expect([standing(cluster), stateOf(cluster)]).toEqual(['v1 suspended 0, v2 3', 'moved'])
    expect((await runMoving(rollback, cluster)).code).toBe(0)
    expect([standing(cluster), stateOf(cluster)]).toEqual(['v1 runs 3, v2 0', 'returned'])
  })

  it.each(points)('a rollback ($when $write) ends where an uninterrupted one ends', async (killed) => {
    const cluster = world()
    await runMoving(cutover, cluster)
    expect([0, 137]).toContain((await runMoving(rollback, cluster, { killed })).code)
    expect((await runMoving(rollback, cluster)).code).toBe(0)
    expect([standing(cluster), stateOf(cluster)]).toEqual(['v1 runs 3, v2 0', 'returned'])
    expect(cluster.all(resources.leases)).toEqual([])
  })

  it.each(points)('a cutover ($when $write) is rolled back', async (killed) => {
    const cluster = world()
    await runMoving(cutover, cluster, { killed })
    expect((await runMoving(rollback, cluster)).code).toBe(0)
    expect([standing(cluster), cluster.all(resources.trainJobs)]).toEqual(['v1 runs 3, v2 0', []])
  })
})

describe('a cutover that is typed again after it was done', () => {
  it('tells what stands, whatever became of v2 since, and takes nothing away', async () => {
    const cluster = world()
    expect((await runMoving(cutover, cluster)).code).toBe(0)
    const pod = cluster.all(resources.pods).find(({ metadata }) => metadata.name?.includes('-node-0-1'))
    cluster.put({ ...(pod ?? expect.fail('no pod')), status: { phase: 'Failed' } })
    const again = await runMoving(cutover, cluster)
    expect(again.stdout).toMatch(
      /^nlp\/bert is cut over already: now rank 1 \(worker-0\) failed.*; v1 is kept suspended\n$/,
    )
    expect([again.code, again.writes, standing(cluster), stateOf(cluster)]).toEqual([
      0,
      [],
      'v1 suspended 0, v2 2',
      'moved',
    ])
  })
})
