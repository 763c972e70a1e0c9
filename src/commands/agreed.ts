import type { Env } from '../env.ts'
import { wrapped } from '../present/fitted.ts'
import { columnsOf } from './screen.ts'

/**
 * Asks on stderr, with lines that break between words and leave room for the answer.
 * @param question its lines; the last one ends with a space, after which the answer is typed
 * @returns whether the answer is yes; no line is no
 */
export async function agreed(env: Env, question: string): Promise<boolean> {
  const columns = columnsOf(env.err)
  const width = columns === undefined ? undefined : columns - 2
  const lines = question.split('\n').flatMap((line) => wrapped(line, { width }, ''))
  const answer = await env.in.answer(() => env.err.write(lines.join('\n')))
  // Ctrl-C leaves the cursor behind the question
  if (answer === undefined && columns !== undefined) env.err.write('\n')
  return /^y(es)?$/i.test((answer ?? '').trim())
}
