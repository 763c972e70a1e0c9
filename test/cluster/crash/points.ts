import { expect } from 'vitest'
import { cameTooLate, type Faults, type Request } from './fault-proxy.ts'
import type { Place, Run } from './places.ts'

/** SIGKILL at a write, counted from 1: just before it is sent on, or when the API server has answered it. */
export interface Crash {
  readonly write: number
  readonly when: 'before' | 'after'
}

/** Whether all points are wanted, not those drawn: `npm run test:crash`. */
export const thorough = process.env['MIGRATE_TEST_CRASH'] === 'all'

export type CrashPoint = readonly [title: string, crash: Crash]

/**
 * Points at which a run that makes these writes can be killed, with a title. Just after one write is, for the cluster, just before the
 * next: by default one side of each write is tried, the other one in a flow that ends otherwise.
 */
export function crashPoints(writes: readonly string[], side: Crash['when']): CrashPoint[] {
  return writes.flatMap((title, at) => {
    const sides: Crash['when'][] = thorough ? ['before', 'after'] : [side]
    return sides.map((when) => [`${when} write ${at + 1}, ${title}`, { write: at + 1, when }] as const)
  })
}

/** Kills a run at a point. Not counted: a lock renewed by a run that takes long, and writes that came too late, after which nothing was done. */
export function killAt(crash: Crash): (kill: () => void) => Faults {
  let done = 0
  return (kill) => (request, when) => {
    if (!isCounted(request)) return undefined
    const number = when === 'before' ? done + 1 : ++done
    if (number !== crash.write || when !== crash.when) return undefined
    kill()
    return 'silence'
  }
}

/** Kills a run at a point; one that has fewer writes, as it stored two things at once, ends by itself with `code`. */
export async function dies(place: Place, args: readonly string[], crash: Crash, code = 0): Promise<void> {
  const run = await place.run(args, killAt(crash))
  const killed = run.requests.filter(isCounted).length >= crash.write
  expect([run.code, killed || run.code === code ? '' : run.stdout + run.stderr]).toEqual([killed ? 137 : code, ''])
}

/**
 * The writes of a run. What came of a write is stored with the next intent where nothing is to be waited for: then there is one less.
 */
export function distinct(writes: readonly string[]): string[] {
  return writes.filter((write, at, own) => write !== own[at - 1])
}

/** Without a write that came too late for what it was decided on, and with it what was to be stored of that: both are done again. */
export function writesOf({ requests }: Run): string[] {
  const writes = requests.filter(isWrite)
  return writes
    .filter((write, at) => {
      const next = writes[at + 1]
      return !cameTooLate(write) && !(next && cameTooLate(next) && /configmaps/.test(write.title))
    })
    .map(({ title }) => title)
}

function isWrite({ kind, title }: Request): boolean {
  return kind === 'write' && !/^PATCH leases/.test(title)
}

function isCounted(request: Request): boolean {
  return isWrite(request) && !cameTooLate(request)
}
