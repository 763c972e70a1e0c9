import type { Format, FormatState, Reading } from './formats/format.ts'
import { formats } from './formats/index.ts'
import { patternFormat } from './formats/pattern.ts'
import { LineReader, type LinesRead } from './lines.ts'
import { type Axis, Series } from './series.ts'
import { type Place, StepCounter } from './steps.ts'
import { headOf, type LineHead } from './timestamps.ts'

/** Metrics kept of one log: a log that names its lines `loss_17=`, `loss_18=` must not fill the memory. */
const mostSeries = 64

/** A series, of which metric it is and how it was come by. */
export interface RunSeries {
  readonly metric: string
  /** said by the program, by its TrainJob's status.trainerStatus, or made from the times of its lines */
  readonly by: 'program' | 'trainerStatus' | 'clock'
  readonly series: Series
}

type LogVoice = Exclude<RunSeries['by'], 'trainerStatus'>

/** What one log says of a run. */
export interface LogFacts {
  readonly series: readonly RunSeries[]
  /** lines read by format */
  readonly formats: ReadonlyMap<string, number>
  readonly lines: LinesRead
  /** times the count of steps went back */
  readonly restarts: number
  /** metrics beyond the first 64, which were left */
  readonly dropped: number
  readonly firstTime?: number
  readonly firstStepTime?: number
  /** `seed`, `world size`, as the program printed them */
  readonly settings: ReadonlyMap<string, string>
}

const mostProcesses = 4096
const noHead: LineHead = { resolution: 1000, from: 0 }

/** Whether a line tells results of an evaluation and nothing else. */
function evaluates({ values }: Reading): boolean {
  for (const metric of values.keys()) if (!metric.startsWith('eval ')) return false
  return values.size > 0
}

/** Characters in which the time of the start is looked for. */
const headSize = 4096

const settingsOf: readonly (readonly [name: string, word: string, pattern: RegExp])[] = [
  ['seed', 'seed', /(?:^|[^a-z])(?:random[_ ]?|manual[_ ]?|global[_ ]?)?seed['"]?\s*(?:[:=]|set to|is)\s*['"]?(\d+)/i],
  ['world size', 'ize', /world[_ ]?size['"]?\s*[:=]?\s*['"]?(\d+)/i],
]

/** Reads one log as it comes, in bounded memory. */
export class RunLog {
  readonly #reader: LineReader
  readonly #formats: readonly Format[]
  /** by rank, where a launcher wrote the lines of several into one log */
  readonly #processes = new Map<number | undefined, { readonly state: FormatState; readonly steps: StepCounter }>()
  /** the lowest rank that told a metric, of lines that say whose they are */
  readonly #tellers = new Map<string, number>()
  #series: RunSeries[] = []
  /** by axis and by who says it, so that the hot path makes no key */
  readonly #byMetric: Readonly<Record<LogVoice, Readonly<Record<Axis, Map<string, Series>>>>> = {
    program: { step: new Map(), epoch: new Map(), order: new Map() },
    clock: { step: new Map(), epoch: new Map(), order: new Map() },
  }
  readonly #counts = new Map<string, number>()
  readonly #orders = new Map<string, number>()
  readonly #settings = new Map<string, string>()
  readonly #clocks: Partial<Record<Axis, { readonly x: number; readonly time: number }>> = {}
  readonly #dropped = new Set<string>()
  #head = ''
  #firstTime: number | undefined
  #firstStepTime: number | undefined

  constructor(patterns: readonly RegExp[] = []) {
    const own = patterns.map(patternFormat)
    this.#formats = [...own, ...formats]
    this.#reader = new LineReader((line, starts) => this.#line(line, starts), own.length > 0)
  }

  /** @param block the next bytes, a character each (Latin-1) */
  push(block: string): void {
    if (this.#firstTime === undefined && this.#head.length < headSize) {
      this.#head += block.slice(0, headSize - this.#head.length)
      const isFull = this.#head.length === headSize
      this.#lookForStart(isFull ? this.#head : this.#head.slice(0, this.#head.lastIndexOf('\n') + 1))
    }
    this.#reader.push(block)
  }

  end(): LogFacts {
    this.#reader.end()
    if (this.#firstTime === undefined) this.#lookForStart(this.#head)
    return {
      series: this.#series,
      formats: this.#counts,
      lines: this.#reader.read,
      restarts: Math.max(0, ...[...this.#processes.values()].map(({ steps }) => steps.restarts)),
      dropped: this.#dropped.size,
      ...(this.#firstTime === undefined ? {} : { firstTime: this.#firstTime }),
      ...(this.#firstStepTime === undefined ? {} : { firstStepTime: this.#firstStepTime }),
      settings: this.#settings,
    }
  }

  /** The time of the first line that has one. */
  #lookForStart(head: string): void {
    for (const line of head.split('\n')) {
      const { time } = headOf(line)
      if (time !== undefined) {
        this.#firstTime = time
        return
      }
    }
  }

  #line(raw: string, startsLine: boolean): void {
    const line = raw.includes('\u001b') || raw.includes('\b') ? plainText(raw) : raw
    const head = startsLine ? headOf(line) : undefined
    const words = head && head.from > 0 ? line.slice(head.from) : line
    for (const [name, word, pattern] of settingsOf) {
      if (!this.#settings.has(name) && words.includes(word)) {
        const value = pattern.exec(words)?.[1]
        if (value !== undefined) this.#settings.set(name, value)
      }
    }
    const { state, steps } = this.#process(head?.rank)
    for (const format of this.#formats) {
      const found = format.read(words, state)
      if (!found) continue
      this.#counts.set(format.name, (this.#counts.get(format.name) ?? 0) + 1)
      this.#take(found, steps, head ?? noHead)
      return
    }
  }

  #process(rank: number | undefined) {
    const had = this.#processes.get(rank)
    if (had) return had
    const process = { state: {}, steps: new StepCounter() }
    // a rank beyond any cluster's is no rank
    if (this.#processes.size < mostProcesses) this.#processes.set(rank, process)
    return process
  }

  /** Whether a process is the one to listen to: of several that tell the same metric the lowest rank, as each sees its own share of the data. */
  #isHeard(metric: string, rank: number | undefined): boolean {
    if (rank === undefined) return true
    const teller = this.#tellers.get(metric)
    if (teller === rank) return true
    if (teller !== undefined && teller < rank) return false
    this.#tellers.set(metric, rank)
    if (teller === undefined) return true
    for (const byMetric of Object.values(this.#byMetric.program)) byMetric.delete(metric)
    this.#series = this.#series.filter((one) => one.metric !== metric || one.by !== 'program')
    return true
  }

  #take(found: Reading, steps: StepCounter, { time, resolution, rank }: LineHead): void {
    const place = steps.place(found, evaluates(found))
    let isHeard = false
    for (const [metric, value] of found.values) {
      if (!this.#isHeard(metric, rank)) continue
      isHeard = true
      const at = place ?? this.#inOrder(metric)
      this.#of(metric, 'program', at.axis)?.add(at.x, value)
    }
    if (!place || !isHeard || time === undefined) return
    this.#firstStepTime ??= time
    this.#clock(place, time, resolution)
  }

  #inOrder(metric: string): Place {
    const x = (this.#orders.get(metric) ?? 0) + 1
    this.#orders.set(metric, x)
    return { axis: 'order', x }
  }

  /** Time per step (or per epoch) between two lines, far enough from each other for how exact their times are. */
  #clock({ axis, x }: Place, time: number, resolution: number): void {
    const before = this.#clocks[axis]
    if (before && x > before.x && time > before.time) {
      if (time - before.time < resolution * 20) return
      const metric = axis === 'epoch' ? 'epoch time' : 'step time'
      this.#of(metric, 'clock', axis)?.add(x, (time - before.time) / 1000 / (x - before.x))
    } else if (before && x === before.x) {
      return
    }
    this.#clocks[axis] = { x, time }
  }

  #of(metric: string, by: LogVoice, axis: Axis): Series | undefined {
    const byMetric = this.#byMetric[by][axis]
    const had = byMetric.get(metric)
    if (had) return had
    if (this.#series.length >= mostSeries) {
      if (this.#dropped.size < 10_000) this.#dropped.add(metric)
      return undefined
    }
    const series = new Series(axis)
    byMetric.set(metric, series)
    this.#series.push({ metric, by, series })
    return series
  }
}

/** Without colours and without the backspaces of old progress bars. */
function plainText(line: string): string {
  return line.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replaceAll('\b', '')
}
