import { type LogLine, type LogSource, longestPiece } from './line.ts'

/** A line as the kubelet sends it with timestamps=true. */
export interface DatedText {
  /** undefined where the line does not begin with one */
  readonly time: string | undefined
  readonly text: string
  /** a further piece of a line that is too long */
  readonly continued?: true
}

/** The kubelet's RFC3339NanoFixed (kubernetes v1.36.3, pkg/kubelet/kuberuntime/logs/logs.go: timeFormatOut), in the zone of its node. */
const dated = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /

/** Makes lines of bytes that come in chunks cut anywhere, also inside a character. */
export class LineSplitter {
  readonly #longest: number
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #pending = ''
  #continued = false

  /** @param longest characters of a piece */
  constructor(longest = longestPiece) {
    this.#longest = longest
  }

  /** The lines that are complete now. */
  push(chunk: Uint8Array): DatedText[] {
    return this.#take(this.#decoder.decode(chunk, { stream: true }))
  }

  /** What has come of a line whose end has not; undefined when nothing has. */
  rest(): DatedText | undefined {
    const text = this.#pending + this.#decoder.decode()
    this.#pending = ''
    return text === '' ? undefined : this.#line(text)
  }

  #take(text: string): DatedText[] {
    const lines: DatedText[] = []
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      lines.push(this.#line(this.#pending + text.slice(start, end)))
      this.#continued = false
      this.#pending = ''
      start = end + 1
    }
    this.#pending += text.slice(start)
    while (this.#pending.length >= this.#longest) {
      lines.push(this.#line(this.#pending.slice(0, this.#longest)))
      this.#pending = this.#pending.slice(this.#longest)
      this.#continued = true
    }
    return lines
  }

  #line(text: string): DatedText {
    if (this.#continued) return { time: undefined, text, continued: true }
    const time = dated.exec(text)?.[1]
    return time === undefined ? { time, text } : { time, text: text.slice(time.length + 1) }
  }
}

/** Makes lines of a container's log of its texts in their order: one without a time has that of the line before. */
export function lineMaker({ side, role, rank, pod, container }: LogSource): (line: DatedText) => LogLine {
  let last = ''
  return ({ time, text, continued }) => {
    last = time ?? last
    return { side, role, rank, pod, container, time: last, text, ...(continued && { continued }) }
  }
}
