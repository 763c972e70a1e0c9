import { type Resource, resources } from '../kube/resources.ts'

export type V1Kind = 'PyTorchJob' | 'TFJob' | 'MPIJob' | 'XGBoostJob' | 'PaddleJob' | 'JAXJob'

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never' | 'ExitCode'

/**
 * What differs between the six kinds before any behaviour does.
 * Source: Training Operator v1.9.4, pkg/apis/kubeflow.org/v1/{*_types,*_defaults}.go.
 */
export interface KindInfo {
  readonly kind: V1Kind
  readonly resource: Resource
  /** key of the replica specs under spec */
  readonly specKey: string
  /** replica names in the order their pods are numbered */
  readonly replicaNames: readonly string[]
  /** name of the container the operator looks for; undefined where it takes the first one */
  readonly container: string | undefined
  /** the port added to that container unless it has one of this name */
  readonly port: { readonly name: string; readonly number: number } | undefined
  readonly restartPolicy: RestartPolicy
  /** short word for names of runtimes: `v1-pytorch-…` */
  readonly framework: string
  /** absent: Training Operator */
  readonly operator?: 'mpi-operator'
}

export const v1Kinds: readonly KindInfo[] = [
  {
    kind: 'PyTorchJob',
    resource: resources.pytorchJobs,
    specKey: 'pytorchReplicaSpecs',
    replicaNames: ['Master', 'Worker'],
    container: 'pytorch',
    port: { name: 'pytorchjob-port', number: 23456 },
    restartPolicy: 'OnFailure',
    framework: 'pytorch',
  },
  {
    kind: 'TFJob',
    resource: resources.tfJobs,
    specKey: 'tfReplicaSpecs',
    replicaNames: ['Chief', 'Master', 'PS', 'Worker', 'Evaluator'],
    container: 'tensorflow',
    port: { name: 'tfjob-port', number: 2222 },
    restartPolicy: 'Never',
    framework: 'tensorflow',
  },
  {
    kind: 'MPIJob',
    resource: resources.mpiJobs,
    specKey: 'mpiReplicaSpecs',
    replicaNames: ['Launcher', 'Worker'],
    container: undefined,
    port: undefined,
    restartPolicy: 'Never',
    framework: 'mpi',
  },
  {
    kind: 'XGBoostJob',
    resource: resources.xgboostJobs,
    specKey: 'xgbReplicaSpecs',
    replicaNames: ['Master', 'Worker'],
    container: 'xgboost',
    port: { name: 'xgboostjob-port', number: 9999 },
    restartPolicy: 'Never',
    framework: 'xgboost',
  },
  {
    kind: 'PaddleJob',
    resource: resources.paddleJobs,
    specKey: 'paddleReplicaSpecs',
    replicaNames: ['Master', 'Worker'],
    container: 'paddle',
    port: { name: 'master', number: 36543 },
    restartPolicy: 'OnFailure',
    framework: 'paddle',
  },
  {
    kind: 'JAXJob',
    resource: resources.jaxJobs,
    specKey: 'jaxReplicaSpecs',
    replicaNames: ['Worker'],
    container: 'jax',
    port: { name: 'jaxjob-port', number: 6666 },
    restartPolicy: 'Never',
    framework: 'jax',
  },
]

/** MPIJobs of mpi-operator, kubeflow.org/v2beta1 (v0.8.2, pkg/apis/kubeflow/v2beta1/{types,default}.go). */
const mpiOperatorKind: KindInfo = {
  kind: 'MPIJob',
  resource: resources.mpiJobs,
  specKey: 'mpiReplicaSpecs',
  replicaNames: ['Launcher', 'Worker'],
  container: undefined,
  port: undefined,
  restartPolicy: 'Never',
  framework: 'mpi',
  operator: 'mpi-operator',
}

const byKind = new Map<string, KindInfo>(v1Kinds.map((info) => [info.kind, info]))

/** The facts of a kind by its exact name, of kubeflow.org/v1 unless another API is named; undefined for any other word. */
export function kindInfo(kind: string, apiVersion?: string): KindInfo | undefined {
  return isMpiOperatorJob({ kind, apiVersion }) ? mpiOperatorKind : byKind.get(kind)
}

/** Whether an object is an MPIJob of mpi-operator. */
export function isMpiOperatorJob(object: { readonly apiVersion?: unknown; readonly kind?: unknown }): boolean {
  return object.apiVersion === 'kubeflow.org/v2beta1' && object.kind === 'MPIJob'
}

/** Whether an object is one of the six kinds of kubeflow.org/v1 (an MPIJob of v2beta1 is not). */
export function isV1Job(object: { readonly apiVersion?: unknown; readonly kind?: unknown }): boolean {
  return object.apiVersion === 'kubeflow.org/v1' && typeof object.kind === 'string' && byKind.has(object.kind)
}
