import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'

/**
 * The answer of a verb that compares. As with diff(1) and kubectl diff, exit code 1 says that something differs: a Problem that
 * would end with it, as nothing could be compared, ends with more than that.
 */
export async function comparing<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof Problem ? noAnswer(error) : error
  }
}

/** The same Problem with an exit code that is no answer. */
export function noAnswer({ data }: Problem): Problem {
  return new Problem({ ...data, exit: data.exit === exitCode.no ? exitCode.usage : data.exit })
}
