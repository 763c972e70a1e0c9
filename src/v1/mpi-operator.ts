import type { ModelPod } from '../kube/model-pod.ts'
import { isRecord } from '../kube/object.ts'
import type { Container, PodSpec } from '../kube/pod.ts'
import type { FieldProblem, Replica, V1Job } from './job.ts'
import { v1Labels } from './labels.ts'
import { mpiPaths, mpiVolumes, slotsPerWorker } from './mpi-pods.ts'
import { bindToPod, literal, type SymbolicEnv } from './symbolic-env.ts'

/** Volume with the keys that mpi-operator makes. */
export const sshVolume = 'ssh-auth'

/** Where the pods of an MPIJob of v2beta1 find their ssh keys. */
export function sshPathOf({ spec }: V1Job): string {
  const path = spec['sshAuthMountPath']
  return typeof path === 'string' && path !== '' ? path : '/root/.ssh'
}

/** Whether the launcher is a host of its own. */
export function launcherWorks({ spec }: V1Job): boolean {
  return spec['runLauncherAsWorker'] === true
}

/** What mpi-operator would refuse beside its replicas (v0.8.2, pkg/apis/kubeflow/validation/validation.go). */
export function checkMpiOperator(spec: Readonly<Record<string, unknown>>): FieldProblem[] {
  const among = (field: string, values: readonly string[]): FieldProblem[] => {
    const value = spec[field]
    if (value === undefined || values.includes(value as string)) return []
    return [{ path: `spec.${field}`, message: `${JSON.stringify(value)} is none of ${values.join(', ')}` }]
  }
  const slots = spec['slotsPerWorker'] ?? 1
  const isCount = typeof slots === 'number' && Number.isInteger(slots) && slots >= 0
  return [
    ...among('mpiImplementation', ['OpenMPI', 'Intel', 'MPICH']),
    ...among('launcherCreationPolicy', ['AtStartup', 'WaitForWorkersReady']),
    ...(isCount ? [] : [{ path: 'spec.slotsPerWorker', message: 'must be a whole number, not negative' }]),
  ]
}

/** What mpi-operator appends to the env of a pod's first container, for Open MPI, in its order. */
export function mpiOperatorEnv(job: V1Job, role: string): readonly SymbolicEnv[] {
  const variables = [
    literal('K_MPI_JOB_ROLE', role),
    ...(role === 'worker'
      ? []
      : [
          literal('OMPI_MCA_orte_keep_fqdn_hostnames', 'true'),
          literal('OMPI_MCA_orte_default_hostfile', `${mpiPaths.config}/hostfile`),
          literal('OMPI_MCA_plm_rsh_args', '-o ConnectionAttempts=10'),
          literal('OMPI_MCA_orte_set_default_slots', String(slotsPerWorker(job)), true),
          ...(launcherWorks(job)
            ? []
            : [literal('NVIDIA_VISIBLE_DEVICES', ''), literal('NVIDIA_DRIVER_CAPABILITIES', '')]),
        ]),
  ]
  return variables.map((variable) => ({ ...variable, only: 'main' }))
}

/**
 * The pods mpi-operator makes of an MPIJob of v2beta1: the launcher's Job has one, the workers are pods of their own. What its launcher
 * pod is called ends in five random letters, which are absent here.
 * Source: mpi-operator v0.8.2, pkg/controller/mpi_job_controller.go newLauncherPodTemplate, newWorker, setupSSHOnPod.
 */
export function mpiOperatorPods(job: V1Job): ModelPod[] {
  return job.replicas.flatMap((replica) =>
    Array.from({ length: replica.count }, (_, index) => pod(job, replica, index)),
  )
}

function pod(job: V1Job, replica: Replica, index: number): ModelPod {
  const { name: job_, namespace } = job
  const name = replica.name === 'Launcher' ? `${job_}-launcher` : `${job_}-worker-${index}`
  const address = `${name}.${job_}`
  return {
    role: replica.role,
    index,
    name,
    namespace,
    hostname: name,
    addresses: [
      `${address}.${namespace}.svc.cluster.local`,
      `${address}.${namespace}.svc`,
      `${address}.${namespace}`,
      address,
    ],
    labels: { ...replica.template.metadata?.labels, ...mpiOperatorLabels(job, replica, index) },
    annotations: { ...replica.template.metadata?.annotations },
    spec: mpiOperatorSpec(job, replica, index),
    main: replica.main,
  }
}

/** Labels of mpi-operator; where the launcher works too, it is worker 0. */
export function mpiOperatorLabels(job: V1Job, { role }: Replica, index: number): Record<string, string> {
  const isWorker = role === 'worker'
  const place = isWorker ? index + (launcherWorks(job) ? 1 : 0) : 0
  return {
    [v1Labels.operatorName]: 'mpi-operator',
    [v1Labels.jobName]: job.name,
    [v1Labels.jobRole]: role,
    ...(isWorker || launcherWorks(job) ? { [v1Labels.replicaIndex]: String(place) } : {}),
  }
}

/** The spec of one of these pods. */
export function mpiOperatorSpec(job: V1Job, replica: Replica, index: number): PodSpec {
  const { spec } = replica.template
  const place = { job: job.name, namespace: job.namespace, role: replica.role, rank: index, index }
  const env = mpiOperatorEnv(job, replica.role).map((variable) => bindToPod(variable, place))
  const isLauncher = replica.role === 'launcher'
  const hostfile = { name: mpiVolumes.config, mountPath: mpiPaths.config }
  const complete = (container: Container): Container => ({
    ...withSshd(container, isLauncher),
    env: [...(container.env ?? []), ...env],
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      { name: sshVolume, mountPath: sshPathOf(job) },
      ...(isLauncher ? [hostfile] : []),
    ],
  })
  const volumes = [...(spec.volumes ?? []), keys(job), ...(isLauncher ? [scripts(job)] : [])]
  return {
    ...withHostNames(spec),
    ...(isLauncher ? {} : { dnsConfig: searching(job, spec) }),
    containers: spec.containers.map((container, at) => (at === 0 ? complete(container) : container)),
    volumes,
    restartPolicy: replica.restartPolicy,
  }
}

/** A worker that says nothing runs sshd. */
export function withSshd(container: Container, isLauncher: boolean): Container {
  if (isLauncher || container.command?.length || container.args?.length) return container
  return { ...container, command: ['/usr/sbin/sshd', '-De'] }
}

/** Pods on the host's network still resolve names of the cluster. */
export function withHostNames(spec: PodSpec): PodSpec {
  return spec['hostNetwork'] === true ? { ...spec, dnsPolicy: 'ClusterFirstWithHostNet' } : spec
}

function searching(job: V1Job, spec: PodSpec) {
  const own = isRecord(spec['dnsConfig']) ? spec['dnsConfig'] : {}
  const searches = Array.isArray(own['searches']) ? own['searches'] : []
  return { ...own, searches: [...searches, `${job.name}.${job.namespace}.svc.cluster.local`] }
}

function keys(job: V1Job) {
  const items = [
    { key: 'ssh-privatekey', path: 'id_rsa' },
    { key: 'ssh-publickey', path: 'id_rsa.pub' },
    { key: 'ssh-publickey', path: 'authorized_keys' },
  ]
  const mode = sshPathOf(job) === '/root/.ssh' ? { defaultMode: 0o600 } : {}
  return { name: sshVolume, secret: { ...mode, secretName: `${job.name}-ssh`, items } }
}

function scripts(job: V1Job) {
  const items = [
    { key: 'hostfile', path: 'hostfile', mode: 0o444 },
    { key: 'discover_hosts.sh', path: 'discover_hosts.sh', mode: 0o555 },
  ]
  return { name: mpiVolumes.config, configMap: { name: `${job.name}-config`, items } }
}
