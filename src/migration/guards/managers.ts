import { queueLabel } from '../../kube/kueue.ts'
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

/** Kueue decides when its jobs are suspended: it undoes a hold within seconds, and would start the suspended TrainJob. */
export const queued: Guard<JobEvidence> = {
  code: 'kueue',
  check({ v1, workload, namespace, name }) {
    const queue = v1.metadata.labels?.[queueLabel] ?? queueOf(workload?.['spec'])
    if (queue === undefined && !workload) return undefined
    return {
      message: `Kueue manages it${queue === undefined ? '' : ` (queue ${queue})`}: not supported yet`,
      why: 'Kueue owns suspend where it manages a job, so a hold would not last and a preview would start',
      remedy: [`$0 convert job ${name} -n ${namespace}   (for a move by hand)`],
    }
  },
}

function managerOf(spec: unknown): string | undefined {
  const policy = isRecord(spec) ? spec['runPolicy'] : undefined
  return isRecord(policy) && typeof policy['managedBy'] === 'string' ? policy['managedBy'] : undefined
}

function queueOf(spec: unknown): string | undefined {
  return isRecord(spec) && typeof spec['queueName'] === 'string' ? spec['queueName'] : undefined
}
