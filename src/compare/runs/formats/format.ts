import { type Meaning, meaningOf, metricOfEvaluation } from '../metrics.ts'
import { eachPair } from '../pairs.ts'

/** What one line says. */
export interface Reading {
  /** where the run was: a step of the whole run, or of its epoch, of which `stepsPerEpoch` make one */
  step?: number
  stepIsOf: 'run' | 'epoch' | 'unknown'
  stepsPerEpoch?: number
  /** may have a fraction */
  epoch?: number
  /** values by metric, in the metric's own unit; NaN and infinities as they are */
  readonly values: Map<string, number>
}

/** What is remembered between the lines of one log. */
export interface FormatState {
  /** Keras says the epoch on a line of its own */
  epoch?: number
  /** the longest bar seen: shorter ones without a metric are of evaluations and downloads */
  longestBar?: number
  /** what a dict that goes on over lines has said of where the run was */
  dict?: Pick<Reading, 'step' | 'stepIsOf' | 'epoch'>
  /** steps of the first bar of an epoch, which trains; one of another length evaluates */
  barOfEpoch?: number
}

/** One way in which programs write how their training goes. */
export interface Format {
  /** as `-o json` gives it */
  readonly name: string
  /**
   * What a line says, or undefined when it is not of this format. Lines have no line break, no escape sequences and no
   * timestamp of the kubelet.
   */
  read(line: string, state: FormatState): Reading | undefined
}

/** A reading without a value yet. */
export function reading(): Reading {
  return { stepIsOf: 'unknown', values: new Map() }
}

/** Takes one value into a reading: where the run was, or a metric, of which the first of a line counts. */
function take(into: Reading, { metric, axis, scale, inverse }: Meaning, value: number, unit = ''): void {
  if (axis === undefined) {
    if (into.values.has(metric)) return
    const own = inverse ? scale / value : value * scale
    const inSeconds = metric === 'step time' || metric === 'epoch time'
    into.values.set(metric, inSeconds && unit === 'ms' ? own / 1000 : unit === '%' ? own / 100 : own)
  } else if (!Number.isFinite(value)) {
    return
  } else if (axis === 'epoch') {
    into.epoch = value
  } else if (axis === 'run step' || into.stepIsOf !== 'run') {
    into.step = value
    into.stepIsOf = axis === 'run step' ? 'run' : 'unknown'
  }
}

/** What a line says that is of an evaluation: its loss is none of the training, and its speed none at all. */
export function ofEvaluation(said: Reading): Reading {
  const values = new Map<string, number>()
  for (const [metric, value] of said.values) {
    const own = metricOfEvaluation(metric)
    if (own !== undefined) values.set(own, value)
  }
  return { ...said, values }
}

/**
 * What the bar of an evaluation says that follows the one of an epoch (Keras' and Paddle's evaluate): at its end a result, at the place where
 * the training is; before that nothing. Undefined for a bar that trains: the first of its epoch, and those as long.
 */
export function barOfEvaluation(said: Reading, state: FormatState): Reading | undefined {
  state.barOfEpoch ??= said.stepsPerEpoch
  if (said.stepsPerEpoch === state.barOfEpoch) return undefined
  if (said.step !== said.stepsPerEpoch) return reading()
  return ofEvaluation({ ...said, step: state.barOfEpoch, stepsPerEpoch: state.barOfEpoch })
}

/** Takes every pair of a line. */
export function takePairs(into: Reading, line: string, from = 0): void {
  eachPair(line, (meaning, value, unit) => take(into, meaning, value, unit), from)
}

/** Takes a value by the name a log gives it; false when nobody knows the name. */
export function takeNamed(into: Reading, name: string, value: number): boolean {
  const meaning = meaningOf(name)
  if (meaning) take(into, meaning, value)
  return meaning !== undefined
}
