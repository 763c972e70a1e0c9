import type { FlagSpecs, Invocation } from '../cli/command.ts'
import { commandAgain } from '../cli/typed-again.ts'
import type { Env } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { parseDuration } from '../kube/duration.ts'
import { Problem } from '../problem.ts'
import { type JobReference, parseReference } from '../read/reference.ts'
import { acceptFlag, decisionsFlag, gangFlag, mpiFlag, podLabelsFlag } from './conversion-flags.ts'
import { moveOutputFlag } from './cutover-screen.ts'

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

export const reasonFlag = {
  type: 'string',
  value: 'TEXT',
  describe: 'why, for the record of the migration',
  group: 'Safety',
} as const

const noCreateRuntimeFlag = {
  type: 'boolean',
  describe: 'refuse where the runtime of the job is not there yet, and tell how somebody else makes it',
  group: 'Safety',
} as const

/** What every verb takes that makes a TrainJob of a job in the cluster. */
export const movingFlags = {
  yes: yesFlag,
  'dry-run': dryRunFlag,
  output: moveOutputFlag,
  accept: acceptFlag,
  decisions: decisionsFlag,
  mpi: mpiFlag,
  'gang-scheduler': gangFlag,
  reason: reasonFlag,
  'pod-labels': podLabelsFlag,
  'no-create-runtime': noCreateRuntimeFlag,
} as const satisfies FlagSpecs

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

/** The one job that is moved. Throws a Problem where none is named. */
export function jobToMove(positionals: readonly string[]): JobReference {
  const reference = parseReference(positionals)
  if (reference) return reference
  throw new Problem({ code: 'usage', what: 'which job? Name one', next: ['$0 list'], exit: exitCode.usage })
}

/** A verb that asks, and how it was typed. */
export interface Asking {
  readonly verb: string
  readonly specs: FlagSpecs
  readonly invocation: Pick<Invocation, 'positionals' | 'connection' | 'allNamespaces'> & { readonly flags: object }
}

/** What was typed, as what writes nothing, and as what does not ask. */
export function withoutAsking({ verb, specs, invocation }: Asking): readonly string[] {
  const again = commandAgain({ name: verb, flags: specs }, { ...invocation, flags: { ...invocation.flags } })
  return [`${again} --dry-run=client`, `${again} --yes`]
}

/**
 * Throws a Problem where there is nobody to ask: the questions go to stderr, and the answers come from stdin.
 * @param does what must be agreed to, after `before it`
 */
export function refuseUnasked({ in: input, err }: Env, does: string, asking: Asking): void {
  if (input.isTTY && err.isTTY) return
  throw new Problem({
    code: 'no-terminal',
    what: `${asking.verb} asks before it ${does}, and there is no terminal to ask on`,
    next: withoutAsking(asking),
    exit: exitCode.usage,
  })
}
