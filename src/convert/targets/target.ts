import type { PodOverride } from '../../v2/dialects/dialect.ts'
import type { JobSetSpec, MLPolicy, Trainer } from '../../v2/trainjob.ts'
import type { Finding } from '../finding.ts'

/** Where a conversion puts what: the runtime's part is shared by all jobs of a shape, the rest is the TrainJob's own. */
export interface Target {
  /** what the shape is, for the runtime's description */
  readonly shape: string
  readonly jobSet: JobSetSpec
  /** besides numNodes */
  readonly policy?: MLPolicy
  readonly trainer?: Trainer
  readonly overrides?: readonly PodOverride[]
  readonly findings: readonly Finding[]
}
