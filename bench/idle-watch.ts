import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Verdict } from './figures.ts'
import type { Program } from './measure.ts'

/** Of one core, in percent, and 10^6 bytes: what a watch may take that shows many jobs of which none changes. */
const bounds = { percent: 1, megabytes: 250 }

const idle = 30_000

/** How much of a core a watch takes while nothing happens, and the most memory it held. Linux alone tells this of another process. */
export async function benchIdleWatch(program: Program, say: (line: string) => void): Promise<Verdict[]> {
  if (!existsSync('/proc/self/stat')) {
    say('  an idle watch is not measured: there is no /proc here')
    return []
  }
  const { words, environment } = program
  const [file = '', ...rest] = words
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } })
  try {
    await quiet(child)
    const before = cpuSeconds(child.pid)
    await wait(idle)
    const percent = ((cpuSeconds(child.pid) - before) / (idle / 1000)) * 100
    const megabytes = mostMemory(child.pid)
    say(
      `  ${words.slice(1).join(' ')}, idle for ${idle / 1000} s   ${percent.toFixed(2)} % of a core, ${megabytes.toFixed(0)} MB`,
    )
    return [
      { name: 'list -w: processor, idle', unit: '%', value: percent, bound: bounds.percent },
      { name: 'list -w: memory', unit: 'MB', value: megabytes, bound: bounds.megabytes },
    ]
  } finally {
    child.kill('SIGINT')
  }
}

/** Resolves when the first rows have come and nothing has for five seconds. */
async function quiet(child: ChildProcess): Promise<void> {
  let last = 0
  child.stdout?.on('data', () => {
    last = performance.now()
  })
  while (last === 0 || performance.now() - last < 5000) {
    if (child.exitCode !== null) throw new Error(`the watch ended with exit code ${child.exitCode}`)
    await wait(250)
  }
}

/** proc_pid_stat(5): fields 14 and 15, in clock ticks. */
function cpuSeconds(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticks()
}

function ticks(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
}

/** proc_pid_status(5): the peak resident set, in KiB. */
function mostMemory(pid = 0): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
  return (Number(kibibytes) * 1024) / 1e6
}
