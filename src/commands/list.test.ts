import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import type { FakeEnvOptions } from '../../test/unit/fake-env.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import {
  ago,
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
  warning,
} from '../../test/unit/objects.ts'
import { type Outcome, runVerb } from '../../test/unit/run-verb.ts'
import { convertJob } from '../convert/convert.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { jobListSchema } from '../present/list-schema.ts'
import { v1Kinds } from '../v1/kinds.ts'

const day = 86_400
const fleet: readonly KubeObject[] = [
  runningV1('bert-large', { age: 2 * day + 3 * 3600 }),
  trainJob('bert-large-v2', { jobs: [{ active: 1 }], age: 240 }),
  v2Pod('bert-large-v2', 0),
  v2Pod('bert-large-v2', 1),
  v2Pod('bert-large-v2', 2, { status: waiting('ImagePullBackOff', '401') }),
  heldV1('gpt', { age: 6 * day }),
  runningTrainJob('gpt', { annotations: { 'kubectl-migrate.dev/source': 'PyTorchJob/gpt' } }),
  v1Job('horovod', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 4 }, conditions: [condition('Failed')], age: 50 }),
  trainJob('lone', { conditions: [condition('Complete')], jobs: [{ succeeded: 1 }], age: 3600 }),
  v1Job('starting', {
    active: { Master: 1 },
    age: 90,
    labels: { 'kueue.x-k8s.io/queue-name': 'gpu', 'argocd.argoproj.io/instance': 'nlp-train' },
  }),
  v1Pod('starting', 'master', 0),
  runningV1('resnet', { namespace: 'vision', age: 400 * day }),
  torchRuntime(),
]

function list(words: string[], env: FakeEnvOptions = {}, cluster: FakeClusterOptions = {}): Promise<Outcome> {
  const fake = new FakeCluster({ objects: fleet, namespace: 'nlp', ...cluster })
  return runVerb(['list', ...words], { cluster: fake, now: () => now, ...env })
}

describe('list', () => {
  it('is a line for each pair, as wide as it gets in a pipe', async () => {
    expect(await list([])).toEqual({
      code: 0,
      err: [],
      out: [
        'NAME         KIND         V1          V1-READY   V2                 V2-READY   CLASS          MIGRATION    AGE',
        'bert-large   PyTorchJob   Running     3/3        ImagePullBackOff   2/3        NeedsRuntime   BothRun      2d3h',
        'gpt          PyTorchJob   Suspended   0/3        Running            3/3        NeedsRuntime   Held         6d',
        'horovod      MPIJob       Failed      -          -                  -          Finished       V1Finished   50s',
        'lone         TrainJob     -           -          Complete           -          -              V2Only       60m',
        'starting     PyTorchJob   Starting    1/3        -                  -          NeedsRuntime   NotStarted   90s',
      ],
    })
  })

  it('has the namespace with -A', async () => {
    const { out, err, code } = await list(['-A'])
    expect([code, err, out.length]).toEqual([0, [], 7])
    expect([out[0], out[6]]).toEqual([
      'NAMESPACE   NAME         KIND         V1          V1-READY   V2                 V2-READY   CLASS          MIGRATION    AGE',
      'vision      resnet       PyTorchJob   Running     3/3        -                  -          NeedsRuntime   NotStarted   400d',
    ])
  })

  it('has everything with -o wide, however narrow the terminal', async () => {
    const labels = { 'cloud.google.com/gke-nodepool': 'a100' }
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'gpu-01', labels } }
    const events = [
      warning('PyTorchJob', 'starting', 'Older', 'is not told', 600),
      warning('PyTorchJob', 'starting', 'Odd', 'of a pod', 60),
      warning('JobSet', 'gpt', 'Slow', 'not all Jobs are ready', 30),
    ]
    const terminal = { tty: true, columns: 80 }
    expect((await list(['-o', 'wide'], terminal, { objects: [...fleet, node, ...events] })).out).toEqual([
      'NAME         KIND         V1          V1-READY   V2                 V2-READY   CLASS          MIGRATION    AGE    TRAINJOB        LINK       GPUS   V1-ROLES              V2-ROLES   RUNTIME                                    QUEUE   NODE-POOLS   STARTED   SOURCE                          LAST-EVENT',
      'bert-large   PyTorchJob   Running     3/3        ImagePullBackOff   2/3        NeedsRuntime   BothRun      2d3h   bert-large-v2   name       0/0    Master=1,Worker=2     node=3     ClusterTrainingRuntime/torch-distributed   -       a100         10m       unknown                         -',
      'gpt          PyTorchJob   Suspended   0/3        Running            3/3        NeedsRuntime   Held         6d     gpt             recorded   0/0    Master=1,Worker=2     node=3     ClusterTrainingRuntime/torch-distributed   -       -            -         unknown                         30s Slow: not all Jobs are ready',
      'horovod      MPIJob       Failed      -          -                  -          Finished       V1Finished   50s    -               -          0      Launcher=1,Worker=4   -          -                                          -       -            -         unknown                         -',
      'lone         TrainJob     -           -          Complete           -          -              V2Only       60m    lone            -          0      -                     node=3     ClusterTrainingRuntime/torch-distributed   -       -            -         unknown                         -',
      'starting     PyTorchJob   Starting    1/3        -                  -          NeedsRuntime   NotStarted   90s    -               -          0      Master=1,Worker=2     -          -                                          gpu     a100         10m       Argo CD application nlp-train   60s Odd: of a pod',
    ])
  })

  it('has its rows with -o wide where nodes and events may not be read, and says so', async () => {
    const forbid = ({ resource }: { resource: string }) => resource === 'nodes' || resource === 'events'
    const { code, out, err } = await list(['-o', 'wide'], {}, { forbid })
    expect([code, out.length]).toEqual([0, 6])
    expect(err).toEqual([
      'note: you may not read events in namespace nlp: a JobSet that could not be made is not told from a new TrainJob',
      'note: you may not read nodes in all namespaces: node pools are not shown',
    ])
  })

  it('reads no pod of a settled job, no node and no event unless asked for -o wide', async () => {
    const settled = v1Job('bert', { conditions: [condition('Succeeded')] })
    const cluster = new FakeCluster({ objects: [settled, v1Pod('bert', 'master', 0)], namespace: 'nlp' })
    await runVerb(['list'], { cluster, now: () => now })
    expect(cluster.log.filter((line) => /pods|nodes|events/.test(line))).toEqual([])
    await runVerb(['list', '-o', 'wide'], { cluster, now: () => now })
    expect(cluster.log.filter((line) => /pods|nodes|events/.test(line))).toHaveLength(3)
  })

  it('takes names of 200 characters and of wide characters as they are; on a terminal a long one makes no other row long', async () => {
    const long = `a${'b'.repeat(199)}`
    const objects = [runningV1(long), runningV1('訓練')]
    const { out } = await list([], { tty: true, columns: 80 }, { objects })
    expect(out).toEqual([
      'NAME   KIND         V1        V1-READY   V2   V2-READY   CLASS        MIGRATION',
      `${long}   PyTorchJob   Running   3/3        -    -          Impossible   NotStarted`,
      '訓練   PyTorchJob   Running   3/3        -    -          Impossible   NotStarted',
    ])
    const { out: piped } = await list([], {}, { objects })
    const before = piped.slice(1).map((line) => stringWidth(line.slice(0, line.indexOf('PyTorchJob'))))
    expect(before).toEqual([203, 203])
  })

  it('leaves columns out on a terminal of 40, and says which', async () => {
    expect(await list([], { tty: true, columns: 40 })).toEqual({
      code: 0,
      err: [
        'note: 40 columns are too few for KIND, V1-READY, V2-READY, CLASS, MIGRATION, AGE; -o wide or -o json shows them',
      ],
      out: [
        'NAME        V1         V2',
        'bert-large  Running    ImagePullBackOff',
        'gpt         Suspended  Running',
        'horovod     Failed     -',
        'lone        -          Complete',
        'starting    Starting   -',
      ],
    })
  })

  it('has fewer blanks between the columns that stay where the terminal is too narrow for all of them', async () => {
    const objects = [
      v1Job('bert', { active: { Master: 1 } }),
      v1Pod('bert', 'master', 0, { status: waiting('ImagePullBackOff') }),
      runningV1('horovod', { namespace: 'vision' }),
    ]
    const at = async (columns: number) => (await list(['-A'], { tty: true, columns }, { objects })).out
    expect(await at(40)).toEqual([
      'NAMESPACE  NAME     V1                V2',
      'nlp        bert     ImagePullBackOff  -',
      'vision     horovod  Running           -',
    ])
    expect((await at(43))[0]).toBe('NAMESPACE   NAME      V1                 V2')
    expect((await at(20))[0]).toBe('NAMESPACE   NAME      V1                 V2')
  })

  it('fits a terminal of 80', async () => {
    const { out, err } = await list([], { tty: true, columns: 80 })
    expect(Math.max(...out.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(err).toEqual(['note: 80 columns are too few for KIND, V1-READY, AGE; -o wide or -o json shows them'])
  })

  it('keeps the kind on a narrow terminal where it alone tells two jobs apart', async () => {
    const objects = [runningV1('bert'), runningV1('bert', { kind: 'TFJob' })]
    const { out, err } = await list([], { tty: true, columns: 60 }, { objects })
    expect(out).toEqual([
      'NAME   KIND         V1        V2   CLASS          MIGRATION',
      'bert   PyTorchJob   Running   -    NeedsRuntime   NotStarted',
      'bert   TFJob        Running   -    NeedsRuntime   NotStarted',
    ])
    expect(err).toEqual(['note: 60 columns are too few for V1-READY, V2-READY, AGE; -o wide or -o json shows them'])
  })

  it('colours states on a terminal that has colour, and only them', async () => {
    const { out } = await list([], { tty: true, color: true, columns: 200 })
    expect(out[1]).toBe(
      'bert-large   PyTorchJob   \u001b[32mRunning\u001b[39m     3/3        \u001b[31mImagePullBackOff\u001b[39m   2/3        NeedsRuntime   \u001b[31mBothRun\u001b[39m      2d3h',
    )
    expect(out[2]).toBe(
      'gpt          PyTorchJob   \u001b[36mSuspended\u001b[39m   0/3        \u001b[32mRunning\u001b[39m            3/3        NeedsRuntime   Held         6d',
    )
  })

  it.each<[words: string[], names: string[]]>([
    [['--kind', 'MPIJob'], ['horovod']],
    [
      ['--kind', 'MPIJob', '--kind', 'TrainJob'],
      ['bert-large', 'gpt', 'horovod', 'lone'],
    ],
    [
      ['--state', 'Running'],
      ['bert-large', 'gpt'],
    ],
    [
      ['--state', 'Blocked', '--state', 'Failed'],
      ['bert-large', 'horovod'],
    ],
    [['--kind', 'PyTorchJob', '--state', 'Starting'], ['starting']],
    [['--state', 'Terminating'], []],
  ])('has of %j only', async (words, names) => {
    const { code, out } = await list([...words, '-o', 'json'])
    const { items } = JSON.parse(out.join('\n')) as { items: { name: string }[] }
    expect({ code, names: items.map(({ name }) => name) }).toEqual({ code: 0, names })
  })

  it.each<[word: string, names: string[]]>([
    ['NeedsRuntime', ['bert-large', 'gpt', 'starting']],
    ['Finished', ['horovod']],
    ['Ready', ['served']],
    ['NeedsDecision', ['hvd']],
    ['Impossible', ['bad']],
  ])('has of class %s only', async (word, names) => {
    const bad = { ...v1Job('bad'), spec: { pytorchReplicaSpecs: {} } }
    const hvd = v1Job('hvd', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 } })
    const served = v1Job('served', { kind: 'TFJob', roles: { Worker: 1 } })
    const { runtime } = convertJob(served, { live: true, run: true, toolVersion: 'test' })
    const { out } = await list(['-o', 'json', '--class', word], {}, { objects: [...fleet, bad, hvd, served, runtime] })
    const { items } = JSON.parse(out.join('\n')) as { items: { name: string }[] }
    expect(items.map(({ name }) => name)).toEqual(names)
  })

  it('says of a class why: what must be decided, what changes, why it is impossible', async () => {
    const objects = [v1Job('hvd', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 } }), runningV1('bert')]
    const { out } = await list(['-o', 'json'], {}, { objects })
    const { items } = JSON.parse(out.join('\n')) as { items: { name: string; v1: { codes: string[] } }[] }
    expect(items.map(({ name, v1 }) => [name, ...v1.codes])).toEqual([
      ['bert', 'workers-stopped-at-success'],
      ['hvd', 'mpi-transport'],
    ])
  })

  it('counts GPUs of each side with -o wide', async () => {
    const job = v1Job('big', { kind: 'TFJob', roles: { Worker: 4 } })
    const containers = [{ name: 'tensorflow', image: 'i', resources: { limits: { 'nvidia.com/gpu': '2', cpu: '8' } } }]
    const specs = (job['spec'] as { tfReplicaSpecs: Record<string, object> }).tfReplicaSpecs
    specs['Worker'] = { replicas: 4, template: { spec: { containers } } }
    const twin = trainJob('big-v2', { nodes: 4, suspend: true })
    twin.spec.trainer = { numNodes: 4, resourcesPerNode: { limits: { 'amd.com/gpu': 1 } } }
    const { out } = await list(['-o', 'json'], {}, { objects: [job, twin, torchRuntime()] })
    const [pair] = (JSON.parse(out.join('\n')) as { items: { v1: { gpus: number }; v2: { gpus: number } }[] }).items
    expect([pair?.v1.gpus, pair?.v2.gpus]).toEqual([8, 4])
    const wide = await list(['-o', 'wide'], {}, { objects: [job, twin, torchRuntime()] })
    expect(wide.out[1]).toMatch(/ 8\/4 /)
  })

  it('says that a v1 job was made anew under the name of one that was moved', async () => {
    const record = {
      'kubectl-migrate.dev/source': 'PyTorchJob/gpt',
      'kubectl-migrate.dev/source-uid': 'an-earlier-one',
    }
    const objects = [heldV1('gpt', { age: 60 }), runningTrainJob('gpt', { age: 600, annotations: record })]
    expect((await list(['--no-headers'], {}, { objects })).out).toEqual([
      expect.stringMatching(/^gpt .* Revived +60s$/),
    ])
  })

  it('takes kinds and states by the words it prints', async () => {
    const { code, err } = await list(['--state', 'running'])
    expect(code).toBe(2)
    expect(err.join('\n')).toContain('Running')
  })

  it('is rows alone with --no-headers', async () => {
    expect((await list(['--no-headers'])).out[0]).toMatch(/^bert-large /)
  })

  it.each<[by: string, names: string[]]>([
    ['name', ['bert-large', 'gpt', 'horovod', 'lone', 'resnet', 'starting']],
    ['age', ['horovod', 'starting', 'lone', 'bert-large', 'gpt', 'resnet']],
    ['.metadata.creationTimestamp', ['resnet', 'gpt', 'bert-large', 'lone', 'starting', 'horovod']],
    ['kind', ['horovod', 'bert-large', 'gpt', 'starting', 'resnet', 'lone']],
    ['v1', ['lone', 'horovod', 'bert-large', 'resnet', 'starting', 'gpt']],
    ['class', ['lone', 'bert-large', 'gpt', 'starting', 'resnet', 'horovod']],
    ['migration', ['bert-large', 'gpt', 'starting', 'resnet', 'horovod', 'lone']],
  ])('is sorted by %s', async (by, names) => {
    const { out } = await list(['-A', '--no-headers', '--sort-by', by])
    expect(out.map((line) => line.split(/ +/)[1])).toEqual(names)
  })

  it('names objects as kubectl does with -o name', async () => {
    expect((await list(['-o', 'name'])).out).toEqual([
      'pytorchjob.kubeflow.org/bert-large',
      'trainjob.trainer.kubeflow.org/bert-large-v2',
      'pytorchjob.kubeflow.org/gpt',
      'trainjob.trainer.kubeflow.org/gpt',
      'mpijob.kubeflow.org/horovod',
      'trainjob.trainer.kubeflow.org/lone',
      'pytorchjob.kubeflow.org/starting',
    ])
  })

  it('is a document with -o json and -o yaml', async () => {
    const { out, err } = await list(['-o', 'json', '-l', 'none=such'])
    expect([JSON.parse(out.join('\n')), err]).toEqual([
      {
        apiVersion: 'kubectl-migrate.dev/v1',
        kind: 'JobList',
        items: [],
        served: { v1: true, v2: true },
        notRead: [],
      },
      [],
    ])
    const document = JSON.parse((await list(['-o', 'json'])).out.join('\n'))
    expect(faultsOf(jobListSchema, document)).toEqual([])
    expect(document.items[0]).toEqual({
      namespace: 'nlp',
      name: 'bert-large',
      phase: 'BothRun',
      link: 'name',
      v1: {
        kind: 'PyTorchJob',
        name: 'bert-large',
        uid: 'uid-v1-bert-large',
        created: ago(2 * day + 3 * 3600),
        creator: 'unknown',
        state: 'Running',
        ready: 3,
        desired: 3,
        roles: [
          { role: 'Master', ready: 1, desired: 1, succeeded: 0 },
          { role: 'Worker', ready: 2, desired: 2, succeeded: 0 },
        ],
        class: 'NeedsRuntime',
        codes: ['workers-stopped-at-success'],
        gpus: 0,
      },
      v2: {
        kind: 'TrainJob',
        name: 'bert-large-v2',
        uid: 'uid-v2-bert-large-v2',
        created: ago(240),
        creator: 'unknown',
        state: 'Blocked',
        reason: 'ImagePullBackOff',
        message: '401',
        ready: 2,
        desired: 3,
        roles: [{ role: 'node', ready: 2, desired: 3, succeeded: 0 }],
        gpus: 0,
        runtime: 'ClusterTrainingRuntime/torch-distributed',
      },
    })
    expect((await list(['-o', 'yaml'])).out.slice(0, 4)).toEqual([
      'apiVersion: kubectl-migrate.dev/v1',
      'kind: JobList',
      'items:',
      '  - name: bert-large',
    ])
  })

  it('shows escapes in names, states and reasons as text', async () => {
    const evil = '\u001b[2J\u202eevil'
    const objects = [v1Job(evil), trainJob('t'), warning('TrainJob', 't', 'TrainJobResourcesCreationFailed', evil)]
    const { out } = await list([], { tty: true, color: true, columns: 200 }, { objects })
    expect(out[1]).toContain('\\e[2J\\u{202e}evil')
    expect(out.join('').replaceAll(/\u001b\[\d+m/g, '')).not.toContain('\u001b')
  })

  it('shows an age that lies ahead as what it is', async () => {
    expect((await list([], {}, { objects: [runningV1('ahead', { age: -300 })] })).out[1]).toMatch(/-5m$/)
  })

  it('survives objects without status or anything else', async () => {
    const bare = { apiVersion: 'kubeflow.org/v1', kind: 'TFJob', metadata: { name: 'bare', namespace: 'nlp' } }
    const { out, code } = await list([], {}, { objects: [bare] })
    expect([code, out[1]]).toEqual([
      0,
      'bare   TFJob   Pending   ?/?        -    -          Impossible   NotStarted   59d',
    ])
  })
})

describe('list where something is missing', () => {
  const v1Resources = v1Kinds.map(({ resource }) => resource)

  it('says so in an empty namespace, exit 0', async () => {
    expect(await list(['-n', 'nlp'], {}, { objects: [] })).toEqual({
      code: 0,
      out: [],
      err: ['No v1 jobs or TrainJobs found in namespace nlp.'],
    })
    expect((await list(['-A'], {}, { objects: [] })).err).toEqual(['No v1 jobs or TrainJobs found.'])
  })

  it('says in one sentence that there is no v1', async () => {
    const { code, err, out } = await list([], {}, { objects: [runningTrainJob('gpt')], absent: v1Resources })
    expect(err).toEqual([
      'note: this cluster serves no job kind of kubeflow.org/v1 (Training Operator v1): only TrainJobs can be shown',
    ])
    expect([code, out.length]).toEqual([0, 2])
  })

  it('says in one sentence that there is no v2', async () => {
    const { code, err, out } = await list([], {}, { objects: [runningV1('gpt')], absent: [resources.trainJobs] })
    expect(err).toEqual([
      'note: this cluster serves no trainjobs.trainer.kubeflow.org (Trainer v2): only v1 jobs can be shown',
    ])
    expect([code, out.length]).toEqual([0, 2])
  })

  it('fails when there is neither, exit 3', async () => {
    expect(await list([], {}, { objects: [], absent: [...v1Resources, resources.trainJobs] })).toEqual({
      code: 3,
      out: [],
      err: [
        'error: this cluster does not serve pytorchjobs.kubeflow.org, tfjobs.kubeflow.org, mpijobs.kubeflow.org, xgboostjobs.kubeflow.org, paddlejobs.kubeflow.org, jaxjobs.kubeflow.org, trainjobs.trainer.kubeflow.org',
        '       its operator is not installed here, or the context is another cluster than you mean',
        '       kubectl config current-context',
        '       kubectl get crd',
      ],
    })
  })

  it('shows the rest and names what may not be listed, exit 0', async () => {
    const forbid = ({ resource }: { resource: string }) => ['tfjobs.kubeflow.org', 'pods'].includes(resource)
    const { code, err, out } = await list([], {}, { forbid })
    expect([code, out.length]).toEqual([0, 6])
    expect(err).toEqual([
      'note: you may not read pods in namespace nlp: READY and states come from the jobs’ own status',
      'note: you may not read tfjobs.kubeflow.org in namespace nlp: these are not shown',
    ])
  })

  it('names the one namespace of -A that may not be read', async () => {
    const names = ['nlp', 'secret', 'vision']
    const namespaces = names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
    const forbid = ({ resource, namespace }: { resource: string; namespace?: string }) =>
      resource === 'pytorchjobs.kubeflow.org' && (namespace === undefined || namespace === 'secret')
    const objects = [...namespaces, ...names.map((namespace) => runningV1('bert', { namespace }))]
    expect(await list(['-A', '--no-headers'], {}, { objects, forbid })).toEqual({
      code: 0,
      out: [
        'nlp      bert   PyTorchJob   Running   3/3   -   -   NeedsRuntime   NotStarted   60m',
        'vision   bert   PyTorchJob   Running   3/3   -   -   NeedsRuntime   NotStarted   60m',
      ],
      err: ['note: you may not read pytorchjobs.kubeflow.org in namespace secret: these are not shown'],
    })
  })

  it('fails when nothing may be listed, exit 3', async () => {
    const { code, out, err } = await list([], {}, { forbid: () => true })
    expect([code, out, err[0]]).toEqual([3, [], 'error: forbidden: you may not list pytorchjobs in namespace nlp'])
  })

  it('says which selector the server does not know, exit 2', async () => {
    expect(await list(['--field-selector', 'status.state=Running'])).toEqual({
      code: 2,
      out: [],
      err: [
        'error: the server does not select pytorchjobs.kubeflow.org by --field-selector status.state=Running',
        '       field label not supported: status.state',
        '       for these kinds it knows metadata.name and metadata.namespace',
      ],
    })
  })
})
