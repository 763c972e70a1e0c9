import type { ChildProcess } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { cluster, life, type Outcome } from './harness.ts'
import { checkpoints, isReady } from './jobs.ts'

/** Looks short enough for tests; what they are long for is tested by the fast tests. */
const quick = ['--yes', '--observe', '1s'] as const

interface JobOptions {
  /** on the pods; with `only`, on those whose name matches */
  readonly life?: Readonly<Record<string, string>>
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly runPolicy?: Readonly<Record<string, unknown>>
  readonly roles?: Readonly<
    Record<string, { readonly replicas: number; readonly spec?: object; readonly container?: object }>
  >
}

function pyTorchJob(name: string, options: JobOptions = {}): object {
  const { roles = { Master: { replicas: 1 }, Worker: { replicas: 2 } } } = options
  const container = {
    name: 'pytorch',
    image: 'example.org/train:1',
    command: ['python', 'train.py'],
    env: [checkpoints],
  }
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name, ...options.metadata },
    spec: {
      ...(options.runPolicy && { runPolicy: options.runPolicy }),
      pytorchReplicaSpecs: Object.fromEntries(
        Object.entries(roles).map(([role, { replicas, spec, container: more }]) => [
          role,
          {
            replicas,
            template: {
              ...(options.life && { metadata: { annotations: options.life } }),
              spec: { containers: [{ ...container, ...more }], ...spec },
            },
          },
        ]),
      ),
    },
  }
}

const podsOf = async (namespace: string, label: string): Promise<Pod[]> =>
  (await cluster().get<{ items: Pod[] }>(['pods', '-l', label], { namespace })).items

const v1Pods = (namespace: string, name: string) => podsOf(namespace, `training.kubeflow.org/job-name=${name}`)
const v2Pods = (namespace: string, name: string) => podsOf(namespace, `jobset.sigs.k8s.io/jobset-name=${name}`)

/** A namespace in which this job runs, all its pods ready. */
async function running(name: string, options: JobOptions = {}): Promise<string> {
  const { namespace, create, waitFor } = cluster()
  const place = await namespace()
  await create(place, pyTorchJob(name, options))
  const roles = Object.values(options.roles ?? { Master: { replicas: 1 }, Worker: { replicas: 2 } })
  const total = roles.reduce((sum, { replicas }) => sum + replicas, 0)
  await waitFor(`${total} v1 pods run`, async () => (await v1Pods(place, name)).filter(isReady).length === total)
  return place
}

const cutover = (namespace: string, name: string, ...args: readonly string[]): Promise<Outcome> =>
  cluster().migrate(['cutover', 'job', name, ...args], { namespace })

const jobOf = (namespace: string, name: string) => cluster().get<KubeObject>([`pytorchjob/${name}`], { namespace })

const suspendOf = async (namespace: string, name: string): Promise<unknown> => {
  const spec = (await jobOf(namespace, name))['spec'] as { runPolicy?: { suspend?: boolean } }
  return spec.runPolicy?.suspend ?? false
}

const names = async (namespace: string, ...resources: readonly string[]): Promise<string[]> => {
  const { items } = await cluster().get<{ items: KubeObject[] }>([resources.join(',')], { namespace })
  return items.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()
}

/** The environment of a pod's first container as its process would see it. */
function environment({ metadata, spec }: Pod): Record<string, string> {
  const seen: Record<string, string> = {}
  for (const { name, value, valueFrom } of spec.containers[0]?.env ?? []) {
    const path = valueFrom?.fieldRef?.fieldPath
    const [, kind, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path ?? '') ?? []
    const map = kind === 'labels' ? metadata.labels : metadata.annotations
    const text = path === undefined ? (value ?? '') : (map?.[key ?? ''] ?? `<${path}>`)
    seen[name] = text.replaceAll(/\$\((\w+)\)/g, (whole, other) => seen[other] ?? whole)
  }
  return seen
}

/** What a training process reads of its place, by rank. */
async function places(namespace: string, name: string): Promise<Record<string, string | undefined>[]> {
  return (await v2Pods(namespace, name))
    .map(environment)
    .map(({ RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT }) => ({ RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT }))
    .sort((a, b) => Number(a.RANK) - Number(b.RANK))
}

/** `POST .../trainjobs`: the writes that -v 6 tells of. */
/** Who we are, and what we may, is asked by POST too: that writes nothing. */
function writesOf({ stderr }: Outcome): string[] {
  const lines = stderr.matchAll(/^(POST|PUT|PATCH|DELETE) (?!\S+\/(?:selfsubject\w*reviews|events)\b)(\S+) (\d+) in/gm)
  return [...lines].map(([, method, url]) => `${method} ${new URL(url ?? '').pathname.split('/').slice(-2).join('/')}`)
}

describe('cutover of a running job', () => {
  it('holds v1 and runs the TrainJob of its name: same ranks, same environment, few writes, nothing else left', async () => {
    const namespace = await running('bert')
    const outcome = await cutover(namespace, 'bert', ...quick, '-v', '6')
    expect(outcome.stdout).toBe(
      `${namespace}/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n`,
    )
    expect(outcome.code).toBe(0)
    // a slow machine renews the lock
    const all = writesOf(outcome).filter((write) => !/^PATCH leases/.test(write))
    expect(all.length).toBeLessThanOrEqual(17)
    const own = /(configmaps|leases)\/migration-|\/(configmaps|secrets|leases)$/
    expect(all.filter((write) => !own.test(write))).toEqual([
      `POST ${namespace}/trainingruntimes`,
      `POST ${namespace}/trainjobs`,
      'PATCH pytorchjobs/bert',
      'PATCH trainjobs/bert',
    ])
    expect(await suspendOf(namespace, 'bert')).toBe(true)
    expect(await v1Pods(namespace, 'bert')).toEqual([])
    const pods = await v2Pods(namespace, 'bert')
    expect(pods.map((pod) => [pod.status?.phase, isReady(pod)])).toEqual([
      ['Running', true],
      ['Running', true],
      ['Running', true],
    ])
    const shared = { WORLD_SIZE: '3', MASTER_ADDR: 'bert-node-0-0.bert', MASTER_PORT: '23456' }
    expect(await places(namespace, 'bert')).toEqual(['0', '1', '2'].map((RANK) => ({ RANK, ...shared })))
    // the snapshot is Trainer's own
    expect(await names(namespace, 'configmaps', 'secrets', 'leases', 'services', 'trainjobs')).toEqual([
      'ConfigMap/bert-runtime-snapshot',
      'ConfigMap/kube-root-ca.crt',
      expect.stringMatching(/^ConfigMap\/migration-pytorchjob-bert-\w{8}-1$/),
      expect.stringMatching(/^Secret\/migration-pytorchjob-bert-\w{8}-1$/),
      'Service/bert',
      'TrainJob/bert',
    ])
    expect(await names(namespace, 'trainingruntimes')).toEqual([
      expect.stringMatching(/^TrainingRuntime\/v1-pytorch-\w{10}$/),
    ])
  })

  it('keeps roles that differ in resources and volumes', async () => {
    const { create, namespace: make, waitFor } = cluster()
    const namespace = await make()
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
    }
    const data = { name: 'data', persistentVolumeClaim: { claimName: 'data' } }
    const shm = { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } }
    const roles = {
      Master: {
        replicas: 1,
        spec: { volumes: [data] },
        container: { resources: { limits: { cpu: '100m' } }, volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      },
      Worker: {
        replicas: 2,
        spec: { volumes: [data, shm] },
        container: {
          resources: { limits: { cpu: '200m', memory: '64Mi' } },
          volumeMounts: [
            { name: 'data', mountPath: '/data', readOnly: true },
            { name: 'shm', mountPath: '/dev/shm' },
          ],
        },
      },
    }
    await create(namespace, claim, pyTorchJob('mixed', { roles }))
    await waitFor('three v1 pods run', async () => (await v1Pods(namespace, 'mixed')).filter(isReady).length === 3)
    const look = (pods: readonly Pod[]) =>
      pods
        .map(({ spec: { containers, volumes } }) => ({
          limits: containers[0]?.resources?.limits,
          mounts: containers[0]?.volumeMounts?.filter(({ name }) => !name.startsWith('kube-api-access')),
          volumes: volumes?.filter(({ name }) => !name.startsWith('kube-api-access')),
        }))
        .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
    const before = look(await v1Pods(namespace, 'mixed'))
    const outcome = await cutover(namespace, 'mixed', ...quick)
    expect([outcome.code, outcome.stdout]).toEqual([
      0,
      `${namespace}/mixed is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n`,
    ])
    expect(look(await v2Pods(namespace, 'mixed'))).toEqual(before)
    expect(await v1Pods(namespace, 'mixed')).toEqual([])
    const shared = { WORLD_SIZE: '3', MASTER_ADDR: 'mixed-master-0-0.mixed', MASTER_PORT: '23456' }
    expect(await places(namespace, 'mixed')).toEqual(['0', '1', '2'].map((RANK) => ({ RANK, ...shared })))
  })

  it('gives a job without a Master what v1 gave it: no rank, no master', async () => {
    const namespace = await running('solo', { roles: { Worker: { replicas: 2 } } })
    const before = (await v1Pods(namespace, 'solo')).map(environment)
    expect((await cutover(namespace, 'solo', ...quick)).code).toBe(0)
    expect(await places(namespace, 'solo')).toEqual([{}, {}])
    const [first] = (await v2Pods(namespace, 'solo')).map(environment)
    expect(first).toMatchObject({ ...before[0] })
  })

  it('takes a TrainJob that completes at once for a success', async () => {
    const namespace = await running('brief', { life: { [life.runSeconds]: '1', [life.only]: '-node-' } })
    const { code, stdout } = await cutover(namespace, 'brief', '--yes', '--observe', '10m')
    expect(stdout).toMatch(
      / is cut over: (TrainJob is Complete|rank 0 \(master-0\) succeeded, .*); v1 is kept suspended\n$/,
    )
    expect(code).toBe(0)
    expect(await suspendOf(namespace, 'brief')).toBe(true)
  })

  it('says so and writes nothing when it is typed again', async () => {
    const namespace = await running('again')
    expect((await cutover(namespace, 'again', ...quick)).code).toBe(0)
    const second = await cutover(namespace, 'again', ...quick, '-v', '6')
    expect([second.code, writesOf(second)]).toEqual([0, []])
    expect((await v2Pods(namespace, 'again')).filter(isReady)).toHaveLength(3)
  })

  it('asks twice on a terminal, where a Yes typed ahead is no answer, and the second No takes back what the first Yes allowed', async () => {
    const namespace = await running('asked')
    const { code, stdout } = await cluster().migrate(['cutover', 'asked'], {
      namespace,
      tty: { columns: 100 },
      answers: ['y\ny', 'n'],
    })
    expect(stdout.replaceAll('\r', '')).toContain(
      'Begin? Writes a lock, a record, the v1 manifest as a Secret, a TrainingRuntime, a suspended\nTrainJob; --dry-run=client prints them. v1 runs on.  [y/N] ',
    )
    expect(stdout).toContain('Stop v1 and start v2 now?')
    expect(stdout).toContain(
      `${namespace}/asked was NOT cut over: not agreed to; nothing of it is left, v1 was never stopped`,
    )
    expect(code).toBe(1)
    expect(await names(namespace, 'trainjobs', 'jobsets', 'services')).toEqual([
      'Service/asked-master-0',
      'Service/asked-worker-0',
      'Service/asked-worker-1',
    ])
    expect((await v1Pods(namespace, 'asked')).filter(isReady)).toHaveLength(3)
  })
})

describe('a cutover that fails after v1 was stopped', () => {
  it('puts v1 back and tells the exit code of the pod that failed', async () => {
    const namespace = await running('bert', {
      life: { [life.runSeconds]: '1', [life.exitCode]: '3', [life.only]: '-node-0-1-' },
    })
    const { code, stdout } = await cutover(namespace, 'bert', '--yes', '--observe', '1m')
    expect([code, stdout]).toEqual([
      5,
      `${namespace}/bert was NOT cut over: rank 1 (worker-0) failed: container node ended with exit code 3; ` +
        'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n',
    ])
    expect(await suspendOf(namespace, 'bert')).toBe(false)
    expect((await v1Pods(namespace, 'bert')).filter(isReady)).toHaveLength(3)
    expect(await v2Pods(namespace, 'bert')).toEqual([])
    expect(await names(namespace, 'trainjobs', 'jobsets', 'jobs', 'configmaps')).toEqual([
      'ConfigMap/kube-root-ca.crt',
      expect.stringMatching(/^ConfigMap\/migration-/),
    ])
  })

  it('tells what pods wait for when time is up', async () => {
    const namespace = await running('bert', { life: { [life.waiting]: 'ImagePullBackOff', [life.only]: '-node-0-2-' } })
    const { code, stdout } = await cutover(namespace, 'bert', '--yes', '--timeout', '20s')
    expect([code, stdout]).toEqual([
      5,
      `${namespace}/bert was NOT cut over: not within 0:20: 2 of 3 pods ready; rank 2 ImagePullBackOff: simulated; ` +
        'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n',
    ])
    expect((await v1Pods(namespace, 'bert')).filter(isReady)).toHaveLength(3)
  })

  it('says that neither side runs, and what stands, when v1 finds no room any more', async () => {
    const namespace = await running('bert')
    await cluster().create(namespace, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'less' },
      spec: { hard: { pods: '2' } },
    })
    const { code, stdout, stderr } = await cutover(namespace, 'bert', '--yes', '--timeout', '10s')
    expect(stdout).toMatch(
      /NEITHER cut over NOR rolled back: not within 0:10: 2 of 3 pods ready; rank \d not created yet: .*exceeded quota: less/,
    )
    expect(stdout).toContain('then resume v1 failed: not within 0:10: 2 of 3 pods of v1 run again')
    expect(stderr).toContain('v1  PyTorchJob bert: not suspended, 2 pods')
    expect(stderr).toContain('v2  TrainJob bert: absent, 0 pods')
    expect(code).toBe(6)
  })

  it('goes back when somebody resumes v1 meanwhile: never two sides at once for long', async () => {
    const namespace = await running('bert')
    const { kubectl, waitFor } = cluster()
    const moving = cutover(namespace, 'bert', '--yes', '--observe', '1m')
    await waitFor('v2 runs', async () => (await v2Pods(namespace, 'bert')).filter(isReady).length === 3)
    const resume = ['patch', 'pytorchjob', 'bert', '--type=merge', '-p', '{"spec":{"runPolicy":{"suspend":false}}}']
    expect((await kubectl(resume, { namespace })).code).toBe(0)
    const { code, stdout } = await moving
    expect(stdout).toContain('was NOT cut over: somebody resumed v1 while v2 was starting; rolled back')
    expect(code).toBe(5)
    expect(await v2Pods(namespace, 'bert')).toEqual([])
  })
})

describe('an interruption', () => {
  /** Starts a cutover whose v2 pods need long to start, and sends a signal once v1 is stopped and v2 resumed. */
  async function interrupted(namespace: string, signal: NodeJS.Signals): Promise<Outcome> {
    let child: ChildProcess | undefined
    const moving = cluster().migrate(['cutover', 'job', 'bert', '--yes'], {
      namespace,
      onStart: (process) => {
        child = process
      },
    })
    await cluster().waitFor('v2 pods are made', async () => (await v2Pods(namespace, 'bert')).length === 3)
    child?.kill(signal)
    return await moving
  }

  it('by Ctrl-C after the hold rolls back and says how to go on', async () => {
    const namespace = await running('bert', { life: { [life.startSeconds]: '3600', [life.only]: '-node-' } })
    const { code, stdout, stderr } = await interrupted(namespace, 'SIGINT')
    expect(stdout).toBe(
      `${namespace}/bert was NOT cut over: interrupted; rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n`,
    )
    expect(stderr).toContain(`kubectl-migrate cutover pytorchjob/bert -n ${namespace}`)
    expect(code).toBe(130)
    expect((await v1Pods(namespace, 'bert')).filter(isReady)).toHaveLength(3)
    expect(await names(namespace, 'trainjobs', 'jobsets')).toEqual([])
  })

  it('by kill -9 after the hold is gone on with by the same command', async () => {
    const namespace = await running('bert', { life: { [life.startSeconds]: '4', [life.only]: '-node-' } })
    expect((await interrupted(namespace, 'SIGKILL')).code).toBe(137)
    expect(await suspendOf(namespace, 'bert')).toBe(true)
    const { code, stdout, stderr } = await cutover(namespace, 'bert', ...quick)
    expect(stderr).toContain('an earlier run began this: it is gone on with')
    expect([code, stdout]).toEqual([
      0,
      `${namespace}/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n`,
    ])
    expect(await v1Pods(namespace, 'bert')).toEqual([])
  })
})

describe('jobs that do not run', () => {
  it('keeps a job suspended that its owner suspended: nothing runs on either side', async () => {
    const { namespace: make, create, waitFor } = cluster()
    const namespace = await make()
    await create(namespace, pyTorchJob('idle', { runPolicy: { suspend: true } }))
    await waitFor('v1 is suspended', async () => JSON.stringify(await jobOf(namespace, 'idle')).includes('"Suspended"'))
    const first = await cutover(namespace, 'idle', ...quick)
    expect([first.code, first.stdout]).toEqual([
      0,
      `${namespace}/idle is cut over: the TrainJob is suspended, as its owner suspended v1\n`,
    ])
    const trainJob = await cluster().get<{ spec: { suspend: boolean } }>(['trainjob/idle'], { namespace })
    expect([await suspendOf(namespace, 'idle'), trainJob.spec.suspend]).toEqual([true, true])
    expect(await names(namespace, 'pods')).toEqual([])
    const second = await cutover(namespace, 'idle', ...quick)
    expect([second.code, second.stdout]).toEqual([
      0,
      `${namespace}/idle is cut over already: its owner suspended v1, and the TrainJob is suspended as well\n`,
    ])
  })

  it('never runs a finished job again', async () => {
    const namespace = await running('over')
    const { kubectl, waitFor } = cluster()
    await kubectl(['annotate', 'pod', '--all', `${life.exitCode}=0`], { namespace })
    await waitFor('v1 succeeded', async () => JSON.stringify(await jobOf(namespace, 'over')).includes('"Succeeded"'))
    const { code, stderr } = await cutover(namespace, 'over', ...quick)
    expect(stderr).toContain(`${namespace}/over is not cut over: it is Succeeded: a finished job is not run again`)
    expect(code).toBe(1)
    expect(await names(namespace, 'trainjobs', 'trainingruntimes')).toEqual([])
  })
})

describe('guards refuse before the first write', () => {
  const foreignTrainJob = (name: string) => ({
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name },
    spec: { runtimeRef: { name: 'torch-distributed' }, suspend: true },
  })
  const service = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 80 }] },
  })
  const long = 'a-job-whose-name-is-just-too-long-for-a-jobset-ok'

  it.each<[what: string, name: string, options: JobOptions, beside: object[], message: string]>([
    ['a TrainJob of the name', 'bert', {}, [foreignTrainJob('bert')], 'there is a TrainJob bert already'],
    ['a Service of the name', 'bert', {}, [service('bert')], 'there is a Service bert already'],
    [
      'a name too long for JobSet',
      long,
      {},
      [],
      'its name has 49 characters, and a TrainJob of this shape may have 48',
    ],
    [
      'a job of Argo CD',
      'bert',
      { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'nlp:kubeflow.org/PyTorchJob:x/bert' } } },
      [],
      'Argo CD keeps it as its source says (application nlp)',
    ],
    [
      'a job another controller manages',
      'bert',
      { runPolicy: { managedBy: 'kueue.x-k8s.io/multikueue' } },
      [],
      'spec.runPolicy.managedBy says kueue.x-k8s.io/multikueue: another controller runs it',
    ],
  ])('%s', async (_, name, options, beside, message) => {
    const { namespace: make, create } = cluster()
    const namespace = await make()
    await create(namespace, pyTorchJob(name, options), ...beside)
    const outcome = await cutover(namespace, name, ...quick, '-v', '6')
    expect(outcome.stderr).toContain(`${namespace}/${name} is not cut over: ${message}`)
    expect([outcome.code, outcome.stdout, writesOf(outcome)]).toEqual([1, '', []])
  })

  it.each(['client', 'server'])('and a dry run (%s) writes nothing either', async (how) => {
    const namespace = await running('bert')
    const outcome = await cutover(namespace, 'bert', `--dry-run=${how}`, '-v', '6')
    expect(outcome.code).toBe(0)
    expect(outcome.stdout).toContain('   patch pytorchjobs.kubeflow.org')
    const sent = writesOf(outcome).filter((line) => !/dryRun=All/.test(line))
    expect(sent).toEqual(how === 'client' ? [] : [`POST ${namespace}/trainingruntimes`, 'PATCH pytorchjobs/bert'])
    expect(await names(namespace, 'trainjobs', 'trainingruntimes')).toEqual([])
    expect(await suspendOf(namespace, 'bert')).toBe(false)
    expect((await v1Pods(namespace, 'bert')).filter(isReady)).toHaveLength(3)
  })

  it('without a terminal it wants --yes, before it asks the cluster anything', async () => {
    const { code, stderr } = await cutover('default', 'bert')
    expect(stderr).toContain('cutover asks before it stops a job, and there is no terminal to ask on')
    expect(code).toBe(2)
  })
})
