import type { Command, Invocation } from '../../src/cli/command.ts'
import { runProgram } from '../../src/cli/program.ts'
import { describeError } from '../../src/present/errors.ts'
import { type FakeEnvOptions, fakeEnv } from './fake-env.ts'

/** Both streams as lines, and the exit code: what a user gets of one call. */
export interface Outcome {
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
}

/** Runs the program on its words as main.ts does, in a world in memory. */
export async function runVerb(words: readonly string[], options: FakeEnvOptions = {}): Promise<Outcome> {
  const { env, stdout, stderr } = fakeEnv(options)
  let hintName = env.name
  let code: number
  try {
    const starting = (_command: Command, _invocation: Invocation, name: string) => {
      hintName = name
    }
    code = await runProgram(env, words, { starting })
  } catch (error) {
    const { lines, exit } = describeError(error, hintName)
    env.err.write(`${lines.join('\n')}\n`)
    code = exit
  }
  return { code, out: linesOf(stdout()), err: linesOf(stderr()) }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
