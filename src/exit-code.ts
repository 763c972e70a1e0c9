/** Exit codes of every verb: a contract, printed by `--help` and checked by the tests. */
export const exitCode = {
  /** done, or: both sides are the same */
  ok: 0,
  /** the answer is no: differs, not ready, refused by a guard */
  no: 1,
  /** wrong usage or unreadable input */
  usage: 2,
  /** the cluster said no or cannot be reached */
  cluster: 3,
  /** somebody else holds the lock, or the object changed underneath */
  conflict: 4,
  /** failed and rolled back: v1 runs again */
  rolledBack: 5,
  /** failed and NOT rolled back: the message says what stands */
  stranded: 6,
  /** a wait that writes nothing ran out of time */
  timeout: 124,
  /** interrupted: the message says how to go on */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** The exit code of a run of many parts: that of the part that went worst. */
export function worse(a: ExitCode, b: ExitCode): ExitCode {
  return a > b ? a : b
}
