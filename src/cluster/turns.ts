/** milliseconds; a TCP connection made faster than this is to a server so near that waiting for it costs less than a TLS handshake */
const nearby = 5
/** milliseconds without an answer until one more connection is opened */
const patience = 20

/** Decides when a request may go: at once, or after another one whose connection it can then use. */
export interface Turns {
  /**
   * Resolves when the request may be sent; whoever got it calls the function it resolves to, once, when the request is over.
   * Resolves at once when `signal` aborts.
   */
  take(signal: AbortSignal): Promise<() => void>
  /** tells how long a TCP connection took, in milliseconds */
  connected(milliseconds: number): void
}

/**
 * Requests that come together would each open a connection of their own, and seven TLS handshakes cost more than seven small
 * answers of a near server. So they take turns, and every 20 ms without an answer let one more go; to a far server all go
 * at once, as there the way costs more than the handshakes.
 * @param idle whether a connection is open that no request uses
 */
export function createTurns(idle: () => boolean): Turns {
  const waiting: (() => void)[] = []
  let running = 0
  let far = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const next = (): void => {
    clearTimeout(timer)
    timer = undefined
    waiting.shift()?.()
    if (waiting.length > 0) timer = setTimeout(next, patience)
  }

  const start = (): (() => void) => {
    running += 1
    let over = false
    return () => {
      if (over) return
      over = true
      running -= 1
      // the agent takes the connection back after the answer has ended
      setImmediate(next)
    }
  }

  return {
    async take(signal) {
      if (far || running === 0 || idle()) return start()
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
        const leave = (): void => {
          waiting.splice(waiting.indexOf(go), 1)
          resolve()
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.push(go)
        timer ??= setTimeout(next, patience)
      })
      return start()
    },
    connected(milliseconds) {
      if (milliseconds < nearby) return
      far = true
      for (const go of waiting.splice(0)) go()
    },
  }
}
