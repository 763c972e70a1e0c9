import { neighbourSentence } from '../compare/neighbours.ts'
import type { Aspect, DiffRow } from '../compare/rows.ts'
import { neutralise } from '../kube/text.ts'
import { countLine, type DiffView, folded, shortPath, verdictWord } from './diff.ts'
import { previewLines } from './diff-preview.ts'

/** One job's diff in Markdown: a heading, a table of what differs, what was folded away, the findings. */
export function diffMarkdown(view: DiffView, aspects: readonly Aspect[], all: boolean): string[] {
  const rows = aspects.length === 0 ? view.rows : view.rows.filter(({ aspect }) => aspects.includes(aspect))
  const shown = rows.filter(({ verdict }) => all || verdict === 'different')
  const findings = aspects.length === 0 ? view.findings.filter(({ class: kind }) => kind !== 'same') : []
  return [
    `### ${text(view.job)}`,
    '',
    `v1 ${view.kind} against v2 ${text(view.against)}: ${text(countLine(rows, { aspects, all }))}`,
    ...(shown.length > 0
      ? ['', '| pods | field | from | v1 | v2 | |', '|---|---|---|---|---|---|', ...shown.map(tableRow)]
      : []),
    ...listed(folded(rows).map(({ code, count, why }) => `${count} × harmless, \`${code}\`: ${text(why)}`)),
    ...listed(
      (view.neighbours?.rows ?? [])
        .filter(({ verdict }) => aspects.length === 0 && (all || verdict !== 'same'))
        .map((row) => `**${row.verdict}** neighbour ${text(neighbourSentence(row))}`),
    ),
    ...listed(previewLines(view.preview, {}).slice(1).map(text)),
    ...listed(
      findings.map(({ class: kind, code, message, why }) => {
        return `**${kind}** \`${code}\` ${text(message)}${why === undefined ? '' : ` (${text(why)})`}`
      }),
    ),
  ]
}

function listed(items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', ...items.map((item) => `- ${item}`)]
}

function tableRow(row: DiffRow): string {
  const cells = [row.pods, code(shortPath(row.path)), row.origin, value(row.v1), value(row.v2), verdictWord(row)]
  return `| ${cells.join(' | ')} |`
}

function value(of: string | undefined): string {
  return of === undefined ? '*absent*' : code(of)
}

/** A code span that holds any text, on one line and in one cell of a table. */
function code(raw: string): string {
  const inner = neutralise(raw).replaceAll('|', '\\|')
  if (inner === '') return '*empty*'
  const longest = Math.max(0, ...(inner.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  const pad = inner.startsWith('`') || inner.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${inner}${pad}${fence}`
}

/** Words that mean nothing to Markdown. */
function text(raw: string): string {
  return neutralise(raw).replace(/[\\`*_[\]<>|]/g, '\\$&')
}
