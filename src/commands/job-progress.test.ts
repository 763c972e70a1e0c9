import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { heldV1, now, runningTrainJob, runningV1, torchRuntime, v1Pod, v2Pod } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { jobSet, status } from '../../test/unit/status-world.ts'
import type { KubeObject } from '../kube/object.ts'
import { jobStatusSchema } from '../present/status-schema.ts'

describe('how far a job is', () => {
  const lines = 'step 48100 loss 1.52\nstep 48200 loss 1.413\n'
  const logs = { 'bert-master-0/pytorch': lines }
  const pair: readonly KubeObject[] = [
    runningV1('bert'),
    v1Pod('bert', 'master', 0),
    v1Pod('bert', 'worker', 0),
    v1Pod('bert', 'worker', 1),
  ]

  it('is the last step at the end of the leading pod’s log', async () => {
    const { out, err } = await status(['pytorchjob/bert'], {}, { objects: pair, logs })
    expect([out.slice(2, 5), err]).toEqual([
      ['v1  PyTorchJob bert   ● Running 3/3   60m', '    step 48200, loss 1.413', '├─ Master 1/1'],
      [],
    ])
    const json = JSON.parse((await status(['bert', '-o', 'json'], {}, { objects: pair, logs })).out.join(''))
    expect([json.v1.progress, faultsOf(jobStatusSchema, json)]).toEqual(['step 48200, loss 1.413', []])
  })

  it('is what the TrainJob says of itself, whose log is not read then', async () => {
    const job = runningTrainJob('bert')
    const metrics = [
      { name: 'step', value: '910' },
      { name: 'loss', value: '4.877' },
    ]
    job.status = { ...job.status, trainerStatus: { progressPercentage: 12, metrics } }
    const cluster = new FakeCluster({
      objects: [heldV1('bert'), job, v2Pod('bert', 0), torchRuntime()],
      namespace: 'nlp',
    })
    const { out } = await runVerb(['status', 'bert'], { cluster, now: () => now })
    expect(out).toContain('    12 % done, step 910, loss 4.877')
    expect(cluster.log.filter((line) => line.includes('pods/log'))).toEqual([])
  })

  it('is not known where logs may not be read, which is said; nor where a log tells nothing', async () => {
    const forbid = ({ resource }: { resource: string }) => resource === 'pods/log'
    const { code, out, err } = await status(['bert'], {}, { objects: pair, logs, forbid })
    expect([code, out[3], err]).toEqual([
      0,
      '├─ Master 1/1',
      ['note: you may not read pods/log in namespace nlp: how far the run is, is not known'],
    ])
    const quiet = await status(['bert'], {}, { objects: pair, logs: { 'bert-master-0/pytorch': 'hello\n' } })
    expect([quiet.out[3], quiet.err]).toEqual(['├─ Master 1/1', []])
  })

  it('is not known where the pod that leads goes while it is read: the rest is shown, and which it was', async () => {
    const { code, out, err } = await status(['bert'], {}, { objects: pair, logs: {} })
    expect([code, out.slice(2, 6), err]).toEqual([
      0,
      [
        'v1  PyTorchJob bert   ● Running 3/3   60m',
        '├─ Master 1/1',
        expect.stringContaining('bert-master-0'),
        '└─ Worker 2/2',
      ],
      ['note: pod bert-master-0 is gone since the pods were read: how far the run is, is not known'],
    ])
    const json = JSON.parse((await status(['bert', '-o', 'json'], {}, { objects: pair, logs: {} })).out.join(''))
    expect(json.notRead).toEqual([{ resource: 'pods/log', namespace: 'nlp', why: 'gone', name: 'bert-master-0' }])
    expect(faultsOf(jobStatusSchema, json)).toEqual([])
  })

  it('takes no request more than 8 for both sides, the TrainJob’s log before v1’s', async () => {
    const both = [...pair, runningTrainJob('bert-v2'), jobSet('bert-v2', 1), v2Pod('bert-v2', 0), torchRuntime()]
    const all = { ...logs, 'bert-v2-node-0-0-x7k2p/pytorch': 'step 7 loss 4.9\n' }
    const cluster = new FakeCluster({ objects: both, logs: all, namespace: 'nlp' })
    const { out } = await runVerb(['status', 'pytorchjob/bert'], { cluster, now: () => now })
    expect([cluster.requests, out.includes('    step 7, loss 4.9')]).toEqual([8, true])
  })
})
