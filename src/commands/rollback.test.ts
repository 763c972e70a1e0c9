import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { type FakeEnvOptions, fakeEnv } from '../../test/unit/fake-env.ts'
import { condition, trainJob, v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { parseWords } from '../cli/parse.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { v1Annotations } from '../migration/hold.ts'
import { describeError } from '../present/errors.ts'
import { isSuspended } from '../v1/state.ts'
import { annotations } from '../v2/trainjob.ts'
import { command as cutoverCommand } from './cutover.ts'
import { command as rollbackCommand } from './rollback.ts'

type Verb = typeof cutoverCommand | typeof rollbackCommand

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** create, patch and delete of this run, but for the record of the migration */
  readonly writes: string[]
}

async function run(verb: Verb, words: string, cluster: FakeCluster, options: FakeEnvOptions = {}): Promise<Ran> {
  const { env, stdout, stderr } = fakeEnv({ columns: 120, ...options, cluster })
  cluster.closed = false
  const before = cluster.log.length
  const { positionals, flags } = parseWords(words.split(' '), verb.flags)
  let code: number
  try {
    const given = { positionals, flags, connection: {}, allNamespaces: false, verbosity: 0 }
    code = await (verb.run as (of: typeof env, invocation: unknown) => Promise<number>)(env, given)
  } catch (error) {
    const told = describeError(error, env.name)
    env.err.write(`${told.lines.join('\n')}\n`)
    code = told.exit
  }
  await new Promise((resolve) => setTimeout(resolve, 5))
  const writes = cluster.log
    .slice(before)
    .filter((line) => /^(create|patch|delete) (?!(configmaps|leases\.\S+) nlp migration-)/.test(line))
    .filter((line) => !line.endsWith(' (dry run)'))
  return { code, stdout: stdout(), stderr: stderr(), writes }
}

const rollback = (words: string, cluster: FakeCluster, options?: FakeEnvOptions) =>
  run(rollbackCommand, words, cluster, options)

/** A world of one job, cut over. */
async function moved(): Promise<FakeCluster> {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  expect((await run(cutoverCommand, 'job bert --yes', cluster)).code).toBe(0)
  return cluster
}

function stands(cluster: FakeCluster): string {
  const pods = cluster.all(resources.pods).map(({ metadata }) => metadata.labels ?? {})
  const count = (label: string) => pods.filter((labels) => label in labels).length
  const [v1] = cluster.all(resources.pytorchJobs)
  const state = v1 && isSuspended(v1) ? 'suspended' : 'runs'
  return `v1 ${state} ${count('training.kubeflow.org/job-name')}, v2 ${count('jobset.sigs.k8s.io/jobset-name')}`
}

const patchTrainJob = (cluster: FakeCluster, more: object): void => {
  const [found] = cluster.all(resources.trainJobs)
  if (found) cluster.put({ ...found, ...more })
}

const writes = ['delete trainjobs.trainer.kubeflow.org nlp bert', 'patch pytorchjobs.kubeflow.org nlp bert']

describe('rollback', () => {
  it('takes nothing from v2 as long as v1 could not run again', async () => {
    const cluster = await moved()
    const patch = cluster.patch.bind(cluster)
    cluster.patch = async (resource, ...rest) => {
      if (resource !== resources.pytorchJobs) return patch(resource, ...rest) as never
      const asked = { verb: 'patch', resource: 'pytorchjobs.kubeflow.org', namespace: 'nlp', name: 'bert' }
      const message = 'failed calling webhook: connection refused'
      throw new ClusterError({ kind: 'webhook', webhook: 'validator.x.io', outcome: 'unreachable', message, ...asked })
    }
    const { code, stderr, writes: made } = await rollback('job bert --yes', cluster)
    expect(stderr.split('\n')).toEqual([
      'error: nlp/bert is not rolled back: v1 could not run again: the webhook validator.x.io cannot be asked, so the cluster refuses to patch pytorchjobs nlp/bert',
      '       failed calling webhook: connection refused',
      '       nothing was changed, v2 is as it was',
      "       Is its operator running? `kubectl get pods -A`, and the Service the webhook's configuration names.",
      '',
    ])
    expect([code, made, stands(cluster)]).toEqual([3, [], 'v1 suspended 0, v2 3'])
  })

  it('does not ask whether v1 could run again where v2 is gone', async () => {
    const cluster = await moved()
    cluster.remove(resources.trainJobs, 'nlp', 'bert')
    const before = cluster.log.length
    await rollback('job bert --yes', cluster)
    expect(cluster.log.slice(before).filter((line) => line.endsWith(' (dry run)'))).toEqual([])
  })

  it('removes v2, then resumes v1: two writes', async () => {
    const cluster = await moved()
    const ran = await rollback('job bert --yes', cluster)
    expect(ran.stdout).toBe('nlp/bert is rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n')
    expect(ran.stderr.split('\n').slice(-4)).toEqual([
      'Next:',
      '  kubectl migrate status pytorchjob/bert -n nlp',
      '  kubectl migrate status pytorchjob/bert -n nlp --history   (its record, all that is left of it)',
      '',
    ])
    expect([ran.code, ran.writes, stands(cluster)]).toEqual([0, writes, 'v1 runs 3, v2 0'])
    expect(cluster.all(resources.pytorchJobs)[0]?.metadata.annotations).toEqual({})
  })

  it.each<[what: string, upset: (cluster: FakeCluster) => unknown, writes: string[]]>([
    [
      'the TrainJob was deleted by hand',
      (cluster) => cluster.remove(resources.trainJobs, 'nlp', 'bert'),
      writes.slice(1),
    ],
    [
      'v1 runs already, beside v2',
      (cluster) =>
        cluster.put({ ...(cluster.all(resources.pytorchJobs)[0] as KubeObject), spec: v1Job('bert')['spec'] }),
      writes,
    ],
    [
      'v1 runs already, and the TrainJob was deleted by hand',
      (cluster) => {
        cluster.put({ ...(cluster.all(resources.pytorchJobs)[0] as KubeObject), spec: v1Job('bert')['spec'] })
        cluster.remove(resources.trainJobs, 'nlp', 'bert')
      },
      writes.slice(1),
    ],
  ])('goes on from where it finds the job: %s', async (_, upset, expected) => {
    const cluster = await moved()
    upset(cluster)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const ran = await rollback('job bert --yes', cluster)
    expect([ran.code, ran.writes, stands(cluster)]).toEqual([0, expected, 'v1 runs 3, v2 0'])
    expect(cluster.all(resources.pytorchJobs)[0]?.metadata.annotations).toEqual({})
  })

  it('is done already where nothing is held', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    const ran = await rollback('job bert --yes', cluster)
    expect(ran).toEqual({
      code: 0,
      stdout: 'nlp/bert has nothing to roll back: v1 is not held\n',
      stderr: '',
      writes: [],
    })
  })

  it('never resumes what its owner suspended', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert', { suspend: true })] })
    startOperators(cluster)
    await run(cutoverCommand, 'job bert --yes', cluster)
    const ran = await rollback('job bert --yes', cluster)
    expect(ran.stdout).toBe('nlp/bert is rolled back: TrainJob removed, v1 suspended as before\n')
    expect([ran.code, ran.writes, stands(cluster)]).toEqual([0, writes.slice(0, 1), 'v1 suspended 0, v2 0'])
  })

  const complete = { status: { conditions: [condition('Complete')] } }
  const foreign = { metadata: { ...trainJob('bert').metadata, uid: 'uid-of-another' } }
  const ended = (cluster: FakeCluster) => {
    cluster.remove(resources.trainJobs, 'nlp', 'bert')
    const v1 = cluster.all(resources.pytorchJobs)[0] as KubeObject
    const marks = { ...v1.metadata.annotations, [v1Annotations.ended]: "v1's bert-master-0 succeeded by itself" }
    cluster.put({ ...v1, metadata: { ...v1.metadata, annotations: marks } })
  }

  it.each<[what: string, upset: (cluster: FakeCluster) => unknown, message: string]>([
    [
      'v2 is Complete',
      (cluster) => patchTrainJob(cluster, complete),
      'v2 has finished (the TrainJob is Complete): v1 would train it all again',
    ],
    [
      'v1 ended while it was held',
      ended,
      "it ended while it was held (v1's bert-master-0 succeeded by itself): resumed, v1 would train it all again",
    ],
    [
      'the TrainJob is somebody else’s',
      (cluster) => patchTrainJob(cluster, foreign),
      'the TrainJob bert was not made from this PyTorchJob, and v1 would run beside it',
    ],
  ])('refuses where %s, and writes nothing', async (_, upset, message) => {
    const cluster = await moved()
    upset(cluster)
    const before = stands(cluster)
    const ran = await rollback('job bert --yes', cluster)
    expect(ran.stderr).toContain(`error: nlp/bert is not rolled back: ${message}\n`)
    expect([ran.code, ran.stdout, ran.writes, stands(cluster)]).toEqual([1, '', [], before])
  })

  it('has nothing to do where v1 runs beside a TrainJob of somebody else, whatever is written on it', async () => {
    const cluster = await moved()
    cluster.put({ ...(cluster.all(resources.pytorchJobs)[0] as KubeObject), spec: v1Job('bert')['spec'] })
    patchTrainJob(cluster, foreign)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const ran = await rollback('job bert --yes', cluster)
    expect([ran.code, ran.stdout, ran.writes]).toEqual([0, 'nlp/bert has nothing to roll back: v1 is not held\n', []])
  })

  it.each<[what: string, upset: (cluster: FakeCluster) => unknown]>([
    ['v2 is Complete', (cluster) => patchTrainJob(cluster, complete)],
    ['v1 ended while it was held', ended],
  ])('--rerun goes back although %s', async (_, upset) => {
    const cluster = await moved()
    upset(cluster)
    const ran = await rollback('job bert --yes --rerun', cluster)
    expect([ran.code, stands(cluster)]).toEqual([0, 'v1 runs 3, v2 0'])
    expect(cluster.all(resources.pytorchJobs)[0]?.metadata.annotations).toEqual({})
  })

  it.each([
    ['y\n', 0, writes],
    ['n\n', 1, []],
    ['', 1, []],
  ])('asks once on a terminal: %j', async (input, code, expected) => {
    const cluster = await moved()
    const ran = await rollback('job bert', cluster, { tty: true, input })
    expect(ran.stderr).toContain(
      [
        'TrainJob bert and its 3 pods are deleted; then v1 is as it was before the hold.',
        'v1 goes on from the last checkpoint it finds; what was trained since is trained again.',
        'Go back to v1 now?  [y/N] ',
      ].join('\n'),
    )
    expect([ran.code, ran.writes]).toEqual([code, expected])
  })

  it('wants --yes where there is no terminal', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const ran = await rollback('job bert --rerun', cluster)
    expect(ran.stderr.split('\n')).toEqual([
      'error: rollback asks before it deletes a TrainJob, and there is no terminal to ask on',
      '       kubectl migrate rollback job bert --rerun --dry-run=client',
      '       kubectl migrate rollback job bert --rerun --yes',
      '',
    ])
    expect([ran.code, cluster.log]).toEqual([2, []])
  })

  it('is for TrainJobs that were made from this very job', async () => {
    const cluster = await moved()
    expect(cluster.all(resources.trainJobs)[0]?.metadata.annotations).toMatchObject({
      [annotations.sourceUid]: cluster.all(resources.pytorchJobs)[0]?.metadata.uid,
    })
  })
})

describe('Ctrl-C', () => {
  it('does not leave a way back half-way, and says so', async () => {
    const cluster = await moved()
    const interruption = new AbortController()
    cluster.onChange(({ type, resource }) => {
      if (type === 'DELETED' && resource === resources.trainJobs) interruption.abort()
    })
    const { code, stderr } = await rollback('job bert --yes', cluster, { signal: interruption.signal })
    expect(stderr).toContain(
      'Ctrl-C: a way back that has begun goes on to its end. Ctrl-C again ends it at once; the same command then goes on from there.\n',
    )
    expect([code, stands(cluster)]).toEqual([0, 'v1 runs 3, v2 0'])
  })
})
