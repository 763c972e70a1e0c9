import type { Env } from '../env.ts'
import { type ExitCode, exitCode, worse } from '../exit-code.ts'
import { describeError } from '../present/errors.ts'
import { severalLines } from '../present/several.ts'
import { spoken } from '../present/spoken.ts'
import type { JobReference } from '../read/reference.ts'

/**
 * Does the same with one job after another, each by itself; ends with a line for each. The first that does not succeed ends it, unless told
 * to go on; Ctrl-C ends it after the job under way. The exit code is the worst.
 */
export async function oneByOne(
  env: Env,
  jobs: readonly JobReference[],
  { keepGoing, done }: { readonly keepGoing: boolean; readonly done: string },
  act: (job: JobReference) => Promise<ExitCode>,
): Promise<ExitCode> {
  const codes: ExitCode[] = []
  for (const job of jobs) {
    if (env.signal.aborted || (!keepGoing && codes.some((code) => code !== exitCode.ok))) break
    codes.push(await told(env, act(job)))
  }
  const worst = codes.reduce(worse, exitCode.ok)
  env.err.write(`${severalLines(jobs, codes, done).join('\n')}\n`)
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
