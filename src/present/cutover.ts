import { type ExitCode, exitCode } from '../exit-code.ts'
import { formatClock, formatDuration } from '../kube/duration.ts'
import { printYaml } from '../kube/print-yaml.ts'
import { type Action, actionTitle } from '../migration/action.ts'
import { wayBack } from '../migration/course.ts'
import type { Facts, Plan, Subject } from '../migration/facts.ts'
import type { ExecutionEvent, Halt, Outcome } from '../migration/outcome.ts'
import { isHeld, v1Queued } from '../migration/queue.ts'
import type { Step, StepName } from '../migration/step.ts'
import { countOf } from '../migration/words.ts'
import { isSuspended } from '../v1/state.ts'
import { goesOn, lastLines, resumeWords } from './handover.ts'
import { ellipsis, mark, paint, type Style } from './style.ts'
import { cut, pad, printable, wrap } from './width.ts'

/** What the header of the screen says of one job. */
export interface CutoverView {
  readonly plan: Plan
  readonly guards: number
  /** an earlier run began it */
  readonly resumes: boolean
  /** v1 is suspended by its owner: nothing is held or started */
  readonly suspended: boolean
  /** name of the twin that is removed on the way */
  readonly twin?: string
  /** v2 runs before v1 is stopped */
  readonly beside?: boolean
  /** flags that belong to the same command typed again */
  readonly flags: readonly string[]
}

const indent = '  '
const titleWidth = 11
const timeWidth = 9
/** columns a reason should have before anything else gets some */
const leastReason = 20

/** `nlp/bert`. */
export function jobName({ namespace, name }: Subject): string {
  return `${namespace}/${name}`
}

/** What is moved to what, the guards, and every finding that is not `same`. */
export function headerLines(
  { plan, guards, resumes, suspended, twin }: CutoverView,
  style: Style,
  columns?: number,
): string[] {
  const { kind, trainJobName, conversion } = plan
  const pods = countOf(conversion.proof.v2.length, 'pod')
  const notes = [
    ...(resumes ? ['an earlier run began this: it is gone on with'] : []),
    ...(suspended ? ['its owner suspended v1: the TrainJob stays suspended as well, and nothing runs'] : []),
    ...(twin === undefined ? [] : [`its twin ${twin} is removed before v1 is stopped, and not brought back`]),
  ]
  const words = [jobName(plan), `${kind.kind} -> TrainJob ${trainJobName}`, `${pods}, proved the same`]
  const [job = '', ...rest] = words
  const title = [paint(job, 'bold', style), ...rest]
  return [
    ...(columns === undefined || words.join('   ').length <= columns
      ? [title.join('   ')]
      : title.map((part, at) => (at === 0 ? part : indent + part))),
    ...conversion.findings
      .filter((finding) => finding.class !== 'same')
      .flatMap((finding) => entry(finding.class, `${finding.path}: ${finding.message}`, columns)),
    ...notes.flatMap((note) => entry('note', note, columns)),
    stepLine('done', 'guards', `${guards} of ${guards} passed`, undefined, style),
  ]
}

function entry(title: string, text: string, columns: number | undefined): string[] {
  return hanging(`${indent}${pad(title, titleWidth)}`, printable(text), columns)
}

/** Text after a head, on as many lines as the terminal needs, each indented like the first. */
export function hanging(head: string, text: string, columns: number | undefined): string[] {
  if (columns === undefined) return [head + text]
  const lines = wrap(text, Math.max(20, columns - head.length))
  return lines.map((line, at) => (at === 0 ? head : ' '.repeat(head.length)) + line)
}

/** Asked before the first write; the answer follows on the same line. */
export function beginQuestion(creations: readonly Action[], held: boolean): string {
  const made = creations.map(({ resource }) =>
    resource.kind === 'TrainJob' ? 'a suspended TrainJob' : `a ${resource.kind}`,
  )
  const writes = ['a record', 'the v1 manifest as a Secret', ...made].join(', ')
  return `Begin? Writes ${writes}. ${held ? 'v1 is stopped already' : 'v1 runs on'}.  [y/N] `
}

/** Asked before v1 is stopped. `repeated`: what is trained again then. */
export function holdQuestion(
  repeated: string,
  { twin, columns = 80 }: { readonly twin?: string; readonly columns?: number } = {},
): string {
  const words = [
    ...(twin === undefined ? [] : [`Its twin ${twin} is removed first, and is not brought back whatever happens.`]),
    'Stop v1 and start v2 now? v1 is kept suspended; `rollback` resumes it from its last checkpoint, not from now.',
    `${repeated}  [y/N]`,
  ]
  return `${words.flatMap((text) => wrap(text, Math.max(40, columns - 2))).join('\n')} `
}

/** A finished or failed step, for good; nothing for what is still under way. */
export function eventLine(event: ExecutionEvent, words: (halt: Halt) => string, style: Style): string | undefined {
  const title = titleOf(event.step, event.undoing)
  if (event.type === 'done') return stepLine('done', title, printable(event.says), event.took, style)
  if (event.type === 'failed') return stepLine('failed', title, printable(words(event.halt)), event.took, style)
  return undefined
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

/** What a run ends with: the one line for stdout, words for stderr, and the exit code. */
export interface CutoverResult {
  readonly line: string
  readonly more: readonly string[]
  readonly exit: ExitCode
}

/**
 * The last words: the state, what still runs, and what to type next.
 * @param words the reason of a halt, in one clause
 * @param exitOf the exit code of an error of the cluster
 * @param name how the program was called
 */
export function cutoverResult(
  outcome: Outcome,
  view: CutoverView & { readonly facts: Facts },
  words: (halt: Halt) => string,
  exitOf: (halt: Halt) => ExitCode,
  name: string,
): CutoverResult {
  const { plan } = view
  const status = `${name} status ${plan.name} -n ${plan.namespace}`
  const again = [
    `${name} cutover ${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`,
    ...view.flags,
  ].join(' ')
  const next = (...commands: string[]) => ['Next:', ...commands.map((command) => `${indent}${command}`)]
  if (outcome.kind === 'done') {
    const says = view.suspended
      ? 'the TrainJob is suspended, as its owner suspended v1'
      : `${outcome.says}; v1 is kept suspended`
    const resume = view.suspended ? { line: '', note: [] } : resumeWords(view.facts.handover)
    const line = `${jobName(plan)} is cut over: ${printable(says)}${resume.line}`
    return { line, more: [...resume.note, ...next(status)], exit: exitCode.ok }
  }
  const reason = printable(words(outcome.halt))
  const back = `${name} rollback ${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
  if (outcome.kind === 'stopped') {
    return {
      line: `${jobName(plan)}: this run stopped where it was: ${reason}`,
      more: [...standingLines(view.facts, plan), ...next(status, `${back}   (if nobody else is moving it)`)],
      exit: exitCode.conflict,
    }
  }
  const queued = outcome.kind === 'stranded' && !view.facts.trainJob ? v1Queued(view.facts, plan) : undefined
  if (queued !== undefined) {
    const line = `${jobName(plan)} was NOT cut over: ${reason}; v1 is rolled back, and waits ${printable(queued)}`
    return { line, more: next(status), exit: exitCode.stranded }
  }
  if (outcome.kind === 'stranded') {
    const byHand = wayBack(view.facts, plan, isHeld(view.facts, plan))
    const ways = view.facts.v1 ? byHand : [`${back}   (makes v1 again from its Secret)`]
    return {
      line: `${jobName(plan)} is NEITHER cut over NOR rolled back: ${reason}; then ${titleOf(outcome.undoing.step, true)} failed: ${printable(words(outcome.undoing))}`,
      more: [...standingLines(view.facts, plan), ...next(...ways, status)],
      exit: outcome.undoing.why === 'lost' ? exitCode.conflict : exitCode.stranded,
    }
  }
  const left = `${stateAfterUndo(outcome, view)}${twinText(view)}`
  const interrupted = outcome.halt.why === 'interrupted'
  const line = `${jobName(plan)} was NOT cut over: ${interrupted ? 'interrupted' : reason}; ${left}`
  const more = [...lastLines(outcome.halt.lastLines), ...next(...(interrupted ? [again] : []), status)]
  return { line, more, exit: exitOfUndone(outcome, exitOf) }
}

function exitOfUndone(outcome: Outcome & { kind: 'undone' }, exitOf: (halt: Halt) => ExitCode): ExitCode {
  const { halt, stopped } = outcome
  if (halt.why === 'interrupted') return exitCode.interrupted
  if (halt.why === 'ended') return exitCode.no
  if (stopped) return exitCode.rolledBack
  if (halt.why === 'changed') return exitCode.conflict
  return halt.why === 'error' ? exitOf(halt) : exitCode.no
}

function stateAfterUndo(
  { stopped, says, halt }: Outcome & { kind: 'undone' },
  { facts, plan, suspended }: CutoverView & { facts: Facts },
): string {
  if (stopped && halt.why !== 'ended') {
    return `rolled back: ${printable(says.join(', '))}${goesOn(says, facts.handover?.v1)}`
  }
  if (stopped)
    return isHeld(facts, plan)
      ? 'the TrainJob is removed, v1 stays suspended so that nothing runs twice'
      : 'the TrainJob is removed'
  if (suspended) return 'nothing of it is left, v1 stays suspended as its owner left it'
  return halt.why === 'ended' ? 'nothing of it is left' : 'nothing of it is left, v1 was never stopped'
}

/** A twin that was there when the run began. */
function twinText({ twin, facts }: CutoverView & { facts: Facts }): string {
  if (twin === undefined) return ''
  return facts.twin?.trainJob ? `, its twin ${twin} runs on` : `, its twin ${twin} is removed`
}

/** What stands when neither way could be gone to its end. */
export function standingLines(facts: Facts, plan: Subject): string[] {
  const twin = facts.twin?.trainJob
  const v1 = facts.v1 ? (isSuspended(facts.v1) ? 'suspended' : 'not suspended') : 'deleted'
  const v2 = facts.trainJob ? (facts.trainJob.spec.suspend === true ? 'suspended' : 'not suspended') : 'absent'
  return [
    'What stands:',
    `${indent}v1  ${plan.kind.kind} ${plan.name}: ${v1}, ${countOf(facts.v1Pods.length, 'pod')}`,
    `${indent}v2  TrainJob ${plan.trainJobName}: ${v2}, ${countOf(facts.v2Pods.length, 'pod')}`,
    ...(twin
      ? [`${indent}twin  TrainJob ${twin.metadata.name}: ${countOf(facts.twin?.v2Pods.length ?? 0, 'pod')}`]
      : []),
  ]
}

/** The steps and their very writes, without one being made. `sent` tells what the server said to each, where it was asked. */
export function dryRunLines<P extends Subject>(
  steps: readonly { readonly step: Step<P>; readonly actions: readonly Action[] }[],
  plan: P,
  sent: ReadonlyMap<Action, string>,
  columns?: number,
): string[] {
  return steps.flatMap(({ step, actions }, at) => [
    ...hanging(`${at + 1}. `, step.describe(plan), columns),
    ...actions.flatMap((action) => [
      `   ${actionTitle(action)}${sent.has(action) ? `   ${sent.get(action)}` : ''}`,
      ...bodyLines(action),
    ]),
  ])
}

function bodyLines(action: Action): string[] {
  if (action.verb === 'create')
    return printYaml(action.object)
      .trimEnd()
      .split('\n')
      .map((line) => `     ${line}`)
  const { uid, resourceVersion } = action.unchanged
  const unchanged = [
    uid === undefined ? 'its uid' : `uid ${uid}`,
    resourceVersion === undefined ? 'its resourceVersion' : `resourceVersion ${resourceVersion}`,
  ]
  return [
    ...(action.verb === 'patch' ? [`     ${JSON.stringify(action.body)}`] : []),
    `     only if unchanged: ${unchanged.join(', ')}`,
  ]
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

function stepLine(how: 'done' | 'failed', title: string, says: string, took: number | undefined, style: Style): string {
  const glyph =
    how === 'done' ? paint(mark('done', style), 'runs', style) : paint(style.unicode ? '✗' : 'x', 'failed', style)
  const time = took === undefined ? '' : `   ${paint(formatDuration(took).padStart(timeWidth), 'dim', style)}`
  return `${indent}${glyph} ${pad(title, titleWidth)}${says}${time}`
}
