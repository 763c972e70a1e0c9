import { durationText, pairwise, ratioText, spreadOf, type Verdict } from './figures.ts'
import { measurePairs, outputOf, type Program, type Run, whyNoMemory } from './measure.ts'
import { deleteNamespaces, type Plane } from './plane.ts'
import { benchNamespaces, populate } from './population.ts'
import { builtPrograms } from './programs.ts'

/** kubectl's own time, and memory that stays the same however large the jobs are: pages, of which rows are kept. */
const bounds = { ratio: 1, megabytes: 200 }

export interface ListBench {
  readonly jobs: number
  readonly pairs: number
  /** leave the jobs in a cluster that is not the run's own, for the next run */
  readonly keepJobs: boolean
}

/** `list -A` beside `kubectl get pytorchjobs -A`, with many jobs in the cluster. */
export async function benchList(plane: Plane, options: ListBench, say: (line: string) => void): Promise<Verdict[]> {
  const { environment, kubectl, api } = plane
  const { jobs, pairs, keepJobs } = options
  say(`list of ${jobs} PyTorchJobs: ${pairs} pairs, ours and kubectl in turn`)
  await populate(api, jobs, say)
  const ours: Program = { words: [...builtPrograms().binary.words, 'list', '-A'], environment }
  const theirs: Program = { words: [kubectl, 'get', 'pytorchjobs', '-A'], environment }
  for (const program of [ours, theirs]) {
    const { stdout, stderr } = outputOf(program)
    const lines = stdout.trimEnd().split('\n').length
    if (lines <= jobs) throw new Error(`${program.words.join(' ')} shows ${lines} lines\n${stderr}`)
  }
  const runs = measurePairs(ours, theirs, pairs, 'time and memory')
  say(`  list -A                 ${usageText(runs.ours)}`)
  say(`  kubectl get pytorchjobs ${usageText(runs.theirs)}`)
  const ratio = pairwise(
    runs.ours.map(({ seconds }) => seconds),
    runs.theirs.map(({ seconds }) => seconds),
  )
  say(`  ratio of times          ${ratioText(ratio)}`)
  if (!plane.isOwn && !keepJobs) {
    say('  removing them')
    await deleteNamespaces(api, benchNamespaces(jobs))
  }
  return [
    { name: `list: time of ${jobs} jobs beside kubectl`, unit: '', value: ratio.median, bound: bounds.ratio },
    ...memoryVerdict(`list: memory for ${jobs} jobs`, runs.ours, bounds.megabytes),
  ]
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
