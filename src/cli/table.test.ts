import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import type { FlagSpecs } from './command.ts'
import { connectionFlags } from './connection-flags.ts'
import { parseWords } from './parse.ts'
import { allFlags, runProgram } from './program.ts'
import { verbs } from './table.ts'

it('says what each verb does on one line of 80 columns', () => {
  const widest = Math.max(...verbs.map(({ name }) => name.length))
  expect(verbs.filter(({ summary }) => summary.length > 80 - widest - 5)).toEqual([])
})

describe.each(verbs.map((verb) => [verb.name, verb] as const))('%s', (name, verb) => {
  it('is what the table says', async () => {
    const { command } = await verb.load()
    expect([command.name, command.summary]).toEqual([name, verb.summary])
  })

  it('has three examples at least, which it understands', async () => {
    const { command } = await verb.load()
    const own = command.examples.flatMap(({ type }) =>
      [...type.matchAll(/\$0 ([^|&><)]+)/g)].map((match) => match[1] ?? ''),
    )
    expect(own.length).toBeGreaterThanOrEqual(3)
    for (const typed of own) {
      const [word, ...words] = typed.trim().split(/\s+/)
      const meant = verbs.find((entry) => entry.name === word)
      expect(meant?.name).toBe(word)
      if (meant !== undefined) parseWords(words, allFlags((await meant.load()).command))
    }
  })

  it('takes no name or letter of a flag that kubectl has', async () => {
    const { command } = await verb.load()
    const taken = namesOf(connectionFlags)
    const own = namesOf(command.flags)
    expect(own.filter((flag) => [...taken, 'h', 'help', 'no-color', 'all-namespaces', 'A'].includes(flag))).toEqual([])
    const all: FlagSpecs = allFlags(command)
    const letters = Object.values(all).flatMap(({ short }) => (short === undefined ? [] : [short]))
    expect(new Set(letters).size).toBe(letters.length)
  })

  it.each([80, 40])('has a help that fits %d columns', async (columns) => {
    const { env, stdout } = fakeEnv({ columns })
    expect(await runProgram(env, [name, '--help'])).toBe(0)
    // a quoted word of an example is never broken
    const whole = /^ +'[^']*'( \\)?$/
    const lines = stdout().split('\n')
    const tooLong = lines.filter((line) => line.length > columns && line.trim().includes(' ') && !whole.test(line))
    expect(tooLong).toEqual([])
  })

  it('reads the same by `help`', async () => {
    const [direct, asked] = [fakeEnv(), fakeEnv()]
    await runProgram(direct.env, [name, '--help'])
    await runProgram(asked.env, ['help', name])
    expect(asked.stdout()).toBe(direct.stdout())
  })
})

function namesOf(specs: FlagSpecs): string[] {
  return Object.entries(specs).flatMap(([name, { short }]) => [name, short ?? name])
}
