import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Input } from '../env.ts'
import { standardInput } from './standard-input.ts'

const never = () => new Promise<undefined>(() => undefined)
const input = (isTTY: boolean, interrupted = never) => {
  const stream = Object.assign(new PassThrough(), { isTTY })
  return { stream, asked: standardInput(() => stream, interrupted) }
}
/** Asks, and returns as soon as the question is on the screen. */
async function question(asked: Input): Promise<{ readonly answer: Promise<string | undefined> }> {
  const shown = Promise.withResolvers<void>()
  const answer = asked.answer(shown.resolve)
  await shown.promise
  return { answer }
}

describe('a question on a terminal', () => {
  it('is answered by the line that is typed after it', async () => {
    const { stream, asked } = input(true)
    const { answer } = await question(asked)
    stream.write('y\n')
    expect(await answer).toBe('y')
  })

  it('is not answered by what was typed before it', async () => {
    const { stream, asked } = input(true)
    stream.write('y\n')
    const { answer } = await question(asked)
    stream.write('n\n')
    expect(await answer).toBe('n')
  })

  it.each([
    { when: 'at once with the answer to the first', typed: ['y\ny\n'] },
    { when: 'after the answer to the first', typed: ['y\n', 'y\n'] },
  ])('is not answered, as the second, by what was typed $when', async ({ typed }) => {
    const { stream, asked } = input(true)
    const first = await question(asked)
    for (const text of typed) stream.write(text)
    expect(await first.answer).toBe('y')
    const second = await question(asked)
    stream.write('n\n')
    expect(await second.answer).toBe('n')
  })

  it('has no answer where the terminal is gone, then and ever after', async () => {
    const { stream, asked } = input(true)
    const { answer } = await question(asked)
    stream.end()
    expect(await answer).toBeUndefined()
    expect(await (await question(asked)).answer).toBeUndefined()
  })
})

describe('a question in a pipe', () => {
  it('takes the next line, whenever it was written; no line is no answer', async () => {
    const { stream, asked } = input(false)
    stream.end('y\nn\n')
    const answers = [await question(asked), await question(asked), await question(asked)]
    expect(await Promise.all(answers.map(({ answer }) => answer))).toEqual(['y', 'n', undefined])
  })
})

it.each([true, false])('Ctrl-C ends a question without an answer (terminal: %s)', async (isTTY) => {
  const { asked } = input(isTTY, async () => undefined)
  expect(await asked.answer(() => undefined)).toBeUndefined()
})

it('Ctrl-C ends reading with an error, not with half of the input', async () => {
  const { asked } = input(false, async () => undefined)
  await expect(asked.bytes()).rejects.toMatchObject({ failure: { kind: 'aborted' } })
})
