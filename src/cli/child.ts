import { spawn } from 'node:child_process'
import { buffer, text } from 'node:stream/consumers'
import { ClusterError } from '../cluster/errors.ts'
import type { Ran } from '../env.ts'

/** Runs a program of PATH as `Env.run` says. Throws a ClusterError `aborted` where the signal ended it. */
export async function runChild(
  program: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Ran | undefined> {
  if (signal.aborted) throw new ClusterError({ kind: 'aborted' })
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], signal, windowsHide: true })
  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') reject(new ClusterError({ kind: 'aborted' }))
      else if (error.code === 'ENOENT') resolve(undefined)
      else reject(error)
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
  const [code, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), text(child.stderr)])
  return code === undefined ? undefined : { code, stdout, stderr }
}
