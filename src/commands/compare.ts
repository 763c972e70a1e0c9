import type { Command, FlagSpecs, Invocation } from '../cli/command.ts'
import { compareRuns } from '../compare/runs/compare.ts'
import { metricOf } from '../compare/runs/metrics.ts'
import type { CompareOptions } from '../compare/runs/run.ts'
import { compareView } from '../compare/runs/view.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import { compareFlags } from './compare-flags.ts'
import { present } from './compare-output.ts'
import { readRuns } from './compare-runs.ts'
import { comparing } from './no-answer.ts'
import { noteTo } from './screen.ts'

const flags = compareFlags satisfies FlagSpecs

export const command: Command<typeof flags> = {
  name: 'compare',
  summary: 'results and speed of two runs from their logs, and a verdict',
  usage: '[KIND/NAME | KIND NAME | job NAME | NAME] | --v1 RUN --v2 RUN',
  examples: [
    { does: 'Does the TrainJob of this job train as it does?', type: '$0 compare job bert-large -n nlp' },
    { does: 'Two jobs of other names', type: '$0 compare --v1 pytorchjob/train-0801 --v2 trainjob/train-0802' },
    { does: 'Saved logs, without a cluster', type: '$0 compare --v1 v1.log --v2 v2.log' },
    { does: 'Twice as much room for times', type: '$0 compare --v1 v1.log --v2 v2.log --tolerance time=10%' },
    { does: 'A page with the curves', type: '$0 compare --v1 v1.log --v2 v2.log -o html > compare.html' },
    {
      does: 'Lines in a format of your own',
      type: "$0 compare --v1 a.log --v2 b.log --pattern 'it (?<step>\\d+) cost (?<loss>\\S+)'",
    },
  ],
  flags,
  connects: true,
  manyNamespaces: false,
  run,
}

type Given = Invocation<typeof flags>['flags']

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  return await comparing(compare(env, invocation))
}

async function compare(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const { flags: given } = invocation
  const options = optionsOf(given)
  const { name, v1, v2, notes, job } = await readRuns(env, invocation, given.pattern.map(patternOf))
  const comparison = compareRuns(v1, v2, options)
  const metrics = comparison.rows.map(({ metric }) => metric)
  unusedNotes(given, metrics).forEach(noteTo(env))
  const next = job ? nextOf(comparison.overall.verdict, job, env.name) : []
  await present(env, compareView(name, comparison, { minSteps: options.minSteps, notes, next }), given)
  return comparison.overall.verdict === 'match' ? exitCode.ok : exitCode.no
}

function nextOf(
  verdict: 'match' | 'differs' | 'inconclusive',
  job: { namespace: string; name: string },
  program: string,
) {
  const verb = { match: 'status', differs: 'diff', inconclusive: 'status' }[verdict]
  return [`${program} ${verb} job ${job.name} -n ${job.namespace}`]
}

function optionsOf(given: Given): CompareOptions {
  const minSteps = given['min-steps'] ?? Number.NaN
  if (!Number.isInteger(minSteps) || minSteps < 1) throw usage(`--min-steps is a whole number from 1, not ${minSteps}`)
  return { minSteps, tolerances: new Map(given.tolerance.map(toleranceOf)), only: given.only.map(canonical) }
}

function toleranceOf(text: string): [string, number] {
  const [, name = '', amount = '', sign] = /^(.+)=(\d+(?:\.\d+)?)(%)?$/.exec(text) ?? []
  if (name === '') throw usage(`--tolerance is NAME=5% or NAME=0.05, not ${text}`)
  return [canonical(name), Number(amount) / (sign === undefined ? 1 : 100)]
}

/** `train_loss` is the metric that the screen calls loss. */
function canonical(name: string): string {
  return metricOf(name)?.metric ?? name
}

function patternOf(text: string): RegExp {
  let pattern: RegExp
  try {
    // logs are read a character a byte
    pattern = new RegExp(Buffer.from(text).toString('latin1'))
  } catch (error) {
    throw usage(`--pattern is no regular expression: ${error instanceof Error ? error.message : text}`)
  }
  if (/\(\?<[A-Za-z_$]/.test(text)) return pattern
  throw usage(`--pattern has no named group: ${text}`, "for example --pattern 'it (?<step>\\d+) cost (?<loss>\\S+)'")
}

/** Names that were given and mean nothing here. */
function unusedNotes(given: Given, metrics: readonly string[]): string[] {
  const names = given.tolerance.map((text) => canonical(text.slice(0, text.lastIndexOf('='))))
  return names
    .filter((name) => name !== 'time' && !metrics.includes(name))
    .map(
      (name) =>
        `--tolerance ${name}: no metric is called so here${metrics.length > 0 ? `; there are ${metrics.join(', ')}` : ''}`,
    )
}

function usage(what: string, next?: string): Problem {
  return new Problem({ code: 'usage', what, ...(next ? { next: [next] } : {}), exit: exitCode.usage })
}
