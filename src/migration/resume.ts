import type { RunEnd, RunPlace } from '../compare/runs/run-end.ts'
import type { Facts, Plan, Progress } from './facts.ts'

/** What v1's log said right before it was stopped; `unread` tells why it said nothing. */
export type V1End = RunEnd & { readonly unread?: 'forbidden' | 'unreadable' }

/** Where the training was when v1 was stopped, and where v2's log began. */
export interface Handover {
  readonly v1?: V1End
  /** the first step, or epoch, of v2 */
  readonly first?: RunPlace
  /** milliseconds since 1970 from which on v2's log was followed */
  readonly followed?: number
}

/** Whether v2 went on where v1 had come to. */
export interface Resume {
  readonly verified: boolean
  /** `resumed at step 48 200`, `resume not verified: first step is 0, v1 was at step 48 200` */
  readonly says: string
}

/** What v1 may have trained between the end of its log and its stop, of all that it had; a checkpoint further on may be another run's, and is told. */
const trainedMeanwhile = 0.1

/**
 * Compares v2's first step with v1's last checkpoint. Where no sign of one was seen, half of what v1 had trained is enough: a run that
 * begins anew begins near 0. Undefined where no log told anything.
 */
export function resumeOf({ v1, first }: Handover): Resume | undefined {
  const place = v1?.checkpoint?.place ?? v1?.last
  const last = v1?.last ?? v1?.checkpoint?.place
  if (!first && !last) return undefined
  if (!first)
    return { verified: false, says: `resume not verified: v2’s log shows no step yet, v1 was at ${placeText(last)}` }
  const found = `first ${first.axis} is ${grouped(first.at)}`
  if (!last || !place) return { verified: false, says: `resume not verified: ${found}, v1’s log told none` }
  const least = v1?.checkpoint?.place ? place.at : place.at / 2
  const same = place.axis === first.axis
  if (same && first.at >= least && first.at > 0) {
    const isPast = last.axis === first.axis && first.at > last.at * (1 + trainedMeanwhile)
    const past = isPast ? `, past ${placeText(last)} where v1 was last seen` : ''
    return { verified: true, says: `resumed at ${placeText(first)}${past}` }
  }
  return { verified: false, says: `resume not verified: ${found}, v1 was at ${placeText(last)}` }
}

/** Whether v2’s log has shown that it went on where v1 was; failed where it shows that it did not, or nothing in all the time of watching. */
export function resumed({ handover, now }: Facts, { observe }: Plan): Progress {
  const { first, followed } = handover ?? {}
  const resume = resumeOf(handover ?? {})
  if (first) return resume?.verified ? { done: resume.says } : { failed: resume?.says ?? 'resume not verified' }
  if (followed !== undefined && now.getTime() - followed >= observe) {
    return { failed: resume?.says ?? 'resume not verified: v2’s log shows no step' }
  }
  return { waiting: 'v2’s log shows no step yet' }
}

/** `step 48 200`. */
export function placeText(place: RunPlace | undefined): string {
  return place === undefined ? 'an unknown step' : `${place.axis} ${grouped(place.at)}`
}

/** `48 200`. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+(?!\d))/g, ' ')
}
