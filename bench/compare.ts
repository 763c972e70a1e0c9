import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pairwise, ratioText, type Verdict } from './figures.ts'
import { memoryVerdict, usageText } from './list.ts'
import { measure, measurePairs, type Program } from './measure.ts'
import { builtPrograms } from './programs.ts'

/**
 * 1 GB of logs at 100 MB/s on one core is 10 s of processor; memory must not depend on how long logs are. The ratio is that to
 * `grep -ciE` for the same words, which tells whether the machine or the program is slow.
 */
const bounds = { megabytesPerCpuSecond: 100, megabytes: 250 }

const words = 'loss|step|epoch|iter|acc'

/** `compare` of saved logs: two files of half of `bytes` each, beside grep for the words by which lines are chosen. */
export function benchCompare(pairs: number, bytes: number, say: (line: string) => void): Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-migrate-bench-'))
  try {
    const [v1, v2] = [join(folder, 'v1.log'), join(folder, 'v2.log')]
    writeLog(v1, bytes / 2)
    writeLog(v2, bytes / 2)
    const ours: Program = {
      words: [...builtPrograms().binary.words, 'compare', '--v1', v1, '--v2', v2, '--charts', '0'],
    }
    // into a pipe: writing to /dev/null, grep stops at the first match
    const grep: Program = {
      words: ['sh', '-c', `grep -ciE '${words}' "$@" | cat`, 'sh', v1, v2],
      environment: { LC_ALL: 'C' },
    }
    mustMatch(ours)
    say(
      `compare of two logs of ${bytes / 2e6} MB, of whose lines one in nine says a loss: ${pairs} pairs, ours and grep in turn`,
    )
    const runs = measurePairs(ours, grep, pairs, 'time and memory')
    const ratio = pairwise(
      runs.ours.map(({ seconds }) => seconds),
      runs.theirs.map(({ seconds }) => seconds),
    )
    const cpu = median(runs.ours.map(({ cpuSeconds }) => cpuSeconds ?? Number.NaN))
    say(`  compare    ${usageText(runs.ours)}   ${(bytes / 1e6 / cpu).toFixed(0)} MB per second of processor`)
    say(`  grep -ciE  ${usageText(runs.theirs)}`)
    say(`  ratio of times     ${ratioText(ratio)}`)
    const wc = measure({ words: ['wc', '-l', v1, v2] }, 'time')
    say(`  wc -l      ${wc.seconds.toFixed(2)} s`)
    return [
      {
        name: `compare: processor seconds for ${bytes / 1e6} MB of logs`,
        unit: 's',
        value: cpu,
        bound: bytes / 1e6 / bounds.megabytesPerCpuSecond,
      },
      ...memoryVerdict(`compare: memory for ${bytes / 1e6} MB of logs`, runs.ours, bounds.megabytes),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The runs are the same, so that nothing but `match` is right. */
function mustMatch({ words: [file = '', ...rest] }: Program): void {
  const { status, stdout } = spawnSync(file, rest, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`compare did not match:\n${stdout}`)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** A log as a node keeps it: NCCL, a data loader, a storage client, and after eight such lines a line of a training. */
function writeLog(path: string, bytes: number): void {
  const file = openSync(path, 'w')
  for (let step = 0, written = 0; written < bytes; ) {
    let block = ''
    for (const end = step + 1000; step < end; step++) block += linesOf(step)
    written += writeSync(file, block)
  }
  closeSync(file)
}

function linesOf(step: number): string {
  const at = `${new Date(Date.UTC(2026, 7, 1) + step * 1200).toISOString().replace('Z', '000000Z')} `
  const noise = [
    `node-${step % 8}:1234:5678 [${step % 8}] NCCL INFO Channel 0${step % 10}/0 : 0[4000] -> 1[5000] via P2P/IPC/read`,
    `INFO dataloader worker ${step % 16}: read s3://bucket/path/part-${step % 1000}.parquet in ${step % 97} milliseconds`,
    `WARNING:root:gradient overflow detected on rank ${step % 8}, reducing the scaling factor`,
    `DEBUG urllib3.connectionpool: https://storage.example.com:443 "GET /bucket/object-${step} HTTP/1.1" 200 8192`,
  ]
  const loss = (2 + 9 * Math.exp(-step / 100_000)).toFixed(4)
  const line = `step ${step}: loss=${loss} lr=1.5e-4 grad_norm=0.731 step_time=1.2 samples/s=6804.1`
  return `${[...noise, ...noise, line].map((text) => at + text).join('\n')}\n`
}
