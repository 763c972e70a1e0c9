import type { Interface } from 'node:readline'
import type { Input } from '../env.ts'

/** How long a terminal is looked at for what was typed before a question, in milliseconds. */
const typedAhead = 50

/** Standard input, as a process has it. */
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean }

/**
 * Standard input as verbs see it. On a terminal a line answers a question only where it was ended after the question stood there: a second
 * "y", typed while the first step ran, does not agree to the next one unread. In a pipe each question takes the next line.
 * @param interrupted resolves at the next Ctrl-C; then there is no line
 */
export function standardInput(stream: () => InputStream, interrupted: () => Promise<undefined>): Input {
  let pipe: AsyncIterator<string> | undefined
  let terminal: Interface | undefined
  let closed = false

  async function typed(ask: () => void): Promise<string | undefined> {
    const { createInterface } = await import('node:readline')
    terminal ??= createInterface({ input: stream() }).on('close', () => {
      closed = true
    })
    const lines = terminal
    await new Promise((resolve) => setTimeout(resolve, typedAhead))
    ask()
    if (closed) return undefined
    return await new Promise((resolve) => {
      lines.once('line', resolve)
      lines.once('close', () => resolve(undefined))
    })
  }

  async function piped(ask: () => void): Promise<string | undefined> {
    ask()
    const { createInterface } = await import('node:readline')
    pipe ??= createInterface({ input: stream() })[Symbol.asyncIterator]()
    const next = await pipe.next()
    return next.done === true ? undefined : next.value
  }

  return {
    get isTTY() {
      return stream().isTTY === true
    },
    async bytes() {
      const { buffer } = await import('node:stream/consumers')
      const bytes = await Promise.race([buffer(stream()), interrupted()])
      if (bytes !== undefined) return bytes
      const { ClusterError } = await import('../cluster/errors.ts')
      throw new ClusterError({ kind: 'aborted' })
    },
    answer: (ask) => Promise.race([stream().isTTY === true ? typed(ask) : piped(ask), interrupted()]),
  }
}
