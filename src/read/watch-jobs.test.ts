import { afterEach, describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import {
  condition,
  heldV1,
  now,
  runningTrainJob,
  runningV1,
  torchRuntime,
  trainJob,
  v1Job,
  v1Pod,
  v2Pod,
  waiting,
} from '../../test/unit/objects.ts'
import { ClusterError } from '../cluster/errors.ts'
import { resources } from '../kube/resources.ts'
import type { JobQuery } from './job-reader.ts'
import type { Jobs } from './jobs.ts'
import { watchJobs } from './watch-jobs.ts'

/** Runs a watch step by step: `next` gives what it tells next as `v1 state | v2 state` by name. */
function watch(cluster: FakeCluster, query: JobQuery = { namespace: 'nlp' }) {
  const abort = new AbortController()
  stop = () => abort.abort()
  const slept: number[] = []
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  const jobs = watchJobs(cluster, query, { signal: abort.signal, sleep })
  const next = async () => {
    const { value, done } = await jobs.next()
    return done ? undefined : told(value as Jobs)
  }
  return { abort, slept, next }
}

let stop: () => void = () => undefined
afterEach(() => stop())

function told({ pairs }: Jobs): string[] {
  return pairs.map(
    ({ v1, v2 }) => `${v1?.name ?? '-'} ${v1?.state.word ?? '-'} | ${v2?.name ?? '-'} ${v2?.state.word ?? '-'}`,
  )
}

describe('a watch of jobs', () => {
  it('tells the jobs, then each change on either side', async () => {
    const cluster = new FakeCluster({ objects: [runningV1('bert'), torchRuntime()] })
    const { next } = watch(cluster)
    expect(await next()).toEqual(['bert Running | - -'])
    cluster.put(runningTrainJob('bert-v2'))
    expect(await next()).toEqual(['bert Running | bert-v2 Running'])
    cluster.put(runningV1('bert', { suspend: true }))
    expect(await next()).toEqual(['bert Suspending | bert-v2 Running'])
    cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
    expect(await next()).toEqual(['- - | bert-v2 Running'])
    cluster.put(v1Job('other', { namespace: 'vision' }))
    cluster.put(runningV1('gpt', { kind: 'TFJob' }))
    expect(await next()).toEqual(['gpt Running | - -', '- - | bert-v2 Running'])
  })

  it('is quiet while nothing changes and nothing is open', async () => {
    const ended = v1Job('bert', { conditions: [condition('Succeeded')] })
    const cluster = new FakeCluster({ objects: [ended, runningTrainJob('bert'), torchRuntime()] })
    const { next, slept } = watch(cluster)
    await next()
    const before = cluster.requests
    const following = next()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([cluster.requests - before, slept]).toEqual([0, []])
    stop()
    expect(await following).toBeUndefined()
  })

  it('looks at the pods of jobs that are starting, which change without a word from the job', async () => {
    const cluster = new FakeCluster({ objects: [v1Job('bert'), v1Pod('bert', 'master', 0)] })
    const { next, slept } = watch(cluster)
    expect(await next()).toEqual(['bert Starting | - -'])
    cluster.put(v1Pod('bert', 'worker', 0))
    cluster.put(v1Pod('bert', 'worker', 1))
    expect(await next()).toEqual(['bert Running | - -'])
    expect(slept).toContain(5000)
  })

  it('looks more seldom at the pods of jobs that are told to run or to be suspended', async () => {
    const objects = [runningV1('bert', { roles: { Worker: 1 } }), heldV1('gpt'), v1Pod('gpt', 'master', 0)]
    const cluster = new FakeCluster({ objects })
    const { next, slept } = watch(cluster)
    expect(await next()).toEqual(['bert Running | - -', 'gpt Suspending | - -'])
    cluster.put(v1Pod('bert', 'worker', 0, { status: waiting('CrashLoopBackOff') }))
    cluster.remove(resources.pods, 'nlp', 'gpt-master-0')
    expect(await next()).toEqual(['bert Blocked | - -', 'gpt Suspended | - -'])
    expect(slept).toEqual([30_000, 500])
  })

  it('looks often at what was suspended just now, and no more when its pods have had their time', async () => {
    let seconds = -100
    const cluster = new FakeCluster({ objects: [heldV1('gpt')] })
    const { next, slept } = watch(cluster, { namespace: 'nlp', now: () => new Date(now.getTime() + seconds * 1000) })
    await next()
    await next()
    seconds = 0
    await next()
    await next()
    expect(slept.filter((each) => each !== 500)).toEqual([5000, 5000, 30_000])
  })

  it('measures a new TrainJob by a runtime that came after the watch began', async () => {
    const cluster = new FakeCluster({ objects: [runningTrainJob('old'), torchRuntime()] })
    const { next } = watch(cluster)
    await next()
    cluster.put(torchRuntime('late'))
    const pods = [v2Pod('new', 0), v2Pod('new', 1)]
    for (const pod of pods) cluster.put(pod)
    cluster.put(trainJob('new', { runtime: 'late', nodes: 2, jobs: [{ active: 1 }] }))
    expect(await next()).toContain('- - | new Running')
  })

  it('reads a query with selectors again and again, so that no pair is torn', async () => {
    const cluster = new FakeCluster({
      objects: [runningV1('bert', { labels: { team: 'a' } }), trainJob('bert', { suspend: true })],
    })
    const { next, slept } = watch(cluster, { namespace: 'nlp', labelSelector: 'team=a' })
    expect(await next()).toEqual(['bert Running | bert Suspended'])
    cluster.put(trainJob('bert', { suspend: true, jobs: [{ active: 1, ready: 1 }] }))
    expect(await next()).toEqual(['bert Running | bert Suspending'])
    expect(slept).toEqual([5000])
  })

  it('ends with the error a watch cannot be cured of', async () => {
    let refused = false
    const cluster = new FakeCluster({ objects: [runningV1('bert')], forbid: ({ verb }) => verb === 'watch' && refused })
    refused = true
    const { next } = watch(cluster)
    await next()
    await expect(next()).rejects.toBeInstanceOf(ClusterError)
  })
})
