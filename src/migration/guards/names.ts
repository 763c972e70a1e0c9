import type { KubeObject } from '../../kube/object.ts'
import { resources } from '../../kube/resources.ts'
import { longestPodName, longestTrainJobName } from '../../v2/names.ts'
import type { Plan } from '../facts.ts'
import { isOurs, ownedBy } from '../ownership.ts'
import { extrasDifference } from '../steps/create-extras.ts'
import type { Guard, Refused, TargetEvidence } from './guard.ts'

/** JobSet refuses a JobSet whose longest pod name would not fit; Trainer admits the TrainJob all the same. */
export const nameLength: Guard<TargetEvidence> = {
  code: 'name-length',
  check({ plan }) {
    const most = longestTrainJobName(plan.trainJobName, plan.conversion.proof.v2)
    if (plan.trainJobName.length <= most) return undefined
    return {
      message: `its name has ${plan.name.length} characters, and a TrainJob of this shape may have ${most}`,
      why: `JobSet refuses pod names of more than ${longestPodName} characters, and adds ${longestPodName - most} to the job's`,
      remedy: ['a job cannot be renamed: submit its next run under a shorter name'],
    }
  },
}

/** The name is taken by a TrainJob that was not made from this job. */
export const nameTaken: Guard<TargetEvidence> = {
  code: 'trainjob-exists',
  check({ facts, plan }) {
    const { namespace, trainJobName: name } = plan
    if (!facts.trainJob || isOurs(facts.trainJob, plan)) return undefined
    return {
      message: `there is a TrainJob ${name} already, and it was not made from this ${plan.kind.kind}`,
      remedy: [
        `$0 status trainjob/${name} -n ${namespace}`,
        `kubectl delete trainjob ${name} -n ${namespace}   (if nobody needs it)`,
      ],
    }
  },
}

/** A JobSet of the name that no TrainJob of ours made: Trainer would take it over. */
export const jobSetTaken: Guard<TargetEvidence> = {
  code: 'jobset-exists',
  check({ facts, plan }) {
    const { jobSet, trainJob } = facts
    if (!jobSet || (trainJob && ownedBy(jobSet, trainJob.metadata.uid))) return undefined
    if (hasOwner(jobSet, 'TrainJob')) return stillGoing('JobSet', plan)
    return {
      message: `there is a JobSet ${plan.trainJobName} already, and Trainer would overwrite it`,
      remedy: [`kubectl get ${resources.jobSets.plural} ${plan.trainJobName} -n ${plan.namespace} -o yaml`],
    }
  },
}

/** JobSet makes no Service of its own where one of the name exists, and its pods would not find each other. */
export const serviceTaken: Guard<TargetEvidence> = {
  code: 'service-exists',
  check({ facts, plan }) {
    const { service } = facts
    if (!service || (facts.jobSet && ownedBy(service, facts.jobSet.metadata.uid))) return undefined
    if (hasOwner(service, 'JobSet')) return stillGoing('Service', plan)
    return {
      message: `there is a Service ${plan.trainJobName} already`,
      why: 'JobSet needs the name for its own Service: the pods of the TrainJob would not find each other',
      remedy: [`kubectl get service ${plan.trainJobName} -n ${plan.namespace} -o yaml   (rename or remove it)`],
    }
  },
}

/** Of an owner that is gone: the garbage collector is about to delete it. */
function hasOwner({ metadata }: KubeObject, kind: string): boolean {
  return metadata.ownerReferences?.some((owner) => owner.kind === kind) ?? false
}

function stillGoing(kind: 'JobSet' | 'Service', { trainJobName: name, namespace }: Plan): Refused {
  return {
    message: `the ${kind} ${name} of a TrainJob that is gone is being deleted`,
    why: 'Kubernetes does that within seconds',
    remedy: [
      `kubectl wait --for=delete ${kind.toLowerCase()}/${name} -n ${namespace} --timeout=1m   (then the same again)`,
    ],
  }
}

/** The name of something the TrainJob needs beside its runtime is taken, or what was made of it was changed. */
export const extraTaken: Guard<TargetEvidence> = {
  code: 'extra-exists',
  check({ facts, plan }) {
    const difference = extrasDifference(facts, plan)
    if (difference === undefined) return undefined
    const names = plan.conversion.extras.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`)
    return {
      message: difference,
      why: 'the launcher of the TrainJob needs the name for its own',
      remedy: [`kubectl get ${names.join(' ')} -n ${plan.namespace}   (rename or remove what nobody needs)`],
    }
  },
}
