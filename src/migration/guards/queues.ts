import type { Guard, JobEvidence, TargetEvidence } from './guard.ts'

/** Kueue would start what is made to be looked at, and nobody here may see whether it does. */
export const queueUnread: Guard<JobEvidence> = {
  code: 'kueue-unreadable',
  check({ queueUnread: unread, namespace }) {
    if (!unread) return undefined
    return {
      message: 'Kueue is here, and you may not read its Workloads and LocalQueues',
      why: 'where Kueue manages a job, only its Workload can hold it, and a TrainJob in a queue starts by itself',
      remedy: [`$0 preflight --print-rbac=mover -n ${namespace}   (the Role with them, for whoever gives rights here)`],
    }
  },
}

/** Kueue left v1 alone and would not leave its TrainJob alone: it would wait for quota, and be charged. */
export const newlyManaged: Guard<TargetEvidence> = {
  code: 'kueue-newly-managed',
  check({ facts, plan, accepted }) {
    const { queue, kind } = plan
    // a cutover that has begun goes on: it was asked before
    if (!queue || queue.v1 || accepted.includes('kueue-newly-managed') || facts.trainJob) return undefined
    return {
      message: `Kueue does not manage this ${kind.kind}, and would manage its TrainJob, in queue ${queue.name}`,
      why: 'v1 ran without quota; the TrainJob waits for it while v1 is stopped, and is charged for what it uses',
      remedy: ['--accept kueue-newly-managed   (where that is wanted)'],
    }
  },
}

/** It writes its flavour where this Trainer has no field for it: dropped in silence, the TrainJob never starts. */
export const queueDialect: Guard<TargetEvidence> = {
  code: 'kueue-dialect',
  check({ plan: { queue } }) {
    if (!queue?.gates || queue.marks) return undefined
    return {
      message: 'this Kueue starts TrainJobs by spec.runtimePatches, which this Trainer does not have',
      why: 'Kueue v0.17 and later need Trainer v2.2 or later: its TrainJobs would wait for ever',
      remedy: ['update Trainer to v2.2 or later'],
    }
  },
}

/** Two Workloads would be charged for one training. */
export const twinQueued: Guard<JobEvidence> = {
  code: 'kueue',
  check({ workload, queueName, namespace, name, kind }) {
    if (queueName === undefined && !workload) return undefined
    return {
      message: `Kueue would manage its twin${queueName === undefined ? '' : ` (queue ${queueName})`}`,
      why: 'the twin would wait for quota beside v1, and be charged beside it',
      remedy: [
        `$0 cutover ${kind.kind.toLowerCase()}/${name} -n ${namespace}   (takes v1 out of the queue before v2 is let in)`,
      ],
    }
  },
}
