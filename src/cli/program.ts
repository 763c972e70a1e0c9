import type { Env, Output } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'
import { Problem } from '../problem.ts'
import type { Command, FlagSpecs, Invocation } from './command.ts'
import {
  allNamespacesFlag,
  commonFlags,
  connectionFlags,
  nameWithConnection,
  toConnection,
} from './connection-flags.ts'
import { findVerb, parseWords } from './parse.ts'
import { type Verb, verbs } from './table.ts'

/** What the shells call at TAB: in no help. */
const completionVerb = '__complete'

export interface ProgramOptions {
  readonly table?: readonly Verb[]
  /** told which command is about to run, and the name that its hints start with */
  readonly starting?: (command: Command, invocation: Invocation, name: string) => void
}

/** Runs the program on its words (argv without the program itself); throws Problem or ClusterError. */
export async function runProgram(
  env: Env,
  words: readonly string[],
  { table = verbs, starting }: ProgramOptions = {},
): Promise<ExitCode> {
  if (words[0] === completionVerb) {
    const { complete } = await import('./complete.ts')
    return await complete(env, words.slice(1), table)
  }
  const programFlags = { ...connectionFlags, ...allNamespacesFlag, ...commonFlags }
  const position = findVerb(words, programFlags)
  if (position === undefined) {
    parseWords(words, programFlags)
    return await printProgramHelp(env, table)
  }
  const verb = findByName(words[position] ?? '', table)
  const { command } = await verb.load()
  return await runCommand(env, command, words.toSpliced(position, 1), starting)
}

async function runCommand(
  env: Env,
  command: Command,
  words: readonly string[],
  starting: ProgramOptions['starting'],
): Promise<ExitCode> {
  const parsed = parseWords(words, allFlags(command), command.name)
  const colored = parsed.flags['no-color'] === true ? { ...env, out: plain(env.out), err: plain(env.err) } : env
  if (parsed.flags['help'] === true) {
    const { verbHelp } = await import('./help.ts')
    write(colored, verbHelp(env.name, command, env.out.columns))
    return exitCode.ok
  }
  if (command.usage === '' && parsed.positionals.length > 0) throw tooManyWords(command, parsed.positionals)
  const connection = toConnection(parsed.flags)
  const invocation: Invocation = {
    positionals: parsed.positionals,
    flags: parsed.flags,
    connection,
    allNamespaces: parsed.flags['all-namespaces'] === true,
    verbosity: connection.verbosity ?? 0,
  }
  const name = command.connects ? nameWithConnection(env.name, connection) : env.name
  starting?.(command, invocation, name)
  try {
    return await command.run({ ...colored, name }, invocation)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { withFlagsAdded } = await import('./flag-added.ts')
    throw withFlagsAdded(error, command, invocation)
  }
}

/** All flags one verb takes: its own, kubectl's and ours. */
export function allFlags(command: Command): FlagSpecs & typeof connectionFlags & typeof commonFlags {
  return { ...command.flags, ...(command.manyNamespaces ? allNamespacesFlag : {}), ...connectionFlags, ...commonFlags }
}

/** The verb of a table that is typed. Throws a Problem with those that were meant. */
export function findByName(word: string, table: readonly Verb[]): Verb {
  const verb = table.find((entry) => entry.name === word)
  if (verb !== undefined) return verb
  const meant = closest(
    word,
    table.map((entry) => entry.name),
  )
  throw new Problem({
    code: 'unknown-verb',
    what: `unknown verb ${JSON.stringify(word)}`,
    why: meant.length === 0 ? undefined : `Did you mean ${meant.join(' or ')}?`,
    next: meant.length === 0 ? ['$0 --help'] : meant.map((candidate) => `$0 ${candidate}`),
    exit: exitCode.usage,
  })
}

function tooManyWords(command: Command, words: readonly string[]): Problem {
  return new Problem({
    code: 'unexpected-name',
    what: `${command.name} takes no names, but there is ${words.map((word) => JSON.stringify(word)).join(', ')}`,
    next: [`$0 ${command.name} --help`],
    exit: exitCode.usage,
  })
}

async function printProgramHelp(env: Env, table: readonly Verb[]): Promise<ExitCode> {
  const { programHelp } = await import('./help.ts')
  write(env, programHelp(env.name, table, env.out.columns))
  return exitCode.ok
}

function write(env: Env, lines: readonly string[]): void {
  env.out.write(`${lines.join('\n')}\n`)
}

function plain(output: Output): Output {
  return {
    write: (text) => output.write(text),
    isTTY: output.isTTY,
    get columns() {
      return output.columns
    },
    get rows() {
      return output.rows
    },
    unicode: output.unicode,
    color: false,
  }
}
