/** What a finding of a code means, wherever it appears: printed by `explain`, listed in docs/findings.md. */
export interface CodeText {
  /** same: v2 does what v1 did. changed: it does something else that a reader should know. lost: v2 cannot do it. */
  readonly class: 'same' | 'changed' | 'lost'
  /** one clause */
  readonly what: string
  readonly why: string
  /** what to do about it, where there is something to do */
  readonly remedy?: string
  /** upstream project and issue, or source file with its release */
  readonly source?: string
}
