import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { type FakeEnvOptions, fakeEnv } from '../../test/unit/fake-env.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { type OperatorsOptions, startOperators } from '../../test/unit/operators.ts'
import { parseWords } from '../cli/parse.ts'
import { ClusterError, type ClusterErrorCause } from '../cluster/errors.ts'
import { convertJob } from '../convert/convert.ts'
import { guardCount } from '../execute/prepare.ts'
import { refusedProblem } from '../execute/prepare-refusals.ts'
import type { KubeObject } from '../kube/object.ts'
import type { PodStatus } from '../kube/pod.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { describeError } from '../present/errors.ts'
import { isSuspended } from '../v1/state.ts'
import { command } from './cutover.ts'

interface World extends OperatorsOptions, FakeEnvOptions {
  readonly v1?: KubeObject
  readonly beside?: readonly KubeObject[]
  /** stands between the program and the cluster */
  readonly prepare?: (cluster: FakeCluster) => void
}

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** create, patch and delete, in order, but for the record of the migration */
  readonly writes: string[]
  readonly cluster: FakeCluster
  /** what runs at the end: `v1 3` `v2 0` */
  readonly runs: string
  readonly v1Suspended: boolean
}

/** Runs `cutover` with these words in a world of one PyTorchJob, and lets everybody come to rest. */
async function cutover(words: string, world: World = {}): Promise<Ran> {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [world.v1 ?? v1Job('bert'), ...(world.beside ?? [])] })
  startOperators(cluster, world)
  world.prepare?.(cluster)
  const { env, stdout, stderr } = fakeEnv({ columns: 120, ...world, cluster })
  const { positionals, flags } = parseWords(words.split(' '), command.flags)
  let code: number
  try {
    code = await command.run(env, { positionals, flags, connection: {}, allNamespaces: false, verbosity: 0 })
  } catch (error) {
    const told = describeError(error, env.name)
    env.err.write(`${told.lines.join('\n')}\n`)
    code = told.exit
  }
  await new Promise((resolve) => setTimeout(resolve, 5))
  const pods = cluster.all(resources.pods).map(({ metadata }) => metadata.labels ?? {})
  const count = (label: string) => pods.filter((labels) => label in labels).length
  return {
    code,
    stdout: stdout(),
    stderr: stderr(),
    writes: cluster.log.filter((line) =>
      /^(create|patch|delete) (?!(configmaps|secrets|leases\.\S+) nlp migration-)/.test(line),
    ),
    cluster,
    runs: `v1 ${count('training.kubeflow.org/job-name')}, v2 ${count('jobset.sigs.k8s.io/jobset-name')}`,
    v1Suspended: isSuspended(cluster.all(resources.pytorchJobs)[0] ?? v1Job('gone')),
  }
}

const runtime = expect.stringMatching(/^create trainingruntimes\.trainer\.kubeflow\.org nlp v1-pytorch-/)
const whole = [
  runtime,
  'create trainjobs.trainer.kubeflow.org nlp bert',
  'patch pytorchjobs.kubeflow.org nlp bert',
  'patch trainjobs.trainer.kubeflow.org nlp bert',
]
const rollback = ['delete trainjobs.trainer.kubeflow.org nlp bert', 'patch pytorchjobs.kubeflow.org nlp bert']

const onV2 = (role: string, status: PodStatus) => (pod: { role: string }) => (pod.role === role ? status : undefined)
const exited = (exitCode: number): PodStatus => ({
  phase: 'Running',
  containerStatuses: [{ name: 'node', state: { terminated: { exitCode } } }],
})

describe('cutover', () => {
  it('moves the job with four writes', async () => {
    const { code, stdout, writes, runs, v1Suspended } = await cutover('job bert --yes')
    expect(stdout).toBe('nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n')
    expect({ code, writes, runs, v1Suspended }).toEqual({
      code: 0,
      writes: whole,
      runs: 'v1 0, v2 3',
      v1Suspended: true,
    })
  })

  it('tells each step in a pipe, with the time', async () => {
    const { stderr } = await cutover('job bert --yes --observe 0', { now: () => new Date('2026-03-01T12:00:00Z') })
    expect(stderr.replaceAll(/done in \d+\.\d s/g, 'done in S').split('\n')).toEqual([
      'nlp/bert   PyTorchJob -> TrainJob bert   3 pods, proved the same',
      '  changed    spec.runPolicy.cleanPodPolicy: pods that still run when the job has succeeded are stopped',
      `  ✓ guards     ${guardCount} of ${guardCount} passed (owner none, kueue none, volumes: v1 stops before v2 writes)`,
      expect.stringMatching(/^2026-03-01T12:00:00Z runtime: done in S: v1-pytorch-\w{10}, content equal$/),
      '2026-03-01T12:00:00Z TrainJob: done in S: bert is there, suspended',
      '2026-03-01T12:00:00Z preview: done in S: operators render 3 pods, equal to the proof',
      '2026-03-01T12:00:00Z No sign of a checkpoint was seen at the end of v1’s log: up to 3 pods x 59d, all since its pods started, are repeated.',
      '2026-03-01T12:00:00Z hold v1: done in S: 3 pods gone, v1 kept suspended',
      '2026-03-01T12:00:00Z start v2: done in S: 3 of 3 pods run, equal to the proof',
      '2026-03-01T12:00:00Z observe: done in S: 3 of 3 pods run, equal to the proof',
      'note: resume not verified: no log tells a step',
      'Next:',
      '  kubectl migrate status pytorchjob/bert -n nlp',
      '',
    ])
  })

  it('puts everything back when v2 fails, and says why in the first line', async () => {
    const { code, stdout, writes, runs, v1Suspended } = await cutover('job bert --yes', {
      fate: onV2('node', exited(1)),
    })
    expect(stdout).toBe(
      'nlp/bert was NOT cut over: rank 0 (master-0) failed: container node ended with exit code 1; ' +
        'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n',
    )
    expect({ code, writes, runs, v1Suspended }).toEqual({
      code: 5,
      writes: [...whole, ...rollback],
      runs: 'v1 3, v2 0',
      v1Suspended: false,
    })
  })

  it('puts everything back when time is up, with the scheduler’s words', async () => {
    const unschedulable = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/8 nodes.' }
    const { code, stdout, runs } = await cutover('job bert --yes --timeout 20m', {
      fate: onV2('node', { phase: 'Pending', conditions: [unschedulable] }),
    })
    expect(stdout).toBe(
      'nlp/bert was NOT cut over: not within 20:00: 0 of 3 pods ready; rank 0, 1, 2 Unschedulable: 0/8 nodes; ' +
        'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n',
    )
    expect([code, runs]).toEqual([5, 'v1 3, v2 0'])
  })

  it('never stops v1 when the operators do not render the TrainJob', async () => {
    const { code, stdout, writes, runs } = await cutover('job bert --yes', { trainer: false })
    expect(stdout).toBe(
      'nlp/bert was NOT cut over: not within 2:00: Trainer has rendered no JobSet yet; ' +
        'nothing of it is left, v1 was never stopped\n',
    )
    expect({ code, writes, runs }).toEqual({
      code: 1,
      writes: [...whole.slice(0, 2), 'delete trainjobs.trainer.kubeflow.org nlp bert'],
      runs: 'v1 3, v2 0',
    })
  })

  it('never stops v1 when JobSet’s controller does not take up what Trainer rendered', async () => {
    const { code, stdout, stderr, writes, runs } = await cutover('job bert --yes', { jobSet: false })
    expect(stdout).toBe(
      'nlp/bert was NOT cut over: not within 2:00: JobSet’s controller has not taken up JobSet bert yet; ' +
        'nothing of it is left, v1 was never stopped\n',
    )
    expect(stderr.slice(stderr.indexOf('Next:')).split('\n')).toEqual([
      'Next:',
      '  kubectl get pods -A | grep -e trainer -e jobset   (do the controllers run?)',
      '  kubectl migrate cutover pytorchjob/bert -n nlp    (when they do)',
      '  kubectl migrate status pytorchjob/bert -n nlp',
      '',
    ])
    expect({ code, writes, runs }).toEqual({
      code: 1,
      writes: [...whole.slice(0, 2), 'delete trainjobs.trainer.kubeflow.org nlp bert'],
      runs: 'v1 3, v2 0',
    })
  })

  it('resumes v1 when its pods do not go', async () => {
    const { code, stdout, writes } = await cutover('job bert --yes', { deletesV1Pods: false })
    expect(stdout).toContain(
      'NOT cut over: not within 15:00: 3 of 3 pods still terminate: bert-master-0, bert-worker-0, bert-worker-1; rolled back: v1 resumed',
    )
    expect([code, writes]).toEqual([5, [...whole.slice(0, 3), ...rollback.toReversed()]])
  })

  it('leaves v1 held, and starts nothing, when its Master succeeds at the moment of the hold', async () => {
    const { code, stdout, writes, runs, v1Suspended } = await cutover('job bert --yes', {
      prepare: (cluster) => {
        cluster.onChange(({ resource, object, type }) => {
          if (resource !== resources.pytorchJobs || type !== 'MODIFIED' || !isSuspended(object)) return
          const master = cluster.all(resources.pods).find(({ metadata }) => metadata.name === 'bert-master-0')
          if (master) cluster.put({ ...master, status: { phase: 'Succeeded' } })
        })
      },
    })
    expect(stdout).toBe(
      "nlp/bert was NOT cut over: v1's bert-master-0 succeeded by itself; " +
        'the TrainJob is removed, v1 stays suspended so that nothing runs twice\n',
    )
    expect({ code, writes, runs, v1Suspended }).toEqual({
      code: 1,
      writes: [
        ...whole.slice(0, 3),
        'patch pytorchjobs.kubeflow.org nlp bert',
        'delete trainjobs.trainer.kubeflow.org nlp bert',
      ],
      runs: 'v1 0, v2 0',
      v1Suspended: true,
    })
  })
})

describe('cutover among others', () => {
  /** Somebody writes to an object, once, right before the program's own patch of it. */
  const disturbing = (resource: string, how: (cluster: FakeCluster) => void) => (cluster: FakeCluster) => {
    const patch = cluster.patch.bind(cluster)
    let done = false
    cluster.patch = async (asked, ...rest) => {
      if (!done && asked.plural === resource) {
        done = true
        how(cluster)
      }
      return patch(asked, ...rest) as never
    }
  }
  const v1Of = (cluster: FakeCluster): KubeObject => cluster.all(resources.pytorchJobs)[0] ?? v1Job('gone')

  it('reads again and goes on when only the status of v1 has changed', async () => {
    const { code, writes, runs } = await cutover('job bert --yes', {
      prepare: disturbing('pytorchjobs', (cluster) => cluster.put(v1Of(cluster))),
    })
    expect({ code, runs }).toEqual({ code: 0, runs: 'v1 0, v2 3' })
    expect(writes.filter((line) => line.includes('pytorchjobs'))).toHaveLength(2)
  })

  it('undoes and tells when the spec of v1 has changed since it was converted', async () => {
    const { code, stdout, runs, v1Suspended } = await cutover('job bert --yes', {
      prepare: disturbing('pytorchjobs', (cluster) => {
        const v1 = v1Of(cluster)
        cluster.put({ ...v1, metadata: { ...v1.metadata, generation: 2 } })
      }),
    })
    expect(stdout).toBe(
      'nlp/bert was NOT cut over: somebody changed the v1 job since it was converted; nothing of it is left, v1 was never stopped\n',
    )
    expect({ code, runs, v1Suspended }).toEqual({ code: 4, runs: 'v1 3, v2 0', v1Suspended: false })
  })

  it('resumes v1 when somebody deletes the TrainJob meanwhile', async () => {
    const { code, stdout, runs } = await cutover('job bert --yes', {
      prepare: disturbing('trainjobs', (cluster) => void cluster.remove(resources.trainJobs, 'nlp', 'bert')),
    })
    expect(stdout).toContain('rolled back: v1 resumed, 3 of 3 pods running')
    expect([code, runs]).toEqual([5, 'v1 3, v2 0'])
  })

  it('uses the runtime another cutover has made a moment before', async () => {
    const { code, writes } = await cutover('job bert --yes', {
      prepare: (cluster) => {
        const create = cluster.create.bind(cluster)
        cluster.create = async (resource, object, ...rest) => {
          if (resource === resources.trainingRuntimes) cluster.put(object)
          return create(resource, object, ...rest) as never
        }
      },
    })
    expect([code, writes]).toEqual([0, whole])
  })
})

describe('cutover --no-create-runtime', () => {
  const words = 'job bert --yes --no-create-runtime'

  it('writes nothing where the runtime is not there, and tells how it is made', async () => {
    const { code, stdout, stderr, writes } = await cutover(words)
    expect([code, stdout, writes]).toEqual([1, '', []])
    expect(stderr.replaceAll(/v1-pytorch-\w{10}/g, 'RUNTIME')).toBe(
      [
        'error: nlp/bert is not cut over: it needs TrainingRuntime RUNTIME, which is not there',
        '       --no-create-runtime leaves it to others',
        '       nothing was changed',
        '       kubectl migrate runtimes export RUNTIME -n nlp | kubectl apply -f -   (for whoever may make runtimes)',
        '',
      ].join('\n'),
    )
  })

  it('goes on where it is there', async () => {
    const { runtime: made } = convertJob(v1Job('bert'), { live: true, run: true, anyName: true, toolVersion: 'test' })
    const { code, writes } = await cutover(words, { beside: [made] })
    expect([code, writes]).toEqual([0, whole.slice(1)])
  })
})

const asked = { verb: 'patch', resource: 'x' }

describe.each<[what: string, failure: ClusterErrorCause]>([
  ['a cluster that does not answer', { kind: 'timeout', by: 'request', server: 'https://fake', sent: true, ...asked }],
  ['a cluster that answers 500', { kind: 'internal', status: 500, message: 'etcdserver: request timed out', ...asked }],
])('cutover on %s once', (_, failure) => {
  type Verb = 'create' | 'patch' | 'delete'

  /** The n-th write of a verb fails; `acted`: the server did what it was asked, but the answer was lost. */
  const failing = (verb: Verb, n: number, acted: boolean) => (cluster: FakeCluster) => {
    const original = (cluster[verb] as (...args: unknown[]) => Promise<unknown>).bind(cluster)
    let count = 0
    Object.assign(cluster, {
      [verb]: async (...args: unknown[]) => {
        const { group } = args[0] as Resource
        if (group === 'authorization.k8s.io' || group === 'events.k8s.io' || ++count !== n)
          return await original(...args)
        const stored = acted ? ((await original(...args)) as KubeObject | undefined) : undefined
        // the API server sorts the keys of a record
        const data = Object.entries((stored?.['data'] ?? {}) as object).sort(([a], [b]) => a.localeCompare(b))
        if (stored && data.length > 0) cluster.put({ ...stored, data: Object.fromEntries(data) })
        throw new ClusterError(failure)
      },
    })
  }

  it.each<[verb: Verb, n: number, acted: boolean]>([
    ['create', 1, true],
    ['create', 1, false],
    ['create', 2, true],
    ['create', 2, false],
    ['create', 3, true],
    ['create', 3, false],
    ['create', 4, true],
    ['create', 4, false],
    ['create', 5, true],
    ['create', 6, false],
    ['patch', 1, true],
    ['patch', 1, false],
    ['patch', 2, true],
    ['patch', 2, false],
  ])('loses the answer of %s %d (acted: %s), finds out, and goes on', async (verb, n, acted) => {
    const { code, runs, v1Suspended } = await cutover('job bert --yes', { prepare: failing(verb, n, acted) })
    expect({ code, runs, v1Suspended }).toEqual({ code: 0, runs: 'v1 0, v2 3', v1Suspended: true })
  })

  it.each<[verb: Verb, n: number, acted: boolean]>([
    ['delete', 1, true],
    ['delete', 1, false],
    ['patch', 3, true],
    ['patch', 3, false],
  ])('loses the answer of %s %d (acted: %s) on the way back, and comes back', async (verb, n, acted) => {
    const { code, runs, v1Suspended } = await cutover('job bert --yes', {
      fate: onV2('node', exited(1)),
      prepare: failing(verb, n, acted),
    })
    expect({ code, runs, v1Suspended }).toEqual({ code: 5, runs: 'v1 3, v2 0', v1Suspended: false })
  })

  it('says what stands when it may not go back', async () => {
    const { code, stdout, stderr, runs } = await cutover('job bert --yes', {
      fate: onV2('node', exited(1)),
      prepare: (cluster) => {
        cluster.delete = async () => {
          throw new ClusterError({
            kind: 'forbidden',
            group: 'trainer.kubeflow.org',
            message: 'no',
            verb: 'delete',
            resource: 'trainjobs.trainer.kubeflow.org',
            namespace: 'nlp',
          })
        }
      },
    })
    expect(stdout).toContain(
      'nlp/bert is NEITHER cut over NOR rolled back: rank 0 (master-0) failed: container node ended with exit code 1; then remove v2 failed: forbidden:',
    )
    expect(stderr).toContain(
      [
        'What stands:',
        '  v1  PyTorchJob bert: suspended, 0 pods',
        '  v2  TrainJob bert: not suspended, 3 pods',
        'Next:',
        '  kubectl delete trainjob bert -n nlp',
        `  kubectl patch pytorchjobs bert -n nlp --type merge -p '{"spec":{"runPolicy":{"suspend":false}}}'   (v1 runs again)`,
        '  kubectl migrate status pytorchjob/bert -n nlp',
      ].join('\n'),
    )
    expect([code, runs]).toEqual([6, 'v1 0, v2 3'])
  })

  const asked = { verb: 'create', resource: 'trainjobs.trainer.kubeflow.org', namespace: 'nlp' } as const
  const refusingTrainJobs = (failure: ClusterErrorCause) => (cluster: FakeCluster) => {
    const create = cluster.create.bind(cluster)
    cluster.create = async (resource, ...rest) => {
      if (resource !== resources.trainJobs) return create(resource, ...rest) as never
      throw new ClusterError(failure)
    }
  }

  it('changes nothing without the right to create a TrainJob, and says which right is missing', async () => {
    const { code, stdout, runs, v1Suspended } = await cutover('job bert --yes', {
      prepare: refusingTrainJobs({ kind: 'forbidden', group: 'trainer.kubeflow.org', message: 'no', ...asked }),
    })
    expect(stdout).toMatch(
      /^nlp\/bert was NOT cut over: forbidden: .*create trainjobs.*; nothing of it is left, v1 was never stopped\n$/,
    )
    expect({ code, runs, v1Suspended }).toEqual({ code: 3, runs: 'v1 3, v2 0', v1Suspended: false })
  })

  it('says in the first line why a webhook or a policy refuses', async () => {
    const { code, stdout, runs } = await cutover('job bert --yes', {
      prepare: refusingTrainJobs({ kind: 'admission', message: 'no changes on Fridays', ...asked, name: 'bert' }),
    })
    expect(stdout).toBe(
      'nlp/bert was NOT cut over: refused: the cluster does not admit trainjobs nlp/bert: no changes on Fridays; ' +
        'nothing of it is left, v1 was never stopped\n',
    )
    expect([code, runs]).toEqual([3, 'v1 3, v2 0'])
  })

  it('says below it what to do about an error of the cluster', async () => {
    const { code, stderr } = await cutover('job bert --yes', {
      prepare: refusingTrainJobs({
        ...{ kind: 'webhook', webhook: 'w.example', outcome: 'unreachable', message: 'connection refused' },
        ...asked,
        name: 'bert',
      }),
    })
    expect([code, stderr.split('\n').slice(-4)]).toEqual([
      3,
      [
        "  Is its operator running? `kubectl get pods -A`, and the Service the webhook's configuration names.",
        'Next:',
        '  kubectl migrate status pytorchjob/bert -n nlp',
        '',
      ],
    ])
  })

  describe('while v1 is stopped and Trainer’s webhook does not answer', () => {
    /** The resume is refused so many times. */
    const away = (times: number) => (cluster: FakeCluster) => {
      const patch = cluster.patch.bind(cluster)
      let left = times
      cluster.patch = async (resource, ...rest) => {
        if (resource !== resources.trainJobs || left-- <= 0) return patch(resource, ...rest) as never
        const failure = { webhook: 'validator.trainer', outcome: 'unreachable', message: 'connection refused' } as const
        throw new ClusterError({ kind: 'webhook', ...failure, ...asked, verb: 'patch', name: 'bert' })
      }
    }

    it('tries again: what v1 has trained is not thrown away', async () => {
      const { code, stdout, stderr, runs } = await cutover('job bert --yes --observe 0', { prepare: away(3) })
      expect(stderr).toContain('start v2: the webhook validator.trainer cannot be asked   0:')
      expect([code, stdout, runs]).toEqual([
        0,
        'nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n',
        'v1 0, v2 3',
      ])
    })

    it('goes back when it stays away', async () => {
      const { code, stdout, runs } = await cutover('job bert --yes --observe 0', { prepare: away(1000) })
      expect(stdout).toMatch(/NOT cut over: the webhook validator.trainer cannot be asked.*; rolled back: /)
      expect([code, runs]).toEqual([5, 'v1 3, v2 0'])
    })
  })

  it('writes nothing when the cluster cannot be read whole', async () => {
    const { code, stdout, writes } = await cutover('job bert --yes', {
      prepare: (cluster) => {
        const list = cluster.list.bind(cluster)
        cluster.list = async (resource, options) => {
          if (resource !== resources.jobSets) return list(resource, options) as never
          throw new ClusterError({
            kind: 'forbidden',
            group: 'jobset.x-k8s.io',
            message: 'no',
            verb: 'list',
            resource: 'jobsets.jobset.x-k8s.io',
            namespace: 'nlp',
          })
        }
      },
    })
    expect([code, stdout, writes]).toEqual([3, '', []])
  })
})

describe('Ctrl-C', () => {
  /** Interrupted at the first change of this kind that this tells. */
  async function interruptedAt(plural: string, when: (object: KubeObject) => boolean, more = ''): Promise<Ran> {
    const interruption = new AbortController()
    return await cutover(`job bert --yes${more}`, {
      signal: interruption.signal,
      fate: onV2('node', { phase: 'Pending' }),
      prepare: (cluster) => {
        cluster.onChange(({ resource, object }) => {
          if (resource.plural === plural && when(object)) interruption.abort()
        })
      },
    })
  }

  it('before the hold undoes: v1 was never stopped', async () => {
    const { code, stdout, stderr, writes, runs } = await interruptedAt('jobsets', () => true)
    expect(stdout).toBe('nlp/bert was NOT cut over: interrupted; nothing of it is left, v1 was never stopped\n')
    expect(stderr).toContain('  kubectl migrate cutover pytorchjob/bert -n nlp\n')
    expect({ code, writes, runs }).toEqual({
      code: 130,
      writes: [...whole.slice(0, 2), 'delete trainjobs.trainer.kubeflow.org nlp bert'],
      runs: 'v1 3, v2 0',
    })
  })

  it('names the same command with every flag that was typed', async () => {
    const typed =
      " --observe 20s --timeout 5m --accept no-checkpoint --accept policy-labels --hook before-hold=it's --keep-going"
    const { stderr } = await interruptedAt('jobsets', () => true, typed)
    const flags =
      "--accept no-checkpoint --accept policy-labels --hook 'before-hold=it'\\''s' --timeout 5m --observe 20s"
    expect(stderr).toContain(`\n  kubectl migrate cutover pytorchjob/bert -n nlp ${flags}\n`)
  })

  it('while v1 stops resumes it', async () => {
    const { code, stdout, writes, runs } = await interruptedAt('pytorchjobs', isSuspended)
    expect(stdout).toContain('NOT cut over: interrupted; rolled back: v1 resumed, 3 of 3 pods running')
    expect({ code, writes, runs }).toEqual({
      code: 130,
      writes: [...whole.slice(0, 3), ...rollback.toReversed()],
      runs: 'v1 3, v2 0',
    })
  })

  it('while v2 starts rolls back', async () => {
    const resumed = ({ spec }: KubeObject) => (spec as { suspend?: boolean }).suspend === false
    const { code, stdout, writes, runs } = await interruptedAt('trainjobs', resumed)
    expect(stdout).toBe(
      'nlp/bert was NOT cut over: interrupted; rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n',
    )
    expect({ code, writes, runs }).toEqual({ code: 130, writes: [...whole, ...rollback], runs: 'v1 3, v2 0' })
  })
})

describe('a v2 that finishes while it is watched', () => {
  const masterDone = (pod: { name: string }): PodStatus | undefined =>
    pod.name.endsWith('-node-0-0') ? { phase: 'Succeeded' } : pod.name.includes('-node-') ? exited(1) : undefined
  const says = 'nlp/bert is cut over: rank 0 (master-0) succeeded, which decides the job; v1 is kept suspended\n'

  it('is a success, whatever becomes of the workers then', async () => {
    const { code, stdout, runs } = await cutover('job bert --yes', { fate: masterDone })
    expect([code, stdout, runs]).toEqual([0, says, 'v1 0, v2 3'])
  })

  it('is not taken back by Ctrl-C: it would be trained again', async () => {
    const interruption = new AbortController()
    const { code, stdout, writes, v1Suspended } = await cutover('job bert --yes', {
      fate: masterDone,
      signal: interruption.signal,
      prepare: (cluster) => {
        cluster.onChange(({ object }) => {
          if (object.metadata.name?.startsWith('bert-node-0-0')) interruption.abort()
        })
      },
    })
    expect({ code, stdout, writes, v1Suspended }).toEqual({ code: 0, stdout: says, writes: whole, v1Suspended: true })
  })
})

describe('questions', () => {
  it.each<[answers: string, code: number, writes: unknown[], runs: string]>([
    ['y\ny\n', 0, whole, 'v1 0, v2 3'],
    ['Y\nyes\n', 0, whole, 'v1 0, v2 3'],
    ['y\nn\n', 1, [...whole.slice(0, 2), 'delete trainjobs.trainer.kubeflow.org nlp bert'], 'v1 3, v2 0'],
    ['n\n', 1, [], 'v1 3, v2 0'],
    ['\n', 1, [], 'v1 3, v2 0'],
    ['', 1, [], 'v1 3, v2 0'],
  ])('are answered %j', async (input, code, writes, runs) => {
    const ran = await cutover('job bert', { tty: true, input })
    expect([ran.code, ran.writes, ran.runs]).toEqual([code, writes, runs])
  })

  it('need a terminal', async () => {
    const { code, stderr, writes, cluster } = await cutover('job bert --observe 10m --accept no-checkpoint --overlap')
    expect(stderr).toBe(
      [
        'error: cutover asks before it stops a job, and there is no terminal to ask on',
        '       kubectl migrate cutover job bert --accept no-checkpoint --observe 10m --overlap --dry-run=client',
        '       kubectl migrate cutover job bert --accept no-checkpoint --observe 10m --overlap --yes',
        '',
      ].join('\n'),
    )
    expect([code, writes, cluster.log]).toEqual([2, [], []])
  })

  it.each([
    ['job bert --yes --timeout soon', '--timeout cannot be "soon": it takes a duration'],
    ['job bert --yes --observe 5', '--observe cannot be "5": it takes a duration'],
    ['--yes', 'which job? Name one'],
  ])('%s is wrong usage', async (words, message) => {
    const { code, stderr } = await cutover(words)
    expect(stderr).toContain(`error: ${message}\n`)
    expect(code).toBe(2)
  })
})

describe('a guard', () => {
  it('refuses with what to do, and nothing is written', async () => {
    const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bert', namespace: 'nlp' } }
    const { code, stdout, stderr, writes } = await cutover('job bert --yes', { beside: [service] })
    expect(stderr).toBe(
      [
        'error: nlp/bert is not cut over: there is a Service bert already',
        '       JobSet needs the name for its own Service: the pods of the TrainJob would not find each other',
        '       nothing was changed',
        '       kubectl get service bert -n nlp -o yaml   (rename or remove it)',
        '',
      ].join('\n'),
    )
    expect([code, stdout, writes]).toEqual([1, '', []])
  })

  it('names a way out once that several of them share', () => {
    const [remedy, other] = ['--pod-labels v1', '--accept policy-labels']
    const refused = [
      { code: 'one', message: 'this is so', remedy: [remedy] },
      { code: 'two', message: 'that is so', remedy: [remedy, other] },
    ]
    expect(describeError(refusedProblem(v1Job('bert'), refused), 'kubectl migrate').lines).toEqual([
      'error: nlp/bert is not cut over: this is so',
      '       and that is so',
      '       nothing was changed',
      '       --pod-labels v1',
      '       --accept policy-labels',
    ])
  })
})

it('breaks the last words between words on a terminal', async () => {
  const { stdout, stderr } = await cutover('job bert --yes', { tty: true, columns: 40 })
  expect(stdout).toBe(
    ['nlp/bert is cut over: 3 of 3 pods run,', 'equal to the proof; v1 is kept suspended', ''].join('\n'),
  )
  expect(stderr).toMatch(/\nNext:\n {2}kubectl migrate status pytorchjob\/bert -n nlp\n$/)
})

it('puts what a command is for below it where a terminal has no room beside', async () => {
  const { stderr } = await cutover('job bert --yes', { tty: true, columns: 80, fate: onV2('node', exited(1)) })
  expect(stderr.split('\n').slice(-5)).toEqual([
    'Next:',
    '  kubectl migrate status pytorchjob/bert -n nlp',
    '  kubectl migrate status pytorchjob/bert -n nlp --history',
    '  (its record, all that is left of it)',
    '',
  ])
})
