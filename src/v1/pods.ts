import type { ModelPod } from '../kube/model-pod.ts'
import type { Container, PodSpec } from '../kube/pod.ts'
import { gangMarks, inGang } from './gang.ts'
import { jaxEnv } from './jax-env.ts'
import type { Replica, V1Job } from './job.ts'
import { v1Labels } from './labels.ts'
import { mpiOperatorEnv, mpiOperatorLabels, mpiOperatorPods, mpiOperatorSpec } from './mpi-operator.ts'
import { mpiPodSpec } from './mpi-pods.ts'
import { paddleEnv } from './paddle-env.ts'
import { pytorchEnv } from './pytorch-env.ts'
import { bindToPod, type SymbolicEnv } from './symbolic-env.ts'
import { tensorflowEnv } from './tensorflow-env.ts'
import { xgboostEnv } from './xgboost-env.ts'

/** Name of the init container the operator appends to Workers of a PyTorchJob that has a Master. */
const waitForMaster = 'init-pytorch'

/** That container as the operator makes it unless its flags name another image or template. */
function waitForMasterContainer(address: string): Container {
  const script = `err=1;for i in $(seq 100); do if nslookup ${address}; then err=0 && break; fi;echo waiting for master; sleep 2; done; exit $err`
  return {
    name: waitForMaster,
    image: 'alpine:3.10',
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', script],
    resources: { limits: { cpu: '100m', memory: '20Mi' }, requests: { cpu: '50m', memory: '10Mi' } },
  }
}

/** What the operator injects into the containers of a role's pods, in its order, before it is bound to a pod. */
export function injectedEnv(job: V1Job, role: string): readonly SymbolicEnv[] {
  switch (job.info.kind) {
    case 'PyTorchJob':
      return pytorchEnv(job)
    case 'TFJob':
      return tensorflowEnv(job, role)
    case 'XGBoostJob':
      return xgboostEnv(job)
    case 'PaddleJob':
      return paddleEnv(job, role)
    case 'JAXJob':
      return jaxEnv(job)
    case 'MPIJob':
      return job.info.operator === 'mpi-operator' ? mpiOperatorEnv(job, role) : []
  }
}

/**
 * The pods Training Operator makes of a job, role after role, each in the order of its index: env resolved per pod, labels,
 * init container, restart policy. What the API server defaults later is absent.
 * Source: Training Operator v1.9.4, pkg/controller.v1/common/pod.go, pkg/controller.v1/pytorch/{pytorchjob_controller,initcontainer}.go.
 */
export function v1Pods(job: V1Job): ModelPod[] {
  if (job.info.operator === 'mpi-operator') return mpiOperatorPods(job)
  let rank = 0
  return job.replicas.flatMap((replica) => {
    const injected = injectedEnv(job, replica.role)
    const source = sourceSpec(job, replica)
    return Array.from({ length: replica.count }, (_, index) => pod(job, replica, index, rank++, injected, source))
  })
}

/** The pod spec that the operator makes of a replica's template, but for the env of its containers. */
export function specOfPods(job: V1Job, replica: Replica): PodSpec {
  return job.info.operator === 'mpi-operator' ? mpiOperatorSpec(job, replica, 0) : sourceSpec(job, replica)
}

/** What the pods of a replica share, made once: comparisons see that it is the same. */
function sourceSpec(job: V1Job, replica: Replica): PodSpec {
  const spec = job.gang ? inGang(podSpecOf(job, replica), job.gang) : podSpecOf(job, replica)
  if (!waitsForMaster(job, replica)) return spec
  return {
    ...spec,
    initContainers: [...(spec.initContainers ?? []), waitForMasterContainer(podName(job, 'master', 0))],
  }
}

function pod(
  job: V1Job,
  replica: Replica,
  index: number,
  rank: number,
  injected: readonly SymbolicEnv[],
  source: PodSpec,
): ModelPod {
  const name = isLauncher(job, replica) ? `${job.name}-launcher` : podName(job, replica.role, index)
  const place = { job: job.name, namespace: job.namespace, role: replica.role, rank, index }
  const here = injected.filter(({ pods }) => pods === undefined || (pods === 'first') === (index === 0))
  const withEnv = (container: Container): Container => {
    const env = here.filter(({ only }) => only === undefined || container.name === replica.main)
    if (env.length === 0) return container
    return { ...container, env: [...(container.env ?? []), ...env.map((variable) => bindToPod(variable, place))] }
  }
  const marks = job.gang ? gangMarks(job.gang, job.name, replica.role) : {}
  const spec: PodSpec = {
    ...source,
    containers: source.containers.map(withEnv),
    restartPolicy: replica.restartPolicy === 'ExitCode' ? 'Never' : replica.restartPolicy,
  }
  return {
    role: replica.role,
    index,
    name,
    namespace: job.namespace,
    hostname: source.hostname ?? name,
    addresses: [
      `${name}.${job.namespace}.svc.cluster.local`,
      `${name}.${job.namespace}.svc`,
      `${name}.${job.namespace}`,
      name,
    ],
    labels: {
      ...replica.template.metadata?.labels,
      ...operatorLabels(job, replica, index),
      ...marks.labels,
    },
    annotations: { ...replica.template.metadata?.annotations, ...marks.annotations },
    finalizers: replica.template.metadata?.finalizers,
    spec,
    main: replica.main,
  }
}

/** The labels Training Operator puts on one pod, over the template's. */
export function operatorLabels(job: V1Job, replica: Replica, index: number): Record<string, string> {
  if (job.info.operator === 'mpi-operator') return mpiOperatorLabels(job, replica, index)
  return {
    [v1Labels.operatorName]: `${job.info.kind.toLowerCase()}-controller`,
    [v1Labels.jobName]: job.name,
    [v1Labels.replicaType]: replica.role,
    ...(isLauncher(job, replica) ? {} : { [v1Labels.replicaIndex]: String(index) }),
    ...(isMaster(job, replica, index) ? { [v1Labels.jobRole]: 'master' } : {}),
  }
}

/** MPI pods get what mpirun needs; the other kinds' pods get env and init containers only. */
function podSpecOf(job: V1Job, replica: Replica): PodSpec {
  if (job.info.kind !== 'MPIJob') return replica.template.spec
  return mpiPodSpec(job, replica, { configMap: `${job.name}-config`, serviceAccount: `${job.name}-launcher` })
}

/** The launcher of an MPIJob is one pod without a number. */
function isLauncher(job: V1Job, replica: Replica): boolean {
  return job.info.kind === 'MPIJob' && replica.name === 'Launcher'
}

/** Name, and host name, of a v1 pod. */
function podName(job: V1Job, role: string, index: number): string {
  return `${job.name}-${role}-${index}`
}

function waitsForMaster(job: V1Job, replica: Replica): boolean {
  return (
    job.info.kind === 'PyTorchJob' && replica.name === 'Worker' && job.replicas.some(({ name }) => name === 'Master')
  )
}

/**
 * The pods that carry job-role=master.
 * Source: Training Operator v1.9.4, IsMasterRole of each kind's controller.
 */
function isMaster(job: V1Job, replica: Replica, index: number): boolean {
  const has = (...names: string[]) => job.replicas.some(({ name }) => names.includes(name))
  switch (job.info.kind) {
    case 'PyTorchJob':
      return has('Master') ? replica.name === 'Master' : index === 0
    case 'TFJob':
      return has('Chief', 'Master')
        ? replica.name === 'Chief' || replica.name === 'Master'
        : replica.name === 'Worker' && index === 0
    case 'XGBoostJob':
    case 'PaddleJob':
      return replica.name === 'Master'
    case 'JAXJob':
      return index === 0
    case 'MPIJob':
      return replica.name === 'Launcher'
  }
}
