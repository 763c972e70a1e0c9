import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import type { ProcessIdentity } from '../env.ts'

/** Who this process is, so that another one can tell whether it still lives. */
export function processIdentity(pid: number, platform: NodeJS.Platform): ProcessIdentity {
  const host = hostname()
  return { user: userName(), host, pid, place: placeOf(host, platform), started: startOf(pid) }
}

/** Whether a process of this place lives; one that has its pid by chance does not count. */
export function isAlive(
  { pid, started }: Pick<ProcessIdentity, 'pid' | 'started'>,
  kill: (pid: number, signal: 0) => unknown,
): boolean {
  try {
    kill(pid, 0)
  } catch (error) {
    // somebody else's process may not be signalled, but it is there
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === '' || startOf(pid) === started
}

/** Containers share a boot, and may share a host name; what pids mean is told by their namespace (Linux proc(5), namespaces(7)). */
function placeOf(host: string, platform: NodeJS.Platform): string {
  if (platform !== 'linux') return host
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return ''
  }
}

/** Field 22 of /proc/PID/stat, in ticks since the boot; the second field may hold spaces and brackets. Empty where there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // a user id without a name, as containers have them
    return 'unknown'
  }
}
