import { ClusterError } from '../cluster/errors.ts'
import type { LogLine, LogSource } from '../logs/line.ts'
import { TimeOrder } from '../logs/order.ts'

/** Characters read ahead of one container; more waits in its connection. */
const ahead = 256 * 1024

/** Wakes whoever waits for something to happen. */
class Bell {
  #rung = false
  #wake: () => void = () => undefined

  ring(): void {
    this.#rung = true
    this.#wake()
  }

  /** Resolves at the next ring, at once where there was one since the last time. */
  async heard(): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#rung = false
  }
}

export interface MergeOptions {
  /** whether every log is waited for, as long as it takes: for logs that end */
  readonly patient: boolean
  /** ends the lines with `aborted`, whatever is still to come */
  readonly signal?: AbortSignal
  /** milliseconds that only grow */
  now(): number
  /** ends early when the signal aborts */
  sleep(milliseconds: number): Promise<void>
}

/** Many logs read at once into one stream, by time; the readers wait when nobody takes what they read. */
export class LogMerge {
  readonly #order: TimeOrder<LogSource, LogLine>
  readonly #options: MergeOptions
  readonly #news = new Bell()
  readonly #room = new Map<LogSource, Bell>()
  #pendingAlarm: { readonly at: number; readonly ringing: Promise<void> } | undefined
  #reading = 0
  #ended = false
  #failure: { readonly error: unknown } | undefined

  constructor(options: MergeOptions) {
    this.#options = options
    this.#order = new TimeOrder(options.patient)
  }

  /** Reads a log; `read` gets what it calls once the log is open. Its failure is the failure of the whole. */
  add(source: LogSource, read: (opened: () => void) => AsyncIterable<readonly LogLine[]>): void {
    const { now } = this.#options
    const room = new Bell()
    this.#room.set(source, room)
    this.#order.add(source, now())
    this.#reading += 1
    const opened = (): void => {
      this.#order.opened(source, now())
      this.#news.ring()
    }
    const reading = async (): Promise<void> => {
      for await (const lines of read(opened)) {
        this.#order.offer(source, lines, now())
        this.#news.ring()
        while (!this.#ended && this.#order.pending(source) > ahead) await room.heard()
        if (this.#ended) return
      }
    }
    reading()
      .catch((error) => this.fail(error))
      .finally(() => {
        this.#order.close(source)
        this.#room.delete(source)
        this.#reading -= 1
        this.#news.ring()
      })
  }

  /** Resolves after so many milliseconds or earlier: one that goes off soon enough is used again. */
  #alarm(wait: number): Promise<void> {
    const { now, sleep } = this.#options
    const at = now() + wait
    if (this.#pendingAlarm && this.#pendingAlarm.at <= at) return this.#pendingAlarm.ringing
    const alarm = { at, ringing: sleep(wait) }
    this.#pendingAlarm = alarm
    void alarm.ringing.finally(() => {
      if (this.#pendingAlarm === alarm) this.#pendingAlarm = undefined
    })
    return alarm.ringing
  }

  /** Ends the lines with an error. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#news.ring()
  }

  /** Looks again: something `open` depends on has changed. */
  wake(): void {
    this.#news.ring()
  }

  /** Lines until all logs have ended and `open` says that no more will be added. */
  async *lines(open: () => boolean = () => false): AsyncGenerator<LogLine> {
    const { now, signal } = this.#options
    const wake = (): void => this.wake()
    signal?.addEventListener('abort', wake)
    try {
      for (;;) {
        if (signal?.aborted) throw new ClusterError({ kind: 'aborted' })
        if (this.#failure) throw this.#failure.error
        const next = this.#order.next(now())
        if (next && 'line' in next) {
          if (this.#order.pending(next.source) <= ahead) this.#room.get(next.source)?.ring()
          yield next.line
          continue
        }
        if (next) await Promise.race([this.#news.heard(), this.#alarm(next.wait)])
        else if (this.#reading === 0 && !open()) return
        else await this.#news.heard()
      }
    } finally {
      this.#ended = true
      signal?.removeEventListener('abort', wake)
      for (const room of this.#room.values()) room.ring()
    }
  }
}
