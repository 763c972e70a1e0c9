import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { durationText, spreadOf, type Verdict } from './figures.ts'
import { type BenchJob, benchJob } from './jobs.ts'
import { measure, outputOf, type Program } from './measure.ts'
import { builtPrograms } from './programs.ts'

const pods = 64
const bound = 1

/** `diff` and `compare` of a job of 64 pods, from files: what they take apart from the time of an API server. */
export function benchPods(runs: number, say: (line: string) => void): Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-migrate-bench-'))
  try {
    const job = join(folder, 'job.json')
    writeFileSync(job, JSON.stringify(wide()))
    const saved = join(folder, 'saved')
    saveLogs(saved)
    const { words } = builtPrograms().binary
    const programs: Readonly<Record<string, Program>> = {
      'diff -f': { words: differs([...words, 'diff', '-f', job]) },
      'compare of saved logs': { words: [...words, 'compare', '--v1', saved, '--v2', saved] },
    }
    say(`a job of ${pods} pods a side, logs of 1,000 lines each: ${runs} runs`)
    return Object.entries(programs).map(([name, program]) => {
      outputOf(program)
      const seconds = Array.from({ length: runs }, () => measure(program, 'time').seconds)
      say(`  ${name.padEnd(27)}${durationText(spreadOf(seconds))}`)
      return { name: `${name} of ${pods} pods`, unit: 's', value: spreadOf(seconds).median, bound }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** diff ends with 1 where something differs, which is no failure here. */
function differs(words: readonly string[]): string[] {
  return ['sh', '-c', '"$@"; [ $? -le 1 ]', 'sh', ...words]
}

/** A job whose roles differ, of 64 pods. */
function wide(): BenchJob {
  const job = benchJob(1, 'nlp')
  const replicas = job.spec['pytorchReplicaSpecs'] as Record<string, object>
  const spec = {
    ...job.spec,
    pytorchReplicaSpecs: { ...replicas, Worker: { ...replicas['Worker'], replicas: pods - 1 } },
  }
  return { ...job, spec }
}

/** Both sides as `logs --save` keeps them. */
function saveLogs(folder: string): void {
  const lines = Array.from({ length: 1000 }, (_, step) => {
    const at = new Date(Date.UTC(2026, 7, 1) + step * 1200).toISOString().replace('Z', '000000Z')
    return `${at} step ${step}: loss=${(2 + 9 * Math.exp(-step / 300)).toFixed(4)} lr=1.5e-4 step_time=1.2 samples/s=6804.1\n`
  })
  const logs = ['v1', 'v2'].flatMap((side) => {
    mkdirSync(join(folder, side), { recursive: true })
    return Array.from({ length: pods }, (_, rank) => {
      const file = `${side}/rank-${rank}.log`
      writeFileSync(join(folder, file), lines.join(''))
      return { side, rank, role: 'node', pod: `pod-${rank}`, container: 'node', file, lines: lines.length }
    })
  })
  const index = { apiVersion: 'kubectl-migrate.dev/v1alpha1', kind: 'SavedLogs', namespace: 'nlp', name: 'train' }
  const whole = { saved: new Date(0).toISOString(), complete: true, previous: false, gaps: [] }
  writeFileSync(join(folder, 'logs.json'), JSON.stringify({ ...index, ...whole, logs }))
}
