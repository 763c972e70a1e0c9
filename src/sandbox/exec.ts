import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
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
 * SIGTERM is passed on to it and to all that the shell has started; without a terminal SIGINT as well: then they are a process group of
 * their own. One that was interrupted before is not run. At a terminal it stays in the group of the terminal, or it could not read from it.
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
    if (child.pid === undefined) return
    for (const pid of grouped ? [-child.pid] : [child.pid, ...startedBy(child.pid)]) {
      try {
        process.kill(pid, name)
      } catch {
        // it has ended by itself meanwhile
      }
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

/** All that a process has started, and what that has, as far as it still hangs together; nothing where nobody tells. */
function startedBy(pid: number): number[] {
  const parents = parentsOfAll()
  const found = [pid]
  for (const one of found) found.push(...[...parents].flatMap(([child, parent]) => (parent === one ? [child] : [])))
  return found.slice(1)
}

/** The parent of every process: of /proc where that is, as small images have no ps. */
function parentsOfAll(): Map<number, number> {
  if (process.platform === 'win32') return new Map()
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    const lines = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number))
    return new Map(lines.map(([child = 0, parent = 0]) => [child, parent]))
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return new Map(pids.map((name) => [Number(name), parentOf(name)]))
}

/** proc(5): the name, which may hold anything, stands in brackets before the state and the parent. */
function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    // it has ended meanwhile
    return 0
  }
}
