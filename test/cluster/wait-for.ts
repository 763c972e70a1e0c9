/**
 * Asks until the answer is neither undefined nor false and returns it. Throws after `timeout` milliseconds (default 120,000: a busy machine is no failure),
 * naming what was waited for and the last error of asking.
 * @param pause milliseconds between two questions: more where one costs much, as it takes from what is waited for
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeout = 120_000,
  pause = 200,
): Promise<T> {
  const deadline = Date.now() + timeout
  let last = ''
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
      last = ''
    } catch (error) {
      last = ` Last error: ${error instanceof Error ? error.message : String(error)}`
    }
    if (Date.now() > deadline) throw new Error(`not within ${timeout / 1000} s: ${what}.${last}`)
    await new Promise((wake) => setTimeout(wake, pause))
  }
}
