import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/**
 * A process that cannot be mistaken for a later one under the same number: its id and when it started. `start` is an opaque
 * string, only good for comparing.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly start: string
}

/**
 * Takes the text of `/proc/<pid>/stat` and returns the start time in clock ticks since boot, or undefined for a zombie: it
 * has ended, and only its parent has not noticed; but not while it has more threads, which still hold its ports. The second field is the command in parentheses and may hold anything,
 * parentheses and spaces too (proc_pid_stat(5)).
 */
export function startTimeFromStat(stat: string, threads = 1): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]
  return state === undefined || (state === 'Z' && threads <= 1) || state === 'X' ? undefined : fields[19]
}

function startTime(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      return startTimeFromStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), readdirSync(`/proc/${pid}/task`).length)
    }
    const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
    return state === undefined || state.startsWith('Z') ? undefined : started.join(' ')
  } catch {
    // neither /proc nor ps knows the number: no such process
    return undefined
  }
}

/** Returns who runs under this number now, or undefined when nobody does. */
export function identify(pid: number): ProcessIdentity | undefined {
  const start = startTime(pid)
  return start === undefined ? undefined : { pid, start }
}

/** Whether exactly this process still runs; a later one that got its number does not count. */
export function isAlive(identity: ProcessIdentity): boolean {
  return startTime(identity.pid) === identity.start
}

/** Sends SIGKILL to those that still run and returns when none does; never touches a process that reused a number. */
export async function kill(identities: readonly ProcessIdentity[]): Promise<void> {
  let left = identities.filter(isAlive)
  while (left.length > 0) {
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    await new Promise((wake) => setTimeout(wake, 20))
    left = left.filter(isAlive)
  }
}
