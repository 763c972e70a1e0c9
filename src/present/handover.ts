import { gpusOfContainers } from '../kube/gpus.ts'
import type { Facts } from '../migration/facts.ts'
import { type Handover, placeText, resumeOf, type V1End } from '../migration/resume.ts'
import { countOf } from '../migration/words.ts'
import { age } from './age.ts'

/** What is trained again when v1 is stopped now, in one line: pods or GPUs, for how long, and how that is known. */
export function repeatedLine({ v1Pods, handover }: Facts, now: Date): string {
  const running = v1Pods.filter(({ status }) => status?.phase === 'Running')
  if (running.length === 0) return 'None of v1’s pods runs: nothing is repeated.'
  const gpus = running.reduce((sum, { spec }) => sum + gpusOfContainers(spec.containers), 0)
  const what = gpus > 0 ? countOf(gpus, 'GPU') : countOf(running.length, 'pod')
  const end = handover?.v1
  const { checkpoint } = end ?? {}
  if (checkpoint) {
    const since = timeText(checkpoint.time, now)
    const place = checkpoint.place ? ` (${placeText(checkpoint.place)})` : ''
    return `Last checkpoint seen ${since} ago${place}: about ${what} x ${since} are repeated.`
  }
  const began = running.map(({ status, metadata }) => status?.startTime ?? metadata.creationTimestamp ?? '').sort()[0]
  const since = timeText(began, now)
  return `${noSign(end)}: up to ${what} x ${since}, all since its pods started, are repeated.`
}

function noSign(end: V1End | undefined): string {
  switch (end?.unread) {
    case 'forbidden':
      return 'You may not read v1’s log (get pods/log), so no checkpoint was looked for'
    case 'unreadable':
      return 'v1’s log could not be read, so no checkpoint was looked for'
    default:
      return 'No sign of a checkpoint was seen at the end of v1’s log'
  }
}

/** `14 min`. */
function timeText(since: string | undefined, now: Date): string {
  const text = age(since, now)
  return text.replace(/^(\d+)s$/, '$1 s').replace(/^(\d+)m(?:\d+s)?$/, '$1 min')
}

/** What is said of a cutover that is done: whether v2 went on where v1 was. In the line that tells the end, or beside it. */
export function resumeWords(handover: Handover | undefined): {
  readonly line: string
  readonly note: readonly string[]
} {
  const resume = handover && resumeOf(handover)
  if (!resume) return { line: '', note: ['note: resume not verified: no log tells a step'] }
  return handover.first ? { line: `; ${resume.says}`, note: [] } : { line: '', note: [`note: ${resume.says}`] }
}

/** Where a v1 job that was resumed goes on, where a checkpoint was seen: `; v1 goes on from step 47 900, its last checkpoint seen`. */
export function goesOn(says: readonly string[], end: V1End | undefined): string {
  const place = end?.checkpoint?.place
  return place && says.some((said) => said.startsWith('v1 resumed'))
    ? `; v1 goes on from ${placeText(place)}, the last checkpoint seen`
    : ''
}

/** What a failed container said last, below its reason. */
export function lastLines(lines: readonly string[] | undefined): string[] {
  if (lines === undefined || lines.length < 2) return []
  return ['It said last:', ...lines.map((line) => `  ${line}`)]
}
