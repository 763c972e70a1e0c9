import { age } from './age.ts'
import { queueLines } from './fleet-queues.ts'
import type { FleetOptions, FleetView, Place } from './fleet-screen.ts'
import { paint } from './style.ts'
import { printable, width, wrap } from './width.ts'

const barWidth = 20

/** How far the move is, what is wrong with it, what waits longest, and what blocks the rest. */
export function progressLines(view: FleetView, options: FleetOptions): string[] {
  const { names, migrated, held, inProgress, failed, notStarted, ended, bothRunning, revived } = view.progress
  const done = migrated + ended
  const percent = Math.floor((done / names) * 100)
  const numbers = [
    `in progress ${inProgress}`,
    `held ${held}`,
    `failed ${failed}`,
    `not started ${notStarted}`,
    `both running ${bothRunning}`,
    `revived ${revived}`,
  ]
  const over = ended > 0 ? `, ${ended} ended on v1` : ''
  const head = `migrated ${migrated} of ${names} ${names === 1 ? 'name' : 'names'}${over}`
  return [
    ...fittedWords(head, [bar(done / names, options), `${percent} % done`], options),
    ...fittedWords('', numbers, options),
    ...fittedWords('GPUs', [`v1 ${view.gpus.v1}`, `v2 ${view.gpus.v2}`], options),
    ...alarms(view, options),
    ...placeLines('oldest hold', view.oldestHold, options, '   (v1 is kept suspended; finalize removes it)'),
    ...placeLines('oldest open', view.oldestOpen, options),
    ...blockerLines(view, options),
    ...queueLines(view.queues, options),
  ]
}

/** What may never be: in red, whatever else is said. */
function alarms({ bothRunning, revived, progress }: FleetView, options: FleetOptions): string[] {
  const lines = [
    ...bothRunning.map(
      ({ namespace, name, trainJob }) =>
        `BOTH RUNNING   ${namespace}/${name}: v1 and the TrainJob ${trainJob} run at once`,
    ),
    ...more(progress.bothRunning - bothRunning.length),
    ...revived.map(
      ({ namespace, name, kind, created, creator }) =>
        `REVIVED   ${namespace}/${name}: a ${kind} was made ${age(created, options.now)} ago by ${creator}, after the move`,
    ),
    ...more(progress.revived - revived.length),
  ]
  return lines.flatMap((line) => fitted(printable(line), options)).map((line) => paint(line, 'failed', options))
}

function more(count: number): string[] {
  return count > 0 ? [`and ${count} more`] : []
}

function placeLines(title: string, place: Place | undefined, options: FleetOptions, more = ''): string[] {
  if (!place) return []
  return fitted(
    printable(`${title}   ${place.namespace}/${place.name}   ${age(place.since, options.now)}${more}`),
    options,
  )
}

const words: Readonly<Record<string, string>> = {
  NeedsDecision: 'needs a decision',
  Impossible: 'is impossible',
}

function blockerLines({ blockers }: FleetView, options: FleetOptions): string[] {
  if (blockers.length === 0) return []
  const reasons = blockers.map(({ class: word, code, jobs }) => `${code} ${words[word] ?? word}: ${jobs}`)
  return fittedWords('blocks the rest', reasons, options)
}

/** A share as a bar, with eighths of a column where there is Unicode. */
function bar(share: number, { unicode }: FleetOptions): string {
  const eighths = Math.round(share * barWidth * 8)
  if (!unicode) return `[${'#'.repeat(Math.floor(eighths / 8)).padEnd(barWidth, '.')}]`
  const part = ' ▏▎▍▌▋▊▉'[eighths % 8] ?? ''
  return `${'█'.repeat(Math.floor(eighths / 8))}${part.trim()}`.padEnd(barWidth, '░')
}

/** Words three blanks apart, on as many lines as they need, those after the first under the first word. */
export function fittedWords(title: string, parts: readonly string[], { width: columns }: FleetOptions): string[] {
  const lines: string[] = []
  let line = title
  for (const part of parts) {
    const longer = line === '' ? part : `${line}   ${part}`
    if (columns === undefined || line === '' || width(longer) <= columns) line = longer
    else {
      lines.push(line)
      line = `  ${part}`
    }
  }
  return [...lines, line]
}

function fitted(text: string, { width: columns }: FleetOptions): string[] {
  return columns === undefined ? [text] : wrap(text, columns)
}
