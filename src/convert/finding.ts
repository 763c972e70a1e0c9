import type { CodeText } from './code-text.ts'
import { codes, type FindingCode } from './codes.ts'

/** One line about one v1 field or behaviour. */
export interface Finding {
  readonly code: FindingCode
  readonly class: CodeText['class']
  /** path in the v1 object, e.g. `spec.runPolicy.ttlSecondsAfterFinished` */
  readonly path: string
  /** what becomes of it, one clause */
  readonly message: string
  readonly why?: string
  readonly remedy?: string
  /** paths of pod values (compare/leaves.ts) whose difference this finding explains */
  readonly explains?: readonly string[]
}

/** What a finding says beside its code: the class is the code's. */
export type FindingDetail = Omit<Finding, 'class' | 'path'>

/** A finding about a field of a job, of the class that its code has. */
export function findingAt(path: string, detail: FindingDetail): Finding {
  return { ...detail, class: codes[detail.code].class, path }
}
