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

/** Microseconds since 1970 of an RFC 3339 time; -Infinity for anything else, so that a line without time goes first. */
export function microseconds(time: string): number {
  const dot = time.indexOf('.')
  const milliseconds = Date.parse(time)
  if (Number.isNaN(milliseconds)) return Number.NEGATIVE_INFINITY
  if (dot < 0) return milliseconds * 1000
  const digits = /\d+/.exec(time.slice(dot + 4, dot + 7))?.[0] ?? ''
  return milliseconds * 1000 + Number(digits.padEnd(3, '0'))
}
