import { runtimeDifference } from '../steps/create-runtime.ts'
import type { Guard, TargetEvidence } from './guard.ts'

/** A runtime of ours whose content somebody changed no longer gives the pods that were proved. */
export const runtimeChanged: Guard<TargetEvidence> = {
  code: 'runtime-differs',
  check({ facts, plan }) {
    const difference = runtimeDifference(facts, plan)
    if (difference === undefined) return undefined
    const name = plan.conversion.runtime.metadata.name
    return {
      message: difference,
      why: 'its name says what it contains, and the pods were proved with that content',
      remedy: [
        `kubectl get trainjobs -n ${plan.namespace} -o wide   (who refers to it)`,
        `kubectl delete trainingruntime ${name} -n ${plan.namespace}   (if no TrainJob refers to it: it is made again)`,
      ],
    }
  },
}
