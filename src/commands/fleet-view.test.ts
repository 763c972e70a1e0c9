import { describe, expect, it } from 'vitest'
import type { FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { discovery, groups } from '../../test/unit/installed.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { condition, heldV1, runningTrainJob, runningV1, v1Job } from '../../test/unit/objects.ts'
import { day, fleet, pull, status } from '../../test/unit/status-world.ts'
import { resources } from '../kube/resources.ts'
import { fleetStatusSchema } from '../present/status-schema.ts'
import { v1Kinds } from '../v1/kinds.ts'

describe('status without a name', () => {
  it('is the fleet in numbers, what is wrong, and what to type', async () => {
    expect(await status([], {}, { objects: fleet })).toEqual({
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
    const { out } = await status(['--by', by], {}, { objects: fleet })
    expect(out.slice(out.indexOf(rows[0] ?? '')).slice(0, 2)).toEqual(rows)
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
    expect((await status([], {}, { objects: fleet, ...cluster })).out[0]).toBe(head)
  })

  it('is a document with -o json, as its schema says', async () => {
    const { out } = await status(['-A', '-o', 'json', '--by', 'source'], {}, { objects: fleet })
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
    const { out } = await status([], { tty: true, columns: 40, unicode: false }, { objects: fleet })
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
