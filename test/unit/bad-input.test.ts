import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { verbs } from '../../src/cli/table.ts'
import { connect } from '../../src/cluster/connect.ts'
import type { Env } from '../../src/env.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { PodTemplate } from '../../src/kube/pod.ts'
import { type Resource, resources } from '../../src/kube/resources.ts'
import { v1Kinds } from '../../src/v1/kinds.ts'
import { kubeconfigFile, status, temporaryFolder } from './api-server.ts'
import { FakeCluster, type FakeClusterOptions } from './fake-cluster.ts'
import { type FakeEnvOptions, fakeEnv } from './fake-env.ts'
import {
  condition,
  ended,
  now,
  runningTrainJob,
  runningV1,
  torchRuntime,
  trainJob,
  v1Job,
  v1Pod,
  waiting,
  warning,
} from './objects.ts'
import { type Outcome, runVerb } from './run-verb.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Every way of calling a verb that asks a cluster. */
const calls = {
  list: ['list'],
  'list -A -w': ['list', '-A', '-w'],
  status: ['status'],
  'status NAME': ['status', 'job', 'bert'],
  'convert NAME': ['convert', 'job', 'bert'],
  'convert -A': ['convert', '-A'],
  'diff NAME': ['diff', 'job', 'bert'],
  'cutover NAME': ['cutover', 'job', 'bert', '--yes'],
  'cutover NAME, a dry run': ['cutover', 'pytorchjob/bert', '--dry-run=server'],
} as const

type Call = keyof typeof calls
const everyCall = Object.keys(calls) as Call[]

/** The same outcome of every call. */
function each<T>(outcome: T, of: readonly Call[] = everyCall): Record<string, T> {
  return Object.fromEntries(of.map((call) => [call, outcome]))
}

const writing = /^(create|update|patch|delete|apply) /

/** Runs the program in memory, and checks what holds for every refusal: no write, no stack trace, no terminal escape. */
async function run(
  words: readonly string[],
  cluster: FakeClusterOptions = {},
  options: FakeEnvOptions = {},
): Promise<Outcome> {
  const fake = new FakeCluster({ namespace: 'nlp', now: () => now, ...cluster })
  const outcome = await runVerb(words, { cluster: fake, now: () => now, ...options })
  expect(fake.log.filter((request) => writing.test(request))).toEqual([])
  expect(outcome.err.filter((line) => /^\s+at |[\u001b\u0007]/.test(line))).toEqual([])
  return outcome
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Runs the program as a process without a terminal: what a user sees of it, and its exit code. */
async function runProcess(words: readonly string[], variables: Record<string, string> = {}): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECONFIG: '/nonexistent/kubeconfig', ...variables }
  const child = spawn(process.execPath, [main, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out: lines(out), err: lines(err) }
}

function lines(written: string): string[] {
  return written === '' ? [] : written.replace(/\n$/, '').split('\n')
}

/**
 * Runs every call through the door that a process has, with these words after it and this kubeconfig; and one as a process, which shows
 * that main.ts opens it.
 */
async function runEach(more: readonly string[], KUBECONFIG: string): Promise<Record<string, Outcome>> {
  const signal = new AbortController().signal
  const connectTo: Env['connect'] = async (flags) => await connect(flags, { KUBECONFIG }, () => undefined, signal)
  const outcomes = everyCall.map(async (call): Promise<[call: string, outcome: Outcome]> => {
    const words = [...calls[call], ...more]
    if (call === 'list') return [call, await runProcess(words, { KUBECONFIG })]
    return [call, await runVerb(words, { connect: connectTo, now: () => now })]
  })
  return Object.fromEntries(await Promise.all(outcomes))
}

describe('no cluster to talk to', () => {
  it('no kubeconfig', async () => {
    const outcome = {
      code: 2,
      out: [],
      err: [
        'error: no kubeconfig: it is not known which cluster to talk to',
        '       looked for /nonexistent/kubeconfig',
        '       Give one with --kubeconfig FILE, or in the environment variable KUBECONFIG.',
      ],
    }
    expect(await runEach([], '/nonexistent/kubeconfig')).toEqual(each(outcome))
  })

  it('a context nobody knows', async () => {
    const outcome = {
      code: 2,
      out: [],
      err: [
        'error: the kubeconfig has no context heer; did you mean here?',
        '       There is here.',
        '       Choose one with --context NAME; `kubectl config get-contexts` lists them.',
      ],
    }
    const KUBECONFIG = kubeconfigFile({ server: 'http://127.0.0.1:1' })
    expect(await runEach(['--context', 'heer'], KUBECONFIG)).toEqual(each(outcome))
  })

  it('a server that is down', async () => {
    const outcome = {
      code: 3,
      out: [],
      err: [
        'error: cannot reach the cluster at http://127.0.0.1:1: nothing listens there (ECONNREFUSED)',
        '       Is it the right one? `kubectl config get-contexts`, then --context NAME',
      ],
    }
    const KUBECONFIG = kubeconfigFile({ server: 'http://127.0.0.1:1' })
    expect(await runEach([], KUBECONFIG)).toEqual(each(outcome))
  })

  it('a token that has expired', async () => {
    const methods = new Set<string | undefined>()
    const refusal = status(401, 'Unauthorized', 'Unauthorized')
    const server = createServer((request, response) => {
      methods.add(request.method)
      response.writeHead(401, { 'Content-Type': 'application/json' }).end(JSON.stringify(refusal.body))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const outcome = {
      code: 3,
      out: [],
      err: [
        `error: not logged in: ${url} does not accept the credentials of me (401)`,
        '       They may have expired: log in again, then try `kubectl auth whoami`.',
      ],
    }
    const KUBECONFIG = kubeconfigFile({ server: url }, { token: 'secret-token' })
    expect(await runEach([], KUBECONFIG)).toEqual(each(outcome))
    expect([...methods]).toEqual(['GET'])
  })
})

const manifest = `apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: bert
  namespace: nlp
spec:
  pytorchReplicaSpecs:
    Worker:
      replicas: 2
      template:
        spec:
          containers:
            - name: pytorch
              image: train:1
`

describe.each(['convert', 'diff'] as const)('files given to %s -f', (verb) => {
  it.each<[what: string, files: Record<string, string>, path: string, err: string[]]>([
    ['that is not there', {}, 'bert.yaml', ['error: there is no file or folder bert.yaml']],
    [
      'a pattern nobody expanded',
      {},
      'jobs/*.yaml',
      [
        'error: there is no file or folder jobs/*.yaml',
        '       patterns are expanded by the shell: leave out the quotes',
      ],
    ],
    ['an empty file', { 'bert.yaml': '' }, 'bert.yaml', ['error: bert.yaml is empty']],
    ['a file of blank lines', { 'bert.yaml': ' \n\n' }, 'bert.yaml', ['error: bert.yaml is empty']],
    ['a file of comments', { 'bert.yaml': '# later\n---\n' }, 'bert.yaml', ['error: bert.yaml holds no object']],
    [
      'a folder without YAML',
      { 'jobs/README.md': '# Jobs' },
      'jobs',
      ['error: jobs holds no .yaml, .yml or .json file'],
    ],
    [
      'a folder with YAML in its folders only',
      { 'jobs/nlp/bert.yaml': manifest },
      'jobs',
      ['error: jobs holds no .yaml, .yml or .json file', '       it holds folders: -R reads them too'],
    ],
    [
      'YAML that does not parse',
      { 'bert.yaml': manifest.replace('  name: bert', '  name: "bert') },
      'bert.yaml',
      [
        'error: bert.yaml holds a document that cannot be read',
        '       bert.yaml:4:9',
        '       this quote is never closed',
        '           4 |   name: "bert',
        '             |         ^',
      ],
    ],
    [
      'YAML whose indentation is wrong, at the line',
      { 'bert.yaml': manifest.replace('      replicas', '   replicas') },
      'bert.yaml',
      [
        'error: bert.yaml holds a document that cannot be read',
        '       bert.yaml:9:4',
        '       the indentation is wrong, or the line above is not finished',
        '           9 |    replicas: 2',
        '             |    ^',
      ],
    ],
    [
      'JSON that does not parse',
      { 'bert.json': '{"apiVersion": "kubeflow.org/v1",\n "kind" "PyTorchJob"}' },
      'bert.json',
      [
        'error: bert.json holds a document that cannot be read',
        '       bert.json:2:9',
        '       ":" is expected here, not "\\""',
        '           2 |  "kind" "PyTorchJob"}',
        '             |         ^',
      ],
    ],
    [
      'text that is no object',
      { 'bert.yaml': 'bert\n' },
      'bert.yaml',
      [
        'error: bert.yaml holds a string where a Kubernetes object should be',
        '       bert.yaml:1:1',
        '           1 | bert',
        '             | ^',
      ],
    ],
    [
      'an object without a kind',
      { 'bert.yaml': 'replicas: 2\n' },
      'bert.yaml',
      ['error: bert.yaml:1 is not a Kubernetes object', '       it has no apiVersion, no kind, no metadata'],
    ],
    [
      'another object than a job',
      { 'bert.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bert}\n' },
      'bert.yaml',
      verb === 'diff'
        ? ['error: nothing to compare: no v1 job was found']
        : [
            'error: nothing to convert: the one object is no v1 job',
            '       v1 jobs are the kinds of kubeflow.org/v1: PyTorchJob, TFJob, MPIJob, XGBoostJob, PaddleJob, JAXJob',
          ],
    ],
    [
      'a Helm template',
      { 'bert.yaml': manifest.replace('replicas: 2', 'replicas: {{ .Values.workers }}') },
      'bert.yaml',
      [
        'error: bert.yaml is a Helm template ({{ .Values.workers }} at line 9)',
        '       bert.yaml:9:17',
        '       placeholders are not guessed: render it first',
        `       helm template … | kubectl migrate ${verb} -f -`,
      ],
    ],
    [
      'a template for envsubst',
      { 'bert.yaml': manifest.replace('train:1', '$' + '{IMAGE}') },
      'bert.yaml',
      [
        'error: bert.yaml is an envsubst template ($' + '{IMAGE} at line 14)',
        '       bert.yaml:14:22',
        '       placeholders are not guessed: render it first',
        `       envsubst < bert.yaml | kubectl migrate ${verb} -f -`,
      ],
    ],
    [
      'a job Training Operator would refuse, with the line of the field',
      { 'bert.yaml': manifest.replace('name: pytorch', 'name: main') },
      'bert.yaml',
      [
        'error: PyTorchJob nlp/bert is not a job Training Operator would run',
        '       bert.yaml:12: spec.pytorchReplicaSpecs.Worker.template.spec.containers',
        '       spec.pytorchReplicaSpecs.Worker.template.spec.containers must have at least one container with name pytorch',
      ],
    ],
  ])('%s', async (_, files, path, err) => {
    expect(await run([verb, '-f', path], {}, { files })).toEqual({ code: 2, out: [], err })
  })
})

/** What a cluster with nothing in it answers every call but the two watches and fleets. */
const nlp = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nlp' } }
const vision = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'vision' } }
const bert = [runningV1('bert', { roles: { Master: 1 } }), v1Pod('bert', 'master', 0)]
const v1Side: readonly Resource[] = v1Kinds.map(({ resource }) => resource)
const v2Side: readonly Resource[] = [
  resources.trainJobs,
  resources.trainingRuntimes,
  resources.clusterTrainingRuntimes,
  resources.jobSets,
]
const sixKinds =
  'pytorchjobs.kubeflow.org, tfjobs.kubeflow.org, mpijobs.kubeflow.org, xgboostjobs.kubeflow.org, paddlejobs.kubeflow.org, jaxjobs.kubeflow.org'
const anotherCluster = [
  '       its operator is not installed here, or the context is another cluster than you mean',
  '       kubectl config current-context',
  '       kubectl get crd',
]
const noTrainer = {
  code: 3,
  out: [],
  err: [
    'error: this cluster does not serve trainjobs.trainer.kubeflow.org',
    '       Trainer v2 is not installed here, or the context is another cluster than you mean',
    '       kubectl config current-context',
    '       kubectl get crd trainjobs.trainer.kubeflow.org',
  ],
}

describe('a cluster without v1', () => {
  const cluster = { objects: [runningTrainJob('gpt'), torchRuntime()], absent: v1Side }
  const note =
    'note: this cluster serves no job kind of kubeflow.org/v1 (Training Operator v1): only TrainJobs can be shown'

  it('is listed without it', async () => {
    expect(await run(['list'], cluster)).toEqual({
      code: 0,
      err: [note],
      out: [
        'NAME   KIND       V1   V1-READY   V2        V2-READY   CLASS   MIGRATION   AGE',
        'gpt    TrainJob   -    -          Running   3/3        -       V2Only      10m',
      ],
    })
    expect(await run(['status', '-A'], cluster)).toMatchObject({ code: 0, err: [note] })
  })

  it.each(['status', 'diff'])('has no job for %s NAME, and that may be why', async (verb) => {
    expect(await run([verb, 'job', 'bert'], cluster)).toEqual({
      code: verb === 'diff' ? 2 : 1,
      out: [],
      err: [
        'error: no v1 job or TrainJob called bert in namespace nlp',
        '       this cluster serves no job kind of kubeflow.org/v1 (Training Operator v1)',
        '       kubectl migrate list -n nlp',
        '       kubectl migrate list -A',
      ],
    })
  })

  it.each(['convert NAME', 'convert -A', 'cutover NAME', 'cutover NAME, a dry run'] as const)(
    'has nothing for %s',
    async (call) => {
      const missing = {
        'convert NAME': sixKinds,
        'convert -A': 'the six kinds of kubeflow.org/v1',
        'cutover NAME': sixKinds,
        'cutover NAME, a dry run': 'pytorchjobs.kubeflow.org',
      }[call]
      expect(await run(calls[call], cluster)).toEqual({
        code: 3,
        out: [],
        err: [`error: this cluster does not serve ${missing}`, ...anotherCluster],
      })
    },
  )
})

describe('a cluster without v2', () => {
  const cluster = { objects: bert, absent: v2Side }
  const note = 'note: this cluster serves no trainjobs.trainer.kubeflow.org (Trainer v2): only v1 jobs can be shown'

  it('is listed without it', async () => {
    expect(await run(['list'], cluster)).toEqual({
      code: 0,
      err: [note],
      out: [
        'NAME   KIND         V1        V1-READY   V2   V2-READY   CLASS          MIGRATION    AGE',
        'bert   PyTorchJob   Running   1/1        -    -          NeedsRuntime   NotStarted   60m',
      ],
    })
    expect(await run(['status'], cluster)).toMatchObject({ code: 0, err: [note] })
  })

  it('shows one side of a job', async () => {
    const { code, out, err } = await run(['status', 'bert'], cluster)
    expect([code, out[0], err]).toEqual([
      0,
      'nlp/bert   no TrainJob yet',
      ['note: this cluster does not serve trainjobs.trainer.kubeflow.org: these are not shown'],
    ])
  })

  it.each(['convert NAME', 'convert -A', 'diff NAME', 'cutover NAME', 'cutover NAME, a dry run'] as const)(
    'has no dialect for %s',
    async (call) => {
      expect(await run(calls[call], cluster)).toEqual(noTrainer)
    },
  )

  it.each(['convert', 'diff'])('is not asked by %s with --target-version', async (verb) => {
    const { code, out } = await run([verb, 'job', 'bert', '--target-version', '2.3'], cluster)
    expect([code, out.length > 0]).toEqual([0, true])
  })
})

describe('a cluster with neither', () => {
  const cluster = { absent: [...v1Side, ...v2Side] }
  const nothing = {
    code: 3,
    out: [],
    err: [`error: this cluster does not serve ${sixKinds}, trainjobs.trainer.kubeflow.org`, ...anotherCluster],
  }

  it.each(['list', 'list -A -w', 'status', 'status NAME', 'diff NAME'] as const)('%s', async (call) => {
    expect(await run(calls[call], cluster)).toEqual(nothing)
  })

  it.each(['convert NAME', 'convert -A', 'cutover NAME', 'cutover NAME, a dry run'] as const)('%s', async (call) => {
    const { code, out, err } = await run(calls[call], cluster)
    expect([code, out, err.length]).toEqual([3, [], 4])
    expect(err[0]).toMatch(/^error: this cluster does not serve (pytorchjobs|trainjobs|the six kinds)/)
  })
})

describe('rights that are missing', () => {
  const objects = [...bert, runningV1('gpt', { namespace: 'vision' }), nlp, vision]

  it('in one namespace of -A: the others are shown, and what is not', async () => {
    const forbid: FakeClusterOptions['forbid'] = ({ resource, namespace }) =>
      resource !== 'namespaces' && namespace !== 'nlp'
    const { code, out, err } = await run(['list', '-A'], { objects, forbid })
    expect([code, out]).toEqual([
      0,
      [
        'NAMESPACE   NAME   KIND         V1        V1-READY   V2   V2-READY   CLASS          MIGRATION    AGE',
        'nlp         bert   PyTorchJob   Running   1/1        -    -          NeedsRuntime   NotStarted   60m',
      ],
    ])
    expect(err).toContain('note: you may not read pytorchjobs.kubeflow.org in namespace vision: these are not shown')
    expect(err).toContain(
      'note: you may not read trainjobs.trainer.kubeflow.org in namespace vision: these are not shown',
    )
    expect(await run(['status', '-A'], { objects, forbid })).toMatchObject({ code: 0, err })
  })

  it.each(['list', 'status', 'convert'])('to list all namespaces: %s -A says what is missing', async (verb) => {
    expect(await run([verb, '-A'], { objects, forbid: ({ namespace }) => namespace !== 'nlp' })).toEqual({
      code: 3,
      out: [],
      err: [
        'error: forbidden: you may not list pytorchjobs in all namespaces',
        '       Missing: list pytorchjobs.kubeflow.org in all namespaces   (you are jane)',
        '       Choose a namespace that you may read with -n NAMESPACE,',
        '       or ask for a Role with it; `kubectl auth can-i list pytorchjobs.kubeflow.org` tells when you have it.',
      ],
    })
  })

  it('to list one kind: convert takes the others, and fails', async () => {
    const forbid: FakeClusterOptions['forbid'] = ({ resource }) => resource === 'tfjobs.kubeflow.org'
    const { code, out, err } = await run(['convert', '-A', '-o', 'name'], { objects: bert, forbid })
    expect([code, out.at(-1), err[0], err[1], err.at(-1)]).toEqual([
      3,
      'trainjob.trainer.kubeflow.org/bert',
      'error: you may not list tfjobs.kubeflow.org in all namespaces: none of them is converted',
      '       kubectl auth can-i list tfjobs.kubeflow.org -A',
      '1 job: 1 proved (1 with changes), 1 source not read.  1 runtime      0.00 s',
    ])
  })

  it.each(['status', 'convert', 'diff', 'cutover'])('to read the job: %s NAME', async (verb) => {
    const words = [verb, 'job', 'bert', ...(verb === 'cutover' ? ['--yes'] : [])]
    expect(await run(words, { objects, forbid: ({ namespace }) => namespace === 'nlp' })).toEqual({
      code: 3,
      out: [],
      err: [
        'error: forbidden: you may not get pytorchjobs in namespace nlp',
        '       Missing: get pytorchjobs.kubeflow.org in namespace nlp   (you are jane)',
        '       Ask for a Role with it; `kubectl auth can-i get pytorchjobs.kubeflow.org -n nlp` tells when you have it.',
      ],
    })
  })
})

describe.each(['status', 'convert', 'diff', 'cutover'])('a name given to %s', (verb) => {
  const yes = verb === 'cutover' ? ['--yes'] : []
  // of diff, 1 says that a difference was found
  const notFound = verb === 'diff' ? 2 : 1
  const noJob = ['convert', 'cutover'].includes(verb) ? 'no v1 job' : 'no v1 job or TrainJob'

  it('of two kinds', async () => {
    const objects = [...bert, runningV1('bert', { kind: 'TFJob', roles: { Chief: 1 } })]
    expect(await run([verb, 'job', 'bert', ...yes], { objects })).toEqual({
      code: 2,
      out: [],
      err: [
        'error: 2 v1 jobs in namespace nlp are called bert: PyTorchJob, TFJob',
        '       the name alone does not say which one is meant',
        `       kubectl migrate ${verb} pytorchjob/bert -n nlp`,
        `       kubectl migrate ${verb} tfjob/bert -n nlp`,
      ],
    })
  })

  it('that does not exist, with the closest', async () => {
    const objects = [...bert, runningV1('bart'), runningV1('resnet')]
    expect(await run([verb, 'brt', ...yes], { objects })).toEqual({
      code: notFound,
      out: [],
      err: [
        `error: ${noJob} called brt in namespace nlp`,
        '       near to it: bart, bert',
        `       kubectl migrate ${verb} pytorchjob/bart -n nlp`,
        `       kubectl migrate ${verb} pytorchjob/bert -n nlp`,
      ],
    })
  })

  it('that does not exist and is like no other', async () => {
    expect(await run([verb, 'whisper', ...yes], { objects: bert })).toEqual({
      code: notFound,
      out: [],
      err: [
        `error: ${noJob} called whisper in namespace nlp`,
        '       kubectl migrate list -n nlp',
        '       kubectl migrate list -A',
      ],
    })
  })

  it('of a kind nobody has', async () => {
    expect(await run([verb, 'pytorchjb/bert', ...yes], { objects: bert })).toEqual({
      code: 2,
      out: [],
      err: ['error: "pytorchjb" is no kind of job', '       did you mean pytorchjob?'],
    })
  })

  it('that no object can have, escapes and all', async () => {
    expect(await run([verb, 'be\u001b[31mrt', ...yes], { objects: bert })).toEqual({
      code: 2,
      out: [],
      err: [
        'error: "be\\e[31mrt" cannot be the name of a job',
        '       names are lower-case letters, digits, - and ., as `kubectl migrate list` prints them',
      ],
    })
  })
})

describe('terminal escapes', () => {
  /** a title, a colour, a bell, the cursor up, a line erased, a C1 control and a text direction */
  const evil = 'x\u001b]0;owned\u0007\u001b[31m\u001b[1A\u001b[2K\u009b5m\u202ey'
  const dangerous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

  const job = v1Job('bert', {
    labels: { team: evil },
    roles: { Master: 1, Worker: 1 },
    conditions: [condition('Failed', { reason: evil, message: evil })],
  })
  const spec = job['spec'] as { pytorchReplicaSpecs: Record<string, { template: PodTemplate }> }
  for (const { template } of Object.values(spec.pytorchReplicaSpecs)) {
    template.spec = {
      nodeSelector: { [evil]: evil },
      containers: [{ name: 'pytorch', image: evil, command: [evil], env: [{ name: 'NOTE', value: evil }] }],
    }
  }
  job.metadata.annotations = { [evil]: evil, note: evil }
  const named = v1Job(evil, { conditions: [condition('Suspended')] })
  const objects = [
    job,
    named,
    v1Pod('bert', 'master', 0, { node: evil, status: waiting(evil, evil) }),
    v1Pod('bert', 'worker', 0, { status: ended(1, evil) }),
    trainJob('bert', {
      runtime: evil,
      annotations: { 'kubectl-migrate.dev/source': evil },
      conditions: [condition('Failed', { reason: evil, message: evil })],
    }),
    warning('PyTorchJob', 'bert', evil, evil),
  ]
  const lone = objects.filter(({ kind }) => kind !== 'TrainJob')

  it.each<[words: string[], of: readonly KubeObject[]]>([
    [['list'], objects],
    [['list', '-A', '-o', 'wide'], objects],
    [['list', '-o', 'name'], objects],
    [['list', '-o', 'json'], objects],
    [['list', '-o', 'yaml'], objects],
    [['status'], objects],
    [['status', '-o', 'json'], objects],
    [['status', 'bert'], objects],
    [['status', 'bert', '-o', 'wide'], objects],
    [['status', 'bert', '-o', 'yaml'], objects],
    [['convert', 'job', 'bert'], lone],
    [['convert', 'job', 'bert', '-o', 'json'], lone],
    [['convert', '-A', '-o', 'name'], lone],
    [['diff', 'job', 'bert'], objects],
    [['diff', 'job', 'bert', '--all'], lone],
    [
      ['diff', 'job', 'bert', '-o', 'unified'],
      [...lone, trainJob('bert'), torchRuntime()],
    ],
    [['diff', 'job', 'bert', '-o', 'json'], lone],
    [['cutover', 'job', 'bert', '--dry-run'], lone],
    [['cutover', 'job', 'bert', '--yes'], objects],
    [['start', 'job', 'bert', '--dry-run'], lone],
    [['runtimes'], [...objects, { ...torchRuntime(), metadata: { name: 'evil', labels: { team: evil } } }]],
    [
      ['runtimes', '--for', 'bert'],
      [...lone, torchRuntime()],
    ],
    [['compare', 'bert'], objects],
  ])('of objects never reach the terminal: %j', async (words, of) => {
    const { out, err } = await run(words, { objects: of })
    expect(out.length + err.length).toBeGreaterThan(0)
    const data = words.includes('json') || words.includes('yaml') || words[0] === 'convert'
    const bad = data ? new RegExp(dangerous.source.replace('\\u202a-\\u202e\\u2066-\\u2069', '')) : dangerous
    expect([...out, ...err].filter((line) => bad.test(line))).toEqual([])
  })

  it.each(['convert', 'diff'])('of files never reach the terminal: %s -f', async (verb) => {
    const files = {
      'a\u001b[2J.yaml': manifest.replace('train:1', JSON.stringify(evil)),
      'b.yaml': `kind: "${'\\e'}[31m"\n`,
    }
    const { out, err } = await run([verb, '-f', 'a\u001b[2J.yaml', '-f', 'b.yaml', '-f', 'c\u0007.yaml'], {}, { files })
    expect([...out, ...err].filter((line) => dangerous.test(line))).toEqual([])
    expect(err).toContain('error: there is no file or folder c\\u{0007}.yaml')
  })
})

describe('a terminal of 40 columns', () => {
  const objects = [
    ...bert,
    v1Job('horovod', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 4 } }),
    v1Pod('bert', 'master', 0, { status: waiting('ImagePullBackOff', `Back-off pulling image ${'x'.repeat(60)}`) }),
    warning('PyTorchJob', 'bert', 'Slow', 'a message that is longer than the terminal is wide'),
  ]
  const narrow = { tty: true, columns: 40 }

  it.each<[words: string[], of?: readonly KubeObject[]]>([
    [['list']],
    [['list', '-A']],
    [['status']],
    [['status', 'bert']],
    [['diff', 'job', 'bert']],
    [['diff', 'job', 'bert', '--env', '--all']],
    [['diff', 'job', 'bert', '--resources']],
    [['convert', '-l', 'x!=y', '-o', 'name', '--mpi', 'exec']],
    [['cutover', 'job', 'bert', '--dry-run']],
  ])('holds %j', async (words) => {
    const { code, out, err } = await run(words, { objects }, narrow)
    expect(code).toBe(0)
    // commands and names to copy, manifests, and notes stay whole: the terminal breaks them
    const whole = /kubectl migrate |^ {5}|^ {3}(create|patch) |^\w+\.\S+$|^note: /
    expect([...out, ...err].filter((line) => line.length > 40 && !whole.test(line))).toEqual([])
  })

  it.each(verbs.map(({ name }) => name))('holds the help of %s', async (name) => {
    const { code, out } = await run([name, '--help'], {}, narrow)
    expect([code, out.filter((line) => line.length > 40 && !/kubectl|jq|\.items/.test(line))]).toEqual([0, []])
  })
})

/** An API server with this many PyTorchJobs in the namespace default and nothing else; counts what is not a GET. */
async function serverOf(jobs: number): Promise<{ readonly KUBECONFIG: string; readonly writes: () => number }> {
  let writes = 0
  const names = Array.from({ length: jobs }, (_, at) => `job-with-a-name-that-fills-pipes-${at}`)
  const items = names.map((name) => runningV1(name, { namespace: 'default', uid: `uid-${name}` }))
  const server = createServer(({ url = '', method }, response) => {
    if (method !== 'GET') writes++
    const list = { metadata: { resourceVersion: '1' }, items: url.includes('/pytorchjobs?') ? items : [] }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(list))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const KUBECONFIG = kubeconfigFile({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  return { KUBECONFIG, writes: () => writes }
}

describe('a pipe', () => {
  const program = '{ "$0" "$@"; echo "exit $?" >&2; }'

  /** What a script of the shell prints, in which `"$0" "$@"` is the program with these words. */
  async function printed(script: string, words: readonly string[], variables: Record<string, string>) {
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...variables }
    const child = spawn('sh', ['-c', script, process.execPath, main, ...words], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { out: lines(out), err: lines(err) }
  }

  /** The program's exit code and words, and what is left of its output after `head -1`. */
  async function headOf(words: readonly string[], variables: Record<string, string>): Promise<Outcome> {
    const { out, err } = await printed(`${program} | head -1`, words, variables)
    return { code: Number(err.pop()?.replace('exit ', '')), out, err }
  }

  it.each<[words: string[], first: RegExp]>([
    [['list'], /^NAME +KIND /],
    [['list', '-o', 'json'], /^\{$/],
    [['list', '-w'], /^NAME +KIND /],
    [['status', '-o', 'json'], /^\{$/],
    [['convert', '-l', 'a!=b', '--target-version', '2.3', '-o', 'name'], /^trainingruntime\./],
  ])('whose reader goes away ends %j quietly', async (words, first) => {
    const { KUBECONFIG, writes } = await serverOf(1500)
    const { code, out, err } = await headOf(words, { KUBECONFIG })
    expect([code, out.length, err.filter((line) => /error|EPIPE|^\s+at /.test(line)), writes()]).toEqual([0, 1, [], 0])
    expect(out[0]).toMatch(first)
  })

  it('whose reader goes away leaves no half of a line for who reads the words slowly', async () => {
    // names that are a little more than a pipe holds, so that all words are said before the program hears that nobody reads the rest
    const { KUBECONFIG } = await serverOf(1100)
    const words = ['convert', '-l', 'a!=b', '--target-version', '2.3', '-o', 'name']
    const script = `{ ${program} | { sleep 3; head -1 >/dev/null; }; } 2>&1 | { sleep 5; cat; }`
    const { out } = await printed(script, words, { KUBECONFIG })
    const rows = out.filter((line) => line.startsWith('pytorchjob/'))
    expect([out.at(-1), rows.filter((line) => !line.endsWith(' changed'))]).toEqual(['exit 0', []])
  })

  it.each(['convert', 'diff'])('whose reader goes away ends %s -f quietly', async (verb) => {
    const file = path.join(temporaryFolder(), 'many.yaml')
    const jobs = Array.from({ length: 500 }, (_, at) => manifest.replace('name: bert', `name: bert-${at}`))
    writeFileSync(file, jobs.join('---\n'))
    const { code, out, err } = await headOf([verb, '-f', file], {})
    expect([code, out.length, err.filter((line) => /error|EPIPE|^\s+at /.test(line))]).toEqual([0, 1, []])
  })
})

describe('a file whose aliases unfold without end', () => {
  const letters = [...'abcdefghi']
  const level = (name: string, at: number) =>
    `${name}: &${name} [${Array(9)
      .fill(at === 0 ? 'lol' : `*${letters[at - 1]}`)
      .join(', ')}]`

  it.each<[what: string, yaml: string, place: string, why: string]>([
    [
      'a billion laughs',
      letters.map(level).join('\n'),
      '4:20',
      'its aliases stand for far more than the file itself holds (a "billion laughs" file)',
    ],
    [
      'a long text 1,000 times',
      `a: &a ${'x'.repeat(1_000_000)}\nb: [${Array(1000).fill('*a').join(', ')}]`,
      '2:85',
      'its aliases stand for far more than the file itself holds (a "billion laughs" file)',
    ],
    ['an alias inside of what it stands for', 'a: &a [*a]', '1:8', 'the anchor &a contains itself'],
  ])('%s: is refused in 200 MB, and the other file is converted', async (_, yaml, place, why) => {
    const folder = temporaryFolder()
    const [bad, good] = ['bad.yaml', 'good.yaml'].map((name) => path.join(folder, name)) as [string, string]
    writeFileSync(bad, `${yaml}\n`)
    writeFileSync(good, manifest)
    const words = ['convert', '-f', bad, '-f', good, '--target-version', '2.3', '-o', 'name']
    const { code, out, err } = await runProcess(words, { NODE_OPTIONS: '--max-old-space-size=200' })
    expect([code, out.at(-1), ...err.slice(0, 3)]).toEqual([
      2,
      'trainjob.trainer.kubeflow.org/bert',
      `error: ${bad} holds a document that cannot be read`,
      `       ${bad}:${place}`,
      `       ${why}`,
    ])
    expect(err.at(-1)).toMatch(/^1 job: 1 proved, 1 source not read\. /)
  })
})

describe('no terminal', () => {
  it('has no colour, no cursor movement, and every column', async () => {
    const { KUBECONFIG } = await serverOf(2)
    const terminal = { KUBECONFIG, TERM: 'xterm-256color', COLUMNS: '200' }
    const outcomes = [await runProcess(['list'], terminal), await runProcess(['status'], terminal)]
    for (const { code, out, err } of outcomes) {
      expect([code, err, out.filter((line) => line.includes('\u001b'))]).toEqual([0, [], []])
    }
    expect(outcomes[0]?.out[0]).toMatch(/^NAME +KIND +V1 +V1-READY +V2 +V2-READY +CLASS +MIGRATION +AGE$/)
  })

  it('is nothing cutover can ask on: it says so before it asks the cluster anything', async () => {
    const fake = new FakeCluster({ objects: bert, namespace: 'nlp' })
    expect(await runVerb(['cutover', 'job', 'bert', '-n', 'nlp'], { cluster: fake })).toEqual({
      code: 2,
      out: [],
      err: [
        'error: cutover asks before it stops a job, and there is no terminal to ask on',
        '       kubectl migrate cutover job bert -n nlp --dry-run=client',
        '       kubectl migrate cutover job bert -n nlp --yes',
      ],
    })
    expect(fake.log).toEqual([])
  })

  it('is one whose questions go into a file', async () => {
    const fake = new FakeCluster({ objects: bert, namespace: 'nlp' })
    const { env } = fakeEnv({ cluster: fake, tty: true })
    const unseen = { ...env, err: { ...env.err, isTTY: false } }
    await expect(runProgram(unseen, ['cutover', 'job', 'bert'])).rejects.toMatchObject({
      data: { code: 'no-terminal' },
    })
    expect(fake.log).toEqual([])
  })
})

describe('what a message tells to type', () => {
  it.each<[flags: string[], name: string]>([
    [['--context', 'prod'], 'kubectl migrate --context prod'],
    [['--kubeconfig', '/a b/c', '--as', 'jane'], "kubectl migrate --kubeconfig '/a b/c' --as jane"],
    [['--token', 'secret'], 'kubectl migrate'],
  ])('asks the cluster that was asked: %j', async (flags, name) => {
    expect((await run(['status', 'brt', ...flags], { objects: bert })).err).toEqual([
      'error: no v1 job or TrainJob called brt in namespace nlp',
      '       near to it: bert',
      `       ${name} status pytorchjob/bert -n nlp`,
    ])
    expect((await run(['status', 'bert', ...flags], { objects: bert })).out.slice(-2)).toEqual([
      `Next: ${name} diff pytorchjob/bert -n nlp      what would differ`,
      `      ${name} cutover pytorchjob/bert -n nlp   hold v1 and run it as a TrainJob`,
    ])
  })
})

describe('the exit code of diff', () => {
  const master = (image: string) => ({
    Master: { replicas: 1, template: { spec: { containers: [{ name: 'pytorch', image }] } } },
  })
  const job = (image: string) => ({ ...v1Job('bert'), spec: { pytorchReplicaSpecs: master(image) } })
  const onRuntime = [trainJob('bert', { nodes: 1 }), torchRuntime()]

  it.each<[what: string, words: string[], objects: readonly KubeObject[], code: number]>([
    ['0 where the pods are the same', [], [job('train:1')], 0],
    ['1 where they differ', [], [job('train:1'), ...onRuntime], 1],
    ['0 where they differ in another aspect', ['--resources'], [job('train:1'), ...onRuntime], 0],
    ['more where there is no such job', [], [], 2],
    ['more where a decision is wanting', [], [v1Job('bert', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 1 } })], 2],
    ['more where there is no v1 job to compare with', [], onRuntime, 2],
  ])('is %s', async (_, words, objects, code) => {
    expect((await run(['diff', 'job', 'bert', ...words], { objects })).code).toBe(code)
  })

  it('is more where one of several files cannot be compared', async () => {
    const files = { 'a.yaml': manifest, 'b.yaml': manifest.replace('name: pytorch', 'name: other') }
    const { code, out } = await run(['diff', '-f', 'a.yaml', '-f', 'b.yaml'], {}, { files })
    expect([code, out[0]?.startsWith('nlp/bert: ')]).toEqual([2, true])
  })
})
