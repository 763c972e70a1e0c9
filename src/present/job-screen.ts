import { toneOfState } from '../kube/job-state.ts'
import { age } from './age.ts'
import { fits, wrapped } from './fitted.ts'
import { lastWarning, troubles } from './job-troubles.ts'
import { readyText, stateText } from './list.ts'
import type { JobView, NextView, PodView, ProofView, RoleView, ScreenOptions, SideView } from './status-view.ts'
import { ellipsis, mark, paint } from './style.ts'
import { sideBySide } from './table.ts'
import { renderTree, type TreeNode } from './tree.ts'
import { pad, printable, width } from './width.ts'

/** Both sides stand beside each other from this width on. */
const wideTerminal = 100
/** Roles with more pods than this show some, and how many more there are. */
const podsShown = 4
const troublesShown = 8

/** The screen of one job: a sentence, both sides as trees, what is wrong, the last warning, what to type next. */
export function jobScreen(view: JobView, options: ScreenOptions): string[] {
  const lines = [...heading(view, options), '', ...sides(view, options)]
  const words = [...troubles(view, options), ...lastWarning(view, options)]
  if (words.length > 0) lines.push('', ...words)
  if (view.next.length > 0) lines.push('', ...nextLines(view.next, options))
  return lines
}

const phases: Readonly<Record<string, string>> = {
  NotStarted: 'no TrainJob yet',
  V1Runs: 'v1 runs, the TrainJob does not',
  Twin: 'a twin runs beside v1',
  BothRun: 'BOTH RUNNING: v1 and the TrainJob run at once',
  NeitherRuns: 'neither side runs',
  V1Finished: 'v1 has finished',
  V2Only: 'no v1 job',
  Finalized: 'moved: v1 is deleted',
  Revived: 'the v1 job is another one than was moved',
}

/** Where a job stands, in one clause. */
function phaseText({ phase, v2 }: Pick<JobView, 'phase'> & { readonly v2?: Pick<SideView, 'state'> }): string {
  if (phase === 'NeitherRuns' && !v2) return 'nothing runs: v1 is held, and its TrainJob is not there'
  if (phase !== 'Held') return phases[phase] ?? phase
  if (v2?.state === 'Complete') return 'moved: v1 is held, the TrainJob is complete'
  return v2?.state === 'Running' ? 'moved: v1 is held, the TrainJob runs' : 'v1 is held, the TrainJob does not run yet'
}

function heading(view: JobView, options: ScreenOptions): string[] {
  const paired = view.link === 'recorded' ? ' (paired by its record)' : view.link === 'name' ? ' (paired by name)' : ''
  const title = printable(`${view.namespace}/${view.name}`)
  const begun = view.begun === undefined ? '' : `, begun ${age(view.begun, options.now)} ago`
  const words = `${phaseText(view)}${begun}${paired}`
  const shown = (text: string) => (view.phase === 'BothRun' ? paint(text, 'failed', options) : text)
  const first = `${paint(title, 'bold', options)}   ${shown(words)}`
  const lines = fits(first, options)
    ? [first]
    : [paint(title, 'bold', options), ...wrapped(words, options, '').map(shown)]
  const { resume, reactivated, revived } = view
  if (revived) {
    const when = age(revived.created, options.now)
    const alarm = `REVIVED   a ${view.v1?.kind} of this name was made ${when} ago by ${revived.creator}, after the move`
    lines.push(...wrapped(alarm, options, '').map((line) => paint(line, 'failed', options)))
  }
  if (reactivated !== undefined) {
    const alarm = `REACTIVATED   v1 was held, and its Workload ${printable(reactivated)} is active: Kueue runs v1 when there is quota`
    lines.push(...wrapped(alarm, options, '').map((line) => paint(line, 'failed', options)))
  }
  if (resume) {
    const tone = resume.verified ? 'dim' : 'waits'
    lines.push(...wrapped(resume.says, options, '').map((line) => paint(line, tone, options)))
  }
  if (view.proof) {
    const tone = view.proof.differing.length === 0 ? 'dim' : 'waits'
    lines.push(...wrapped(proofText(view.proof), options, '').map((line) => paint(line, tone, options)))
  }
  return lines
}

const pathsNamed = 3

/** `proof: 8 of 8 pods the same, 3 harmless differences` */
function proofText({ pods, same, explained, harmless, differing }: ProofView): string {
  const folded = `${harmless} harmless ${harmless === 1 ? 'difference' : 'differences'}`
  const parts = [`${same} of ${pods} pods the same`, ...(harmless > 0 ? [folded] : [])]
  if (explained > 0) parts.push(`${explained} differ in what v2 changes`)
  if (differing.length > 0) {
    const named = differing.slice(0, pathsNamed).map(({ path, pods: count }) => `${path} (${count})`)
    const more = differing.length > pathsNamed ? ` and ${differing.length - pathsNamed} more` : ''
    parts.push(`without a reason: ${named.join(', ')}${more}`)
  }
  return `proof: ${parts.join(', ')}`
}

const betweenSides = 3

/** Beside each other where both fit; on a terminal that is wide enough each is folded to its half, else one stands above the other. */
function sides(view: JobView, options: ScreenOptions): string[] {
  const { width: columns = 0 } = options
  const [left, right] = bothSides(view, options)
  if (!right || columns < wideTerminal) return [...left, ...(right ? ['', ...right] : [])]
  const beside = (one: readonly string[], other: readonly string[]) =>
    sideBySide(one, other, Math.max(...one.map(width)) + betweenSides)
  const half = { ...options, width: Math.floor((columns - betweenSides) / 2) }
  const [foldedLeft] = bothSides(view, half)
  const rest = columns - betweenSides - Math.max(...foldedLeft.map(width))
  const [, foldedRight] = bothSides(view, { ...options, width: rest })
  for (const [one, other = []] of [[left, right] as const, [foldedLeft, foldedRight] as const]) {
    const lines = beside(one, other)
    if (lines.every((line) => fits(line, options))) return lines
  }
  return [...left, '', ...right]
}

function bothSides(view: JobView, options: ScreenOptions): readonly [string[], string[]?] {
  const [left = [], right] = [view.v1 && ['v1', view.v1], view.v2 && ['v2', view.v2]]
    .filter((side) => side !== undefined)
    .map(([label, side]) => sideLines(label as string, side as SideView, options))
  if (view.twin) {
    const { name, state } = view.twin
    const line = `    ${printable(name)} is there as well: ${paint(state, toneOfState(state), options)}`
    right?.push(...(fits(line, options) ? [line] : wrapped(`${name} is there as well: ${state}`, options, '    ')))
  }
  return right ? [left, right] : [left]
}

function sideLines(label: string, side: SideView, options: ScreenOptions): string[] {
  const tone = toneOfState(side.state)
  const name = `${label}  ${side.kind} ${printable(side.name)}`
  const ready = readyText(side)
  const state = paint(
    `${mark(tone, options)} ${printable(stateText(side))}${ready === '-' ? '' : ` ${ready}`}`,
    tone,
    options,
  )
  const facts = [state, age(side.created, options.now), side.runtime && printable(side.runtime)].filter((fact) => fact)
  const title = [name, ...facts].join('   ')
  const head = fits(title, options)
    ? [title]
    : [name, `    ${facts.slice(0, 2).join('   ')}`, ...facts.slice(2).map((fact) => `    ${fact}`)]
  const progress = side.progress === undefined ? [] : wrapped(side.progress, options, '    ')
  return [...head, ...progress, ...roleTree(side, options)]
}

function roleTree(side: SideView, options: ScreenOptions): string[] {
  const shown = side.roles.map((role) => ({ role, ...choosePods(role.pods, options.allPods) }))
  const widths = columnWidths(
    shown.flatMap(({ pods }) => pods),
    options,
  )
  const tree = (stacked: boolean): string[] =>
    renderTree(
      shown.map(({ role, pods, rest }) => ({
        text: `${printable(role.role)} ${roleText(role)}`,
        children: [
          ...pods.map((pod) => podNode(pod, widths, stacked, options)),
          ...(rest === '' ? [] : [{ text: paint(`${ellipsis(options)} ${rest}`, 'dim', options) }]),
        ],
      })),
      options,
    )
  const flat = tree(false)
  return flat.every((line) => fits(line, options)) ? flat : tree(true)
}

function roleText({ ready, desired, succeeded, waitsFor }: RoleView): string {
  if (succeeded > 0 && succeeded === desired) return `${succeeded} done`
  const counts = `${ready ?? '?'}/${desired === undefined ? '?' : desired - succeeded}`
  if (waitsFor !== undefined) return `${counts}, waits for ${printable(waitsFor)}`
  return succeeded > 0 ? `${counts}, ${succeeded} done` : counts
}

/** Pods in trouble first, then the first of those that are well; how many others there are, and what they do. */
function choosePods(pods: readonly PodView[], all: boolean): { pods: readonly PodView[]; rest: string } {
  if (all || pods.length <= podsShown) return { pods, rest: '' }
  const ill = pods.filter(({ health }) => health === 'failed' || health === 'waits').slice(0, troublesShown)
  const well = pods.filter((pod) => !ill.includes(pod)).slice(0, Math.max(1, podsShown - 1 - ill.length))
  const chosen = new Set([...ill, ...well])
  const counts = new Map<string, number>()
  for (const { state } of pods.filter((pod) => !chosen.has(pod))) counts.set(state, (counts.get(state) ?? 0) + 1)
  const [only, second] = counts
  const total = pods.length - chosen.size
  if (!only) return { pods, rest: '' }
  const rest = second
    ? `${total} more: ${[...counts].map(([state, count]) => `${count} ${state}`).join(', ')}`
    : `${total} more, all ${only[0]}`
  return { pods: pods.filter((pod) => chosen.has(pod)), rest: printable(rest) }
}

function podFacts(pod: PodView, options: ScreenOptions): string[] {
  const state = pod.state === 'Running' && !pod.ready ? 'Running, not ready' : pod.state
  return [
    `${mark(pod.health, options)} ${printable(state)}`,
    printable(pod.node ?? '-'),
    age(pod.created, options.now),
    pod.gpus === 0 ? '' : `${pod.gpus}g`,
  ]
}

function columnWidths(pods: readonly PodView[], options: ScreenOptions): number[] {
  const rows = pods.map((pod) => [printable(pod.name), ...podFacts(pod, options)])
  return [0, 1, 2, 3, 4].map((at) => Math.max(0, ...rows.map((row) => width(row[at] ?? ''))))
}

function podNode(pod: PodView, widths: readonly number[], stacked: boolean, options: ScreenOptions): TreeNode {
  const [state = '', ...others] = podFacts(pod, options)
  const place = pod.v1 === undefined ? [] : [`rank ${pod.rank} (${printable(pod.v1)})`]
  const restarts = pod.restarts === 0 ? [] : [restartText(pod)]
  const name = printable(pod.name)
  const painted = paint(state, pod.health, options)
  if (stacked) {
    const room = { width: options.width === undefined ? undefined : options.width - underPods }
    const whole = [painted, ...others, ...place, ...restarts].filter((text) => text !== '')
    const parts = fits(whole.join('  '), room) ? whole : [painted, ...others, ...place, ...restartFacts(pod)]
    return { text: name, children: packed(parts, room).map((text) => ({ text })) }
  }
  const facts = [
    painted + ' '.repeat(Math.max(0, (widths[1] ?? 0) - width(state))),
    ...others.map((text, at) => pad(text, widths[at + 2] ?? 0)).filter((text) => text !== ''),
    ...place,
    ...restarts,
  ]
    .join('  ')
    .trimEnd()
  return { text: `${pad(name, widths[0] ?? 0)}  ${facts}` }
}

/** Columns of the branches that lead to what is told of a pod below its name. */
const underPods = 9

/** Parts in as few lines as a terminal has room for, in their order. */
function packed(parts: readonly string[], room: { readonly width?: number | undefined }): string[] {
  const lines: string[] = []
  for (const part of parts) {
    if (part === '') continue
    const longer = lines.length === 0 ? undefined : `${lines.at(-1)}  ${part}`
    if (longer !== undefined && fits(longer, room)) lines[lines.length - 1] = longer
    else lines.push(part)
  }
  return lines
}

/** How often it was started again, and how its last run ended. */
function restartFacts({ restarts, lastEnd }: PodView): string[] {
  if (restarts === 0) return []
  return [restartText({ restarts }), ...(lastEnd === undefined ? [] : [printable(`last: ${lastEnd}`)])]
}

function restartText({ restarts, lastEnd }: Pick<PodView, 'restarts' | 'lastEnd'>): string {
  const times = `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`
  return printable(lastEnd === undefined ? times : `${times} (last: ${lastEnd})`)
}

/** `Next: ` and whole commands, what each does beside it where there is room. */
export function nextLines(next: readonly NextView[], options: Pick<ScreenOptions, 'width'>): string[] {
  const safe = next.map(({ type, does }) => ({ type: printable(type), does }))
  const widest = Math.max(...safe.map(({ type }) => width(type)))
  const flat = safe.map(({ type, does }, at) => `${at === 0 ? 'Next: ' : '      '}${pad(type, widest)}   ${does}`)
  if (flat.every((line) => fits(line, options))) return flat
  return safe.flatMap(({ type, does }, at) => [
    `${at === 0 ? 'Next: ' : '      '}${type}`,
    ...wrapped(does, options, '        '),
  ])
}
