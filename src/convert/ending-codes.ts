import type { CodeText } from './code-text.ts'

/** What is told of how pods end and come back, how many there are, and when the job is over. */
export const endingCodes = {
  'backoff-limit-unused': {
    class: 'same',
    what: 'runPolicy.backoffLimit is not carried where v1 never counts anything against it',
    why: 'v1 counts restarts of containers in place, and replicas with Never or ExitCode restart none',
    source: 'Training Operator v1.9.4, pkg/controller.v1/common/job.go PastBackoffLimit',
  },
  'backoff-limit-scope': {
    class: 'changed',
    what: 'runPolicy.backoffLimit counts for each Kubernetes Job instead of for all replicas together',
    why: 'v1 adds up the restarts of all replicas; a Kubernetes Job counts the restarts of its own pods',
  },
  'backoff-limit-evictions': {
    class: 'changed',
    what: 'pods that are evicted, deleted or lost count against runPolicy.backoffLimit too',
    why: 'v1 counts restarts of containers in place only; a Kubernetes Job also fails once more pods have failed than the limit',
    remedy: 'raise the limit where pods are often preempted',
    source:
      'Kubernetes v1.36.3, pkg/controller/job/job_controller.go; Training Operator v1.9.4, pkg/core/job.go PastBackoffLimit',
  },
  'restart-always': {
    class: 'changed',
    what: 'restartPolicy Always becomes OnFailure',
    why: 'Kubernetes Jobs refuse Always. They differ in one case only: after exit 0 v1 runs the container again, for ever',
  },
  'clean-pods-all': {
    class: 'changed',
    what: 'cleanPodPolicy All: finished pods stay until the TrainJob is deleted',
    why: 'JobSet deletes the pods that still run when the job ends, and keeps those that finished',
  },
  'workers-stopped-at-success': {
    class: 'changed',
    what: 'pods that still run when the job has succeeded are stopped',
    why: 'with cleanPodPolicy None v1 lets them run on and hold their GPUs; JobSet stops and deletes them once the deciding pods are done',
    remedy: 'let the deciding pod (the master) end last where others still write then',
  },
  'pods-stopped-at-failure': {
    class: 'changed',
    what: 'pods that still run when the job has failed are stopped',
    why: 'with cleanPodPolicy None v1 lets them run on and hold their GPUs until somebody deletes the job; JobSet stops and deletes them as soon as one Job has failed',
    remedy: 'look at their logs where logs are collected; the pod that failed stays',
    source:
      'JobSet v0.12.0, pkg/controllers/jobset_controller.go; Training Operator v1.9.4, pkg/controller.v1/common/job.go',
  },
  'retry-back-off': {
    class: 'changed',
    what: 'restartPolicy ExitCode: a pod that ended with 128 or above is followed by a new one after 10 s, and stays beside it as Failed',
    why: 'v1 deletes it and makes the next one at once; the Job controller doubles the wait with each failure, up to 10 minutes, and keeps failed pods with their logs',
    source:
      'Kubernetes v1.36.3, pkg/controller/job/job_controller.go DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff',
  },
  'evicted-pod-kept': {
    class: 'same',
    what: 'a pod that is evicted stays, as Failed, beside the one made in its place',
    why: 'v1 deletes it; the Job controller keeps it, holding no resources, and makes the next one 10 s later',
    source: 'Kubernetes v1.36.3, pkg/controller/job/job_controller.go',
  },
  'eviction-retried': {
    class: 'changed',
    what: 'a pod that is evicted, deleted or lost with its node is made anew instead of failing the job',
    why: 'with restartPolicy OnFailure or Always v1 fails an XGBoostJob or MPIJob with it; a Kubernetes Job that restarts containers replaces the pod',
    remedy: 'restartPolicy Never on the v1 job fails on both sides, with the first container that fails too',
    source: 'Training Operator v1.9.4, pkg/controller.v1/{xgboost,mpi} UpdateJobStatus',
  },
  'deletion-retried': {
    class: 'changed',
    what: 'a pod of a TFJob that is deleted while it runs (drain, preemption, kubectl delete) is made anew instead of failing the job',
    why: 'v1 takes a running pod that is being deleted for one that failed, whatever its restartPolicy; a Kubernetes Job replaces it',
    remedy: 'restartPolicy Never on the v1 job fails on both sides, with the first container that fails too',
    source:
      'Training Operator v1.9.4, pkg/core/status.go UpdateJobReplicaStatuses, pkg/controller.v1/tensorflow UpdateJobStatus',
  },
  'deleted-pod-done': {
    class: 'changed',
    what: 'a pod that is deleted while it runs and answers SIGTERM with exit code 0 is done, and is not made anew',
    why: 'v1 makes it anew, or with restartPolicy Never fails the job; a Kubernetes Job takes exit code 0 for success, whoever deleted the pod. Told of jobs that show that they answer: a trap or SIGTERM in the command, a grace period longer than usual',
    remedy: 'end with exit code 143 on SIGTERM, so that the pod is made anew on both sides',
    source: 'Kubernetes v1.36.3, pkg/controller/job/job_controller.go; Training Operator v1.9.4, pkg/core/status.go',
  },
  ttl: {
    class: 'changed',
    what: 'runPolicy.ttlSecondsAfterFinished: nothing in v2 deletes a finished TrainJob',
    why: 'Trainer has no time to live for TrainJobs, and one on the JobSet makes a failed job run again',
    remedy: 'delete finished TrainJobs with a job of your own',
    source: 'kubeflow/trainer issues 2899, 3779',
  },
  'deadline-clock': {
    class: 'changed',
    what: 'runPolicy.activeDeadlineSeconds counts from the start of each Kubernetes Job and is noticed at once',
    why: 'v1 counts from the job’s own start and notices only when something else makes it look',
    source: 'Training Operator v1.9.4, pkg/controller.v1/common/util/fake_workqueue.go',
  },
  'elastic-fixed-size': {
    class: 'changed',
    what: 'elasticPolicy: the number of pods is fixed; torchrun still goes on with fewer while some are lost',
    why: 'Trainer cannot change the number of nodes of a TrainJob',
    source: 'kubeflow/trainer issue 2903',
  },
  'elastic-autoscaling': {
    class: 'lost',
    what: 'elasticPolicy.metrics: no autoscaler changes the number of workers',
    why: 'a TrainJob has no scale subresource for a HorizontalPodAutoscaler to use',
    remedy: 'accept it where a fixed number of workers will do',
    source: 'kubeflow/trainer issue 2903',
  },
  'elastic-unused': {
    class: 'same',
    what: 'elasticPolicy of a PaddleJob is not carried',
    why: 'Training Operator does nothing with it',
    source: 'Training Operator v1.9.4, pkg/controller.v1/paddlepaddle',
  },
  'replicas-none': {
    class: 'changed',
    what: 'a replica type with 0 replicas has no pod; Training Operator makes one of it, deletes it, and makes it again',
    why: 'v1 takes the number of pods for at least 1 when it looks which are missing, and for 0 when it looks which are too many. Where one that is deleted ends in failure, v1 calls the job Failed; v2 trains',
    remedy: 'leave the replica type out',
    source:
      'Training Operator v1.9.4, pkg/core/pod.go CalculatePodSliceSize, pkg/controller.v1/common/pod.go ReconcilePods',
  },
  'succeeds-at-once': {
    class: 'lost',
    what: 'v1 calls the job Succeeded as soon as it looks, as the replica type that decides has 0 replicas; v2 trains',
    why: 'v1 succeeds when 0 pods of that type are left to end; the others of the TrainJob run until they end themselves, which parameter servers never do',
    remedy: 'give that replica type a pod, or leave it out so that another one decides',
    source: 'Training Operator v1.9.4, pkg/controller.v1/{tensorflow,paddlepaddle} UpdateJobStatus',
  },
  'dynamic-worker': {
    class: 'lost',
    what: 'enableDynamicWorker: the number of workers is fixed, and a worker that fails fails the job',
    why: 'v1 tolerates failed workers and lets their number change; a Kubernetes Job does neither',
    remedy: 'accept it where the number of workers never changes',
  },
  'runtime-endings': {
    class: 'changed',
    what: 'on this runtime jobs fail, retry or succeed by other rules than v1’s',
    why: 'backoffLimit, podFailurePolicy, successPolicy and deadlines stand in the runtime, and a TrainJob cannot set them',
    remedy: 'convert without --runtime writes a runtime with v1’s rules',
    source: 'Trainer v2.3.0, pkg/apis/trainer/v1alpha1/trainjob_types.go RuntimePatch',
  },
  'deadline-deletes-pods': {
    class: 'changed',
    what: 'the deadline is the TrainJob’s: when it passes, Trainer deletes the pods and with them their logs',
    why: 'the runtime’s Jobs have none, and v1 leaves finished pods as cleanPodPolicy says',
    source: 'Trainer v2.3.0, pkg/controller/trainjob_controller.go',
  },
  'restart-default': {
    class: 'changed',
    what: 'containers restart as the runtime says, not as the v1 job says',
    why: 'restartPolicy stands in the runtime, and JobSet’s default is OnFailure',
    remedy: '--style faithful keeps v1’s restarts',
    source: 'JobSet v0.12.0, pkg/webhooks/jobset_webhook.go Default',
  },
  'ttl-name-reuse': {
    class: 'changed',
    what: 'a job of a fixed name with a time to live is probably created again and again under that name',
    why: 'nothing deletes the finished TrainJob, so that the next create of the name is refused',
    remedy: 'create it with generateName, or delete the last one first',
  },
} as const satisfies Readonly<Record<string, CodeText>>
