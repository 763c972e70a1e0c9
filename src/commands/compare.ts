import type { Command, FlagSpecs, Invocation } from '../cli/command.ts'
import { type CompareOptions, compareRuns, type Run } from '../compare/runs/compare.ts'
import { metricOf } from '../compare/runs/metrics.ts'
import type { NamedLog } from '../compare/runs/pick.ts'
import { compareView } from '../compare/runs/view.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Side } from '../logs/line.ts'
import { Problem } from '../problem.ts'
import { readSavedRun } from '../read/run-logs.ts'
import { compareFlags } from './compare-flags.ts'
import { present } from './compare-output.ts'

const flags = compareFlags satisfies FlagSpecs

export const command: Command<typeof flags> = {
  name: 'compare',
  summary: 'results and speed of two runs from their logs, and a verdict',
  usage: '--v1 FILE|DIR --v2 FILE|DIR',
  examples: [
    { does: 'Saved logs, without a cluster', type: '$0 compare --v1 v1.log --v2 v2.log' },
    { does: 'Twice as much room for times', type: '$0 compare --v1 v1.log --v2 v2.log --tolerance time=10%' },
    { does: 'A page with the curves', type: '$0 compare --v1 v1.log --v2 v2.log -o html > compare.html' },
    {
      does: 'Lines in a format of your own',
      type: "$0 compare --v1 a.log --v2 b.log --pattern 'it (?<step>\\d+) cost (?<loss>\\S+)'",
    },
  ],
  flags,
  connects: false,
  manyNamespaces: false,
  run,
}

type Given = Invocation<typeof flags>['flags']

async function run(env: Env, { flags: given, positionals }: Invocation<typeof flags>): Promise<ExitCode> {
  if (positionals.length > 0 || !given.v1 || !given.v2) throw usage('which two runs? Give --v1 and --v2')
  const options = optionsOf(given)
  const patterns = given.pattern.map(patternOf)
  const v1 = await savedRun(env, given.v1, 'v1', patterns)
  const v2 = await savedRun(env, given.v2, 'v2', patterns)
  const comparison = compareRuns(v1, v2, options)
  for (const note of unusedNotes(
    given,
    comparison.rows.map(({ metric }) => metric),
  ))
    env.err.write(`note: ${note}\n`)
  await present(env, compareView(`${v1.name} against ${v2.name}`, comparison, options.minSteps, []), given)
  return comparison.overall.verdict === 'match' ? exitCode.ok : exitCode.no
}

async function savedRun(env: Env, path: string, side: Side, patterns: readonly RegExp[]): Promise<Run> {
  const logs = await readSavedRun(env.files, path, side, { patterns, signal: env.signal })
  if (!logs) {
    throw new Problem({ code: 'no-such-file', what: `there is no file or folder ${path}`, exit: exitCode.usage })
  }
  return { name: path, logs, numbers: numbersOf(logs), setting: settingOf(logs) }
}

/** What logs alone say of a run as a whole. */
function numbersOf(logs: readonly NamedLog[]): Map<string, number> {
  const numbers = new Map<string, number>()
  const told = logs.find(({ facts }) => facts.series.length > 0)
  const { firstTime, firstStepTime } = told?.facts ?? {}
  if (firstTime !== undefined && firstStepTime !== undefined) {
    numbers.set('time to first step', (firstStepTime - firstTime) / 1000)
  }
  if (told) numbers.set('restarts', Math.max(...logs.map(({ facts }) => facts.restarts)))
  return numbers
}

function settingOf(logs: readonly NamedLog[]) {
  const of = (name: string) => logs.map(({ facts }) => facts.settings.get(name)).find((value) => value !== undefined)
  const [seed, worldSize] = [of('seed'), of('world size')]
  return { ...(seed === undefined ? {} : { seed }), ...(worldSize === undefined ? {} : { worldSize }) }
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
