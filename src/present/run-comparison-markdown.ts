import { percent, signedPercent } from '../compare/runs/verdict.ts'
import type { CompareView } from '../compare/runs/view.ts'
import { neutralise } from '../kube/text.ts'
import { valueText } from './run-comparison.ts'

/** The comparison for a pull request or a wiki: the verdict, the table, the checks, the notes. */
export function compareMarkdown(view: CompareView): string {
  const rows = view.metrics.map((metric) => [
    metric.at === undefined ? metric.name : `${metric.name} @${metric.at}`,
    valueText(metric.v1, metric),
    valueText(metric.v2, metric),
    metric.difference === undefined ? '-' : signedPercent(metric.difference),
    metric.tolerance === undefined ? '-' : percent(metric.tolerance),
    metric.why === undefined ? metric.verdict : `${metric.verdict}: ${metric.why}`,
  ])
  const checks = view.checks.map(({ name, result, v1 = '', v2 = '' }) => [name, v1, v2, result])
  const lines = [
    `## ${plain(view.name)}: ${view.verdict}`,
    '',
    ...view.reasons.map((reason) => `- ${plain(reason)}`),
    '',
    ...(rows.length > 0 ? [...table(['Metric', 'v1', 'v2', 'Difference', 'Tolerance', 'Verdict'], rows), ''] : []),
    ...table(['Fair?', 'v1', 'v2', ''], checks),
    ...(view.notes.length > 0 ? ['', ...view.notes.map((note) => `> ${plain(note)}`)] : []),
  ]
  return `${lines.join('\n')}\n`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(plain))].map((cells) => `| ${cells.join(' | ')} |`)
}

/** Text of others that must not become Markdown or HTML. */
function plain(text: string): string {
  return neutralise(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|#!]/g, (mark) => `\\${mark}`)
}
