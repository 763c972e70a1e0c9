/** `npm run bench`: whole processes beside kubectl and beside a script, in the same run, against bounds. */
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { parseArgs } from 'node:util'
import { benchCompare } from './compare.ts'
import { benchConvert } from './convert.ts'
import { isOver, type Verdict, verdictText } from './figures.ts'
import { benchGap } from './gap.ts'
import { benchList } from './list.ts'
import { outputOf, whyNoMemory } from './measure.ts'
import { startPlane } from './plane.ts'
import { benchPods } from './pods.ts'
import { builtPrograms } from './programs.ts'
import { benchSandbox } from './sandbox.ts'
import { benchStartup } from './startup.ts'

const usage = `npm run bench -- [flags]

Measures what npm run package left in dist, prints each figure beside its bound, and ends with exit code 1 when one is over.

  --only PART    startup, list, convert, compare, pods, sandbox or gap (repeatable); all without it
  --pairs N      measured pairs of each comparison (default 30 for startup, 10 for pods, 5 for the others)
  --jobs N       PyTorchJobs for list and sandbox (default 10000); for list half as many TrainJobs
  --pods-a-job N running pods of each PyTorchJob for list (default 0: all are suspended)
  --logs MB      logs for compare (default 1000)
  --keep-jobs    leave them for the next run, in a cluster that is not this run's own
  -h, --help     this text

startup, list and gap need a cluster: a control plane of this run's own, as npm run test:cluster has it; MIGRATE_TEST_KEEP=1 takes
the one of scripts/cluster up, and MIGRATE_TEST_KUBECONFIG=FILE another, if MIGRATE_TEST_MAY_CHANGE_THAT_CLUSTER=yes.`

const parts = ['startup', 'list', 'convert', 'compare', 'pods', 'sandbox', 'gap'] as const

process.exitCode = await main()

async function main(): Promise<number> {
  const flags = readFlags()
  if (flags === undefined) return 2
  if (flags.help) {
    console.log(usage)
    return 0
  }
  describeMachine()
  const verdicts = await measureParts(flags)
  console.log(`\n${verdicts.map(verdictText).join('\n')}`)
  return verdicts.some(isOver) ? 1 : 0
}

async function measureParts({ only, pairs, jobs, podsOfJob, logs, keepJobs }: Flags): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  if (only.includes('convert')) verdicts.push(...benchConvert(pairs ?? 5, say))
  if (only.includes('compare')) verdicts.push(...benchCompare(pairs ?? 5, logs * 1e6, say))
  if (only.includes('pods')) verdicts.push(...benchPods(pairs ?? 10, say))
  if (only.includes('sandbox')) verdicts.push(...(await benchSandbox(jobs, pairs ?? 5, say)))
  if (!['startup', 'list', 'gap'].some((part) => only.includes(part))) return verdicts
  const plane = await startPlane(say)
  try {
    if (only.includes('startup')) verdicts.push(...(await benchStartup(plane, pairs ?? 30, say)))
    if (only.includes('gap')) verdicts.push(...(await benchGap(plane, pairs ?? 5, say)))
    if (only.includes('list'))
      verdicts.push(...(await benchList(plane, { ...population(jobs), podsOfJob, pairs: pairs ?? 5, keepJobs }, say)))
  } finally {
    await plane.stop()
  }
  return verdicts
}

function population(jobs: number) {
  return { jobs, trainJobs: Math.floor(jobs / 2) }
}

function describeMachine(): void {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 1e9)
  const load = loadavg().map((value) => value.toFixed(1))
  say(
    `machine: ${cpus().length} x ${first?.model}, ${memory} GB, ${type()} ${release()}; load ${load.join(' ')} before the run`,
  )
  say(
    `program: ${outputOf({ words: [...builtPrograms().binary.words, 'version'] }).stdout.split('\n')[0]}; Node ${process.version}`,
  )
  if (whyNoMemory !== undefined) say(whyNoMemory)
}

function say(line: string): void {
  console.log(line)
}

interface Flags {
  readonly help: boolean
  readonly only: readonly string[]
  readonly pairs?: number
  readonly jobs: number
  readonly podsOfJob: number
  /** 10^6 bytes */
  readonly logs: number
  readonly keepJobs: boolean
}

/** Undefined, with the reason said, when they cannot be read. */
function readFlags(): Flags | undefined {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [...parts] },
        pairs: { type: 'string' },
        jobs: { type: 'string', default: '10000' },
        'pods-a-job': { type: 'string', default: '0' },
        logs: { type: 'string', default: '1000' },
        'keep-jobs': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const unknown = values.only.find((name) => !parts.some((part) => part === name))
    if (unknown !== undefined) throw new Error(`--only is ${parts.join(', ')}, not ${unknown}`)
    return {
      help: values.help,
      only: values.only,
      pairs: values.pairs === undefined ? undefined : count('--pairs', values.pairs),
      jobs: count('--jobs', values.jobs),
      podsOfJob: values['pods-a-job'] === '0' ? 0 : count('--pods-a-job', values['pods-a-job']),
      logs: count('--logs', values.logs),
      keepJobs: values['keep-jobs'],
    }
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return undefined
  }
}

function count(flag: string, text: string): number {
  if (!/^[1-9][0-9]*$/.test(text)) throw new Error(`${flag} is a whole number from 1, not ${JSON.stringify(text)}`)
  return Number(text)
}
