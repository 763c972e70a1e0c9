import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dump } from 'js-yaml'
import { pairwise, ratioText, spreadOf, type Verdict } from './figures.ts'
import { benchJob } from './jobs.ts'
import { memoryVerdict, usageText } from './list.ts'
import { measure, measurePairs, outputOf, type Program } from './measure.ts'
import { builtPrograms } from './programs.ts'

/** Ten times the speed of the script, with the proof; memory that holds for a repository of any size. */
const bounds = { ratio: 0.1, megabytes: 250, listSeconds: 2 }

const files = 1000
const documents = 10_000
const listBytes = 5e6

/** `convert` with its proof: a folder beside a script that proves nothing, a long stream, a large List. */
export function benchConvert(pairs: number, say: (line: string) => void): Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-migrate-bench-'))
  try {
    return [...besideScript(folder, pairs, say), ...stream(folder, say), ...largeList(folder, pairs, say)]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function convert(path: string): Program {
  return { words: [...builtPrograms().binary.words, 'convert', '-f', path] }
}

function mustProve(program: Program, jobs: number): void {
  const { stderr } = outputOf(program)
  if (!stderr.includes(`${jobs} jobs: ${jobs} proved`)) throw new Error(`not all proved:\n${stderr.slice(-2000)}`)
}

function besideScript(folder: string, pairs: number, say: (line: string) => void): Verdict[] {
  const jobs = join(folder, 'jobs')
  mkdirSync(jobs)
  for (let number = 0; number < files; number++) writeFileSync(join(jobs, `${number}.yaml`), text(number))
  mustProve(convert(jobs), files)
  const python = pythonWithYaml()
  say(`convert of a folder of ${files} PyTorchJobs, with proof: ${pairs} pairs, ours and the script in turn`)
  if (typeof python === 'string') {
    say(`  the script is left out: ${python}`)
    measure(convert(jobs), 'time')
    const runs = Array.from({ length: pairs }, () => measure(convert(jobs), 'time and memory'))
    say(`  convert -f FOLDER  ${usageText(runs)}   ${perSecond(files, runs)} files/s`)
    return []
  }
  const script: Program = { words: [...python.words, join(import.meta.dirname, 'baseline', 'convert.py'), jobs] }
  const runs = measurePairs(convert(jobs), script, pairs, 'time and memory')
  const ratio = pairwise(
    runs.ours.map(({ seconds }) => seconds),
    runs.theirs.map(({ seconds }) => seconds),
  )
  say(`  convert -f FOLDER  ${usageText(runs.ours)}   ${perSecond(files, runs.ours)} files/s`)
  say(`  the script         ${usageText(runs.theirs)}   ${perSecond(files, runs.theirs)} files/s (${python.version})`)
  say(`  ratio of times     ${ratioText(ratio)}`)
  return [
    { name: `convert: time of ${files} files beside the script`, unit: '', value: ratio.median, bound: bounds.ratio },
  ]
}

function stream(folder: string, say: (line: string) => void): Verdict[] {
  const file = join(folder, 'stream.yaml')
  writeFileSync(file, Array.from({ length: documents }, (_, number) => text(number)).join('---\n'))
  const run = measure(convert(file), 'time and memory')
  say(`convert of one file with ${documents} documents, once`)
  say(`  convert -f FILE    ${usageText([run])}   ${perSecond(documents, [run])} documents/s`)
  return memoryVerdict(`convert: memory for ${documents} documents`, [run], bounds.megabytes)
}

function largeList(folder: string, runs: number, say: (line: string) => void): Verdict[] {
  const file = join(folder, 'list.yaml')
  const items: object[] = []
  for (let size = 0; size < listBytes; ) {
    const job = benchJob(items.length, 'training')
    items.push(job)
    // as items of the list, two blanks further in
    size += dump([job], { noRefs: true }).length
  }
  writeFileSync(file, dump({ apiVersion: 'v1', kind: 'List', items }, { noRefs: true }))
  mustProve(convert(file), items.length)
  const measured = Array.from({ length: runs }, () => measure(convert(file), 'time and memory'))
  say(`convert of a List of 5 MB, ${items.length} jobs: ${runs} runs`)
  say(`  convert -f FILE    ${usageText(measured)}   ${perSecond(items.length, measured)} jobs/s`)
  const { median } = spreadOf(measured.map(({ seconds }) => seconds))
  return [{ name: 'convert: a List of 5 MB', unit: 's', value: median, bound: bounds.listSeconds }]
}

function text(number: number): string {
  return dump(benchJob(number, 'training'), { noRefs: true })
}

function perSecond(count: number, runs: readonly { readonly seconds: number }[]): string {
  return (count / spreadOf(runs.map(({ seconds }) => seconds)).median).toFixed(0)
}

/** A Python that can run the script, or why there is none. */
function pythonWithYaml(): { readonly words: readonly string[]; readonly version: string } | string {
  const print = 'import platform, yaml; print("Python", platform.python_version(), "PyYAML", yaml.__version__)'
  const { status, stdout } = spawnSync('python3', ['-c', print], { encoding: 'utf8' })
  if (status === null) return 'there is no python3 on PATH'
  if (status !== 0) return 'python3 has no module yaml (pip install pyyaml)'
  return { words: ['python3'], version: stdout.trim() }
}
