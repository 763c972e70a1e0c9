import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import {
  condition,
  ended,
  heldV1,
  now,
  runningTrainJob,
  runningV1,
  stoppedV1,
  trainJob,
  unschedulable,
  v1Job,
  v1Pod,
  v2Pod,
  waiting,
  warning,
} from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { jobSet, moved, pull, status, twin } from '../../test/unit/status-world.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { jobStatusSchema } from '../present/status-schema.ts'

describe('status NAME', () => {
  it('tells when a move began by when v1 was held, whatever resource version stands in its mark', async () => {
    const mark = '{"suspend":false,"ready":3,"generation":2,"pods":3,"since":"2852","migration":"m-1"}'
    const v1 = heldV1('bert')
    const held = { ...v1, metadata: { ...v1.metadata, annotations: { 'kubectl-migrate.dev/held': mark } } }
    const annotations = { 'kubectl-migrate.dev/source': 'PyTorchJob/bert', 'kubectl-migrate.dev/migration': 'm-1' }
    const objects = [held, runningTrainJob('bert', { annotations, nodes: 1 }), jobSet('bert', 1), v2Pod('bert', 0)]
    const [heading] = (await status(['bert'], {}, { objects })).out
    expect(heading).toBe('nlp/bert   moved: v1 is held, the TrainJob runs, begun 2m ago (paired by its record)')
  })

  it('shows a moved job: v1 held, the TrainJob of its name runs', async () => {
    const annotations = { 'kubectl-migrate.dev/source': 'PyTorchJob/bert' }
    const objects = [
      heldV1('bert'),
      runningTrainJob('bert', { annotations, nodes: 1 }),
      jobSet('bert', 1),
      v2Pod('bert', 0),
    ]
    expect((await status(['bert'], {}, { objects })).out).toEqual([
      'nlp/bert   moved: v1 is held, the TrainJob runs (paired by its record)',
      '',
      'v1  PyTorchJob bert   ■ Suspended 0/3   60m',
      '├─ Master 0/1',
      '└─ Worker 0/2',
      '',
      'v2  TrainJob bert   ● Running 1/1   10m   ClusterTrainingRuntime/torch-distributed',
      '└─ node 1/1',
      '   └─ bert-node-0-0-x7k2p  ● Running  gpu-01  10m',
      '',
      'Next: kubectl migrate status pytorchjob/bert -n nlp -w   this screen, kept up to date',
      '      kubectl migrate rollback pytorchjob/bert -n nlp    back to v1',
    ])
  })

  it('shows a job whose v1 was deleted by finalize, and the way back all the same', async () => {
    const annotations = {
      'kubectl-migrate.dev/source': 'PyTorchJob/bert',
      'kubectl-migrate.dev/source-uid': 'uid-of-the-deleted',
      'kubectl-migrate.dev/migration': 'm',
    }
    const objects = [runningTrainJob('bert', { annotations, nodes: 1 }), jobSet('bert', 1), v2Pod('bert', 0)]
    const { out } = await status(['bert'], {}, { objects })
    expect([out[0], ...out.slice(-2)]).toEqual([
      'nlp/bert   moved: v1 is deleted',
      'Next: kubectl migrate rollback pytorchjob/bert -n nlp   make v1 again from its manifest, and go back to it',
      '      kubectl migrate list -n nlp                       the other jobs',
    ])
  })

  it('tells what deletes v1 where its TrainJob is Complete', async () => {
    const complete = trainJob('bert', { conditions: [condition('Complete')] })
    const { out } = await status(['bert'], {}, { objects: [heldV1('bert'), complete] })
    expect(out.at(-1)).toBe('Next: kubectl migrate finalize pytorchjob/bert -n nlp   delete v1; its manifest is kept')
  })

  it('shows a job that is not moved, and what would move it', async () => {
    const objects = [runningV1('bert', { roles: { Master: 1 } }), v1Pod('bert', 'master', 0)]
    expect((await status(['job/bert'], {}, { objects })).out).toEqual([
      'nlp/bert   no TrainJob yet',
      '',
      'v1  PyTorchJob bert   ● Running 1/1   60m',
      '└─ Master 1/1',
      '   └─ bert-master-0  ● Running  gpu-01  10m',
      '',
      'Next: kubectl migrate diff pytorchjob/bert -n nlp      what would differ',
      '      kubectl migrate cutover pytorchjob/bert -n nlp   hold v1 and run it as a TrainJob',
    ])
  })

  it('tells that a cutover stopped v1 and nothing runs, and both ways out', async () => {
    expect((await status(['job/bert'], {}, { objects: [stoppedV1('bert')] })).out).toEqual([
      'nlp/bert   nothing runs: v1 is held, and its TrainJob is not there, begun 2m ago',
      '',
      'v1  PyTorchJob bert   ■ Suspended 0/3   60m',
      '├─ Master 0/1',
      '└─ Worker 0/2',
      '',
      'Next: kubectl migrate rollback pytorchjob/bert -n nlp   back to v1',
      '      kubectl migrate cutover pytorchjob/bert -n nlp    go on: run it as a TrainJob',
    ])
  })

  it('names both ways out where the TrainJob waits suspended', async () => {
    const objects = [stoppedV1('bert'), trainJob('bert', { suspend: true })]
    expect((await status(['job/bert'], {}, { objects })).out.slice(-2)).toEqual([
      'Next: kubectl migrate rollback pytorchjob/bert -n nlp   back to v1',
      '      kubectl migrate cutover pytorchjob/bert -n nlp    go on: run it as a TrainJob',
    ])
  })

  it('tells every kind to be cut over', async () => {
    const objects = [runningV1('net', { kind: 'TFJob', roles: { Chief: 1 } })]
    expect((await status(['tfjob', 'net'], {}, { objects })).out.slice(-2)).toEqual([
      'Next: kubectl migrate diff tfjob/net -n nlp      what would differ',
      '      kubectl migrate cutover tfjob/net -n nlp   hold v1 and run it as a TrainJob',
    ])
  })

  it('names a twin beside the TrainJob of the name', async () => {
    const objects = [
      heldV1('bert'),
      runningTrainJob('bert'),
      trainJob('bert-v2', { suspend: true, jobs: [{ suspended: 1 }] }),
    ]
    expect((await status(['bert'], {}, { objects })).out).toContain('    bert-v2 is there as well: Suspended')
    const narrow = await status(['bert'], { tty: true, columns: 34 }, { objects })
    const at = narrow.out.indexOf('    bert-v2 is there as well:')
    expect(narrow.out[at + 1]).toBe('    Suspended')
  })

  it('says what is wrong in the systems’ own words, the same trouble of many pods once', async () => {
    const words = '0/8 nodes are available: 8 Insufficient nvidia.com/gpu.'
    const objects = [
      v1Job('bert', { conditions: [condition('Running')], active: { Master: 1 } }),
      v1Pod('bert', 'master', 0, { status: { ...ended(137, 'OOMKilled'), phase: 'Failed' } }),
      v1Pod('bert', 'worker', 0, { node: '', status: unschedulable(words) }),
      v1Pod('bert', 'worker', 1, { node: '', status: unschedulable(words) }),
    ]
    const { out } = await status(['bert'], {}, { objects })
    expect(out.slice(2, 13)).toEqual([
      'v1  PyTorchJob bert   ▲ Unschedulable 0/3   60m',
      '├─ Master 0/1',
      '│  └─ bert-master-0  ▲ OOMKilled      gpu-01  10m',
      '└─ Worker 0/2',
      '   ├─ bert-worker-0  ▲ Unschedulable  -       10m',
      '   └─ bert-worker-1  ▲ Unschedulable  -       10m',
      '',
      'v1  OOMKilled: bert-master-0',
      '    exit code 137',
      'v1  Unschedulable: bert-worker-0 and 1 more',
      `    ${words}`,
    ])
  })

  it('says why a JobSet could not be made, which only an event knows', async () => {
    const refused = warning('TrainJob', 'bert', 'TrainJobResourcesCreationFailed', 'JobSet name is too long', 30)
    const { out } = await status(['trainjob/bert'], {}, { objects: [trainJob('bert'), refused] })
    expect(out).toEqual([
      'nlp/bert   no v1 job',
      '',
      'v2  TrainJob bert   ▲ TrainJobResourcesCreationFailed ?/?   10m   ClusterTrainingRuntime/torch-distributed',
      '',
      'v2  TrainJobResourcesCreationFailed',
      '    JobSet name is too long',
      '',
      'Next: kubectl migrate list -n nlp   the other jobs',
    ])
  })

  it('forgets an event that no longer holds', async () => {
    const old = warning('TrainJob', 'bert', 'TrainJobResourcesCreationFailed', 'a conflict', 3000)
    const objects = [runningTrainJob('bert', { nodes: 1 }), jobSet('bert', 1), v2Pod('bert', 0), old]
    const { out } = await status(['trainjob/bert'], {}, { objects })
    expect(out.slice(2, 7)).toEqual([
      'v2  TrainJob bert   ● Running 1/1   10m   ClusterTrainingRuntime/torch-distributed',
      '└─ node 1/1',
      '   └─ bert-node-0-0-x7k2p  ● Running  gpu-01  10m',
      '',
      'last warning, 50m ago: TrainJobResourcesCreationFailed of trainjob/bert',
    ])
  })

  it('shows those in trouble and some of the others of many pods, all of them with -o wide', async () => {
    const roles = { Worker: 64 }
    const pods = Array.from({ length: 64 }, (_, at) =>
      v1Pod('bert', 'worker', at, at === 40 ? { status: waiting('CrashLoopBackOff', 'back-off 5m0s') } : {}),
    )
    const objects = [v1Job('bert', { roles, active: { Worker: 64 } }), ...pods]
    const { out } = await status(['bert'], {}, { objects })
    expect(out.slice(3, 8)).toEqual([
      '└─ Worker 63/64',
      '   ├─ bert-worker-0   ● Running           gpu-01  10m',
      '   ├─ bert-worker-1   ● Running           gpu-01  10m',
      '   ├─ bert-worker-40  ▲ CrashLoopBackOff  gpu-01  10m',
      '   └─ … 61 more, all Running',
    ])
    const wide = await status(['bert', '-o', 'wide'], {}, { objects })
    expect(wide.out.filter((line) => line.includes('bert-worker-')).length).toBe(65)
  })

  it('is a document with -o json', async () => {
    const document = JSON.parse((await status(['bert', '-o', 'json'])).out.join('\n'))
    expect(document).toMatchObject({
      apiVersion: 'kubectl-migrate.dev/v1',
      kind: 'JobStatus',
      namespace: 'nlp',
      name: 'bert',
      phase: 'BothRun',
      link: 'name',
      v1: { kind: 'PyTorchJob', state: 'Running', ready: 3, desired: 3 },
      v2: { kind: 'TrainJob', name: 'bert-v2', state: 'Blocked', reason: 'ImagePullBackOff', message: pull },
      notRead: [],
    })
    expect(faultsOf(jobStatusSchema, document)).toEqual([])
    expect(document.v2.roles[0].pods[2]).toEqual({
      name: 'bert-v2-node-0-2-x7k2p',
      state: 'ImagePullBackOff',
      health: 'failed',
      message: pull,
      ready: false,
      restarts: 0,
      node: 'gpu-23',
      created: '2026-03-01T11:56:00Z',
      gpus: 0,
    })
  })

  it('tells what is proved of the JobSet, whose place each pod has, its GPUs, and when the move began; beside each other from 100 columns on', async () => {
    const objects = moved()
    const { out } = await status(['bert'], { tty: true, columns: 100 }, { objects })
    expect(out.filter((line) => stringWidth(line) > 100)).toEqual([])
    expect(out.slice(0, 12)).toMatchInlineSnapshot(`
      [
        "nlp/bert   BOTH RUNNING: v1 and the TrainJob run at once, begun 4m ago (paired by its record)",
        "proof: 3 of 3 pods the same, 5 harmless differences",
        "",
        "v1  PyTorchJob bert   ○ Starting 1/3   59d    v2  TrainJob bert",
        "├─ Master 1/1                                     ● Running 3/3   4m",
        "│  └─ bert-master-0  ● Running  gpu-01  10m       TrainingRuntime/v1-pytorch-01ed374c0f",
        "└─ Worker 0/2                                 └─ node 3/3",
        "                                                 ├─ bert-node-0-0-x7k2p",
        "                                                 │  └─ ● Running  gpu-20  10m  8g  rank 0 (master-0)",
        "                                                 ├─ bert-node-0-1-x7k2p",
        "                                                 │  └─ ● Running  gpu-21  10m  8g  rank 1 (worker-0)",
        "                                                 └─ bert-node-0-2-x7k2p",
      ]
    `)
    const document = JSON.parse((await status(['bert', '-o', 'json'], {}, { objects })).out.join('\n'))
    expect(faultsOf(jobStatusSchema, document)).toEqual([])
    expect(document.proof).toEqual({ pods: 3, same: 3, explained: 0, harmless: 5, differing: [] })
    expect(document.begun).toBe('2026-03-01T11:56:00Z')
    expect(document.v2.roles[0].pods[1]).toMatchObject({ rank: 1, v1: 'worker-0', gpus: 8 })
  })

  it('names both objects with -o name, which nothing follows', async () => {
    const names = ['pytorchjob.kubeflow.org/bert', 'trainjob.trainer.kubeflow.org/bert-v2']
    expect(await status(['bert', '-o', 'name'])).toMatchObject({ code: 1, out: names, err: [] })
    expect((await status(['-o', 'name'])).out).toEqual(names)
    const { code, err } = await status(['bert', '-o', 'name', '-w'])
    expect([code, err]).toEqual([
      2,
      [
        'error: -o name tells which objects there are, and -w tells what becomes of them',
        '       -w with -o text, -o json or -o yaml',
      ],
    ])
  })

  it('says what differs from v1 without a reason', async () => {
    const objects = moved((text) => text.replaceAll('train:1', 'other:2'))
    const { out } = await status(['bert'], {}, { objects })
    expect(out[1]).toBe(
      'proof: 0 of 3 pods the same, 5 harmless differences, without a reason: containers[main].image (3)',
    )
  })

  it.each([
    ['pytorchjob/bert', 8],
    ['bert', 8 + 5],
  ])(
    'takes for %s at most %i requests whatever the number of pods: each kind that may be meant costs one',
    async (words, most) => {
      const pods = Array.from({ length: 600 }, (_, at) => v1Pod('bert', 'worker', at + 2))
      const cluster = new FakeCluster({ objects: [...twin, ...pods], namespace: 'nlp' })
      await runVerb(['status', words], { cluster, now: () => now })
      expect(cluster.requests).toBe(most)
    },
  )

  it('survives objects without a status, names of 200 characters and wide ones, and times that lie ahead', async () => {
    const long = `a${'b'.repeat(199)}`
    const bare: KubeObject = {
      apiVersion: 'kubeflow.org/v1',
      kind: 'TFJob',
      metadata: { name: 'bare', namespace: 'nlp' },
    }
    expect((await status(['bare'], {}, { objects: [bare] })).out.slice(0, 3)).toEqual([
      'nlp/bare   no TrainJob yet',
      '',
      'v1  TFJob bare   ○ Pending ?/?   59d',
    ])
    const longest = 'c'.repeat(63)
    const ahead = [
      runningV1(longest, { age: -300, roles: { Worker: 1 } }),
      v1Pod(longest, 'worker', 0, { age: -300, node: '計算機-7' }),
      warning('PyTorchJob', longest, 'Early', 'a clock is wrong', -300),
    ]
    const { code, out } = await status([longest], { tty: true, columns: 80 }, { objects: ahead })
    expect([code, out.slice(0, 9)]).toEqual([
      0,
      [
        `nlp/${longest}`,
        'no TrainJob yet',
        '',
        `v1  PyTorchJob ${longest}`,
        '    ● Running 1/1   -5m',
        '└─ Worker 1/1',
        `   └─ ${longest}-worker-0`,
        '      └─ ● Running  計算機-7  -5m',
        '',
      ],
    ])
    // no pod has a label of so many characters, and no API server selects by one
    const objects = [v1Job(long, { roles: { Worker: 1 } }), warning('PyTorchJob', long, 'Failed', 'too long')]
    const tooLong = await status([long], { tty: true, columns: 80 }, { objects })
    expect([tooLong.code, tooLong.err, tooLong.out.slice(0, 8)]).toEqual([
      0,
      [],
      [
        `nlp/${long}`,
        'no TrainJob yet',
        '',
        `v1  PyTorchJob ${long}`,
        '    ○ Pending 0/1   60m',
        '└─ Worker 0/1',
        '',
        'last warning, 60s ago: Failed of',
      ],
    ])
  })

  it('shows escapes of others as text', async () => {
    const evil = '\u001b[2J\u0007'
    const objects = [
      runningV1('bert'),
      v1Pod('bert', 'worker', 0, { node: evil, status: waiting(`Bad${evil}`, `no ${evil}`) }),
      warning('PyTorchJob', 'bert', `Odd${evil}`, evil),
    ]
    const { out } = await status(['bert'], { tty: true, columns: 80 }, { objects })
    expect(out.join('\n')).toContain('Bad\\e[2J\\u{0007}')
    expect(out.join('')).not.toMatch(/[\u001b\u0007]/)
  })

  it('shows the rest and names what may not be read', async () => {
    const forbid = ({ resource }: { resource: string }) => resource === 'pods' || resource === 'events'
    const { code, out, err } = await status(['bert'], {}, { forbid })
    expect([code, out[2]]).toEqual([1, 'v1  PyTorchJob bert   ● Running 3/3   2d3h'])
    expect(err).toEqual([
      'note: you may not read events in namespace nlp: a JobSet that could not be made is not told from a new TrainJob',
      'note: you may not read pods in namespace nlp: READY and states come from the jobs’ own status',
    ])
  })
})

describe('status NAME of an MPIJob', () => {
  it('names commands that say how mpirun reaches the workers', async () => {
    const objects = [v1Job('hvd', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 } })]
    const { out } = await status(['hvd'], {}, { objects })
    expect(out.slice(-2)).toEqual([
      'Next: kubectl migrate diff mpijob/hvd -n nlp --mpi exec      what would differ',
      '      kubectl migrate cutover mpijob/hvd -n nlp --mpi exec   hold v1 and run it as a TrainJob (or --mpi ssh)',
    ])
  })
})

describe('status NAME on a cluster without v2', () => {
  it('shows v1, and says that there is no v2', async () => {
    const { code, out, err } = await status(['bert'], {}, { absent: [resources.trainJobs, resources.jobSets] })
    expect([code, out[2]]).toEqual([0, 'v1  PyTorchJob bert   ● Running 3/3   2d3h'])
    expect(err).toEqual(['note: this cluster does not serve trainjobs.trainer.kubeflow.org: these are not shown'])
  })
})

describe('status of a name that is not one job', () => {
  it('suggests the nearest, exit 1', async () => {
    expect(await status(['brt'])).toEqual({
      code: 1,
      out: [],
      err: [
        'error: no v1 job or TrainJob called brt in namespace nlp',
        '       near to it: bert',
        '       kubectl migrate status pytorchjob/bert -n nlp',
      ],
    })
  })

  it('asks which of two kinds is meant, exit 2', async () => {
    const objects = [v1Job('bert'), v1Job('bert', { kind: 'TFJob' })]
    expect(await status(['bert'], {}, { objects })).toEqual({
      code: 2,
      out: [],
      err: [
        'error: 2 v1 jobs in namespace nlp are called bert: PyTorchJob, TFJob',
        '       the name alone does not say which one is meant',
        '       kubectl migrate status pytorchjob/bert -n nlp',
        '       kubectl migrate status tfjob/bert -n nlp',
      ],
    })
  })

  it.each([['-A'], ['-l', 'team=a']])('does not go with %s, exit 2', async (...words) => {
    expect(await status(['bert', ...words])).toEqual({
      code: 2,
      out: [],
      err: [
        `error: ${words[0]} goes with many jobs, and bert is one`,
        '       kubectl migrate status bert -n NAMESPACE',
        '       kubectl migrate list -A',
      ],
    })
  })
})
