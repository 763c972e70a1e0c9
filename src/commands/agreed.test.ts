import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { agreed } from './agreed.ts'

const question =
  'Writes a record, the v1 manifest as a Secret, a TrainingRuntime, a suspended TrainJob. v1 runs on.\nBegin?  [y/N] '

describe('a question', () => {
  it.each<[string, boolean]>([
    ['y', true],
    [' Yes ', true],
    ['n', false],
    ['', false],
    ['yess', false],
  ])('is agreed to by y or yes: %j is %s', async (answer, yes) => {
    const { env } = fakeEnv({ tty: true, input: `${answer}\n` })
    expect(await agreed(env, question)).toBe(yes)
  })

  it('that nobody answers ends its line: what follows begins a new one', async () => {
    const { env, stderr } = fakeEnv({ tty: true, columns: 200, input: 'n\n' })
    await agreed(env, question)
    expect(stderr()).toBe(question)
    expect(await agreed(env, question)).toBe(false)
    expect(stderr()).toBe(`${question}${question}\n`)
  })

  it.each([80, 40, 200])('breaks between words in %i columns, with room for the answer', async (columns) => {
    const { env, stderr } = fakeEnv({ tty: true, columns, input: 'y\n' })
    await agreed(env, question)
    const lines = stderr().split('\n')
    expect(lines.filter((line) => line.length > columns - 2)).toEqual([])
    expect(lines.join(' ')).toBe(question.replaceAll('\n', ' '))
  })
})
