import { spawn } from 'node:child_process'
import type { Program } from './measure.ts'

/** Seconds from the start of a program until its first row stands on standard output: the second line, after the headers. */
export async function secondsToFirstRow({ words: [file = '', ...rest], environment }: Program): Promise<number> {
  const started = performance.now()
  const child = spawn(file, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  let lines = 0
  let seconds = Number.NaN
  child.stdout.on('data', (chunk: Buffer) => {
    if (lines < 2) lines += chunk.toString('latin1').split('\n').length - 1
    if (lines >= 2 && Number.isNaN(seconds)) seconds = (performance.now() - started) / 1000
  })
  const status = await ended
  if (status !== 0) throw new Error(`${[file, ...rest].join(' ')}: exit ${status}`)
  return seconds
}
