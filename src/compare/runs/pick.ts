import type { NamedLog, Run } from './run.ts'
import type { RunSeries } from './run-log.ts'
import type { Axis } from './series.ts'

/** The series of a metric that stands for a run. */
export interface Picked extends RunSeries {
  readonly axis: Axis
}

/**
 * Of all logs of a run, one series for each metric and axis: that of the first log that tells at least half as much as the
 * most talkative one. Ranks print the same or their own share of it; the first rank's word is the run's. With them, what the
 * TrainJob says of itself.
 */
export function pickSeries({ logs, trainerStatus = [] }: Pick<Run, 'logs' | 'trainerStatus'>): Picked[] {
  const byKey = new Map<string, Picked[]>()
  for (const one of [...logs.flatMap(({ facts }) => facts.series), ...trainerStatus]) {
    const key = `${one.metric}\n${one.by}\n${one.series.axis}`
    const all = byKey.get(key) ?? []
    all.push({ ...one, axis: one.series.axis })
    byKey.set(key, all)
  }
  return [...byKey.values()].flatMap((all) => {
    const most = Math.max(...all.map(({ series }) => series.size))
    return all.find(({ series }) => series.size * 2 >= most) ?? []
  })
}

/** Whether a log has a curve and a speed: ranks print the same, and those after it need not be read. */
export function tellsEnough({ facts }: NamedLog): boolean {
  const has = (...names: string[]) =>
    facts.series.some(({ metric, series }) => names.includes(metric) && series.size > 1)
  return has('loss', 'accuracy') && has('step time', 'epoch time', 'samples/s', 'tokens/s')
}
