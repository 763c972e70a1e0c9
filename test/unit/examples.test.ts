import { describe, expect, it } from 'vitest'
import { verbs } from '../../src/cli/table.ts'
import { Timeline } from '../../src/sandbox/clock.ts'
import { makeSandbox, type Sandbox, type SandboxState } from '../../src/sandbox/sandbox.ts'
import { team } from '../../src/sandbox/team.ts'
import { type ProgramRun, runProcess } from '../crash/program.ts'
import { randomFrom } from '../crash/world.ts'
import { temporaryFolder } from './api-server.ts'
import type { FakeEnvOptions } from './fake-env.ts'
import { kindManifest } from './kind-manifest.ts'

/** How an example is tried that needs more than the cluster of the sandbox, or that is not answered with exit code 0. */
interface Trial {
  /** typed before it, ` > FILE` where its output is kept */
  readonly before?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  /** of a pipe; without it somebody sits at a terminal and says yes to each question */
  readonly input?: string
  /** default 0 */
  readonly code?: number
  /** words on either stream: where the exit code is another, the reason */
  readonly says?: string
  /** seconds after which somebody presses Ctrl-C, default 30 minutes */
  readonly interrupted?: number
  /** goes on while nothing but a log is listened to */
  readonly listens?: true
}

const pytorchJob = JSON.stringify(kindManifest('PyTorchJob', { Worker: { replicas: 2 } }))
const trainJob = JSON.stringify({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name: 'train', namespace: 'nlp' },
  spec: {
    runtimeRef: { name: 'torch-distributed' },
    podSpecOverrides: [{ targetJobs: [{ name: 'node' }], nodeSelector: { pool: 'a100' } }],
  },
})

function log(line: (step: number) => string): string {
  return Array.from({ length: 200 }, (_, step) => `${line(step)}\n`).join('')
}

const steps = log((step) => `step=${step} loss=${(9 / (step + 1)).toFixed(4)} step_time=1.0`)
const twoLogs = { 'v1.log': steps, 'v2.log': steps }
const costs = log((step) => `it ${step} cost ${(9 / (step + 1)).toFixed(4)}`)
const moved = ['cutover job bert-large --yes --observe 3s']
const finalized = [...moved, 'finalize job bert-large --yes --even-if-unproven']

const backup = team().find(({ object }) => object.metadata.name === 'bert-large')?.object

/** By what is typed. */
const trials: Readonly<Record<string, Trial>> = {
  '$0 list -n nlp -w': { interrupted: 5, code: 130 },
  '$0 list -n nlp -l team=nlp -w --until done': { interrupted: 5, code: 130 },
  '$0 status job bert-large -n nlp -w': { interrupted: 5, code: 130 },
  '$0 status job bert-large --history': { before: moved },
  '$0 diff --v1 old/train.yaml --v2 new/train.yaml': {
    files: { 'old/train.yaml': pytorchJob },
    before: ['convert -f old/train.yaml > new/train.yaml'],
  },
  '$0 diff -f jobs/': { files: { 'jobs/train.yaml': pytorchJob } },
  '$0 logs bert-large -f --rank 0': { interrupted: 5, code: 130, listens: true },
  '$0 logs bert-large --side v2 --tail 20': { before: moved },
  '$0 compare job bert-large -n nlp': { before: moved, code: 1, says: 'VERDICT  inconclusive' },
  '$0 compare --v1 pytorchjob/train-0801 --v2 trainjob/train-0802': {
    code: 2,
    says: 'no PyTorchJob called train-0801',
  },
  '$0 compare --v1 v1.log --v2 v2.log': { files: twoLogs },
  '$0 compare --v1 v1.log --v2 v2.log --tolerance time=10%': { files: twoLogs },
  '$0 compare --v1 v1.log --v2 v2.log -o html > compare.html': { files: twoLogs },
  "$0 compare --v1 a.log --v2 b.log --pattern 'it (?<step>\\d+) cost (?<loss>\\S+)'": {
    files: { 'a.log': costs, 'b.log': costs },
    code: 1,
    says: 'no time per step was found',
  },
  '$0 runtimes --for bert-large -n nlp': { code: 1, says: 'no runtime of the cluster serves it' },
  '$0 runtimes export NAME -n nlp | kubectl apply -f -': { code: 1, says: 'there is no runtime NAME' },
  '$0 convert -f train.yaml': { files: { 'train.yaml': pytorchJob } },
  '$0 convert -f jobs/ --output-dir v2/': { files: { 'jobs/train.yaml': pytorchJob } },
  '$0 convert -f v2.0/ --target-version 2.3': { files: { 'v2.0/train.yaml': trainJob } },
  'helm template chart/ | $0 convert -f -': { input: pytorchJob },
  '$0 start job bert-large -n nlp': { code: 1, says: 'v1 and the twin would both write to volume ckpt' },
  '$0 start job bert-large --dry-run=server': { code: 1, says: 'v1 and the twin would both write to volume ckpt' },
  '$0 cutover mpijob/horovod-bert --mpi exec': { code: 1, says: 'nothing tells where it would keep a checkpoint' },
  '$0 cutover job bert-large jax-probe -n nlp --yes --keep-going': {
    code: 1,
    says: 'nothing tells where it would keep a checkpoint',
  },
  '$0 cutover -f v2/bert-large.yaml -n nlp': { before: ['convert job bert-large > v2/bert-large.yaml'] },
  '$0 cutover -l team=vision -n vision --yes': { code: 1, says: 'v2 cannot keep spec.enableDynamicWorker' },
  '$0 rollback job bert-large -n nlp': { before: moved },
  '$0 rollback job bert-large --dry-run=server': { before: moved },
  '$0 rollback pytorchjob/bert-large --yes': { before: moved },
  '$0 rollback pytorchjob/bert-large --from backup.yaml': {
    before: finalized,
    files: { 'backup.yaml': JSON.stringify(backup) },
  },
  '$0 finalize job bert-large -n nlp': { before: moved, code: 1, says: 'the TrainJob is not Complete' },
  '$0 finalize job bert-large --dry-run=server': { before: moved, code: 1, says: 'the TrainJob is not Complete' },
  '$0 finalize job bert-large --v1 logs/bert-large/': {
    before: ['logs bert-large --save logs/bert-large', ...moved],
    code: 1,
    says: 'compare says inconclusive',
  },
  '$0 finalize -A --older-than 7d': { before: moved },
  '$0 sandbox': { interrupted: 0 },
  '$0 sandbox --dir ./sandbox': { interrupted: 0 },
  '$0 sandbox --speed 10': { interrupted: 0 },
  '$0 sandbox --exec ./try.sh': { code: 127 },
}

const present = new Date('2026-03-01T12:00:00Z')

function sandboxAt(timeline: Timeline): Sandbox {
  return makeSandbox({ clock: timeline, random: randomFrom(1), speed: 1, address: '127.0.0.1:6443' })
}

/** The cluster that the sandbox begins with, which has run for hours. */
function madeTeam(): SandboxState {
  const beginnings = team().sort((a, b) => b.ago - a.ago)
  const momentOf = (ago: number): Date => new Date(present.getTime() - ago * 1000)
  const timeline = new Timeline(momentOf(beginnings[0]?.ago ?? 0))
  const sandbox = sandboxAt(timeline)
  for (const { object, ago } of beginnings) {
    timeline.moveTo(momentOf(ago))
    sandbox.add(object, 'kubectl-client-side-apply')
  }
  timeline.moveTo(present)
  sandbox.stop()
  return sandbox.state()
}

const made = madeTeam()

/** The calls of the program in what an example types, without what stands around them: pipes, redirections, other programs. */
function callsIn(example: string): string[] {
  return [...example.matchAll(/\$0 ((?:[^|&>)'"]|'[^']*'|"[^"]*")+)/g)].map(([, words = '']) => words.trim())
}

function wordsOf(call: string): string[] {
  return [...call.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/['"]/g, ''))
}

/** Types one call after another, at a cluster of their own; the files that one leaves are there for the next. */
async function type(calls: readonly string[], trial: Trial): Promise<ProgramRun[]> {
  const timeline = new Timeline(present)
  const sandbox = sandboxAt(timeline)
  sandbox.resume(made)
  const folder = temporaryFolder()
  const runs: ProgramRun[] = []
  let files = trial.files ?? {}
  for (const [at, call] of calls.entries()) {
    const interruption = new AbortController()
    const { interrupted = 1800, input = call.includes('--yes') ? '' : undefined } = trial
    if (interrupted === 0) interruption.abort()
    const forget = timeline.after(interrupted, () => interruption.abort())
    const fake: FakeEnvOptions = {
      columns: 80,
      tty: input === undefined,
      input: input ?? 'y\n'.repeat(10),
      files,
      hook: async () => 0,
      programs: () => ({ code: 0, stdout: new TextEncoder().encode('kubectl'), stderr: '' }),
      signal: interruption.signal,
    }
    const { listens = false } = trial
    const where = { sandbox, timeline, random: randomFrom(at), namespace: 'nlp', host: 'laptop', pid: at + 1 }
    const [words = '', file] = call.split(' > ')
    const run = await runProcess(wordsOf(words.replace('./sandbox', folder)), { ...where, fake, listens })
    forget()
    files = { ...Object.fromEntries(run.files), ...(file !== undefined && { [file]: run.stdout }) }
    runs.push(run)
  }
  sandbox.stop()
  return runs
}

const commands = await Promise.all(verbs.map(async (verb) => (await verb.load()).command))
const examples = commands.flatMap((command) => command.examples.map((example) => example.type))

describe('examples of --help, typed in the sandbox', () => {
  it.each(examples)('%s', async (example) => {
    const trial = trials[example] ?? {}
    const { before = [], code = 0, says } = trial
    const calls = callsIn(example)
    expect(calls).not.toEqual([])
    const runs = await type([...before, ...calls], trial)
    const told = runs.map((run, at) => {
      const words = run.stdout + run.stderr
      const said = says === undefined ? (words.match(/^error: .*$/m)?.[0] ?? '') : words.includes(says) ? '' : words
      return [run.code, at < before.length ? '' : said]
    })
    expect(told).toEqual([...before.map(() => [0, '']), ...calls.map(() => [code, ''])])
  })

  it('has no trial of an example that is in no help', () => {
    expect(Object.keys(trials).filter((example) => !examples.includes(example))).toEqual([])
  })
})
