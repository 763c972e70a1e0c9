import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import type { Command } from './command.ts'
import { runProgram } from './program.ts'
import type { Verb } from './table.ts'

const status: Command = {
  name: 'status',
  summary: 'how far it is',
  usage: '[KIND/NAME | KIND NAME | NAME]',
  examples: [],
  flags: {
    output: { type: 'string', short: 'o', choices: ['json', 'yaml'], describe: 'for programs', group: 'Output' },
    watch: { type: 'boolean', short: 'w', describe: 'go on', group: 'Output' },
    'output-dir': { type: 'string', describe: 'where to', group: 'Output', completes: 'directory' },
    note: { type: 'string', describe: 'free text', group: 'Output' },
  },
  connects: true,
  manyNamespaces: true,
  run: async () => 0,
}
const shell: Command = {
  ...status,
  name: 'shell',
  usage: 'bash|zsh',
  offers: ['bash', 'zsh'],
  flags: {},
  connects: false,
  manyNamespaces: false,
}
const table: readonly Verb[] = [
  { name: 'status', group: 'Look', summary: status.summary, load: async () => ({ command: status }) },
  { name: 'shell', group: 'Other', summary: 'a script', load: async () => ({ command: shell }) },
]

const object = (apiVersion: string, kind: string, name: string, namespace?: string): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
})

const objects = [
  object('v1', 'Namespace', 'nlp'),
  object('v1', 'Namespace', 'vision'),
  object('kubeflow.org/v1', 'PyTorchJob', 'bert', 'nlp'),
  object('kubeflow.org/v1', 'PyTorchJob', 'gpt', 'nlp'),
  object('kubeflow.org/v1', 'PyTorchJob', 'resnet', 'vision'),
  object('kubeflow.org/v1', 'TFJob', 'bert', 'nlp'),
  object('kubeflow.org/v1', 'TFJob', 'mnist', 'nlp'),
  object('trainer.kubeflow.org/v1alpha1', 'TrainJob', 'gpt-v2', 'nlp'),
]

const folder = mkdtempSync(path.join(tmpdir(), 'complete-'))
const kubeconfig = path.join(folder, 'config')
writeFileSync(
  kubeconfig,
  `apiVersion: v1
kind: Config
contexts:
- {name: prod, context: {cluster: c-prod, user: u-prod}}
- {name: "arn:aws:eks:eu:1:cluster/test", context: {cluster: c-test, user: u-prod}}
- {name: "with blank", context: {cluster: c-test, user: u-prod}}
- {name: "evil\\e[2J", context: {cluster: c-test, user: u-prod}}
clusters:
- {name: c-prod, cluster: {server: "https://prod.example"}}
- {name: c-test, cluster: {server: "https://test.example"}}
users:
- {name: u-prod, user: {}}
`,
)
afterAll(() => rmSync(folder, { recursive: true }))

/** The lines TAB gets for a command line; a blank at its end means that a new word begins. */
async function tab(line: string, cluster: Cluster | undefined = new FakeCluster({ objects, namespace: 'nlp' })) {
  const { env, stdout, stderr, connections } = fakeEnv({ cluster, variables: { KUBECONFIG: kubeconfig } })
  const patient = { ...env, sleep: () => new Promise<void>(() => undefined) }
  const code = await runProgram(patient, ['__complete', ...line.split(' ').slice(1)], { table })
  expect([code, stderr()]).toEqual([0, ''])
  const lines = stdout().trimEnd().split('\n')
  return { lines, words: lines.slice(0, -1).map((text) => text.split('\t')[0]), directive: lines.at(-1), connections }
}

describe('complete', () => {
  it('offers verbs with what they do', async () => {
    expect((await tab('kubectl-migrate ')).lines).toEqual(['status\thow far it is', 'shell\ta script', ':4'])
  })

  it.each<[string, string[], string]>([
    ['kubectl-migrate st', ['status'], ':4'],
    ['kubectl-migrate nothing', [], ':4'],
    ['kubectl-migrate nothing ', [], ':4'],
    ['kubectl-migrate -n vision st', ['status'], ':4'],
    ['kubectl-migrate --names', ['--namespace'], ':4'],
    ['kubectl-migrate status --out', ['--output', '--output-dir'], ':4'],
    ['kubectl-migrate status -w', ['-w'], ':4'],
    ['kubectl-migrate status -o ', ['json', 'yaml'], ':4'],
    ['kubectl-migrate status -o j', ['json'], ':4'],
    ['kubectl-migrate status --output=', ['--output=json', '--output=yaml'], ':4'],
    ['kubectl-migrate status --watch=', ['--watch=true', '--watch=false'], ':4'],
    ['kubectl-migrate status --note ', [], ':4'],
    ['kubectl-migrate status --unknown=', [], ':4'],
    ['kubectl-migrate status --output-dir ', [], ':16'],
    ['kubectl-migrate status --kubeconfig ', [], ':0'],
    ['kubectl-migrate status --kubeconfig=', [], ':0'],
    ['kubectl-migrate shell ', ['bash', 'zsh'], ':4'],
    ['kubectl-migrate shell bash ', [], ':4'],
    ['kubectl-migrate shell --', ['--no-color', '--help'], ':4'],
    ['kubectl-migrate status -n ', ['nlp', 'vision'], ':4'],
    ['kubectl-migrate status -n v', ['vision'], ':4'],
    ['kubectl-migrate --namespace=n', ['--namespace=nlp'], ':4'],
    ['kubectl-migrate --context ', ['prod', 'arn:aws:eks:eu:1:cluster/test'], ':4'],
    ['kubectl-migrate --cluster ', ['c-prod', 'c-test'], ':4'],
    ['kubectl-migrate --user ', ['u-prod'], ':4'],
    ['kubectl-migrate --kubeconfig /nonexistent --context ', [], ':4'],
    ['kubectl-migrate status b', ['bert'], ':4'],
    ['kubectl-migrate status pytorchjob/', ['pytorchjob/bert', 'pytorchjob/gpt'], ':4'],
    ['kubectl-migrate status tfjobs.kubeflow.org/m', ['tfjobs.kubeflow.org/mnist'], ':4'],
    ['kubectl-migrate status pod/', [], ':4'],
    ['kubectl-migrate status job ', ['bert', 'gpt', 'mnist'], ':4'],
    ['kubectl-migrate status trainjob ', ['gpt-v2'], ':4'],
    ['kubectl-migrate status job bert ', [], ':4'],
    ['kubectl-migrate status -- -', [], ':4'],
    ['kubectl-migrate status --bogus x ', [], ':4'],
  ])('%s', async (line, words, directive) => {
    expect(await tab(line)).toMatchObject({ words, directive })
  })

  it('offers names first, then kinds', async () => {
    expect((await tab('kubectl-migrate status ')).words).toEqual([
      ...['bert', 'gpt', 'gpt-v2', 'mnist'],
      ...['job', 'pytorchjob', 'tfjob', 'mpijob', 'xgboostjob', 'paddlejob', 'jaxjob', 'trainjob'],
    ])
  })

  it('asks the cluster the line names, and not for long', async () => {
    const { connections } = await tab('kubectl-migrate status --context prod -n vision b')
    expect(connections).toMatchObject([{ context: 'prod', namespace: 'vision', requestTimeout: '2000ms' }])
  })

  it('sends one request for names of one kind, one a kind for all', async () => {
    const cluster = new FakeCluster({ objects, namespace: 'nlp' })
    await tab('kubectl-migrate status pytorchjob ', cluster)
    expect(cluster.requests).toBe(1)
    await tab('kubectl-migrate status ', cluster)
    expect(cluster.requests).toBe(1 + 7)
  })

  it('offers what it may read, and kinds without a cluster', async () => {
    const partly = new FakeCluster({
      objects,
      namespace: 'nlp',
      absent: [resources.mpiJobs],
      forbid: ({ resource }) => resource === 'tfjobs.kubeflow.org',
    })
    expect((await tab('kubectl-migrate status job ', partly)).words).toEqual(['bert', 'gpt'])
    const { env, stdout } = fakeEnv({ cluster: undefined })
    await runProgram(env, ['__complete', 'status', 'py'], { table })
    expect(stdout()).toBe('pytorchjob\n:4\n')
  })

  it('gives up on a cluster that does not answer', async () => {
    const { env, stdout } = fakeEnv()
    const silent = { ...env, connect: () => new Promise<Cluster>(() => undefined) }
    expect(await runProgram(silent, ['__complete', 'status', ''], { table })).toBe(0)
    expect(stdout()).toBe(':4\n')
  })
})
