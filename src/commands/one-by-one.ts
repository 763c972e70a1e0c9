import type { Env } from '../env.ts'
import { type ExitCode, exitCode, worse } from '../exit-code.ts'
import { describeError } from '../present/errors.ts'
import { severalLines } from '../present/several.ts'
import { spoken } from '../present/spoken.ts'
import type { JobReference } from '../read/reference.ts'

export interface Together {
  /** the next one is begun though one did not succeed */
  readonly keepGoing: boolean
  /** what became of one that succeeded */
  readonly done: string
  /** what is to be typed for these alone */
  readonly again: (jobs: readonly JobReference[]) => string
}

/**
 * Does the same with one job after another, each by itself; ends with a line for each, and what to type for those that were not begun. The first that does not succeed ends it, unless told
 * to go on; Ctrl-C ends it after the job under way. The exit code is the worst.
 */
export async function oneByOne(
  env: Env,
  jobs: readonly JobReference[],
  { keepGoing, done, again }: Together,
  act: (job: JobReference) => Promise<ExitCode>,
): Promise<ExitCode> {
  const codes: ExitCode[] = []
  for (const job of jobs) {
    if (env.signal.aborted || (!keepGoing && codes.some((code) => code !== exitCode.ok))) break
    codes.push(await told(env, act(job)))
  }
  const worst = codes.reduce(worse, exitCode.ok)
  const rest = jobs.slice(codes.length)
  const next = rest.length === 0 ? [] : ['Next:', `  ${again(rest)}`]
  env.err.write(`${[...severalLines(jobs, codes, done), ...next].join('\n')}\n`)
  return env.signal.aborted ? exitCode.interrupted : worst
}

/** The exit code of a command that is one of several; an error that ends it is written to stderr and ends no other. */
export async function told(env: Env, running: Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await running
  } catch (error) {
    const { lines, exit } = describeError(error, env.name)
    env.err.write(spoken(lines, env.err))
    return exit
  }
}
