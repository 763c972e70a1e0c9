import type { KubeObject } from '../kube/object.ts'
import { annotations, type TrainJob } from '../v2/trainjob.ts'
import type { Plan } from './facts.ts'

/** Whether a TrainJob was made from this very v1 job: by its uid, as another job may have had the name before. */
export function isOurs(trainJob: TrainJob, plan: Pick<Plan, 'uid'>): boolean {
  return trainJob.metadata.annotations?.[annotations.sourceUid] === plan.uid
}

export function ownedBy(object: KubeObject, uid: string | undefined): boolean {
  return uid !== undefined && (object.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid)
}
