import type { Invocation } from '../cli/command.ts'
import { compareRuns } from '../compare/runs/compare.ts'
import type { Env } from '../env.ts'
import { Problem } from '../problem.ts'
import { compareFlags } from './compare-flags.ts'
import { readRuns } from './compare-runs.ts'
import { comparing } from './no-answer.ts'

/**
 * What `compare NAME` says now, with its defaults: `match`, `differs` or `inconclusive`. v1's own pods go with the hold: after it the run of v1
 * is saved logs, or another job, as `--v1 RUN` names it. Throws as compare does where a run cannot be read.
 */
export async function compareVerdict(
  env: Env,
  { positionals, connection }: Pick<Invocation, 'positionals' | 'connection'>,
  v1?: string,
): Promise<string> {
  const flags = {
    ...{ v1, v2: undefined, prometheus: undefined, pattern: [], only: [], tolerance: [] },
    'min-steps': compareFlags['min-steps'].default,
    output: compareFlags.output.default,
    charts: 0,
  }
  return await comparing(verdictOf(env, { positionals, connection, flags, allNamespaces: false, verbosity: 0 }))
}

/** As compareVerdict; undefined where there is no TrainJob to compare with, which finalize itself refuses with what to do. */
export async function verdictOfHeld(...asked: Parameters<typeof compareVerdict>): Promise<string | undefined> {
  try {
    return await compareVerdict(...asked)
  } catch (error) {
    if (error instanceof Problem && error.data.code === 'no-other-side') return undefined
    throw error
  }
}

async function verdictOf(env: Env, asked: Invocation<typeof compareFlags>): Promise<string> {
  const { v1, v2, notes } = await readRuns(env, asked, [])
  for (const note of notes) env.err.write(`note: ${note}\n`)
  const options = { minSteps: compareFlags['min-steps'].default, tolerances: new Map(), only: [] }
  return compareRuns(v1, v2, options).overall.verdict
}
