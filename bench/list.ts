import { setTimeout } from 'node:timers/promises'
import { durationText, pairwise, ratioText, spreadOf, type Verdict } from './figures.ts'
import { secondsToFirstRow } from './first-row.ts'
import { benchIdleWatch } from './idle-watch.ts'
import { measurePairs, outputOf, type Program, type Run, whyNoMemory } from './measure.ts'
import { deleteNamespaces, type Plane } from './plane.ts'
import { benchNamespaces, type Population, populate } from './population.ts'
import { builtPrograms } from './programs.ts'

/**
 * What one look at both sides may take of what the two lists of kubectl take that it replaces, one after the other: their times added, the
 * larger memory; and how long the first rows may keep somebody waiting.
 */
const bounds = { ratio: 0.7, memory: 0.25, firstRow: 0.5 }

/** milliseconds after which no job counts as suspended a moment ago (src/read/looked-at.ts) */
const rest = 125_000

export interface ListBench extends Population {
  readonly pairs: number
  /** leave the jobs in a cluster that is not the run's own, for the next run */
  readonly keepJobs: boolean
}

/** `list -A` beside `kubectl get pytorchjobs -A` and `kubectl get trainjobs -A`, with many jobs in the cluster. */
export async function benchList(plane: Plane, options: ListBench, say: (line: string) => void): Promise<Verdict[]> {
  const { environment, kubectl, api } = plane
  const { jobs, trainJobs, podsOfJob, pairs, keepJobs } = options
  say(`list of ${jobs} PyTorchJobs and ${trainJobs} TrainJobs: ${pairs} pairs, ours and kubectl in turn`)
  await populate(api, options, say)
  // of a job that was suspended a moment ago the pods are looked at, as they may still end
  say(`  left alone for ${rest / 1000} s`)
  await setTimeout(rest)
  const { words } = builtPrograms().binary
  const ours: Program = { words: [...words, 'list', '-A'], environment }
  const theirs: readonly Program[] = ['pytorchjobs', 'trainjobs'].map((kind) => ({
    words: [kubectl, 'get', kind, '-A'],
    environment,
  }))
  for (const [program, rows] of [
    [ours, jobs] as const,
    ...theirs.map((each, at) => [each, [jobs, trainJobs][at]] as const),
  ]) {
    const { stdout, stderr } = outputOf(program)
    const lines = stdout.trimEnd().split('\n').length
    if (lines <= (rows ?? 0)) throw new Error(`${program.words.join(' ')} shows ${lines} lines\n${stderr}`)
  }
  const runs = measurePairs(ours, theirs, pairs, 'time and memory')
  say(`  list -A                 ${usageText(runs.ours)}`)
  say(`  kubectl get, both       ${usageText(runs.theirs)}`)
  const ratio = pairwise(
    runs.ours.map(({ seconds }) => seconds),
    runs.theirs.map(({ seconds }) => seconds),
  )
  say(`  ratio of times          ${ratioText(ratio)}`)
  const first: number[] = []
  for (let run = 0; run < pairs; run++) first.push(await secondsToFirstRow(ours))
  say(`  first row after         ${durationText(spreadOf(first))}`)
  const idle = await benchIdleWatch({ words: [...words, 'list', '-A', '-w'], environment }, say)
  if (!plane.isOwn && !keepJobs) {
    say('  removing them')
    await deleteNamespaces(api, benchNamespaces(jobs))
  }
  const name = `list: ${jobs} and ${trainJobs} jobs${podsOfJob === 0 ? '' : `, ${podsOfJob} pods a job`}`
  return [
    { name: `${name}, time beside kubectl`, unit: '', value: ratio.median, bound: bounds.ratio },
    ...memoryRatio(`${name}, memory beside kubectl`, runs),
    { name: `${name}, first row`, unit: 's', value: spreadOf(first).median, bound: bounds.firstRow },
    ...idle,
  ]
}

function memoryRatio(
  name: string,
  runs: { readonly ours: readonly Run[]; readonly theirs: readonly Run[] },
): Verdict[] {
  if (whyNoMemory !== undefined) return []
  const most = (side: readonly Run[]) => Math.max(...side.map(({ megabytes = Number.NaN }) => megabytes))
  return [{ name, unit: '', value: most(runs.ours) / most(runs.theirs), bound: bounds.memory }]
}

/** The worst run counts: memory that is not there ends the program. */
export function memoryVerdict(name: string, runs: readonly Run[], bound: number): Verdict[] {
  if (whyNoMemory !== undefined) return []
  return [{ name, unit: 'MB', value: Math.max(...runs.map(({ megabytes = Number.NaN }) => megabytes)), bound }]
}

/** Wall time, processor time, memory. */
export function usageText(runs: readonly Run[]): string {
  const wall = durationText(spreadOf(runs.map(({ seconds }) => seconds)))
  if (whyNoMemory !== undefined) return wall
  const cpu = spreadOf(runs.map(({ cpuSeconds = Number.NaN }) => cpuSeconds)).median
  const memory = spreadOf(runs.map(({ megabytes = Number.NaN }) => megabytes))
  return (
    `${wall.padEnd(20)} ${cpu.toFixed(2)} s of processor   ` +
    `${memory.median.toFixed(0)} MB (${memory.min.toFixed(0)}-${memory.max.toFixed(0)})`
  )
}
