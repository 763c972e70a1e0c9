/** Time of a simulation: it never sleeps itself, so that tests decide when something happens. */
export interface Clock {
  now(): Date
  /** calls back after so many seconds; returns how to cancel it */
  after(seconds: number, act: () => void): () => void
}

/** RFC 3339 in whole seconds, as metav1.Time is written. */
export function timeText(date: Date): string {
  const second = Math.floor(date.getTime() / 1000)
  if (second !== written.second) written = { second, text: `${date.toISOString().slice(0, 19)}Z` }
  return written.text
}

/** most times are written again and again within their second */
let written: { readonly second: number; readonly text: string } = { second: 0, text: '1970-01-01T00:00:00Z' }

interface Timer {
  readonly at: number
  readonly number: number
  readonly act: () => void
}

/**
 * A clock that is moved: all that is due on the way happens in its order, at its time. `onEarlier` is told when something is to happen
 * sooner than everything before, so that somebody can move the clock then.
 */
export class Timeline implements Clock {
  #now: number
  #timers: Timer[] = []
  #count = 0
  onEarlier: (at: Date) => void = () => undefined

  constructor(start: Date) {
    this.#now = start.getTime()
  }

  now(): Date {
    return new Date(this.#now)
  }

  /** when the next thing happens; undefined where nothing is planned */
  get next(): Date | undefined {
    const [first] = this.#timers
    return first && new Date(first.at)
  }

  after(seconds: number, act: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, seconds) * 1000, number: this.#count++, act }
    const place = this.#placeOf(timer)
    this.#timers.splice(place, 0, timer)
    if (place === 0) this.onEarlier(new Date(timer.at))
    return () => {
      const at = this.#timers.indexOf(timer)
      if (at >= 0) this.#timers.splice(at, 1)
    }
  }

  /** Moves on to a moment; one that has been is no moment to move to. */
  moveTo(date: Date): void {
    const end = date.getTime()
    for (let [first] = this.#timers; first !== undefined && first.at <= end; [first] = this.#timers) {
      this.#timers.shift()
      this.#now = Math.max(this.#now, first.at)
      first.act()
    }
    this.#now = Math.max(this.#now, end)
  }

  /** Timers are kept in order: by time, then as they were set. */
  #placeOf({ at }: Timer): number {
    let [low, high] = [0, this.#timers.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#timers[middle] as Timer).at <= at) low = middle + 1
      else high = middle
    }
    return low
  }
}
