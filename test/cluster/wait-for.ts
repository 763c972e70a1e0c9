/**
 * Asks until the answer is neither undefined nor false and returns it. Throws after `timeout` milliseconds (default 120,000: a busy machine is no failure),
 * naming what was waited for and the error that asking ended with, which is its cause as well.
 * @param pause milliseconds between two questions: more where one costs much, as it takes from what is waited for
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeout = 120_000,
  pause = 200,
): Promise<T> {
  const deadline = Date.now() + timeout
  let last: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
      last = undefined
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) {
      const words = last === undefined ? '' : ` Last error: ${last instanceof Error ? last.message : String(last)}`
      throw new Error(`not within ${timeout / 1000} s: ${what}.${words}`, { cause: last })
    }
    await new Promise((wake) => setTimeout(wake, pause))
  }
}
