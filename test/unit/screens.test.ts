import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import { FakeCluster } from './fake-cluster.ts'
import {
  ago,
  condition,
  heldV1,
  now,
  runningTrainJob,
  runningV1,
  torchRuntime,
  trainJob,
  unschedulable,
  v1Job,
  v1Pod,
  v2Pod,
  waiting,
  warning,
} from './objects.ts'
import { runVerb } from './run-verb.ts'

vi.setConfig({ testTimeout: 60_000 })

/** `UPDATE_GOLDEN=1 npm test -- test/unit/screens.test.ts` writes the screens anew; the review is reading the difference. */
const update = process.env['UPDATE_GOLDEN'] === '1'
const folder = join(import.meta.dirname, '../golden/screens')

/** Every screen that shows and changes nothing, of one fleet. */
const screens: Readonly<Record<string, readonly string[]>> = {
  list: ['list', '-A'],
  'list-wide': ['list', '-A', '-o', 'wide'],
  status: ['status', '-A'],
  'status-by-source': ['status', '-A', '--by', 'source'],
  'status-name': ['status', 'job', 'bert'],
  diff: ['diff', 'job', 'bert'],
  'diff-env': ['diff', 'job', 'bert', '--env'],
  'diff-resources': ['diff', 'job', 'bert', '--resources'],
  logs: ['logs', 'job', 'bert'],
  compare: ['compare', 'job', 'bert'],
  runtimes: ['runtimes'],
  'runtimes-for': ['runtimes', '--for', 'bert'],
}

/** What the API server and programs may say: wide characters, marks, and escapes that would paint over the screen. */
const pull = 'Back-off pulling image "reg.example.com/自然言語/train:9": 401 \u001b[2J\u0007Unauthorised'
const longest = `resnet-${'x'.repeat(56)}`

function withGpus<T extends KubeObject>(object: T, gpus: number): T {
  const text = JSON.stringify(object)
  const resources = `"resources":{"limits":{"nvidia.com/gpu":"${gpus}","memory":"64Gi"}}`
  return JSON.parse(text.replaceAll('"image":', `${resources},"image":`)) as T
}

function createdBy<T extends KubeObject>(object: T, manager: string): T {
  const entry = { manager, operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } }
  return { ...object, metadata: { ...object.metadata, managedFields: [entry] } }
}

const fleet: readonly KubeObject[] = [
  createdBy(
    withGpus(runningV1('bert', { age: 183_600, labels: { 'kueue.x-k8s.io/queue-name': 'team-nlp' } }), 8),
    '機械-ctl',
  ),
  v1Pod('bert', 'master', 0, { age: 172_800, node: 'gpu-07' }),
  v1Pod('bert', 'worker', 0, { age: 172_800, node: 'gpu-08', restarts: 3 }),
  v1Pod('bert', 'worker', 1, { age: 172_800, node: 'gpu-09' }),
  trainJob('bert-v2', { jobs: [{ active: 1 }], age: 900, nodes: 3 }),
  {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name: 'bert-v2', namespace: 'nlp' },
    spec: { replicatedJobs: [{ name: 'node', replicas: 1, template: { spec: { parallelism: 3, completions: 3 } } }] },
  },
  v2Pod('bert-v2', 0, { age: 900, node: 'gpu-21' }),
  v2Pod('bert-v2', 1, { age: 900, node: 'gpu-22' }),
  v2Pod('bert-v2', 2, { age: 900, node: 'gpu-23', status: waiting('ImagePullBackOff', pull) }),
  warning('TrainJob', 'bert-v2', 'Slow', 'not all Jobs are ready: 待機 \u001b[31m3', 120),
  createdBy(withGpus(heldV1('gpt', { age: 7200 }), 1), 'kubectl-client-side-apply'),
  runningTrainJob('gpt', { age: 600, nodes: 3, jobs: [{ ready: 3, active: 3 }] }),
  v1Job('llama', { roles: { Worker: 2 }, conditions: [condition('Created')], age: 240 }),
  v1Pod('llama', 'worker', 0, {
    age: 240,
    status: unschedulable('0/8 nodes are available: 8 Insufficient nvidia.com/gpu'),
  }),
  v1Pod('llama', 'worker', 1, { age: 240, status: waiting('CrashLoopBackOff', 'back-off 5m0s restarting', 7) }),
  v1Job(longest, {
    kind: 'TFJob',
    namespace: 'vision',
    roles: { Chief: 1, Worker: 4 },
    conditions: [condition('Failed', { reason: 'TFJobFailed', message: `TFJob ${longest} has failed` })],
    age: 400_000,
  }),
  v1Job('scores', {
    kind: 'XGBoostJob',
    namespace: 'vision',
    conditions: [condition('Succeeded', { age: 3000 })],
    age: 9000,
  }),
  runningTrainJob('alone', { namespace: 'vision', nodes: 1, age: 30 }),
  torchRuntime(),
  {
    ...torchRuntime('torch-old'),
    metadata: { name: 'torch-old', labels: { 'trainer.kubeflow.org/support': 'deprecated' } },
  },
]

function log(age: number, time: number): string {
  const at = (seconds: number) => new Date(now.getTime() - (age - seconds) * 1000).toISOString().replace('Z', '000000Z')
  const steps = Array.from({ length: 8 }, (_, step) => {
    const loss = (8 * 0.8 ** step).toFixed(3)
    return `${at(60 + step * time)} step ${step}: loss=${loss} step_time=${time} \u001b[32m損失\u001b[0m`
  })
  return `${at(20)} seed=42\n${steps.join('\n')}\n`
}

const logs = {
  'bert-master-0/pytorch': log(172_800, 2),
  'bert-worker-0/pytorch': log(172_800, 2),
  'bert-worker-1/pytorch': `${ago(172_700).replace('Z', '.000000001Z')} \u001b[2J 10%|█\r 20%|██ ${'wide '.repeat(50)}\n`,
  'bert-v2-node-0-0-x7k2p/pytorch': log(900, 2.2),
  'bert-v2-node-0-1-x7k2p/pytorch': log(900, 2.2),
}

interface Terminal {
  readonly columns: number
  readonly unicode: boolean
  readonly color: boolean
}

/** Both streams whole, and the exit code; escapes are written as `^`. */
async function screen(words: readonly string[], terminal: Terminal): Promise<string> {
  const cluster = new FakeCluster({ objects: fleet, logs, namespace: 'nlp' })
  const { code, out, err } = await runVerb(words, { cluster, now: () => now, tty: true, ...terminal })
  return [...out, ...err.map((line) => `stderr: ${line}`), `exit ${code}`].join('\n')
}

const plain = [80, 200, 40].flatMap((columns) => [true, false].map((unicode) => ({ columns, unicode, color: false })))
const titleOf = ({ columns, unicode, color }: Terminal) =>
  `=== ${columns} columns, ${unicode ? 'UTF-8' : 'ASCII'}, ${color ? 'colour' : 'no colour'}`

describe('screens', () => {
  it.each(Object.entries(screens))(
    '%s: 80, 200 and 40 columns, UTF-8 and ASCII, with and without colour',
    async (name, words) => {
      const parts: string[] = []
      for (const terminal of plain) {
        const bare = await screen(words, terminal)
        const painted = await screen(words, { ...terminal, color: true })
        parts.push(titleOf(terminal), bare, '')
        // colour says nothing that is not there without; it is kept once, as it is the same everywhere
        expect(stripVTControlCharacters(painted)).toBe(stripVTControlCharacters(bare))
        if (terminal === plain[0]) parts.unshift(titleOf({ ...terminal, color: true }), painted, '')
      }
      const text = parts.join('\n').replaceAll('\u001b', '^')
      const file = join(folder, `${name}.txt`)
      if (update) writeFileSync(file, text)
      expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : undefined)
    },
  )

  it('are all of those in the folder', () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(screens)
        .map((name) => `${name}.txt`)
        .sort(),
    )
  })
})
