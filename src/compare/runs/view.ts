import type { Comparison } from './compare.ts'
import type { FairCheck } from './fair.ts'
import type { MetricRow, Run } from './run.ts'
import type { Axis, Series } from './series.ts'

/** Points of a curve that are shown: what a screen or a page can tell apart. */
const mostPoints = 240

type Point = readonly [x: number, value: number]

/** One metric of both runs, as every format shows it. */
export interface MetricView {
  readonly name: string
  readonly kind: MetricRow['kind']
  readonly unit?: string
  readonly axis?: Axis
  readonly source: MetricRow['source']
  readonly v1?: number
  readonly v2?: number
  /** step or epoch of the values shown */
  readonly at?: number
  /** fraction: of the range of a curve, of v1's value otherwise */
  readonly difference?: number
  readonly tolerance?: number
  readonly shared: number
  readonly verdict: MetricRow['verdict'] | 'shown'
  readonly why?: string
}

export interface CurveView {
  readonly metric: string
  readonly axis: Axis
  readonly v1: readonly Point[]
  readonly v2: readonly Point[]
}

export interface LogView {
  readonly name: string
  readonly bytes: number
  /** lines that said something, by format */
  readonly formats: Readonly<Record<string, number>>
  /** times the count of steps went back */
  readonly restarts: number
}

export interface RunView {
  readonly name: string
  /** of the curve compared first */
  readonly range?: { readonly axis: Axis; readonly from: number; readonly to: number }
  readonly logs: readonly LogView[]
}

/** Two runs compared: the same data for the screen, JSON, Markdown and HTML. */
export interface CompareView {
  readonly name: string
  readonly verdict: Comparison['overall']['verdict']
  readonly reasons: readonly string[]
  readonly v1: RunView
  readonly v2: RunView
  /** shared points of the curve compared first */
  readonly shared?: number
  readonly minSteps: number
  readonly checks: readonly FairCheck[]
  readonly metrics: readonly MetricView[]
  readonly curves: readonly CurveView[]
  /** what else a reader must know: logs that were cut, binary, or say nothing */
  readonly notes: readonly string[]
  /** what to type next */
  readonly next: readonly string[]
}

/** The view of a comparison. */
export function compareView(
  name: string,
  comparison: Comparison,
  { minSteps, notes, next }: Pick<CompareView, 'minSteps' | 'notes' | 'next'>,
): CompareView {
  const { rows, v1, v2, checks, overall } = comparison
  const curves = rows.filter(({ kind }) => kind === 'curve' || kind === 'result')
  const [first] = [...curves].sort(
    (a, b) => Number(b.kind === 'curve') - Number(a.kind === 'curve') || b.shared - a.shared,
  )
  return {
    name,
    verdict: overall.verdict,
    reasons: overall.reasons,
    v1: runView(v1, first, first?.series?.v1),
    v2: runView(v2, first, first?.series?.v2),
    ...(first ? { shared: first.shared } : {}),
    minSteps,
    checks,
    metrics: rows.map(metricView),
    curves: curves.map(curveView).filter((curve) => curve.v1.length + curve.v2.length > 1),
    notes: [...notes, ...sampleNotes(rows), ...logNotes(v1), ...logNotes(v2)],
    next,
  }
}

function runView({ name, logs }: Run, row: MetricRow | undefined, series: Series | undefined): RunView {
  const points = series?.points() ?? []
  const [from, to] = [points[0]?.[0], points.at(-1)?.[0]]
  return {
    name,
    ...(row?.axis !== undefined && from !== undefined && to !== undefined
      ? { range: { axis: row.axis, from, to } }
      : {}),
    logs: logs.map(({ name: log, facts }) => ({
      name: log,
      bytes: facts.lines.bytes,
      formats: Object.fromEntries(facts.formats),
      restarts: facts.restarts,
    })),
  }
}

function metricView({ metric, series: _series, ...row }: MetricRow): MetricView {
  const verdict = row.kind === 'told' && row.tolerance === undefined ? 'shown' : row.verdict
  return { name: metric, ...row, verdict }
}

/** The points both were at, where there are any: of a run that is much shorter than the other one would see nothing. */
function curveView({ metric, axis = 'step', series, shared }: MetricRow): CurveView {
  const [v1, v2] = [series?.v1?.points() ?? [], series?.v2?.points() ?? []]
  const low = Math.max(v1[0]?.[0] ?? 0, v2[0]?.[0] ?? 0)
  const high = Math.min(v1.at(-1)?.[0] ?? 0, v2.at(-1)?.[0] ?? 0)
  const shown = (points: readonly Point[]) =>
    thinned(shared > 1 ? points.filter(([x]) => x >= low && x <= high) : points)
  return { metric, axis, v1: shown(v1), v2: shown(v2) }
}

/** Means of so many stretches of a curve, the first and the last point as they are. */
function thinned(points: readonly Point[]): Point[] {
  if (points.length <= mostPoints) return [...points]
  const means = Array.from({ length: mostPoints - 2 }, (_, at): Point => {
    const from = Math.floor((at * points.length) / (mostPoints - 2))
    const some = points.slice(from, Math.max(from + 1, Math.floor(((at + 1) * points.length) / (mostPoints - 2))))
    const mean = (of: 0 | 1) => some.reduce((sum, point) => sum + point[of], 0) / some.length
    return [mean(0), mean(1)]
  })
  return [...points.slice(0, 1), ...means, ...points.slice(-1)]
}

/** Of very long runs a share of the steps is compared. */
function sampleNotes(rows: readonly MetricRow[]): string[] {
  const sampled = rows.filter(({ series }) => series?.v1?.isWhole === false || series?.v2?.isWhole === false)
  if (sampled.length === 0) return []
  const names = sampled.map(({ metric }) => metric).join(', ')
  return [`${names}: of so many steps a share is compared, the same of both runs`]
}

function logNotes({ name, logs }: Run): string[] {
  const notes = logs.flatMap(({ name: log, facts: { lines, restarts, dropped } }) => [
    ...(lines.nulBytes > lines.bytes / 100 ? [`${log}: this is no text, it has ${lines.nulBytes} zero bytes`] : []),
    ...(lines.longLines > 0
      ? [`${log}: ${count(lines.longLines, 'line')} longer than 64 KiB, of which the rest was not read`]
      : []),
    ...(restarts > 0
      ? [`${log}: the steps went back ${count(restarts, 'time')}; what came again has its later value`]
      : []),
    ...(dropped > 0 ? [`${log}: ${count(dropped, 'metric')} more than are kept`] : []),
  ])
  const silent = logs.length > 0 && logs.every(({ facts }) => facts.series.length === 0)
  return silent
    ? [...notes, `${name}: no line of its logs is in a format that is known: --pattern reads any other`]
    : notes
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
