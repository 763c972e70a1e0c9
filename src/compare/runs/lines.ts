/** Of a line longer than this the rest is not read: no program says its loss there. */
const longestLine = 1 << 16

/**
 * What a line that says something of a training has in it; a line without is not looked at. One pass over a whole block of
 * lines: of all work on a log this is the only one done for each byte. Upper and lower case are spelled out, which V8
 * searches faster than with the flag i; each word more costs a tenth of the speed, and one that begins with a frequent
 * character half of it.
 */
const telling =
  /[lL][oO][sS][sS]|[sS][tT][eE][pP]|[eE][pP][oO][cC][hH]|[iI][tT][eE][rR]|[aA][cC][cC]|it\/s|s\/it|\]\t|[sS][eE][eE][dD]|metricN/g

/** What a reader of lines found out about the log itself. */
export interface LinesRead {
  bytes: number
  /** lines longer than 64 KiB, cut there */
  longLines: number
  /** NUL bytes, of which text has none */
  nulBytes: number
}

/**
 * Cuts the text of a log, that comes in blocks of any size, into lines (at line feeds and at carriage returns, with which
 * progress bars paint over themselves) and gives those that may say something, each with whether it stands at the start of
 * a line. Bytes are characters here (Latin-1): what is searched is ASCII. Memory is bounded by one block and one line.
 */
export class LineReader {
  readonly read: LinesRead = { bytes: 0, longLines: 0, nulBytes: 0 }
  readonly #visit: (line: string, startsLine: boolean) => void
  readonly #every: boolean
  #rest = ''
  #skipping = false
  #restStartsLine = true
  #hasReturns = false

  /** @param every gives all lines, for a format of the user's that nobody can search for in advance */
  constructor(visit: (line: string, startsLine: boolean) => void, every = false) {
    this.#visit = visit
    this.#every = every
  }

  push(block: string): void {
    this.read.bytes += block.length
    if (block.includes('\0')) this.read.nulBytes += block.split('\0').length - 1
    this.#hasReturns = block.includes('\r') || this.#rest.includes('\r')
    let from = 0
    if (this.#skipping || this.#rest !== '') {
      const end = terminator(block, 0)
      if (end < 0) {
        if (!this.#skipping) this.#keep(this.#rest + block)
        return
      }
      if (!this.#skipping) this.#lines(`${this.#rest}${block.slice(0, end)}\n`, 0)
      this.#skipping = false
      this.#restStartsLine = block.charCodeAt(end) === lineFeed
      from = end + 1
    }
    const end = lastTerminator(block) + 1
    if (end > from) {
      this.#lines(block, from, end)
      this.#restStartsLine = block.charCodeAt(end - 1) === lineFeed
    }
    this.#keep(block.slice(Math.max(from, end)))
  }

  end(): void {
    if (this.#rest !== '') this.#lines(`${this.#rest}\n`, 0)
    this.#rest = ''
  }

  /** Keeps what has no end yet, in bounds. */
  #keep(rest: string): void {
    this.#rest = rest
    if (rest.length <= longestLine) return
    this.read.longLines++
    this.#visit(rest.slice(0, longestLine), this.#restStartsLine)
    this.#rest = ''
    this.#skipping = true
  }

  /** Visits lines of a text that begins with a line at `from` and ends with the end of one. */
  #lines(text: string, from: number, to = text.length): void {
    if (this.#every) {
      for (let start = from; start < to; ) {
        const end = terminator(text, start)
        if (end > start) this.#one(text.slice(start, end), this.#starts(text, start, from))
        start = end + 1
      }
      return
    }
    telling.lastIndex = from
    while (telling.test(text)) {
      const at = telling.lastIndex - 1
      if (at >= to) return
      let start = at
      while (start > from && !isEnd(text.charCodeAt(start - 1))) start--
      const end = this.#hasReturns ? terminator(text, at) : text.indexOf('\n', at)
      this.#one(text.slice(start, end), this.#starts(text, start, from))
      telling.lastIndex = end
    }
  }

  #starts(text: string, at: number, from: number): boolean {
    return at === from ? this.#restStartsLine : text.charCodeAt(at - 1) === lineFeed
  }

  #one(line: string, startsLine: boolean): void {
    if (line.length > longestLine) this.read.longLines++
    this.#visit(line.length > longestLine ? line.slice(0, longestLine) : line, startsLine)
  }
}

const lineFeed = 10
const isEnd = (unit: number): boolean => unit === lineFeed || unit === 13

/** The next end of a line, or -1. */
function terminator(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (isEnd(text.charCodeAt(at))) return at
  return -1
}

function lastTerminator(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) if (isEnd(text.charCodeAt(at))) return at
  return -1
}
