import { type FairCheck, fairChecks, unfair } from './fair.ts'
import { type Judgement, judgeCurve, judgeNumbers, judgeSpeed } from './judge.ts'
import { metricInfo, metricNames } from './metrics.ts'
import { type Picked, pickSeries } from './pick.ts'
import type { CompareOptions, MetricRow, Run } from './run.ts'
import type { RunSeries } from './run-log.ts'
import type { Series } from './series.ts'
import { type Overall, overall } from './verdict.ts'

/** Two runs, metric by metric, and what follows. */
export interface Comparison {
  readonly v1: Run
  readonly v2: Run
  readonly rows: readonly MetricRow[]
  readonly checks: readonly FairCheck[]
  readonly overall: Overall
}

/** Speeds need so many values; each stands for many steps. */
const leastOfSpeed = 3

/** Holds two runs against each other, metric by metric, and says whether they are one and the same training. */
export function compareRuns(v1: Run, v2: Run, options: CompareOptions): Comparison {
  const rows = inOrder([...logRows(v1, v2, options), ...numberRows(v1, v2, options)])
  const asked = options.only.length === 0 ? rows : rows.filter(({ metric }) => options.only.includes(metric))
  const missing = options.only.filter((name) => !asked.some(({ metric }) => metric === name))
  const all = [...asked, ...missing.map(noData)]
  const checks = fairChecks(v1.setting, v2.setting)
  return { v1, v2, rows: all, checks, overall: overall(all, options, [...unfair(checks), ...failures(v1, v2)]) }
}

/** A run that failed did not train as one that goes on, however alike they were until then. */
function failures(v1: Run, v2: Run): string[] {
  const sides = [['v1', v1.failed] as const, ['v2', v2.failed] as const]
  return sides.flatMap(([side, why]) => (why === undefined ? [] : [`${side} has failed (${why})`]))
}

function noData(metric: string): MetricRow {
  const { kind, unit } = metricInfo(metric)
  return {
    metric,
    kind,
    ...(unit ? { unit } : {}),
    source: 'program',
    verdict: 'inconclusive',
    shared: 0,
    why: 'no data',
  }
}

/** The tolerance of a metric: of its own name, else of `time` for speeds, else its own default. */
function toleranceOf(metric: string, { tolerances }: Pick<CompareOptions, 'tolerances'>): number | undefined {
  const { kind, tolerance } = metricInfo(metric)
  const group = kind === 'speed' || kind === 'summary' ? tolerances.get('time') : undefined
  return tolerances.get(metric) ?? group ?? tolerance
}

function logRows(v1: Run, v2: Run, options: CompareOptions): MetricRow[] {
  const [picked1, picked2] = [pickSeries(v1), pickSeries(v2)]
  const metrics = new Set([...picked1, ...picked2].map(({ metric }) => metric))
  const rows = [...metrics].flatMap((metric) => {
    const of = (all: readonly Picked[]) => all.filter((one) => one.metric === metric)
    return bestPair(metric, of(picked1), of(picked2), options)
  })
  // a speed that lines tell too little of is not missing where another speed is known
  const known = rows.some(({ kind, verdict }) => kind === 'speed' && verdict !== 'inconclusive')
  return rows.filter(
    ({ kind, source, verdict }) => !(known && kind === 'speed' && source === 'clock' && verdict === 'inconclusive'),
  )
}

/** Of the ways in which both sides tell a metric, the one in which they share most; the program's word before others. */
function bestPair(metric: string, v1: readonly Picked[], v2: readonly Picked[], options: CompareOptions): MetricRow[] {
  const pairs = v1.flatMap((a) =>
    v2.filter((b) => voiceOf(a, b) !== undefined && a.axis === b.axis).map((b): [Picked, Picked] => [a, b]),
  )
  const rows = pairs.map(([a, b]) => judged(metric, a, b, options))
  const judgedRows = rows.filter(({ verdict }) => verdict !== 'inconclusive')
  const candidates = judgedRows.length > 0 ? judgedRows : rows
  const best = [...candidates].sort(
    (a, b) => voices.indexOf(a.source) - voices.indexOf(b.source) || b.shared - a.shared,
  )[0]
  return [best ?? unpaired(metric, v1[0], v2[0])]
}

const voices: readonly MetricRow['source'][] = ['program', 'trainerStatus', 'clock']

/** Whose word two series are compared by: the last line of a log and a trainerStatus say the same of a run. */
function voiceOf(a: Picked, b: Picked): RunSeries['by'] | undefined {
  if (a.by === b.by) return a.by
  return a.by === 'clock' || b.by === 'clock' ? undefined : 'trainerStatus'
}

/** A metric of one run only, or of both and never on the same axis. */
function unpaired(metric: string, one: Picked | undefined, other: Picked | undefined): MetricRow {
  const [a, b] = [one?.series.last?.[1], other?.series.last?.[1]]
  const shown = { ...(a === undefined ? {} : { v1: a }), ...(b === undefined ? {} : { v2: b }) }
  const why = one && other ? 'no common steps' : `no data of ${one ? 'v2' : 'v1'}`
  const alone = row(metric, one, other, { verdict: 'inconclusive', shared: 0, ...shown, why })
  // v1 jobs have no such status: what only it tells is no gap
  return alone.source === 'trainerStatus' && !(one && other) ? { ...alone, kind: 'told' } : alone
}

function judged(metric: string, a: Picked, b: Picked, options: CompareOptions): MetricRow {
  const { kind } = metricInfo(metric)
  const tolerance = toleranceOf(metric, options) ?? Number.POSITIVE_INFINITY
  switch (kind) {
    case 'curve': {
      // an accuracy that is told once an epoch is a result
      const isSeldom = metric === 'accuracy' && a.axis !== 'step'
      return row(metric, a, b, judgeCurve(a.series, b.series, tolerance, isSeldom ? 1 : options.minSteps), tolerance)
    }
    case 'result':
      return row(metric, a, b, judgeCurve(a.series, b.series, tolerance, 1), tolerance)
    case 'summary':
      return row(metric, a, b, judgeSummary(a.series, b.series, tolerance), tolerance)
    case 'speed':
    case 'utilisation':
    case 'told':
      return row(metric, a, b, judgeSpeed(a.series, b.series, tolerance, leastOfSpeed), tolerance)
  }
}

/** Numbers of whole runs say something where both runs went as far. */
function judgeSummary(v1: Series, v2: Series, tolerance: number): Judgement {
  const [a, b] = [v1.last, v2.last]
  if (a && b && a[0] === b[0]) return { ...judgeNumbers(a[1], b[1], tolerance), at: a[0] }
  const shown = { ...(a ? { v1: a[1] } : {}), ...(b ? { v2: b[1] } : {}) }
  return { verdict: 'inconclusive', shared: 0, ...shown, why: 'the runs are not equally long' }
}

function row(
  metric: string,
  a: Picked | undefined,
  b: Picked | undefined,
  judgement: Judgement,
  tolerance?: number,
): MetricRow {
  const { kind, unit } = metricInfo(metric)
  const either = a ?? b
  const source = (a && b && voiceOf(a, b)) ?? either?.by ?? 'program'
  const why = [judgement.why, source === 'trainerStatus' ? statusText(a, b) : undefined].filter(
    (word) => word !== undefined,
  )
  return {
    metric,
    kind,
    ...(unit ? { unit } : {}),
    ...(either ? { axis: either.axis } : {}),
    ...(tolerance === undefined || !Number.isFinite(tolerance) ? {} : { tolerance }),
    source,
    ...judgement,
    ...(why.length > 0 ? { why: why.join('; ') } : {}),
    series: { ...(a ? { v1: a.series } : {}), ...(b ? { v2: b.series } : {}) },
  }
}

function statusText(a: Picked | undefined, b: Picked | undefined): string {
  const sides = [...(a?.by === 'trainerStatus' ? ['v1'] : []), ...(b?.by === 'trainerStatus' ? ['v2'] : [])]
  return `${sides.join(' and ')} by trainerStatus`
}

function numberRows(v1: Run, v2: Run, options: CompareOptions): MetricRow[] {
  const runs = [v1, v2]
  const metrics = runs.flatMap(({ numbers, unmeasured }) => [...numbers.keys(), ...(unmeasured?.keys() ?? [])])
  return [...new Set(metrics)].map((metric) => {
    const [a, b] = [v1.numbers.get(metric), v2.numbers.get(metric)]
    const { kind, unit } = metricInfo(metric)
    const tolerance = toleranceOf(metric, options)
    const head = { metric, kind, ...(unit ? { unit } : {}), ...(tolerance === undefined ? {} : { tolerance }) }
    if (a !== undefined && b !== undefined) return { ...head, source: 'measured', ...judgeNumbers(a, b, tolerance) }
    const shown = { ...(a === undefined ? {} : { v1: a }), ...(b === undefined ? {} : { v2: b }) }
    const sides = [...(a === undefined ? ['v1'] : []), ...(b === undefined ? ['v2'] : [])]
    const causes = runs.flatMap(({ unmeasured }) => unmeasured?.get(metric) ?? [])
    const why = [`no data of ${sides.join(' and ')}`, ...new Set(causes)].join('; ')
    return { ...head, source: 'measured', verdict: 'inconclusive', shared: 0, ...shown, why }
  })
}

function inOrder(rows: readonly MetricRow[]): MetricRow[] {
  const rank = ({ metric }: MetricRow) => {
    const at = metricNames.indexOf(metric)
    return at < 0 ? metricNames.indexOf('step time') - 0.5 : at
  }
  return [...rows].sort((a, b) => rank(a) - rank(b) || (a.metric < b.metric ? -1 : 1))
}
