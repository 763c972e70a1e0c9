import type { CodeText } from './code-text.ts'
import { endingCodes } from './ending-codes.ts'
import { gangCodes } from './gang-codes.ts'
import { mpiCodes } from './mpi-codes.ts'
import { operatorEnvCodes } from './operator-env-codes.ts'
import { rewriteCodes } from './rewrite/codes.ts'
import { twinCodes } from './twin-codes.ts'

/** Every finding code; codes are stable: scripts and decisions name them. */
export const codes = {
  'pods-refused': {
    class: 'lost',
    what: 'the API server refuses the pods of the job, on either side',
    why: 'v1’s API takes the job, and its operator can make no pod of it: a mount names no volume, a request is above its limit, or the like',
    remedy: 'correct the field; or --accept pods-refused where a webhook of the cluster completes the pods',
    source: 'kubernetes v1.36.3, pkg/apis/core/validation/validation.go',
  },
  'tracker-mark': {
    class: 'same',
    what: 'a label or annotation by which Argo CD, Flux, Helm or another tool recognises its own objects stays behind',
    why: 'on a TrainJob the mark would make that tool delete or overwrite an object it never made',
    remedy: 'change the file, chart or application that makes the v1 job, so that it makes the TrainJob instead',
  },
  'suspended-for-safety': {
    class: 'changed',
    what: 'a live job that runs is converted suspended',
    why: 'applying the output must not start a second copy of a job that exists',
    remedy: '--run keeps what v1 says',
  },
  'managed-by-ignored': {
    class: 'lost',
    what: 'Trainer runs a TrainJob that another controller, such as MultiKueue, is to run',
    why: 'Training Operator leaves a job with managedBy to that controller, Trainer only since v2.3: both would train',
    remedy: 'upgrade to Trainer v2.3',
    source: 'Training Operator v1.9.4, pkg/controller.v1; Trainer v2.2.1, pkg/controller/trainjob_controller.go',
  },
  'operator-label': {
    class: 'same',
    what: 'a label of Training Operator on a pod template is not carried',
    why: 'the operator overwrites it on the pods it makes',
  },
  'pruned-field': {
    class: 'same',
    what: 'a field that is none of the API is not carried',
    why: 'the API server drops it from the v1 job as well',
  },
  'v1-label-selector': {
    class: 'lost',
    what: 'an affinity or spread constraint selects pods by labels of Training Operator',
    why: 'v2’s pods do not have those labels: the rule would never match again',
    remedy: 'select by a label of your own on the pod template, or keep v1’s labels with --pod-labels v1',
  },
  'template-restart-policy': {
    class: 'same',
    what: 'restartPolicy of a pod template is not carried',
    why: 'v1 overwrites it with the replica’s own',
  },
  'own-selector': {
    class: 'same',
    what: 'an affinity or spread constraint that selects the job’s own pods by their v1 labels selects them by JobSet’s',
    why: 'all pods of a TrainJob carry jobset.sigs.k8s.io/jobset-name; v1’s labels would match none of them',
    source: 'JobSet v0.12.0, pkg/controllers/jobset_controller.go',
  },
  'pod-host-name': {
    class: 'lost',
    what: 'hostname or subdomain of a pod template',
    why: 'the Job controller sets every pod’s hostname, JobSet its subdomain',
  },
  'env-overridden': {
    class: 'same',
    what: 'an env variable of the template is not carried where the operator sets one of its name',
    why: 'v1 puts its own after the template’s, and the last of a name counts',
  },
  'env-duplicate': {
    class: 'same',
    what: 'an env variable is not carried where a later one has its name',
    why: 'the last of a name counts',
  },
  'port-named': {
    class: 'same',
    what: 'a container port without a name gets one',
    why: 'Trainer takes ports without a name for the same port, and keeps the last one only',
    source: 'Trainer v2.3.0, pkg/apply/apply.go byContainerPortOrName',
  },
  'port-number-twice': {
    class: 'changed',
    what: 'a container declares one port number twice, under two protocols or names, and one of them is left out',
    why: 'Trainer takes ports of one number for the same and keeps one; a declaration opens nothing, but Services, NetworkPolicies and monitors may name it',
    remedy: 'name the port by its number and protocol where something names it',
    source: 'Trainer v2.3.0, pkg/apply/apply.go byContainerPortOrName',
  },
  'replica-type-own': {
    class: 'same',
    what: 'a replica type of a TFJob that is none of Chief, Master, PS, Worker, Evaluator',
    why: 'Training Operator makes its pods and names them in TF_CONFIG all the same; whether the job has succeeded is not asked of them. It may be a slip of the pen',
    remedy: 'correct the name, where it is one',
    source: 'Training Operator v1.9.4, pkg/controller.v1/tensorflow',
  },
  'container-reference': {
    class: 'same',
    what: 'annotations that name the training container follow it to its new name',
    why: 'Trainer applies spec.trainer to a container called node',
  },
  'paddle-master-address': {
    class: 'changed',
    what: 'PADDLE_MASTER of the first pod is its host name instead of its own IP address',
    why: 'v1 gives the first pod its address and the others its name; pods of one template get the same',
  },
  'paddle-job-id': {
    class: 'changed',
    what: 'PADDLE_JOB_ID of a PaddleJob converted with --name NEW is the new name',
    why: 'v1 sets it to the job’s name, by which programs name checkpoints, logs and what they store in etcd; two runs must not share those',
    remedy:
      'where a program finds its checkpoint by it, set PADDLE_JOB_ID to the old name in the env of the TrainJob or its runtime',
    source: 'Training Operator v1.9.4, pkg/controller.v1/paddlepaddle/envvar.go',
  },
  'service-name': {
    class: 'changed',
    what: 'the Service that mpi-operator makes has the name that JobSet’s would have',
    why: 'JobSet makes no Service where one of the name exists, so that the hosts of the TrainJob would have no names',
    remedy: 'delete the MPIJob before the TrainJob is created, or convert with --name NEW',
    source: 'JobSet v0.12.0, pkg/controllers/jobset_controller.go createHeadlessSvcIfNecessary',
  },
  'namespace-assumed': {
    class: 'changed',
    what: 'rights are given in namespace default, as the manifest names none',
    why: 'a RoleBinding must name the namespace of the account it is for',
    remedy: '-n NAMESPACE names it',
  },
  'literal-host': {
    class: 'lost',
    what: 'a host name of a v1 pod is written out, or put together (NAME-worker-$i), in a command, argument, env value, probe or hook',
    why: 'v1 makes a Service for each pod (NAME-master-0); v2’s pods answer to NAME-node-0-0.NAME only',
    remedy: 'take the address from MASTER_ADDR, which both sides set',
  },
  'host-name-parsing': {
    class: 'changed',
    what: 'a script takes a host name apart or compares it, e.g. ${HOSTNAME##*-}',
    why: 'v1’s worker 3 is NAME-worker-3; in v2 it is NAME-node-0-4: other parts, and workers count from 1',
    remedy: 'use RANK, which is the same on both sides',
  },
  'own-label-field': {
    class: 'same',
    what: 'env or a file that takes its value from a label of Training Operator gets that value from JobSet, or written out',
    why: 'v2’s pods do not have those labels, and a label that is absent gives an empty value',
    source: 'JobSet v0.12.0, pkg/controllers/jobset_controller.go',
  },
  'job-role-field': {
    class: 'lost',
    what: 'env takes its value from label job-role, which v1 puts on the first pod of a role alone: it is empty in all pods',
    why: 'pods of one role have one template in v2, which cannot say a thing of its first pod alone',
    remedy: 'ask RANK (TFJob: the task of TF_CONFIG, JAXJob: PROCESS_ID), which is 0 in that pod on both sides',
    source: 'Training Operator v1.9.4, IsMasterRole of each kind’s controller',
  },
  'pod-name-field': {
    class: 'changed',
    what: 'env holds the pod’s name (fieldRef metadata.name)',
    why: 'v1’s worker 3 is NAME-worker-3 at each start; v2’s pods are NAME-node-0-4-xxxxx, with other letters each time: numbers parsed out of it, and files called by it, are others',
    remedy:
      "take RANK for a number, and metadata.labels['batch.kubernetes.io/job-name'] with RANK for a name that stays",
  },
  'labels-file': {
    class: 'changed',
    what: 'a file holds all labels of the pod (fieldRef metadata.labels in a volume)',
    why: 'v2’s pods have labels of JobSet and Job instead of those of Training Operator',
    remedy: '--pod-labels v1 keeps most of them',
  },
  'v1-label-in-text': {
    class: 'changed',
    what: 'a command, argument or env value names labels or kinds of Training Operator',
    why: 'v2’s pods carry jobset.sigs.k8s.io labels instead',
  },
  'config-map-unread': {
    class: 'changed',
    what: 'a ConfigMap that the pods of a live job refer to could not be read',
    why: 'scripts in it may lean on v1’s host names or labels, and nobody looked',
    remedy: 'grant get on configmaps in the job’s namespace, or look at it and --accept config-map-unread',
  },
  'port-default': {
    class: 'changed',
    what: 'torchrun meets on Trainer’s port 29500 instead of v1’s',
    why: 'the torch policy sets PET_MASTER_PORT and declares the port; NetworkPolicies may name v1’s 23456',
    remedy: '--style faithful keeps v1’s port',
    source: 'Trainer v2.3.0, pkg/runtime/framework/plugins/torch/torch.go',
  },
  'process-count': {
    class: 'changed',
    what: 'torchrun starts as many processes a node as Trainer counts',
    why: 'v1 says auto: torchrun counts GPUs, else the CPUs of the node; Trainer counts resources whose name has gpu, else the CPUs requested',
    remedy: 'nprocPerNode: N says it for both',
    source: 'Trainer v2.3.0, pkg/runtime/framework/plugins/torch/torch.go',
  },
  'torch-rendezvous': {
    class: 'changed',
    what: 'Trainer tells torchrun a rendezvous that v1 leaves to the command line',
    why: 'v1 sets PET_MASTER_ADDR and its like only for jobs with a Master; torchrun’s own arguments win over them',
    source: 'Trainer v2.3.0, pkg/runtime/framework/plugins/torch/torch.go',
  },
  unbuffered: {
    class: 'changed',
    what: 'PYTHONUNBUFFERED=1 is not set: logs may come late',
    why: 'v1 sets it in all containers, Trainer in none',
    remedy: 'set it in the runtime, or python -u',
  },
  'pod-label-missing': {
    class: 'changed',
    what: 'a label of Training Operator that --pod-labels v1 cannot keep',
    why: 'pods of one Job have one template, so that a label with another value on each pod cannot be put there',
    remedy: 'select by batch.kubernetes.io/job-completion-index or jobset.sigs.k8s.io/job-index instead',
    source: 'JobSet v0.12.0, pkg/controllers/jobset_controller.go',
  },
  'policy-labels': {
    class: 'lost',
    what: 'a policy, budget, monitor or Service of the cluster selects v1’s pods and not v2’s',
    why: 'it selects by labels that Training Operator puts on its pods, or by names of their Services, and v2’s pods have neither',
    remedy:
      '--pod-labels v1 keeps the labels; else select by a label of your own on the pod template, or by jobset.sigs.k8s.io/jobset-name',
    source: 'Trainer v2.3.0, JobSet v0.12.0: pods carry jobset.sigs.k8s.io labels only',
  },
  'kueue-newly-managed': {
    class: 'lost',
    what: 'Kueue left the v1 job alone, and would manage its TrainJob: by its queue label, or because the namespace has a LocalQueue default',
    why: 'kinds of v1 are not in Kueue’s integrations unless somebody put them there (an MPIJob of Training Operator never is); TrainJobs are, since v0.14',
    remedy:
      '--accept kueue-newly-managed where the job shall wait for quota and be charged for it; else take its queue label off',
    source:
      'Kueue v0.19.2, config/components/manager/controller_manager_config.yaml, pkg/controller/jobframework/defaults.go',
  },
  'trainer-untested': {
    class: 'lost',
    what: 'a job would be moved to a Trainer whose operators no test of this build has moved jobs to and back',
    why: 'what a release makes of a TrainJob is known from its sources, and proved; how its operators start, stop and remove one shows only when they run',
    remedy:
      '--accept trainer-untested, with a job of little worth first; `version` names the releases that were tested',
  },
  'hand-over-slot': {
    class: 'lost',
    what: 'pods, or Workloads of the same queue, wait for room or quota that v1 leaves before v2 takes it',
    why: 'a TrainJob cannot start before v1’s pods are gone, and the scheduler and Kueue give what is free to whoever has waited: then v2 waits, and after a way back v1 waits as well',
    remedy:
      'move the job when they run; or cutover --overlap where there is room for both sides; or --accept hand-over-slot',
    source: 'kubernetes v1.36.3, pkg/scheduler: PodScheduled False, reason Unschedulable; Kueue v0.19.2, QuotaReserved',
  },
  'no-checkpoint': {
    class: 'lost',
    what: 'a job runs, and nothing tells where it would keep a checkpoint: cutover would let v2 begin anew',
    why: 'it has no writable volume that outlives its pods, no address of an object store (s3://, gs://, hdfs://), and neither arguments nor env name a place such as --output_dir, --checkpoint-dir or CHECKPOINT_DIR',
    remedy: '--accept no-checkpoint where it keeps one elsewhere, as a file of its settings may say, or may begin anew',
  },
  'model-differs': {
    class: 'changed',
    what: 'the cluster’s operators render something else of the TrainJob than this program predicts',
    why: 'another version of Trainer or JobSet, or a webhook of the cluster, has its own say; the proof rests on the prediction',
    remedy: 'compare the versions (version), and look at the webhooks that see TrainJobs and JobSets',
  },
  'placeholder-kept': {
    class: 'changed',
    what: 'text like $IMAGE stands where any text is taken, and is carried as it stands',
    why: 'v1 takes it for the image, claim or name itself; a tool that fills it in, such as envsubst, must now fill in the TrainJob',
    remedy: 'fill it in before converting, or run the same tool on the output',
  },
  ...endingCodes,
  ...gangCodes,
  ...mpiCodes,
  ...rewriteCodes,
  ...twinCodes,
  ...operatorEnvCodes,
} as const satisfies Readonly<Record<string, CodeText>>

export type FindingCode = keyof typeof codes

/** Codes of what is refused until it is accepted by name. */
export const lostCodes: readonly FindingCode[] = (Object.keys(codes) as FindingCode[]).filter(
  (code) => codes[code].class === 'lost',
)

/** The text of a code; undefined for a word that is none. */
export function codeText(code: string): CodeText | undefined {
  return Object.hasOwn(codes, code) ? codes[code as FindingCode] : undefined
}
