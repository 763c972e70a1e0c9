import { formatClock, formatDuration } from '../kube/duration.ts'
import type { ExecutionEvent, Halt } from '../migration/outcome.ts'
import type { StepName } from '../migration/step.ts'
import { ellipsis, mark, paint, type Style } from './style.ts'
import { cut, pad, printable, width, wrap } from './width.ts'

const indent = '  '
const titleWidth = 11
const timeWidth = 9
/** columns before the words of a step */
export const stepHead = 15
/** columns a reason should have before anything else gets some */
const leastReason = 20

/** A finished or failed step, for good, on as many lines as `columns` ask for; none for what is still under way. */
export function eventLines(
  event: ExecutionEvent,
  words: (halt: Halt) => string,
  style: Style,
  columns?: number,
): readonly string[] {
  if (event.type !== 'done' && event.type !== 'failed') return []
  const says = printable(event.type === 'done' ? event.says : words(event.halt))
  const at = ' '.repeat(stepHead)
  const [first = '', ...more] =
    columns === undefined ? [says] : wrap(says, Math.max(leastReason, columns - stepHead - 1))
  const title = titleOf(event.step, event.undoing)
  const fits = columns === undefined || stepHead + width(first) + 3 + timeWidth < columns
  if (more.length === 0 && fits) return [stepLine(event.type, title, first, event.took, style)]
  const took = formatDuration(event.took)
  const last = more.pop() ?? ''
  const beside = last !== '' && columns !== undefined && stepHead + width(last) + 3 + took.length < columns
  const time = paint(took, 'dim', style)
  const rest = [...more, ...(beside ? [`${last}   ${time}`] : [...(last === '' ? [] : [last]), time])]
  return [stepLine(event.type, title, first, undefined, style), ...rest.map((line) => at + line)]
}

const frames = { unicode: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'], ascii: ['|', '/', '-', '\\'] } as const

/** The step under way: its reason to wait cut to the terminal's width, the clock, and what Ctrl-C would do. */
export function liveLine(
  event: ExecutionEvent,
  frame: number,
  { columns, ...style }: Style & { readonly columns: number },
): string {
  const wheel = style.unicode ? frames.unicode : frames.ascii
  const glyph = paint(wheel[frame % wheel.length] ?? '', 'waits', style)
  const title = pad(titleOf(event.step, event.undoing), titleWidth)
  if (event.type !== 'waiting') return `${indent}${glyph} ${title}`
  const clock = clockText(event)
  // a line that fills the last column makes some terminals begin the next one
  const space = columns - 1 - indent.length - 2 - titleWidth - 3 - clock.length
  const hint = wayOut(event)
  const out = space - hint.length < leastReason ? '' : hint
  const room = space - out.length
  return `${indent}${glyph} ${title}${cut(printable(event.reason), Math.max(room, 1), ellipsis(style))}   ${paint(`${clock}${out}`, 'dim', style)}`
}

/** How long it has waited, of how long it will: `0:41 of 15:00`. */
function clockText({ elapsed, limit }: ExecutionEvent & { readonly type: 'waiting' }): string {
  return `${formatClock(elapsed)} of ${formatClock(limit)}`
}

/** `   Ctrl-C: rolls back`; nothing on the way back, which is not interrupted. */
function wayOut({ undoing, step }: ExecutionEvent): string {
  return undoing ? '' : `   Ctrl-C: ${stopsV1(step) ? 'rolls back' : 'undoes'}`
}

/** `2026-03-01T12:00:00Z`. */
export function timeOf(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** One timestamped line where nobody watches a terminal; nothing for a beginning. */
export function plainLine(event: ExecutionEvent, words: (halt: Halt) => string, now: Date): string | undefined {
  const at = timeOf(now)
  const title = titleOf(event.step, event.undoing)
  switch (event.type) {
    case 'started':
      return undefined
    case 'waiting':
      return `${at} ${title}: ${printable(event.reason)}   ${clockText(event)}${wayOut(event)}`
    case 'done':
      return `${at} ${title}: done in ${formatDuration(event.took)}: ${printable(event.says)}`
    case 'failed':
      return `${at} ${title}: FAILED after ${formatDuration(event.took)}: ${printable(words(event.halt))}`
  }
}

function stopsV1({ id }: StepName): boolean {
  return id === 'hold' || id === 'start' || id === 'observe'
}

/** What a step is called on the way there, and on the way back. */
export function titleOf({ id, title }: StepName, undoing: boolean): string {
  if (!undoing || id === 'recreate-v1') return title
  if (id === 'stop-twin') return 'remove twin'
  return id === 'hold' ? 'resume v1' : 'remove v2'
}

/** One step with its mark and its time. */
export function stepLine(
  how: 'done' | 'failed',
  title: string,
  says: string,
  took: number | undefined,
  style: Style,
): string {
  const glyph =
    how === 'done' ? paint(mark('done', style), 'runs', style) : paint(style.unicode ? '✗' : 'x', 'failed', style)
  const time = took === undefined ? '' : `   ${paint(formatDuration(took).padStart(timeWidth), 'dim', style)}`
  return `${indent}${glyph} ${pad(title, titleWidth)}${says}${time}`
}
