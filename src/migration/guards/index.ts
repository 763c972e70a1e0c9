import { deleting, finished } from './finished.ts'
import { gangKept, podGroupTaken } from './gangs.ts'
import type { Guard, JobEvidence, Refused, TargetEvidence } from './guard.ts'
import { handOverSlot } from './hand-over-slot.ts'
import { managedElsewhere } from './managers.ts'
import { extraTaken, jobSetTaken, nameLength, nameTaken, serviceTaken } from './names.ts'
import { noCheckpoint } from './no-checkpoint.ts'
import { owned, tracked } from './owner.ts'
import { policyLabels } from './policies.ts'
import { newlyManaged, queueDialect, queueUnread, twinQueued } from './queues.ts'
import { restoring } from './restoring.ts'
import { runtimeChanged } from './runtime.ts'
import { trainerUntested } from './trainer.ts'
import {
  type OverlapEvidence,
  overlapShared,
  quotaRoom,
  sharedVolumesDecided,
  type TwinEvidence,
  twinNameLength,
  v1Suspended,
} from './twin.ts'
import { twinFinished } from './twin-finished.ts'

/** On the v1 job, in the order they are told. */
export const jobGuards: readonly Guard<JobEvidence>[] = [
  deleting,
  finished,
  restoring,
  owned,
  tracked,
  managedElsewhere,
  queueUnread,
]

/** On what is to be made. */
export const targetGuards: readonly Guard<TargetEvidence>[] = [
  nameLength,
  nameTaken,
  jobSetTaken,
  serviceTaken,
  extraTaken,
  podGroupTaken,
  gangKept,
  runtimeChanged,
  policyLabels,
  queueDialect,
  newlyManaged,
  noCheckpoint,
  twinFinished,
  trainerUntested,
  handOverSlot,
]

/** On what is to run beside v1 for a while. */
export const overlapGuards: readonly Guard<OverlapEvidence>[] = [...targetGuards, quotaRoom, overlapShared]

/** On the v1 job of a twin: it stays as it is, so that its owners need not know. */
export const twinJobGuards: readonly Guard<JobEvidence>[] = [
  deleting,
  finished,
  v1Suspended,
  managedElsewhere,
  queueUnread,
  twinQueued,
]

/** On a twin that is to be made. */
export const twinGuards: readonly Guard<TwinEvidence>[] = [
  twinNameLength,
  nameTaken,
  jobSetTaken,
  serviceTaken,
  extraTaken,
  gangKept,
  runtimeChanged,
  policyLabels,
  quotaRoom,
  sharedVolumesDecided,
  trainerUntested,
]

/** Every guard that refuses, with its reason; empty when all let the job pass. */
export function refusals<E>(guards: readonly Guard<E>[], evidence: E): (Refused & { readonly code: string })[] {
  return guards.flatMap(({ code, check }) => {
    const refused = check(evidence)
    return refused ? [{ code, ...refused }] : []
  })
}
