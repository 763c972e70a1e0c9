/** One of the two jobs of a pair. */
export type Side = 'v1' | 'v2'

/** A container whose log is read, and its place in the job. */
export interface LogSource {
  readonly side: Side
  /** as its pods are labelled: `master`, `worker`; `node` */
  readonly role: string
  /**
   * place among all pods of the side, in the order both sides are compared by; undefined for pods beside the training
   * (initializers) and for those whose place nothing says
   */
  readonly rank: number | undefined
  readonly namespace: string
  readonly pod: string
  /** of the pod: v1 makes pods of one name again and again */
  readonly uid: string
  readonly container: string
}

/** One line of one container's log. */
export interface LogLine {
  readonly side: Side
  readonly role: string
  readonly rank: number | undefined
  readonly pod: string
  readonly container: string
  /** RFC 3339 as the node wrote it, in its zone, up to nanoseconds; for a line without one (a kubelet's own words) that of the line before, `''` at the start */
  readonly time: string
  /** without time and line break; bytes that are no UTF-8 are U+FFFD */
  readonly text: string
  /** true for the further pieces of a line longer than `longestPiece` characters */
  readonly continued?: true
}

/** Characters; what is longer is given in pieces. */
export const longestPiece = 16 * 1024 * 1024

/** The last second asked for and its microseconds: lines of a log have the same one again and again. */
let lastSecond = ''
let lastMicroseconds = 0

/** Microseconds since 1970 of an RFC 3339 time; -Infinity for anything else, so that a line without time goes first. */
export function microseconds(time: string): number {
  if (time.length < 22 || time[19] !== '.' || !time.endsWith('Z')) return anyMicroseconds(time)
  const second = time.slice(0, 19)
  if (second !== lastSecond) {
    const milliseconds = Date.parse(`${second}Z`)
    if (Number.isNaN(milliseconds)) return Number.NEGATIVE_INFINITY
    lastSecond = second
    lastMicroseconds = milliseconds * 1000
  }
  let fraction = 0
  for (let at = 20; at < 26; at++) {
    const digit = at < time.length - 1 ? time.charCodeAt(at) - 48 : 0
    if (digit < 0 || digit > 9) return Number.NEGATIVE_INFINITY
    fraction = fraction * 10 + digit
  }
  return lastMicroseconds + fraction
}

function anyMicroseconds(time: string): number {
  const milliseconds = Date.parse(time)
  if (Number.isNaN(milliseconds)) return Number.NEGATIVE_INFINITY
  const [, , below = ''] = /\.(\d{1,3})(\d{0,3})/.exec(time) ?? []
  return milliseconds * 1000 + Number(below.padEnd(3, '0'))
}
