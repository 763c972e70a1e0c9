import type { ConnectionFlags } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import type { ExitCode } from '../exit-code.ts'

/** One flag as data: the parser, the help, the completion and the docs are all made from it. */
export interface FlagSpec {
  readonly type: 'boolean' | 'string' | 'strings' | 'number'
  readonly short?: string
  /** placeholder in the help, e.g. `DIR` */
  readonly value?: string
  readonly describe: string
  readonly group: 'Selection' | 'Conversion' | 'Safety' | 'Output' | 'Timing' | 'Connection'
  readonly choices?: readonly string[]
  /** what the flag takes where the help has no room for it, and the command that lists it; TAB offers it */
  readonly known?: { readonly words: readonly string[]; readonly what: string; readonly list: string }
  /** what the flag means without a value (pflag's NoOptDefVal: `--dry-run` is `--dry-run=client`); a value then needs `=` */
  readonly bare?: string
  /** what TAB offers as its value, where that is not `choices` */
  readonly completes?: 'namespace' | 'context' | 'cluster' | 'user' | 'file' | 'directory'
  /** printed in the help; the parser fills it in */
  readonly default?: string | number | boolean
}

export type FlagSpecs = Readonly<Record<string, FlagSpec>>

interface ValueTypes {
  readonly boolean: boolean
  readonly number: number | undefined
  readonly string: string | undefined
  readonly strings: readonly string[]
}

type FlagValue<S extends FlagSpec> = ValueTypes[S['type']]

/** What a command gets: keys as declared (`dry-run` is `flags['dry-run']`), never raw argv. */
export type FlagValues<F extends FlagSpecs> = { readonly [K in keyof F]: FlagValue<F[K]> }

/** A command line as a verb gets it. */
export interface Invocation<F extends FlagSpecs = FlagSpecs> {
  readonly positionals: readonly string[]
  readonly flags: FlagValues<F>
  readonly connection: ConnectionFlags
  readonly allNamespaces: boolean
  readonly verbosity: number
}

/** One verb. `run` reads top down as read, decide, act, present, and returns the exit code; it throws Problem or ClusterError. */
export interface Command<F extends FlagSpecs = FlagSpecs> {
  readonly name: string
  /** one line of purpose */
  readonly summary: string
  /** what follows the verb, e.g. `[KIND/NAME | KIND NAME | NAME]` */
  readonly usage: string
  /** what TAB offers as its one name, where that is not the name of a job (`NAME` in `usage`) */
  readonly offers?: readonly string[]
  /** at least three, real; `$0` stands for the name the program was called by */
  readonly examples: readonly { readonly does: string; readonly type: string }[]
  readonly flags: F
  /** whether kubectl's connection flags and -n apply */
  readonly connects: boolean
  /** most of its code runs so few times that compiling it takes more time and memory than it saves (bench/README.md) */
  readonly leavesUncompiled?: true
  /** it takes up thousands of objects one after another and holds on to few: V8 would let four times of what is held pile up (bench/README.md) */
  readonly collectsOften?: true
  /** the same of objects that were only just made, where a tenth more of processor time does not make it slower: it waits for the API server */
  readonly keepsYoungSmall?: true
  /** whether -A applies */
  readonly manyNamespaces: boolean
  /** whether it changes a cluster: such a verb goes on to its end when nobody reads its words any more (`| head`) */
  readonly writes?: boolean
  run(env: Env, invocation: Invocation<F>): Promise<ExitCode>
}
