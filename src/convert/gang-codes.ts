import type { CodeText } from './code-text.ts'

const plugins = 'Trainer v2.3.0, pkg/runtime/framework/plugins/{volcano,coscheduling}'

/** What is told of gangs: jobs whose pods a scheduler of v1 starts together or not at all. */
export const gangCodes = {
  gang: {
    class: 'lost',
    what: 'runPolicy.schedulingPolicy (gang scheduling) is not carried where nothing tells v1’s gang scheduler, or v2 has no such gang',
    why: 'v1 schedules a gang where its operator runs with --gang-scheduler-name, which the job does not tell; a TrainJob’s runtime must say it',
    remedy:
      '--gang-scheduler NAME, with what that flag of the operator says (kubectl get deployment training-operator -n kubeflow -o yaml); --gang-scheduler none where it has no such flag: then v1 ignores the field as well',
    source: 'Training Operator v1.9.4, cmd/training-operator.v1/main.go, pkg/controller.v1/common/job.go',
  },
  'gang-scheduling': {
    class: 'changed',
    what: 'the runtime’s podGroupPolicy makes the PodGroup, which has the TrainJob’s name; its pods name the scheduler as v1’s do',
    why: 'Training Operator makes the pods once Volcano has let the PodGroup in, Trainer makes them at once, and they are Pending until then; annotations of the job are not copied to the PodGroup. Without scheduleTimeoutSeconds v1 leaves that to scheduler-plugins (60 s unless configured), Trainer says 60',
    source: plugins,
  },
  'gang-ignored': {
    class: 'same',
    what: 'a field of schedulingPolicy is not carried that v1’s scheduler ignores',
    why: 'queue and priorityClass are Volcano’s alone, scheduleTimeoutSeconds is scheduler-plugins’; without a gang scheduler v1 ignores them all',
    source: 'Training Operator v1.9.4, pkg/controller.v1/common/job.go',
  },
  'gang-min-member': {
    class: 'changed',
    what: 'schedulingPolicy.minAvailable: all pods of the job must find room before one starts',
    why: 'Trainer counts all pods into minMember, and no field says otherwise',
    remedy: 'fewer replicas, where the cluster never has room for all of them at once',
    source: plugins,
  },
  'gang-partial': {
    class: 'lost',
    what: 'the PodGroup would let pods start before as many have room as v1 waits for',
    why: 'v1’s ranks need a Job for each pod here, and Trainer counts one pod for each replicated job into minMember: pods that hold their GPUs may wait for others',
    remedy:
      'Master and Worker with the same template become one replicated job, which is counted whole; or accept it where there is always room for the whole job',
    source: 'Trainer v2.3.0, pkg/runtime/core/trainingruntime.go: parallelism is counted, replicas are not',
  },
  'gang-resources': {
    class: 'changed',
    what: 'schedulingPolicy.minResources is not carried: the PodGroup asks for what all pods request',
    why: 'Trainer adds up the requests of all pods, and no field says otherwise',
    source: plugins,
  },
  'gang-priority': {
    class: 'changed',
    what: 'the priority class of the PodGroup and of the pods becomes one',
    why: 'Trainer takes that of Volcano’s PodGroup from the pods; v1 takes it from schedulingPolicy.priorityClass alone. Kubelets, quotas and preemption look at that of the pods',
    remedy: 'name the same class in schedulingPolicy.priorityClass and as priorityClassName of the pod templates',
    source: 'Trainer v2.3.0, pkg/runtime/framework/plugins/volcano/volcano.go',
  },
  'gang-priority-lost': {
    class: 'lost',
    what: 'schedulingPolicy.priorityClass: the pods have another class, and Volcano’s PodGroup would get theirs',
    why: 'Trainer takes the PodGroup’s from the pods',
    remedy: 'name the same class in schedulingPolicy.priorityClass and as priorityClassName of the pod templates',
    source: 'Trainer v2.3.0, pkg/runtime/framework/plugins/volcano/volcano.go',
  },
  'gang-annotations': {
    class: 'changed',
    what: 'an annotation of the job that tells Volcano something is not on the PodGroup',
    why: 'v1 copies the job’s annotations to its PodGroup, Trainer copies none',
    remedy: 'put it on the pod templates where Volcano reads it there as well',
    source: 'Training Operator v1.9.4, pkg/controller.v1/common/scheduling.go',
  },
  'pod-group-name': {
    class: 'changed',
    what: 'v1’s PodGroup and the TrainJob’s have one name: both sides cannot be there at once',
    why: 'Trainer takes the PodGroup it finds for its own, and it goes away with v1’s job; where the TrainJob is suspended, the API server refuses a second owner',
    remedy: 'suspend or delete the v1 job before the TrainJob is created, or convert with --name NEW',
    source: plugins,
  },
} as const satisfies Readonly<Record<string, CodeText>>
