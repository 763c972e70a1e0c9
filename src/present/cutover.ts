import { failedWith } from '../cluster/errors.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { printYaml } from '../kube/print-yaml.ts'
import { type Action, actionTitle } from '../migration/action.ts'
import { wayBack } from '../migration/course.ts'
import type { Facts, Plan, Subject } from '../migration/facts.ts'
import type { Halt, Outcome } from '../migration/outcome.ts'
import { isHeld, v1Queued } from '../migration/queue.ts'
import type { Step } from '../migration/step.ts'
import { countOf } from '../migration/words.ts'
import { isSuspended } from '../v1/state.ts'
import { asConnected } from './as-connected.ts'
import { goesOn, lastLines, repeatedLine, resumeWords } from './handover.ts'
import { operatorsToSee } from './operators-to-see.ts'
import { stepHead, stepLine, titleOf } from './step-lines.ts'
import { paint, type Style } from './style.ts'
import { pad, printable, wrap } from './width.ts'

/** What the header of the screen says of one job. */
export interface CutoverView {
  readonly plan: Plan
  readonly guards: number
  /** what the guards found, in a few words */
  readonly found?: string
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

/** `nlp/bert`. */
export function jobName({ namespace, name }: Subject): string {
  return `${namespace}/${name}`
}

/** What is moved to what, the guards, and every finding that is not `same`. */
export function headerLines(
  { plan, guards, found, resumes, suspended, twin }: CutoverView,
  style: Style,
  columns?: number,
): string[] {
  const { kind, trainJobName, conversion, queue } = plan
  const pods = countOf(conversion.proof.v2.length, 'pod')
  const notes = [
    ...(resumes ? ['an earlier run began this: it is gone on with'] : []),
    ...(suspended ? ['its owner suspended v1: the TrainJob stays suspended as well, and nothing runs'] : []),
    ...(twin === undefined ? [] : [`its twin ${twin} is removed before v1 is stopped, and not brought back`]),
    ...(queue?.v1 && !suspended ? [heldByWorkload] : []),
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
    ...guardLines(`${guards} of ${guards} passed${found === undefined ? '' : ` (${found})`}`, style, columns),
  ]
}

function guardLines(says: string, style: Style, columns: number | undefined): string[] {
  const [first = '', ...more] = hanging(' '.repeat(stepHead), says, columns)
  return [stepLine('done', 'guards', first.trimStart(), undefined, style), ...more]
}

/** Who else has a say in the job, and what keeps two from writing to one volume. `beside`: v2 runs before v1 is stopped. */
export function guardsFound(plan: Plan, suspended: boolean, beside: boolean): string {
  const volumes = suspended || beside ? [] : ['volumes: v1 stops before v2 writes']
  return ['owner none', kueueText(plan), ...volumes].join(', ')
}

/** As guardsFound, of a twin: v1 stays as it is, so that its owner has nothing to change. */
export function twinGuardsFound(plan: Plan): string {
  return `owner not concerned, ${kueueText(plan)}`
}

function kueueText({ queue }: Plan): string {
  return `kueue ${queue === undefined ? 'none' : queue.name === undefined ? 'yes, in no queue' : `queue ${queue.name}`}`
}

/** What to type to see the only thing that a way back leaves, beside a runtime that others may share. */
export function recordLeft(name: string, job: string): string {
  return `${name} status ${job} --history   (its record, all that is left of it)`
}

/** Kueue makes an active Workload in place of one that is deleted (Kueue v0.19.2, pkg/controller/jobframework/reconciler.go). */
const heldByWorkload =
  'v1 is held by its Workload (spec.active: false): whoever deletes that, or sets it active, lets Kueue run v1 beside v2; `status` tells'

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
  const writes = ['a lock', 'a record', 'the v1 manifest as a Secret', ...made].join(', ')
  return `Begin? Writes ${writes}; --dry-run=client prints them. ${held ? 'v1 is stopped already' : 'v1 runs on'}.  [y/N] `
}

/** Asked before v1 is stopped. `lost`: what is trained again then. */
export function holdQuestion(lost: string, view: Pick<CutoverView, 'plan' | 'twin' | 'beside'>): string {
  const { twin, plan } = view
  const does = promotes(view)
    ? `Stop v1 now, and let its twin ${plan.trainJobName} have its place?`
    : view.beside
      ? 'Start v2 now, and stop v1 when it runs?'
      : 'Stop v1 and start v2 now?'
  const words = [
    ...(twin === undefined ? [] : [`Its twin ${twin} is removed first, and is not brought back whatever happens.`]),
    `${does} v1 is kept suspended; \`rollback\` resumes it from its last checkpoint, not from now.`,
    `${lost}  [y/N] `,
  ]
  return words.join('\n')
}

/** What of v1's training v2 does not have. */
export function lostLine(facts: Facts, view: Pick<CutoverView, 'plan' | 'beside'>, now: Date): string {
  return promotes(view)
    ? 'What v1 has trained is not taken over: its twin goes on from where it is itself.'
    : repeatedLine(facts, now)
}

/** Whether a twin that runs takes v1's place, under its own name. */
function promotes({ plan, beside }: Pick<CutoverView, 'plan' | 'beside'>): boolean {
  return beside === true && plan.trainJobName !== plan.name
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
  const job = `${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
  const status = `${name} status ${job}`
  const again = [`${name} cutover ${job}`, ...view.flags].join(' ')
  const next = (...commands: string[]) => [
    'Next:',
    ...commands.map((command) => `${indent}${asConnected(command, name)}`),
  ]
  const back = `${name} rollback ${job}`
  if (outcome.kind === 'done') {
    const says = view.suspended
      ? 'the TrainJob is suspended, as its owner suspended v1'
      : `${outcome.says}; ${whatOfV1(view.facts, plan)}`
    const resume = view.suspended ? { line: '', note: [] } : resumeWords(view.facts.handover)
    const line = `${jobName(plan)} is cut over: ${printable(says)}${resume.line}`
    const again = view.facts.v1 ? [] : [`${back}   (makes v1 again from its Secret)`]
    return { line, more: [...resume.note, ...next(status, ...again)], exit: exitCode.ok }
  }
  const reason = printable(words(outcome.halt))
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
    // who is not logged in any more may do it by the same command later
    const first = failedWith(outcome.undoing.error, 'unauthenticated', 'login', 'execPlugin')
      ? [`${back}   (goes on from here)`]
      : []
    const ways = view.facts.v1 ? [...first, ...byHand] : [`${back}   (makes v1 again from its Secret)`]
    return {
      line: `${jobName(plan)} is NEITHER cut over NOR rolled back: ${reason}; then ${titleOf(outcome.undoing.step, true)} failed: ${printable(words(outcome.undoing))}`,
      more: [...standingLines(view.facts, plan), ...next(...ways, status)],
      exit: outcome.undoing.why === 'lost' ? exitCode.conflict : exitCode.stranded,
    }
  }
  const left = `${stateAfterUndo(outcome, view)}${twinText(view)}`
  const interrupted = outcome.halt.why === 'interrupted'
  const line = `${jobName(plan)} was NOT cut over: ${interrupted ? 'interrupted' : reason}; ${left}`
  const record = outcome.stopped && outcome.halt.why !== 'ended' ? [recordLeft(name, job)] : []
  const cure = interrupted ? [again] : operatorsToSee(outcome.halt, again, name)
  const more = [...lastLines(outcome.halt.lastLines), ...next(...cure, status, ...record)]
  return { line, more, exit: exitOfUndone(outcome, exitOf) }
}

/** What became of v1, in whose place v2 runs: somebody may have deleted it since it was held. */
function whatOfV1({ v1 }: Facts, { uid, kind, name }: Subject): string {
  if (v1?.metadata.uid === uid) return 'v1 is kept suspended'
  const gone = 'somebody deleted v1 meanwhile'
  return v1 ? `${gone} and made another ${kind.kind} ${name}, which may run beside v2` : gone
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
