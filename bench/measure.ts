import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A program with its words; what it prints is thrown away while it is measured. */
export interface Program {
  readonly words: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export interface Run {
  readonly seconds: number
  /** processor time, of all its threads; undefined where not asked for or not to be had */
  readonly cpuSeconds?: number
  /** the most memory it held at once (resident, 10^6 bytes); undefined as above */
  readonly megabytes?: number
}

/** GNU time, which alone tells of another process what it used; its own start takes a millisecond. */
const gnuTime = '/usr/bin/time'

const hasGnuTime = existsSync(gnuTime) && spawnSync(gnuTime, ['--version'], { encoding: 'utf8' }).stdout.includes('GNU')

export const whyNoMemory = hasGnuTime ? undefined : `memory is not measured: there is no GNU time as ${gnuTime}`

/** The whole process, from before it starts until it has ended. @throws Error when it fails */
export function measure(program: Program, usage: 'time' | 'time and memory'): Run {
  return usage === 'time' || !hasGnuTime ? timed(program) : withUsage(program)
}

function timed({ words: [file = '', ...rest], environment }: Program): Run {
  const started = performance.now()
  const { status, error, stderr } = spawnSync(file, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
    maxBuffer: 64e6,
  })
  const seconds = (performance.now() - started) / 1000
  if (status !== 0) throw new Error(`${[file, ...rest].join(' ')}: ${error?.message ?? `exit ${status}\n${stderr}`}`)
  return { seconds }
}

function withUsage({ words, environment }: Program): Run {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-migrate-bench-'))
  try {
    const report = join(folder, 'usage')
    const run = timed({ words: [gnuTime, '-f', '%M %U %S', '-o', report, ...words], environment })
    const [kibibytes = Number.NaN, user = 0, system = 0] = readFileSync(report, 'utf8').trim().split(' ').map(Number)
    return { ...run, cpuSeconds: user + system, megabytes: (kibibytes * 1024) / 1e6 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Programs that do a thing one after another: their times together, and the most memory that one of them held. */
function measureAll(programs: readonly Program[], usage: 'time' | 'time and memory'): Run {
  const runs = programs.map((program) => measure(program, usage))
  const sum = (of: (run: Run) => number | undefined) => runs.reduce((all, run) => all + (of(run) ?? Number.NaN), 0)
  return usage === 'time' || !hasGnuTime
    ? { seconds: sum(({ seconds }) => seconds) }
    : {
        seconds: sum(({ seconds }) => seconds),
        cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
        megabytes: Math.max(...runs.map(({ megabytes = Number.NaN }) => megabytes)),
      }
}

/** Both sides in turn, A B A B, after one unmeasured run of each that warms caches of files and of discovery. */
export function measurePairs(
  ours: Program,
  theirs: Program | readonly Program[],
  pairs: number,
  usage: 'time' | 'time and memory',
): { readonly ours: readonly Run[]; readonly theirs: readonly Run[] } {
  const others: readonly Program[] = 'words' in theirs ? [theirs] : theirs
  const runs: { ours: Run[]; theirs: Run[] } = { ours: [], theirs: [] }
  measure(ours, usage)
  measureAll(others, usage)
  for (let pair = 0; pair < pairs; pair++) {
    runs.ours.push(measure(ours, usage))
    runs.theirs.push(measureAll(others, usage))
  }
  return runs
}

/** What a program prints. @throws Error when it fails */
export function outputOf({ words: [file = '', ...rest], environment }: Program): { stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync(file, rest, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 256e6,
  })
  if (status !== 0) throw new Error(`${[file, ...rest].join(' ')}: ${error?.message ?? `exit ${status}\n${stderr}`}`)
  return { stdout, stderr }
}
