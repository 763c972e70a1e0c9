import { isRecord } from '../../kube/object.ts'
import type { Guard, JobEvidence } from './guard.ts'

const trainingOperator = 'kubeflow.org/training-operator'

/** Another controller runs this job: suspending it here holds nothing. */
export const managedElsewhere: Guard<JobEvidence> = {
  code: 'managed-elsewhere',
  check({ v1 }) {
    const managedBy = managerOf(v1['spec'])
    if (managedBy === undefined || managedBy === trainingOperator) return undefined
    return {
      message: `spec.runPolicy.managedBy says ${managedBy}: another controller runs it`,
      why: 'Training Operator of this cluster leaves such a job alone, and so does a hold',
      remedy: ['move it in the cluster that runs it'],
    }
  },
}

function managerOf(spec: unknown): string | undefined {
  const policy = isRecord(spec) ? spec['runPolicy'] : undefined
  return isRecord(policy) && typeof policy['managedBy'] === 'string' ? policy['managedBy'] : undefined
}
