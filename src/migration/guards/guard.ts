import type { NeighbourRow } from '../../compare/neighbours.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { KindInfo } from '../../v1/kinds.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import type { Facts, Plan } from '../facts.ts'
import type { Waiting } from '../waiting.ts'

/** What guards on the v1 job itself look at: they come before the conversion, whose own refusals would hide theirs. */
export interface JobEvidence {
  readonly kind: KindInfo
  readonly namespace: string
  readonly name: string
  readonly v1: KubeObject
  /** the Kueue Workload of the v1 job */
  readonly workload?: KubeObject
  /** the LocalQueue into which a TrainJob of the job would be put */
  readonly queueName?: string
  /** Kueue is there, and may not be read */
  readonly queueUnread: boolean
}

/** What guards on the target look at. */
export interface TargetEvidence {
  readonly facts: Facts
  readonly plan: Plan
  /** what of the cluster selects pods of either side */
  readonly neighbours: readonly NeighbourRow[]
  /** codes that somebody accepted */
  readonly accepted: readonly string[]
  /** by which the cluster's Trainer is recognised; absent where no Trainer is asked */
  readonly dialect?: Dialect
  /** tag of its operator's image, `v2.3.0`; absent where that is not to be seen */
  readonly trainerRelease?: string
  /** what waits for room; absent where v1 leaves none before v2 has its own */
  readonly waiting?: Waiting
}

/** Why a job is not moved, and what to do about it. */
export interface Refused {
  /** one clause about the job */
  readonly message: string
  readonly why?: string
  /** ready to type, or one sentence */
  readonly remedy: readonly string[]
}

/** One reason not to begin. All guards are checked before the first write. */
export interface Guard<Evidence> {
  readonly code: string
  check(evidence: Evidence): Refused | undefined
}
