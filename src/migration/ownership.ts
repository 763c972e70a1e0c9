import type { KubeObject } from '../kube/object.ts'
import { annotations, type TrainJob } from '../v2/trainjob.ts'
import type { Plan } from './facts.ts'

/**
 * Whether a migration of this very v1 job made a TrainJob: by the job's uid, as another job may have had the name before, and by
 * the migration's random id, as people create what `convert` prints.
 */
export function isOurs(
  trainJob: TrainJob,
  { uid, formerUid, migration }: Pick<Plan, 'uid' | 'formerUid' | 'migration'>,
): boolean {
  const { [annotations.sourceUid]: source, [annotations.migration]: made } = trainJob.metadata.annotations ?? {}
  const ours = source !== undefined && (source === uid || source === formerUid)
  return ours && made !== undefined && (migration === undefined || made === migration)
}

/** Whether an object has an owner of this uid; false where no uid is known. */
export function ownedBy(object: KubeObject, uid: string | undefined): boolean {
  return uid !== undefined && (object.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid)
}
