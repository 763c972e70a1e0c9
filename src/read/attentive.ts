import { ClusterError } from '../cluster/errors.ts'
import type { Env } from '../env.ts'

/** milliseconds of work without a look at the world */
const absorbed = 50

/**
 * The same items. What comes from files comes without a wait, and while thousands of them are worked on neither Ctrl-C nor a
 * reader that has gone (`| head`) would be heard: so there is a pause each 50 ms. Throws `aborted` after Ctrl-C.
 */
export async function* attentive<T>(
  { now, sleep, signal }: Pick<Env, 'now' | 'sleep' | 'signal'>,
  items: AsyncIterable<T>,
): AsyncGenerator<T> {
  let listened = now().getTime()
  for await (const item of items) {
    yield item
    if (now().getTime() - listened < absorbed) continue
    await sleep(0)
    if (signal.aborted) throw new ClusterError({ kind: 'aborted' })
    listened = now().getTime()
  }
}
