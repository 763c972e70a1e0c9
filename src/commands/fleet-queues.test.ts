import { describe, expect, it } from 'vitest'
import { v1Job } from '../../test/unit/objects.ts'
import { status } from '../../test/unit/status-world.ts'

describe('status of jobs in queues', () => {
  const queued = (name: string) => v1Job(name, { suspend: true, labels: { 'kueue.x-k8s.io/queue-name': 'team' } })
  const workload = (job: string, spec: object, ...conditions: object[]) => ({
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'Workload',
    metadata: {
      ...{ name: `pytorchjob-${job}-1a2b3`, namespace: 'nlp' },
      labels: { 'kueue.x-k8s.io/job-uid': v1Job(job).metadata.uid ?? '' },
    },
    spec: { queueName: 'team', ...spec },
    status: { conditions },
  })
  const full = "couldn't assign flavors to pod set master: insufficient unused quota, 2 more needed"
  const noQuota = { type: 'QuotaReserved', status: 'False', message: full }
  const preempted = { type: 'Evicted', status: 'True', reason: 'Preempted', message: 'Preempted to make room' }
  const quota = { type: 'QuotaReserved', status: 'True' }
  const world = {
    objects: [
      ...[queued('a'), queued('b'), queued('c'), queued('d'), queued('e'), queued('f')],
      workload('a', {}, noQuota),
      workload('b', {}, noQuota),
      workload('c', {}, noQuota, preempted),
      workload('d', { active: false }, noQuota),
      workload('e', {}, quota, { type: 'Admitted', status: 'True' }),
      workload('f', {}, quota, { type: 'Admitted', status: 'False', message: 'check prod is pending' }),
    ],
  }

  it('tells which wait, were evicted, or may have no quota, and why', async () => {
    const { out, err } = await status([], {}, world)
    expect([out.filter((line) => line.startsWith('queue ')), err]).toEqual([
      ['queue nlp/team   3 wait, 1 evicted, 1 inactive: Preempted to make room'],
      [],
    ])
    const json = JSON.parse((await status(['-o', 'json'], {}, world)).out.join(''))
    const counts = { waiting: 3, evicted: 1, inactive: 1 }
    expect(json.queues).toEqual([{ namespace: 'nlp', queue: 'team', ...counts, message: 'Preempted to make room' }])
  })

  it('says which it may not look at', async () => {
    const forbid = ({ resource }: { resource: string }) => resource.startsWith('workloads.')
    const { out, err } = await status([], {}, { ...world, forbid })
    expect([out.filter((line) => line.startsWith('queue ')), err]).toEqual([
      [],
      [
        'note: you may not read workloads.kueue.x-k8s.io in namespace nlp: whether Kueue keeps a job from running, or may run a v1 job that is held, is not known',
      ],
    ])
  })

  it.each([
    ['a', `v1  waits in queue team, Workload pytorchjob-a-1a2b3`, `    ${full}`],
    ['c', 'v1  evicted in queue team, Workload pytorchjob-c-1a2b3', '    Preempted to make room'],
    [
      'd',
      'v1  inactive in queue team, Workload pytorchjob-d-1a2b3',
      '    its spec.active is false: Kueue gives it no quota',
    ],
  ])('and of %s alone', async (name, title, words) => {
    const { out } = await status(['job', name], {}, world)
    expect(out.slice(out.indexOf(title)).slice(0, 2)).toEqual([title, words])
  })
})
