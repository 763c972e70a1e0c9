import { percent, signedPercent } from '../compare/runs/verdict.ts'
import type { CompareView, MetricView, RunView } from '../compare/runs/view.ts'
import type { Tone } from '../kube/pod-state.ts'
import { neutralise } from '../kube/text.ts'
import { chart, shortNumber, toneOf } from './canvas.ts'
import { paint, type Style } from './style.ts'
import { renderTable } from './table.ts'
import { width, wrap } from './width.ts'

export interface CompareScreenOptions extends Style {
  /** columns of the terminal; absent in a pipe */
  readonly width?: number
  /** how many curves are drawn */
  readonly charts: number
}

/** Columns of a chart where there is no terminal. */
const chartWidth = 72
const chartHeight = 8

const tones: Readonly<Record<CompareView['verdict'] | 'shown', Tone | 'dim'>> = {
  match: 'runs',
  differs: 'failed',
  inconclusive: 'waits',
  shown: 'dim',
}

/** The comparison of two runs as lines: what was compared, the verdict, each metric, curves, and what to know. */
export function compareLines(view: CompareView, options: CompareScreenOptions): string[] {
  const charts = view.curves.slice(0, options.charts).flatMap((curve) => {
    const room = Math.min(options.width ?? chartWidth, 100)
    const lines = chart(curve.v1, curve.v2, { ...options, width: room, height: chartHeight })
    return ['', chartTitle(curve.metric, curve.axis, options), ...lines]
  })
  return [
    ...head(view, options),
    '',
    ...verdictLines(view, options),
    ...(view.metrics.length > 0 ? ['', ...table(view.metrics, options)] : []),
    ...charts,
    ...(view.notes.length > 0
      ? ['', ...view.notes.flatMap((note) => fitted(`note: ${neutralise(note)}`, options))]
      : []),
    ...(view.next.length > 0 ? ['', ...view.next.map((line) => `Next: ${neutralise(line)}`)] : []),
  ]
}

function head(view: CompareView, options: CompareScreenOptions): string[] {
  const runs = `v1 ${rangeText(view.v1)}, v2 ${rangeText(view.v2)}${view.shared === undefined ? '' : ` (${view.shared} shared)`}`
  const marks = options.unicode
    ? { same: '✓', differs: '✗', unknown: '?' }
    : { same: 'ok', differs: 'DIFFERS', unknown: '?' }
  const checks = view.checks.map(({ name, result, v1, v2 }) => {
    const values = result === 'differs' ? ` (${v1} / ${v2})` : result === 'same' && isShort(v1) ? ` ${v1}` : ''
    const tone = result === 'differs' ? 'failed' : result === 'unknown' ? 'dim' : undefined
    return { text: neutralise(`${name}${values} ${marks[result]}`), tone } as const
  })
  const names = neutralise(view.name)
  const alike = checks.map(({ text }) => text).join('  ')
  const first = `${names}   ${runs}`
  const room = options.width ?? Number.POSITIVE_INFINITY
  const painted = checks.map(({ text, tone }) => paint(text, tone, options)).join('  ')
  return [
    ...(width(first) <= room ? [first] : [...fitted(names, options), ...fitted(runs, options)]),
    ...(width(alike) <= room ? [painted] : fitted(alike, options)),
  ]
}

function isShort(text: string | undefined): boolean {
  return text !== undefined && text.length <= 8
}

function rangeText({ range }: RunView): string {
  if (!range) return 'no curve'
  if (range.axis === 'order') return `${range.to} ${range.to === 1 ? 'value' : 'values'}`
  return `${range.axis}s ${shortPlace(range.from)}..${shortPlace(range.to)}`
}

function shortPlace(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(3)))
}

function verdictLines(view: CompareView, options: CompareScreenOptions): string[] {
  const word = paint(view.verdict, tones[view.verdict], options)
  const lead = `VERDICT  ${view.verdict}      `
  const reasons = neutralise(view.reasons.join('; '))
  if (options.width === undefined || lead.length + width(reasons) <= options.width) {
    return [`VERDICT  ${word}      ${reasons}`.trimEnd()]
  }
  return [
    `VERDICT  ${word}`,
    ...view.reasons.flatMap((reason) => wrap(neutralise(reason), (options.width ?? 80) - 2)).map((line) => `  ${line}`),
  ]
}

const columns = [
  { header: 'METRIC' },
  { header: 'V1', align: 'right' },
  { header: 'V2', align: 'right' },
  { header: 'DIFF', align: 'right' },
  { header: 'TOLERANCE', align: 'right' },
  { header: '' },
] as const

function table(metrics: readonly MetricView[], options: CompareScreenOptions): string[] {
  const rows = metrics.map((metric) => {
    const word = metric.verdict === 'shown' ? '' : metric.verdict
    const why = metric.why === undefined ? '' : `${word === '' ? '' : '  '}${metric.why}`
    return [
      titleOf(metric),
      valueText(metric.v1, metric),
      valueText(metric.v2, metric),
      metric.difference === undefined ? '-' : signedPercent(metric.difference),
      metric.tolerance === undefined ? '-' : percent(metric.tolerance),
      { text: `${word}${why}`, tone: tones[metric.verdict] },
    ]
  })
  const { color, unicode, width: room = Number.POSITIVE_INFINITY } = options
  const fits = (lines: readonly string[]) => lines.every((line) => width(line) <= room)
  const { lines } = renderTable(columns, rows, { color, unicode })
  if (fits(lines)) return lines
  const bare = rows.map((row, at) => [
    ...row.slice(0, 5),
    { text: wordOf(metrics[at]), tone: tones[metrics[at]?.verdict ?? 'shown'] },
  ])
  const { lines: short } = renderTable(columns, bare, { color, unicode })
  return fits(short) ? withReasons(short, metrics, options) : stacked(metrics, options)
}

const wordOf = (metric: MetricView | undefined): string =>
  metric === undefined || metric.verdict === 'shown' ? '' : metric.verdict

/** Each row's reason on lines of its own below it. */
function withReasons(
  [header = '', ...rows]: readonly string[],
  metrics: readonly MetricView[],
  options: CompareScreenOptions,
) {
  return [header, ...rows.flatMap((line, at) => [line, ...reasonLines(metrics[at], options)])]
}

function reasonLines(metric: MetricView | undefined, { width: room = 80 }: CompareScreenOptions): string[] {
  if (metric?.why === undefined) return []
  return wrap(neutralise(metric.why), room - 4).map((line) => `    ${line}`)
}

function stacked(metrics: readonly MetricView[], options: CompareScreenOptions): string[] {
  return metrics.flatMap((metric) => {
    const { difference, tolerance } = metric
    const of = tolerance === undefined ? '' : ` (tolerance ${percent(tolerance)})`
    return [
      `${neutralise(titleOf(metric))}  ${paint(wordOf(metric), tones[metric.verdict], options)}`.trimEnd(),
      `  ${valueText(metric.v1, metric)} ${options.unicode ? '→' : '->'} ${valueText(metric.v2, metric)}`,
      ...(difference === undefined ? [] : [`  ${signedPercent(difference)}${of}`]),
      ...reasonLines(metric, options),
    ]
  })
}

function titleOf({ name, at }: MetricView): string {
  return at === undefined ? name : `${name} @${shortPlace(at)}`
}

/** A value with its unit, as the table shows it. */
export function valueText(value: number | undefined, { unit }: Pick<MetricView, 'unit'>): string {
  if (value === undefined) return '-'
  return unit === undefined ? shortNumber(value) : `${shortNumber(value)} ${unit}`
}

function chartTitle(metric: string, axis: string, options: CompareScreenOptions): string {
  const [one, two] = options.unicode ? ['⠒ v1', '⠶ v2'] : ['1 v1', '2 v2']
  const by = axis === 'order' ? 'in order' : `by ${axis}`
  return `${neutralise(metric)} ${by}      ${paint(one, toneOf(true, false), options)}   ${paint(two, toneOf(false, true), options)}`
}

function fitted(text: string, { width: room }: Pick<CompareScreenOptions, 'width'>): string[] {
  return room === undefined ? [text] : wrap(text, room)
}
