import { isRecord, type KubeObject } from '../../kube/object.ts'
import { meaningOf, scaled } from './metrics.ts'
import type { RunSeries } from './run-log.ts'
import { type Axis, Series } from './series.ts'

/** What a TrainJob says of its own training. */
export interface TrainerStatus {
  /** a series of one point for each metric, at the step or the epoch that stands beside it */
  readonly series: readonly RunSeries[]
  /** how far it is, and which of its words are no numbers */
  readonly words: string
}

/**
 * A TrainJob's `status.trainerStatus`: the newest metrics only, as text (Trainer v2.2 and later, behind the alpha gate TrainJobStatus;
 * trainjob_types.go, docs/user-guides/trainjob-progress.md). Undefined where it says nothing.
 */
export function trainerStatusOf(trainJob: KubeObject | undefined): TrainerStatus | undefined {
  const status = trainJob?.['status']
  const said = isRecord(status) ? status['trainerStatus'] : undefined
  if (!isRecord(said)) return undefined
  const metrics = Array.isArray(said['metrics']) ? (said['metrics'] as unknown[]) : []
  const { values, unread, place } = read(metrics)
  const series = [...values].map(([metric, value]): RunSeries => {
    const one = new Series(place.axis)
    one.add(place.x, value)
    return { metric, by: 'trainerStatus', series: one }
  })
  const { progressPercentage, estimatedRemainingSeconds, lastUpdatedTime } = said
  const words = [
    ...(progressPercentage === undefined ? [] : [`${progressPercentage} % done`]),
    ...(estimatedRemainingSeconds === undefined ? [] : [`${estimatedRemainingSeconds} s left`]),
    ...(lastUpdatedTime === undefined ? [] : [`as of ${lastUpdatedTime}`]),
    ...(unread.length === 0 ? [] : [`no numbers: ${unread.join(', ')}`]),
  ]
  return { series, words: words.join(', ') }
}

/** `NaN` and `inf` are numbers of a training that went wrong; `n/a` is none. */
const number = /^\s*[-+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|nan|inf(?:inity)?)\s*$/i

function read(metrics: readonly unknown[]) {
  const values = new Map<string, number>()
  const unread: string[] = []
  const axes = new Map<Axis, number>()
  for (const one of metrics) {
    const [name, text] = isRecord(one) ? [one['name'], one['value']] : []
    if (typeof name !== 'string') continue
    if (typeof text !== 'string' || !number.test(text)) {
      unread.push(`${name} ${text}`)
      continue
    }
    const value = Number(text)
    const meaning = meaningOf(name)
    if (meaning?.axis) axes.set(meaning.axis === 'epoch' ? 'epoch' : 'step', value)
    else values.set(meaning?.metric ?? name, meaning ? scaled(value, meaning) : value)
  }
  return { values, unread, place: placeOf(axes) }
}

function placeOf(axes: ReadonlyMap<Axis, number>): { readonly axis: Axis; readonly x: number } {
  for (const axis of ['step', 'epoch'] as const) {
    const x = axes.get(axis)
    if (x !== undefined && Number.isFinite(x)) return { axis, x }
  }
  return { axis: 'order', x: 1 }
}
