import { percent, signedPercent } from '../compare/runs/verdict.ts'
import type { CompareView, CurveView } from '../compare/runs/view.ts'
import { neutralise } from '../kube/text.ts'
import { shortNumber } from './canvas.ts'
import { valueText } from './run-comparison.ts'

type Point = readonly [x: number, value: number]

/** Of a chart, in its own units. */
const [chartWidth, chartHeight, margin] = [640, 220, 56]

const style = `
:root { color-scheme: light dark; --v1: #0969da; --v2: #bc4c00; --line: #8884; --ok: #1a7f37; --no: #cf222e; --open: #9a6700 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 } th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums } figure { margin: 1.5rem 0 } svg { width: 100%; height: auto }
.match, .same { color: var(--ok) } .differs { color: var(--no) } .inconclusive, .unknown { color: var(--open) }
.v1 { stroke: var(--v1); color: var(--v1) } .v2 { stroke: var(--v2); color: var(--v2) }
polyline { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke } polyline.v2 { stroke-dasharray: 5 2 }
svg text { fill: currentColor; font-size: 11px } svg line { stroke: var(--line) }`

/** The comparison as one page that asks nothing of the network: no script, no font, charts inline as SVG; all text is escaped. */
export function compareHtml(view: CompareView): string {
  const title = escaped(view.name)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}: ${view.verdict}</title>
<style>${style}
</style>
</head>
<body>
<h1>${title}</h1>
<p><strong class="${view.verdict}">${view.verdict}</strong></p>
<ul>
${view.reasons.map((reason) => `<li>${escaped(reason)}</li>`).join('\n')}
</ul>
${metricTable(view)}
${view.curves.map(figure).join('\n')}
<h2>Were the runs alike?</h2>
${table(
  ['', 'v1', 'v2', ''],
  view.checks.map(({ name, result, v1 = '', v2 = '' }) => [
    cell(name),
    cell(v1),
    cell(v2),
    `<td class="${result}">${result}</td>`,
  ]),
)}
${view.notes.map((note) => `<p>${escaped(note)}</p>`).join('\n')}
</body>
</html>
`
}

function metricTable({ metrics }: CompareView): string {
  if (metrics.length === 0) return ''
  const rows = metrics.map((metric) => {
    const { name, at, v1, v2, difference, tolerance, verdict, why } = metric
    return [
      cell(at === undefined ? name : `${name} @${at}`),
      number(valueText(v1, metric)),
      number(valueText(v2, metric)),
      number(difference === undefined ? '-' : signedPercent(difference)),
      number(tolerance === undefined ? '-' : percent(tolerance)),
      `<td><span class="${verdict}">${verdict}</span>${why === undefined ? '' : ` ${escaped(why)}`}</td>`,
    ]
  })
  return table(['Metric', 'v1', 'v2', 'Difference', 'Tolerance', 'Verdict'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const header = head.map((text) => `<th>${text}</th>`).join('')
  return `<table>\n<tr>${header}</tr>\n${rows.map((cells) => `<tr>${cells.join('')}</tr>`).join('\n')}\n</table>`
}

const cell = (text: string): string => `<td>${escaped(text)}</td>`
const number = (text: string): string => `<td class="number">${escaped(text)}</td>`

/** A chart of one metric; the curves differ in colour and in how the line is drawn. */
function figure({ metric, axis, v1, v2 }: CurveView): string {
  const all = [...v1, ...v2]
  const [left, right] = extent(all.map(([x]) => x))
  const [low, high] = extent(all.map(([, value]) => value))
  const x = (value: number) =>
    margin + (right === left ? 0.5 : (value - left) / (right - left)) * (chartWidth - margin - 8)
  const y = (value: number) => 8 + (high === low ? 0.5 : (high - value) / (high - low)) * (chartHeight - 36)
  const line = (points: readonly Point[], side: string) =>
    `<polyline class="${side}" points="${points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`
  const label = (value: number) =>
    `<line x1="${margin}" x2="${chartWidth - 8}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/><text x="${margin - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${shortNumber(value)}</text>`
  const levels = high === low ? [low] : [low, (low + high) / 2, high]
  return `<figure>
<figcaption>${escaped(metric)} by ${axis}: <span class="v1">v1</span>, <span class="v2">v2 (dashed)</span></figcaption>
<svg viewBox="0 0 ${chartWidth} ${chartHeight}" role="img" aria-label="${escaped(metric)} of v1 and v2">
${levels.map(label).join('\n')}
<text x="${margin}" y="${chartHeight - 6}">${shortNumber(left)}</text><text x="${chartWidth - 8}" y="${chartHeight - 6}" text-anchor="end">${shortNumber(right)}</text>
${line(v1, 'v1')}
${line(v2, 'v2')}
</svg>
</figure>`
}

function extent(values: readonly number[]): readonly [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ]
}

function escaped(text: string): string {
  return neutralise(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
