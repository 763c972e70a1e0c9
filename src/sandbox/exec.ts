import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'

/** What a command is run in. */
export interface Surroundings {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** aborted by the first Ctrl-C, and by SIGTERM */
  readonly signal: AbortSignal
  /** calls back at SIGTERM; returns how to have it no more */
  readonly onTerminate: (act: () => void) => () => void
  /** whether one of its streams is a terminal, of which Ctrl-C reaches it by itself */
  readonly atTerminal: boolean
}

/**
 * Runs a command by the platform's shell, with the streams of this process; resolves with its exit code, 128 + n where signal n ended it.
 * SIGTERM is passed on to it, and without a terminal SIGINT as well: then to all that the shell has started, which is a process group of
 * its own. One that was interrupted before is not run. At a terminal it stays in the group of the terminal, or it could not read from it.
 */
export async function runCommand(
  command: string,
  { variables, signal, onTerminate, atTerminal }: Surroundings,
): Promise<number> {
  // interrupted while the past was made
  if (signal.aborted) return 128 + constants.signals.SIGINT
  const grouped = !atTerminal && process.platform !== 'win32'
  const child = spawn(command, { shell: true, stdio: 'inherit', env: variables, detached: grouped })
  const pass = (name: NodeJS.Signals): void => {
    try {
      if (grouped && child.pid !== undefined) process.kill(-child.pid, name)
      else child.kill(name)
    } catch {
      // it has ended by itself meanwhile
    }
  }
  let terminated = false
  const letGo = onTerminate(() => {
    terminated = true
    pass('SIGTERM')
  })
  // SIGTERM aborts as well, and is told of in the same turn
  const interrupt = (): unknown => setImmediate(() => terminated || pass('SIGINT'))
  // a second signal ends this process at once, and nobody would know of the group any more
  const end = (): void => pass('SIGKILL')
  if (grouped) {
    signal.addEventListener('abort', interrupt, { once: true })
    process.once('exit', end)
  }
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, by) => resolve(code ?? 128 + (by ? constants.signals[by] : 0)))
    })
  } finally {
    letGo()
    signal.removeEventListener('abort', interrupt)
    process.off('exit', end)
  }
}
