import { ClusterError } from '../cluster/errors.ts'
import type { Output } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { parseDuration } from '../kube/duration.ts'
import { Problem } from '../problem.ts'

/** What the verbs that move a job have in common. */
export const yesFlag = {
  type: 'boolean',
  short: 'y',
  describe: 'do not ask; needed where there is no terminal',
  group: 'Safety',
} as const

export const dryRunFlag = {
  type: 'string',
  value: 'HOW',
  describe: 'client: print every write and make none; server: let the API server check them as well',
  choices: ['none', 'client', 'server'],
  bare: 'client',
  default: 'none',
  group: 'Safety',
} as const

/** Milliseconds of a duration flag. Throws a Problem for what is none. */
export function readDuration(flag: string, text = ''): number {
  const duration = parseDuration(text)
  if (duration !== undefined) return duration
  throw new Problem({
    code: 'wrong-flag-value',
    what: `--${flag} cannot be ${JSON.stringify(text)}: it takes a duration`,
    next: [`--${flag} 90s   (also 15m, 1h30m, 0)`],
    exit: exitCode.usage,
  })
}

/** The width to lay out for; undefined where no terminal cuts lines. */
export function columnsOf({ isTTY, columns }: Output): number | undefined {
  return isTTY ? columns : undefined
}

/** Ctrl-C ends a reading at once: nothing was changed, and the requests are left to end by themselves. */
export async function untilInterrupted<T>(signal: AbortSignal, reading: Promise<T>): Promise<T> {
  const interrupted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new ClusterError({ kind: 'aborted' }))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
  return await Promise.race([reading, interrupted])
}
