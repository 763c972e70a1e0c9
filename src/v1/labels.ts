/** Labels Training Operator puts on every pod (v1.9.4, pkg/apis/kubeflow.org/v1/common_types.go); mpi-operator has the same keys. */
export const v1Labels = {
  operatorName: 'training.kubeflow.org/operator-name',
  jobName: 'training.kubeflow.org/job-name',
  replicaType: 'training.kubeflow.org/replica-type',
  replicaIndex: 'training.kubeflow.org/replica-index',
  jobRole: 'training.kubeflow.org/job-role',
} as const
