import type { ExitCode } from './exit-code.ts'

/** What one sentence of an error needs: what happened, where, why, and what to type next. */
export interface ProblemData {
  /** stable word for tests and `-o json`, e.g. `unknown-context` */
  readonly code: string
  /** one sentence without a full stop, naming the object */
  readonly what: string
  /** file:line:column, field path or object the sentence is about */
  readonly where?: string
  readonly why?: string
  /** what to type or ask for, each line ready to copy */
  readonly next?: readonly string[]
  readonly exit: ExitCode
}

/** An error that is an instruction. Every failure a user can cause or meet ends as one of these; anything else is a bug. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly data: ProblemData

  constructor(data: ProblemData, options?: { cause?: unknown }) {
    super(data.what, options)
    this.data = data
  }
}
