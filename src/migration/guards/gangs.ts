import type { Pod } from '../../kube/pod.ts'
import { gangKeys } from '../../v1/gang.ts'
import type { Guard, TargetEvidence } from './guard.ts'

/** v1 schedules its pods as a gang, which the job need not say, and v2 would not. */
export const gangKept: Guard<TargetEvidence> = {
  code: 'gang',
  check({ facts, plan, accepted }) {
    if (plan.conversion.runtime.spec.podGroupPolicy || accepted.includes('gang')) return undefined
    const [scheduler] = facts.v1Pods.flatMap((pod) => gangSchedulerOf(pod) ?? [])
    if (scheduler === undefined) return undefined
    return {
      message: `its pods are a gang of ${scheduler}, and those of the TrainJob would be scheduled one by one`,
      why: 'v1’s operator runs with --gang-scheduler-name, which makes a gang of every job; pods that hold their GPUs could wait for others',
      remedy: [`--gang-scheduler ${scheduler}`, '--accept gang'],
    }
  },
}

/** By what Training Operator writes on pods of a gang. */
function gangSchedulerOf({ metadata, spec }: Pod): string | undefined {
  if (metadata.annotations?.[gangKeys.task] !== undefined && metadata.annotations[gangKeys.volcano] !== undefined) {
    return 'volcano'
  }
  const named = spec.schedulerName
  return metadata.labels?.[gangKeys.coscheduling] !== undefined && typeof named === 'string' ? named : undefined
}

/** Trainer makes a PodGroup of the TrainJob's name while v1's of the same name is there. */
export const podGroupTaken: Guard<TargetEvidence> = {
  code: 'pod-group-name',
  check({ plan }) {
    const { namespace, name, trainJobName, kind, conversion } = plan
    if (!conversion.runtime.spec.podGroupPolicy || trainJobName !== name || plan.suspendBefore) return undefined
    const job = `${kind.kind.toLowerCase()}/${name} -n ${namespace}`
    return {
      message: `v1’s PodGroup ${name} and the TrainJob’s would be one`,
      why: 'Trainer makes its PodGroup when the TrainJob is made, and the API server refuses a second owner; v1’s goes when v1 is suspended',
      remedy: [
        `$0 start ${job}, then $0 cutover ${job} --keep-name   (where there is room for both sides)`,
        `kubectl patch ${job} --type merge -p '{"spec":{"runPolicy":{"suspend":true}}}', then the same cutover: the TrainJob is suspended, too`,
      ],
    }
  },
}
