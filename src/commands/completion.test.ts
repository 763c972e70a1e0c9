import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { completionScript, shells } from '../cli/completion-scripts.ts'
import { runProgram } from '../cli/program.ts'
import { describeError } from '../present/errors.ts'

async function completion(words: readonly string[]) {
  const { env, stdout } = fakeEnv()
  try {
    return { code: await runProgram(env, ['completion', ...words]), stdout: stdout() }
  } catch (error) {
    const { lines, exit } = describeError(error, env.name)
    return { code: exit, stdout: stdout(), stderr: lines.join('\n') }
  }
}

describe('completion', () => {
  it.each(shells.map((shell) => [shell] as const))('prints the script of %s', async (shell) => {
    expect(await completion([shell])).toEqual({ code: 0, stdout: completionScript(shell, 'kubectl migrate') })
  })

  it.each([
    [[], 'error: completion needs the name of a shell: bash, zsh, fish, powershell, kubectl'],
    [
      ['bsh'],
      'error: completion has no script for "bsh": it has bash, zsh, fish, powershell, kubectl\n       Did you mean bash?',
    ],
    [['tcsh4'], 'error: completion has no script for "tcsh4": it has bash, zsh, fish, powershell, kubectl'],
    [['bash', 'zsh'], 'error: completion takes one shell, but there are 2 words'],
  ])('%j is refused', async (words, stderr) => {
    expect(await completion(words)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${stderr}\n       kubectl migrate completion --help`,
    })
  })
})
