import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Env } from '../env.ts'

/** Of the machine: how a process, or with a minus a group of them, is ended. */
export interface Killer {
  readonly platform: string
  kill(pid: number, signal: 'SIGKILL'): void
}

/**
 * Runs a command by the shell of the platform as `Env.hook` says. A signal ends it with all it has started: on its own, so that a
 * Ctrl-C of the terminal reaches it once, and through us.
 */
export async function runHook(
  command: string,
  { input, signal, line }: Parameters<Env['hook']>[1],
  killer: Killer,
): Promise<number | undefined> {
  if (signal.aborted) return undefined
  const own = killer.platform !== 'win32'
  const child = spawn(command, { shell: true, detached: own, windowsHide: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const kill = (): void => {
    try {
      if (own && child.pid !== undefined) killer.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    } catch {
      // it has ended by itself meanwhile
    }
  }
  signal.addEventListener('abort', kill, { once: true })
  // a command that does not read its input is not wrong
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', line)
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(signal.aborted ? undefined : (code ?? 1)))
    })
  } finally {
    signal.removeEventListener('abort', kill)
  }
}
