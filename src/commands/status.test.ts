import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { converted } from '../../test/unit/conversions.ts'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import type { FakeEnvOptions } from '../../test/unit/fake-env.ts'
import { discovery, group, groups, installed, operator } from '../../test/unit/installed.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import {
  condition,
  ended,
  heldV1,
  now,
  runningTrainJob,
  runningV1,
  stoppedV1,
  torchRuntime,
  trainJob,
  unschedulable,
  v1Job,
  v1Pod,
  v2Pod,
  waiting,
  warning,
} from '../../test/unit/objects.ts'
import { type Outcome, runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { fleetStatusSchema, jobStatusSchema } from '../present/status-schema.ts'
import { v1Kinds } from '../v1/kinds.ts'

const day = 86_400
const pull = 'Back-off pulling image "reg.example.com/nlp/train:9": 401 Unauthorized'

function jobSet(name: string, nodes: number): KubeObject {
  return {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name, namespace: 'nlp' },
    spec: {
      suspend: false,
      replicatedJobs: [{ name: 'node', replicas: 1, template: { spec: { parallelism: nodes, completions: nodes } } }],
    },
  }
}

const twin: readonly KubeObject[] = [
  runningV1('bert', { age: 2 * day + 3 * 3600 }),
  v1Pod('bert', 'master', 0, { age: 2 * day, node: 'gpu-07' }),
  v1Pod('bert', 'worker', 0, { age: 2 * day, node: 'gpu-08', restarts: 3 }),
  v1Pod('bert', 'worker', 1, { age: 2 * day, node: 'gpu-09' }),
  trainJob('bert-v2', { jobs: [{ active: 1 }], age: 240 }),
  jobSet('bert-v2', 3),
  v2Pod('bert-v2', 0, { age: 240, node: 'gpu-21' }),
  v2Pod('bert-v2', 1, { age: 240, node: 'gpu-22' }),
  v2Pod('bert-v2', 2, { age: 240, node: 'gpu-23', status: waiting('ImagePullBackOff', pull) }),
  warning('JobSet', 'bert-v2', 'Slow', 'not all Jobs are ready', 120),
]

/** A v1 job that is converted, its TrainJob made by a migration, the JobSet of its proof (`change` is applied to its JSON), and pods with GPUs. */
function moved(change: (text: string) => string = (text) => text): KubeObject[] {
  const { trainJob: made, job, proof } = converted({ name: 'bert', metadata: { namespace: 'nlp', uid: 'uid-v1-bert' } })
  const creationTimestamp = '2026-03-01T11:56:00Z'
  const annotations = { ...made.metadata.annotations, 'kubectl-migrate.dev/migration': 'm' }
  const gpus = { resources: { limits: { 'nvidia.com/gpu': '8' } } }
  const v2Pods = [0, 1, 2].map((index) => {
    const pod = v2Pod('bert', index)
    return { ...pod, spec: { nodeName: `gpu-2${index}`, containers: [{ name: 'node', ...gpus }] } }
  })
  return [
    job.object,
    v1Pod('bert', 'master', 0),
    { ...made, metadata: { ...made.metadata, creationTimestamp, annotations } },
    { ...jobSet('bert', 3), spec: JSON.parse(change(JSON.stringify(proof.jobSet))) },
    ...v2Pods,
  ]
}

/** Lines wider than a terminal; commands to type are never broken. */
function tooWide(lines: readonly string[], columns: number): string[] {
  return lines.filter((line) => stringWidth(line) > columns && !/^(Next:| {5}) kubectl migrate/.test(line))
}

function status(words: string[], env: FakeEnvOptions = {}, cluster: FakeClusterOptions = {}): Promise<Outcome> {
  const { objects = twin, ...more } = cluster
  const fake = new FakeCluster({ namespace: 'nlp', ...more, objects: [...installed, ...objects] })
  return runVerb(['status', ...words], { cluster: fake, now: () => now, ...env })
}

describe('status NAME', () => {
  it('stands one above the other in a pipe', async () => {
    expect(await status(['bert'])).toEqual({
      code: 0,
      err: [],
      out: [
        'nlp/bert   v1 and the TrainJob run at once (paired by name)',
        '',
        'v1  PyTorchJob bert   ● Running 3/3   2d3h',
        '├─ Master 1/1',
        '│  └─ bert-master-0  ● Running  gpu-07  2d',
        '└─ Worker 2/2',
        '   ├─ bert-worker-0  ● Running  gpu-08  2d  3 restarts',
        '   └─ bert-worker-1  ● Running  gpu-09  2d',
        '',
        'v2  TrainJob bert-v2   ▲ ImagePullBackOff 2/3   4m   ClusterTrainingRuntime/torch-distributed',
        '└─ node 2/3',
        '   ├─ bert-v2-node-0-0-x7k2p  ● Running           gpu-21  4m',
        '   ├─ bert-v2-node-0-1-x7k2p  ● Running           gpu-22  4m',
        '   └─ bert-v2-node-0-2-x7k2p  ▲ ImagePullBackOff  gpu-23  4m',
        '',
        'v2  ImagePullBackOff: bert-v2-node-0-2-x7k2p',
        `    ${pull}`,
        'last warning, 2m ago: Slow of jobset/bert-v2',
        '    not all Jobs are ready',
        '',
        'Next: kubectl migrate diff pytorchjob/bert -n nlp        what differs between their pods',
        '      kubectl migrate status pytorchjob/bert -n nlp -w   this screen, kept up to date',
      ],
    })
  })

  it('stands side by side on a terminal of 200', async () => {
    const { out } = await status(['pytorchjob', 'bert'], { tty: true, columns: 200 })
    expect(out.slice(0, 8)).toEqual([
      'nlp/bert   v1 and the TrainJob run at once (paired by name)',
      '',
      'v1  PyTorchJob bert   ● Running 3/3   2d3h               v2  TrainJob bert-v2   ▲ ImagePullBackOff 2/3   4m   ClusterTrainingRuntime/torch-distributed',
      '├─ Master 1/1                                            └─ node 2/3',
      '│  └─ bert-master-0  ● Running  gpu-07  2d                  ├─ bert-v2-node-0-0-x7k2p  ● Running           gpu-21  4m',
      '└─ Worker 2/2                                               ├─ bert-v2-node-0-1-x7k2p  ● Running           gpu-22  4m',
      '   ├─ bert-worker-0  ● Running  gpu-08  2d  3 restarts      └─ bert-v2-node-0-2-x7k2p  ▲ ImagePullBackOff  gpu-23  4m',
      '   └─ bert-worker-1  ● Running  gpu-09  2d',
    ])
  })

  it('fits a terminal of 80', async () => {
    const { out } = await status(['bert'], { tty: true, columns: 80 })
    expect(out.filter((line) => line.length > 80)).toEqual([])
    expect(out.slice(9, 15)).toEqual([
      'v2  TrainJob bert-v2',
      '    ▲ ImagePullBackOff 2/3   4m',
      '    ClusterTrainingRuntime/torch-distributed',
      '└─ node 2/3',
      '   ├─ bert-v2-node-0-0-x7k2p  ● Running           gpu-21  4m',
      '   ├─ bert-v2-node-0-1-x7k2p  ● Running           gpu-22  4m',
    ])
  })

  it('fits a terminal of 40 without a word less, in ASCII where it knows nothing else', async () => {
    const { out } = await status(['bert'], { tty: true, columns: 40, unicode: false })
    expect(out).toEqual([
      'nlp/bert',
      'v1 and the TrainJob run at once (paired',
      'by name)',
      '',
      'v1  PyTorchJob bert',
      '    * Running 3/3   2d3h',
      '|- Master 1/1',
      '|  `- bert-master-0',
      '|     `- * Running  gpu-07  2d',
      '`- Worker 2/2',
      '   |- bert-worker-0',
      '   |  `- * Running  gpu-08  2d  3 restarts',
      '   `- bert-worker-1',
      '      `- * Running  gpu-09  2d',
      '',
      'v2  TrainJob bert-v2',
      '    ! ImagePullBackOff 2/3   4m',
      '    ClusterTrainingRuntime/torch-distributed',
      '`- node 2/3',
      '   |- bert-v2-node-0-0-x7k2p',
      '   |  `- * Running  gpu-21  4m',
      '   |- bert-v2-node-0-1-x7k2p',
      '   |  `- * Running  gpu-22  4m',
      '   `- bert-v2-node-0-2-x7k2p',
      '      `- ! ImagePullBackOff  gpu-23  4m',
      '',
      'v2  ImagePullBackOff:',
      'bert-v2-node-0-2-x7k2p',
      '    Back-off pulling image',
      '    "reg.example.com/nlp/train:9": 401',
      '    Unauthorized',
      'last warning, 2m ago: Slow of',
      'jobset/bert-v2',
      '    not all Jobs are ready',
      '',
      'Next: kubectl migrate diff pytorchjob/bert -n nlp',
      '        what differs between their pods',
      '      kubectl migrate status pytorchjob/bert -n nlp -w',
      '        this screen, kept up to date',
    ])
  })

  it('colours states where there is colour', async () => {
    const { out } = await status(['bert'], { tty: true, color: true, columns: 80 })
    expect(out[0]).toBe('\u001b[1mnlp/bert\u001b[22m   v1 and the TrainJob run at once (paired by name)')
    expect(out[4]).toBe('│  └─ bert-master-0  \u001b[32m● Running\u001b[39m  gpu-07  2d')
    expect(out.find((line) => line.includes('ImagePullBackOff: '))).toBe(
      '\u001b[31mv2  ImagePullBackOff: bert-v2-node-0-2-x7k2p\u001b[39m',
    )
  })

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
        "nlp/bert   v1 and the TrainJob run at once, begun 4m ago (paired by its record)",
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
    expect(await status(['bert', '-o', 'name'])).toMatchObject({ code: 0, out: names, err: [] })
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
    const ahead = [
      runningV1(long, { age: -300, roles: { Worker: 1 } }),
      v1Pod(long, 'worker', 0, { age: -300, node: '計算機-7' }),
      warning('PyTorchJob', long, 'Early', 'a clock is wrong', -300),
    ]
    const { code, out } = await status([long], { tty: true, columns: 80 }, { objects: ahead })
    expect([code, out.slice(0, 9)]).toEqual([
      0,
      [
        `nlp/${long}`,
        'no TrainJob yet',
        '',
        `v1  PyTorchJob ${long}`,
        '    ● Running 1/1   -5m',
        '└─ Worker 1/1',
        `   └─ ${long}-worker-0`,
        '      └─ ● Running  計算機-7  -5m',
        '',
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
    expect([code, out[2]]).toEqual([0, 'v1  PyTorchJob bert   ● Running 3/3   2d3h'])
    expect(err).toEqual([
      'note: you may not read events in namespace nlp: a JobSet that could not be made is not told from a new TrainJob',
      'note: you may not read pods in namespace nlp: READY and states come from the jobs’ own status',
    ])
  })
})

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

describe('status without a name', () => {
  const objects = [
    ...twin,
    heldV1('gpt'),
    runningTrainJob('gpt'),
    heldV1('t5'),
    trainJob('t5', { conditions: [condition('Failed', { reason: 'FailedJobs', message: 'jobset failed' })] }),
    runningV1('resnet'),
    v1Job('horovod', { kind: 'MPIJob', conditions: [condition('Succeeded')] }),
    trainJob('lone', { conditions: [condition('Complete')] }),
    torchRuntime(),
  ]

  it('is the fleet in numbers, what is wrong, and what to type', async () => {
    expect(await status([], {}, { objects })).toEqual({
      code: 1,
      err: [],
      out: [
        'CONTEXT fake   namespace nlp   TRAINER v2.3.0 (runtimePatches)   TRAINING OPERATOR v1.9.4',
        '',
        'KIND         JOBS   GPUS   RUNNING   WAITING   BLOCKED   SUSPENDED   DONE   FAILED',
        'PyTorchJob      4      0         2         0         0           2      0        0',
        'MPIJob          1      0         0         0         0           0      1        0',
        'TrainJob        4      0         1         0         1           0      1        1',
        '',
        'KIND         READY   NEEDS-RUNTIME   NEEDS-DECISION   IMPOSSIBLE   FINISHED',
        'PyTorchJob       0               4                0            0          0',
        'MPIJob           0               0                0            0          1',
        '',
        'migrated 1 of 5 names, 1 ended on v1   ████████░░░░░░░░░░░░   40 % done',
        'in progress 0   held 1   failed 1   not started 1   both running 1   revived 0',
        'GPUs   v1 0   v2 0',
        'BOTH RUNNING   nlp/bert: v1 and the TrainJob bert-v2 run at once',
        'oldest hold   nlp/gpt   2m   (v1 is kept suspended; finalize removes it)',
        '',
        '4 new v1 jobs in 24 h, made by 1 source: unknown 4',
        '',
        'nlp/bert-v2   TrainJob ImagePullBackOff',
        `    ${pull}`,
        'nlp/t5   TrainJob FailedJobs',
        '    jobset failed',
        '',
        'Next: kubectl migrate status trainjob/bert-v2 -n nlp   why it is blocked',
        '      kubectl migrate diff pytorchjob/resnet -n nlp    what would differ as a TrainJob',
        '      kubectl migrate list -n nlp                      all of them, one line each',
      ],
    })
  })

  it.each([
    ['namespace', ['JOBS   TO MOVE   MOVED   FINISHED   NAMESPACE', '   5         3       1          1   nlp']],
    ['queue', ['JOBS   TO MOVE   MOVED   FINISHED   QUEUE', '   5         3       1          1   (no queue)']],
    ['source', ['JOBS   TO MOVE   MOVED   FINISHED   SOURCE', '   5         3       1          1   unknown']],
  ])('has a row for each %s with --by', async (by, rows) => {
    const { out } = await status(['--by', by], {}, { objects })
    expect(out.slice(out.indexOf(rows[0] ?? '')).slice(0, 2)).toEqual(rows)
  })

  describe('of jobs in queues', () => {
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

  it('counts the v1 jobs of the last day by who made them', async () => {
    const made = (name: string, app: string, age: number) =>
      v1Job(name, { age, labels: { 'argocd.argoproj.io/instance': app } })
    const young = [
      made('a', 'x', 60),
      made('b', 'x', day - 1),
      made('c', 'y', 60),
      made('d', 'y', day),
      made('e', 'z', 9),
    ]
    const { out } = await status([], {}, { objects: young })
    expect(out.filter((line) => line.includes('24 h'))).toEqual([
      '4 new v1 jobs in 24 h, made by 3 sources: Argo CD application x 2, Argo CD application y 1, Argo CD application z 1',
    ])
    const json = JSON.parse((await status(['-o', 'json'], {}, { objects: young })).out.join(''))
    expect(json.newV1Jobs).toMatchObject({ jobs: 4, sources: [{ source: 'Argo CD application x', jobs: 2 }, {}, {}] })
  })

  it('counts what was made in a time to come as new', async () => {
    const { out } = await status([], {}, { objects: [runningV1('ahead', { age: -300 }), heldV1('x', { age: -60 })] })
    expect(out.filter((line) => line.includes('24 h'))).toEqual(['2 new v1 jobs in 24 h, made by 1 source: unknown 2'])
  })

  it('has --by for many jobs, not for one', async () => {
    expect((await status(['bert', '--by', 'source'])).code).toBe(2)
  })

  describe('as a whole', () => {
    const wide = { tty: true, columns: 200 }
    const narrow = { tty: true, columns: 80 }
    const hvd = v1Job('a-name-of-some-length-with-a-launcher', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 } })
    const fleet = {
      objects: [...objects, hvd, ...operator('kueue', 'kueue.x-k8s.io', 'registry.k8s.io/kueue/kueue:v0.19.2')],
      raw: discovery([...groups, group('kueue.x-k8s.io', 'v1beta1')]),
    }
    const screen = async (words: string[], env: FakeEnvOptions) => {
      const { out, err } = await status(words, env, fleet)
      expect(tooWide(out, env.columns ?? 0)).toEqual([])
      return [...out, '--', ...err].join('\n')
    }

    it('on 200 columns', async () => {
      expect(await screen(['-A'], wide)).toMatchInlineSnapshot(`
        "CONTEXT fake   all namespaces   TRAINER v2.3.0 (runtimePatches)   TRAINING OPERATOR v1.9.4   KUEUE v0.19.2

        KIND         JOBS   GPUS   RUNNING   WAITING   BLOCKED   SUSPENDED   DONE   FAILED
        PyTorchJob      4      0         2         0         0           2      0        0
        MPIJob          2      0         0         1         0           0      1        0
        TrainJob        4      0         1         0         1           0      1        1

        KIND         READY   NEEDS-RUNTIME   NEEDS-DECISION   IMPOSSIBLE   FINISHED
        PyTorchJob       0               4                0            0          0
        MPIJob           0               0                1            0          1

        migrated 1 of 6 names, 1 ended on v1   ██████▋░░░░░░░░░░░░░   33 % done
        in progress 0   held 1   failed 1   not started 2   both running 1   revived 0
        GPUs   v1 0   v2 0
        BOTH RUNNING   nlp/bert: v1 and the TrainJob bert-v2 run at once
        oldest hold   nlp/gpt   2m   (v1 is kept suspended; finalize removes it)
        blocks the rest   mpi-transport needs a decision: 1

        5 new v1 jobs in 24 h, made by 1 source: unknown 5

        nlp/bert-v2   TrainJob ImagePullBackOff
            Back-off pulling image "reg.example.com/nlp/train:9": 401 Unauthorized
        nlp/t5   TrainJob FailedJobs
            jobset failed

        Next: kubectl migrate status trainjob/bert-v2 -n nlp   why it is blocked
              kubectl migrate list -A --class NeedsDecision    what must be decided first
              kubectl migrate diff pytorchjob/resnet -n nlp    what would differ as a TrainJob
              kubectl migrate list -A                          all of them, one line each
        --"
      `)
    })

    it('on 80 columns, in colour', async () => {
      const { out, err } = await status(['-A', '--by', 'source'], { ...narrow, color: true }, fleet)
      expect([...out, '--', ...err].join('\n').replaceAll('\u001b', '^')).toMatchInlineSnapshot(`
        "CONTEXT ^[1mfake^[22m   all namespaces   TRAINER v2.3.0 (runtimePatches)
          TRAINING OPERATOR v1.9.4   KUEUE v0.19.2

        KIND        JOBS  GPUS  RUNNING  WAITING  BLOCKED  SUSPENDED  DONE  FAILED
        PyTorchJob     4     0        ^[32m2^[39m        ^[2m0^[22m        ^[2m0^[22m          ^[36m2^[39m     ^[2m0^[22m       ^[2m0^[22m
        MPIJob         2     0        ^[2m0^[22m        ^[33m1^[39m        ^[2m0^[22m          ^[2m0^[22m     ^[2m1^[22m       ^[2m0^[22m
        TrainJob       4     0        ^[32m1^[39m        ^[2m0^[22m        ^[31m1^[39m          ^[2m0^[22m     ^[2m1^[22m       ^[31m1^[39m

        KIND         READY   NEEDS-RUNTIME   NEEDS-DECISION   IMPOSSIBLE   FINISHED
        PyTorchJob       0               4                0            0          0
        MPIJob           0               0                1            0          1

        migrated 1 of 6 names, 1 ended on v1   ██████▋░░░░░░░░░░░░░   33 % done
        in progress 0   held 1   failed 1   not started 2   both running 1   revived 0
        GPUs   v1 0   v2 0
        ^[31mBOTH RUNNING   nlp/bert: v1 and the TrainJob bert-v2 run at once^[39m
        oldest hold   nlp/gpt   2m   (v1 is kept suspended; finalize removes it)
        blocks the rest   mpi-transport needs a decision: 1

        JOBS   TO MOVE   MOVED   FINISHED   SOURCE
           6         4       1          1   unknown

        5 new v1 jobs in 24 h, made by 1 source: unknown 5

        ^[31mnlp/bert-v2   TrainJob ImagePullBackOff^[39m
            Back-off pulling image "reg.example.com/nlp/train:9": 401 Unauthorized
        ^[31mnlp/t5   TrainJob FailedJobs^[39m
            jobset failed

        Next: kubectl migrate status trainjob/bert-v2 -n nlp
                why it is blocked
              kubectl migrate list -A --class NeedsDecision
                what must be decided first
              kubectl migrate diff pytorchjob/resnet -n nlp
                what would differ as a TrainJob
              kubectl migrate list -A
                all of them, one line each
        --"
      `)
    })

    it('on 80 columns, in ASCII', async () => {
      expect(await screen([], { ...narrow, unicode: false })).toMatchInlineSnapshot(`
        "CONTEXT fake   namespace nlp   TRAINER v2.3.0 (runtimePatches)
          TRAINING OPERATOR v1.9.4   KUEUE v0.19.2

        KIND        JOBS  GPUS  RUNNING  WAITING  BLOCKED  SUSPENDED  DONE  FAILED
        PyTorchJob     4     0        2        0        0          2     0       0
        MPIJob         2     0        0        1        0          0     1       0
        TrainJob       4     0        1        0        1          0     1       1

        KIND         READY   NEEDS-RUNTIME   NEEDS-DECISION   IMPOSSIBLE   FINISHED
        PyTorchJob       0               4                0            0          0
        MPIJob           0               0                1            0          1

        migrated 1 of 6 names, 1 ended on v1   [######..............]   33 % done
        in progress 0   held 1   failed 1   not started 2   both running 1   revived 0
        GPUs   v1 0   v2 0
        BOTH RUNNING   nlp/bert: v1 and the TrainJob bert-v2 run at once
        oldest hold   nlp/gpt   2m   (v1 is kept suspended; finalize removes it)
        blocks the rest   mpi-transport needs a decision: 1

        5 new v1 jobs in 24 h, made by 1 source: unknown 5

        nlp/bert-v2   TrainJob ImagePullBackOff
            Back-off pulling image "reg.example.com/nlp/train:9": 401 Unauthorized
        nlp/t5   TrainJob FailedJobs
            jobset failed

        Next: kubectl migrate status trainjob/bert-v2 -n nlp
                why it is blocked
              kubectl migrate list -n nlp --class NeedsDecision
                what must be decided first
              kubectl migrate diff pytorchjob/resnet -n nlp
                what would differ as a TrainJob
              kubectl migrate list -n nlp
                all of them, one line each
        --"
      `)
    })

    it('on 40 columns, in ASCII, and says what it left out', async () => {
      expect(await screen([], { tty: true, columns: 40, unicode: false })).toMatchInlineSnapshot(`
        "CONTEXT fake   namespace nlp
          TRAINER v2.3.0 (runtimePatches)
          TRAINING OPERATOR v1.9.4
          KUEUE v0.19.2

        KIND        JOBS  RUNNING  BLOCKED
        PyTorchJob     4        2        0
        MPIJob         2        0        0
        TrainJob       4        1        1

        PyTorchJob:   NeedsRuntime 4
        MPIJob:   NeedsDecision 1   Finished 1

        migrated 1 of 6 names, 1 ended on v1
          [######..............]   33 % done
        in progress 0   held 1   failed 1
          not started 2   both running 1
          revived 0
        GPUs   v1 0   v2 0
        BOTH RUNNING   nlp/bert: v1 and the
        TrainJob bert-v2 run at once
        oldest hold   nlp/gpt   2m   (v1 is kept
        suspended; finalize removes it)
        blocks the rest
          mpi-transport needs a decision: 1

        5 new v1 jobs in 24 h, made by 1 source:
        unknown 5

        nlp/bert-v2   TrainJob ImagePullBackOff
            Back-off pulling image
            "reg.example.com/nlp/train:9": 401
            Unauthorized
        nlp/t5   TrainJob FailedJobs
            jobset failed

        Next: kubectl migrate status trainjob/bert-v2 -n nlp
                why it is blocked
              kubectl migrate list -n nlp --class NeedsDecision
                what must be decided first
              kubectl migrate diff pytorchjob/resnet -n nlp
                what would differ as a TrainJob
              kubectl migrate list -n nlp
                all of them, one line each
        --
        note: 40 columns are too few for GPUS, WAITING, SUSPENDED, DONE, FAILED; -o json shows them"
      `)
    })

    it('on 40 columns, by source', async () => {
      expect(await screen(['--by', 'source'], { tty: true, columns: 40 })).toMatchInlineSnapshot(`
        "CONTEXT fake   namespace nlp
          TRAINER v2.3.0 (runtimePatches)
          TRAINING OPERATOR v1.9.4
          KUEUE v0.19.2

        KIND        JOBS  RUNNING  BLOCKED
        PyTorchJob     4        2        0
        MPIJob         2        0        0
        TrainJob       4        1        1

        PyTorchJob:   NeedsRuntime 4
        MPIJob:   NeedsDecision 1   Finished 1

        migrated 1 of 6 names, 1 ended on v1
          ██████▋░░░░░░░░░░░░░   33 % done
        in progress 0   held 1   failed 1
          not started 2   both running 1
          revived 0
        GPUs   v1 0   v2 0
        BOTH RUNNING   nlp/bert: v1 and the
        TrainJob bert-v2 run at once
        oldest hold   nlp/gpt   2m   (v1 is kept
        suspended; finalize removes it)
        blocks the rest
          mpi-transport needs a decision: 1

        JOBS   TO MOVE   MOVED   SOURCE
           6         4       1   unknown

        5 new v1 jobs in 24 h, made by 1 source:
        unknown 5

        nlp/bert-v2   TrainJob ImagePullBackOff
            Back-off pulling image
            "reg.example.com/nlp/train:9": 401
            Unauthorized
        nlp/t5   TrainJob FailedJobs
            jobset failed

        Next: kubectl migrate status trainjob/bert-v2 -n nlp
                why it is blocked
              kubectl migrate list -n nlp --class NeedsDecision
                what must be decided first
              kubectl migrate diff pytorchjob/resnet -n nlp
                what would differ as a TrainJob
              kubectl migrate list -n nlp
                all of them, one line each
        --
        note: 40 columns are too few for GPUS, WAITING, SUSPENDED, DONE, FAILED, FINISHED; -o json shows them"
      `)
    })
  })

  it.each<[string, FakeClusterOptions, string]>([
    [
      'versions that are not to be seen',
      { forbid: ({ resource }) => /webhook|services|deployments/.test(resource) },
      'CONTEXT fake   namespace nlp   TRAINER version not to be seen (runtimePatches)   TRAINING OPERATOR version not to be seen',
    ],
    [
      'a Trainer that is not there',
      { absent: [resources.trainJobs], raw: discovery(groups.slice(0, 1)) },
      'CONTEXT fake   namespace nlp   TRAINER none   TRAINING OPERATOR v1.9.4',
    ],
    [
      'a v1 that is gone',
      { raw: discovery(groups.slice(1)), absent: v1Kinds.map(({ resource }) => resource) },
      'CONTEXT fake   namespace nlp   TRAINER v2.3.0 (runtimePatches)   TRAINING OPERATOR none',
    ],
    [
      'a Trainer of times to come',
      { raw: { ...discovery(), '/openapi/v3/apis/trainer.kubeflow.org/v1alpha1': {} } },
      'CONTEXT fake   namespace nlp   TRAINER v2.3.0 (of a dialect not known here)   TRAINING OPERATOR v1.9.4',
    ],
  ])('begins with what is installed: %s', async (_, cluster, head) => {
    expect((await status([], {}, { objects, ...cluster })).out[0]).toBe(head)
  })

  it('is a document with -o json, as its schema says', async () => {
    const { out } = await status(['-A', '-o', 'json', '--by', 'source'], {}, { objects })
    expect(faultsOf(fleetStatusSchema, JSON.parse(out.join('\n')))).toEqual([])
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      apiVersion: 'kubectl-migrate.dev/v1',
      kind: 'FleetStatus',
      context: 'fake',
      kinds: [
        { kind: 'PyTorchJob', total: 4, running: 2, waiting: 0, blocked: 0, suspended: 2, done: 0, failed: 0 },
        { kind: 'MPIJob', total: 1, done: 1 },
        { kind: 'TrainJob', total: 4, running: 1, blocked: 1, done: 1, failed: 1 },
      ],
      classes: [
        { kind: 'PyTorchJob', NeedsRuntime: 4 },
        { kind: 'MPIJob', Finished: 1 },
      ],
      progress: { names: 5, migrated: 1, held: 1, failed: 1, notStarted: 1, ended: 1, bothRunning: 1, revived: 0 },
      bothRunning: [{ namespace: 'nlp', name: 'bert', trainJob: 'bert-v2' }],
      oldestHold: { namespace: 'nlp', name: 'gpt' },
      phases: { NotStarted: 1, BothRun: 1, NeitherRuns: 1, Held: 1, V1Finished: 1, V2Only: 1 },
      troubleCount: 2,
    })
  })

  it('exits 1 where a v1 job was made anew after its move, and says in red by whom; 0 where all is well', async () => {
    const record = { 'kubectl-migrate.dev/source': 'PyTorchJob/re', 'kubectl-migrate.dev/source-uid': 'the-first-one' }
    const again = heldV1('re', { age: 60, labels: { 'argocd.argoproj.io/instance': 'nlp' } })
    const moved = runningTrainJob('re', { age: 600, annotations: record })
    const { code, out } = await status([], { tty: true, color: true, columns: 100 }, { objects: [again, moved] })
    expect([code, out.find((line) => line.includes('REVIVED'))]).toEqual([
      1,
      '\u001b[31mREVIVED   nlp/re: a PyTorchJob was made 60s ago by Argo CD application nlp, after the move\u001b[39m',
    ])
    expect((await status([], {}, { objects: [runningV1('a')] })).code).toBe(0)
  })

  it('says what blocks the rest, and how many GPUs each side holds', async () => {
    const hvd = (name: string) => v1Job(name, { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 } })
    const bad = { ...v1Job('bad'), spec: { pytorchReplicaSpecs: {} } }
    const { out } = await status([], {}, { objects: [hvd('a'), hvd('b'), bad, runningV1('c')] })
    expect(out).toContain('blocks the rest   mpi-transport needs a decision: 2   invalid-job is impossible: 1')
    expect(out.slice(-3)).toEqual([
      'Next: kubectl migrate list -n nlp --class NeedsDecision   what must be decided first',
      '      kubectl migrate diff pytorchjob/c -n nlp            what would differ as a TrainJob',
      '      kubectl migrate list -n nlp                         all of them, one line each',
    ])
  })

  it('draws its bar in ASCII where it knows nothing else, and stays within 40 columns', async () => {
    const { out } = await status([], { tty: true, columns: 40, unicode: false }, { objects })
    const from = out.findIndex((line) => line.startsWith('migrated'))
    expect(out.slice(from - 3, from + 9)).toEqual([
      'PyTorchJob:   NeedsRuntime 4',
      'MPIJob:   Finished 1',
      '',
      'migrated 1 of 5 names, 1 ended on v1',
      '  [########............]   40 % done',
      'in progress 0   held 1   failed 1',
      '  not started 1   both running 1',
      '  revived 0',
      'GPUs   v1 0   v2 0',
      'BOTH RUNNING   nlp/bert: v1 and the',
      'TrainJob bert-v2 run at once',
      'oldest hold   nlp/gpt   2m   (v1 is kept',
    ])
  })

  it('tells what removes v1 jobs that are held for long', async () => {
    const held = (name: string, age: number) => heldV1(name, { conditions: [condition('Suspended', { age })] })
    const objects = ['a', 'b', 'c'].flatMap((name, at) => [
      held(name, (at + 4.5) * 86_400),
      runningTrainJob(name, { annotations: { 'kubectl-migrate.dev/source': `PyTorchJob/${name}` } }),
    ])
    const { out } = await status(['-A'], {}, { objects })
    expect(out.find((line) => line.startsWith('oldest'))).toBe(
      'oldest hold   nlp/c   6d12h   (v1 is kept suspended; finalize removes it)',
    )
    expect(out.find((line) => line.includes('finalize -A'))).toBe(
      'Next: kubectl migrate finalize -A --older-than 5d   remove 2 held v1 jobs',
    )
  })

  it('says when there is nothing', async () => {
    expect(await status([], {}, { objects: [] })).toEqual({
      code: 0,
      out: [],
      err: ['No v1 jobs or TrainJobs found in namespace nlp.'],
    })
  })

  it('says in one sentence which side the cluster does not have', async () => {
    const absent = v1Kinds.map(({ resource }) => resource)
    const none = await status([], {}, { objects: [], absent: [...absent, resources.trainJobs] })
    expect([none.code, none.out, none.err.length]).toEqual([3, [], 4])
    expect((await status([], {}, { objects: [runningV1('a')], absent: [resources.trainJobs] })).err).toEqual([
      'note: this cluster serves no trainjobs.trainer.kubeflow.org (Trainer v2): only v1 jobs can be shown',
    ])
  })
})
