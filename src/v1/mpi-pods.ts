import type { Container, EnvVar, PodSpec, PodTemplate } from '../kube/pod.ts'
import type { Replica, V1Job } from './job.ts'

/** Where Training Operator puts what mpirun needs (v1.9.4, pkg/controller.v1/mpi/mpijob.go). */
export const mpiPaths = { config: '/etc/mpi', kubectl: '/opt/kube' } as const

/** Volumes the operator adds to MPI pods. */
export const mpiVolumes = { config: 'mpi-job-config', kubectl: 'mpi-job-kubectl' } as const

/** Init container that brings kubectl into the launcher. */
export const kubectlDelivery = 'kubectl-delivery'

/** What the operator adds to the pods of one MPIJob, apart from names of objects it makes for them. */
export interface MpiSetting {
  /** name of the ConfigMap with hostfile and scripts */
  readonly configMap: string
  /** used where the launcher names no ServiceAccount */
  readonly serviceAccount: string
}

/** Whether a launcher container asks for a GPU: then the launcher is a host of its own and may see GPUs. */
export function isGpuLauncher(template: PodTemplate): boolean {
  return template.spec.containers.some(({ resources }) =>
    Object.keys(resources?.limits ?? {}).some((name) => name.includes('gpu')),
  )
}

/** Slots a host offers: v1 counts one where the job says nothing. */
export function slotsPerWorker(job: V1Job): number {
  const slots = job.spec['slotsPerWorker']
  return typeof slots === 'number' ? slots : 1
}

/**
 * The pod spec of an MPIJob's launcher or workers as the operator completes it: kubectl and scripts for `kubectl exec` as remote shell.
 * Source: Training Operator v1.9.4, pkg/controller.v1/mpi/mpijob_controller.go newLauncher, newWorker.
 */
export function mpiPodSpec(job: V1Job, replica: Replica, setting: MpiSetting): PodSpec {
  return replica.name === 'Launcher'
    ? launcherSpec(job, replica.template, setting)
    : workerSpec(replica.template, setting)
}

function launcherSpec(job: V1Job, template: PodTemplate, { configMap, serviceAccount }: MpiSetting): PodSpec {
  const { spec } = template
  const named = typeof spec['serviceAccountName'] === 'string' && spec['serviceAccountName'] !== ''
  return {
    ...spec,
    ...(named ? {} : { serviceAccountName: serviceAccount }),
    initContainers: [...(spec.initContainers ?? []), delivery(job.namespace)],
    containers: withFirst(spec.containers, (container) => ({
      ...container,
      env: [...(container.env ?? []), ...launcherEnv(template, container)],
      volumeMounts: [
        ...(container.volumeMounts ?? []),
        { name: mpiVolumes.kubectl, mountPath: mpiPaths.kubectl },
        { name: mpiVolumes.config, mountPath: mpiPaths.config },
      ],
    })),
    volumes: [
      ...(spec.volumes ?? []),
      { name: mpiVolumes.kubectl, emptyDir: {} },
      configVolume(configMap, ['kubexec.sh', 'hostfile', 'discover_hosts.sh']),
    ],
  }
}

function workerSpec({ spec }: PodTemplate, { configMap }: MpiSetting): PodSpec {
  return {
    ...spec,
    containers: withFirst(spec.containers, (container) => ({
      ...container,
      ...(container.command?.length ? {} : { command: ['sleep'], args: ['365d'] }),
      volumeMounts: [...(container.volumeMounts ?? []), { name: mpiVolumes.config, mountPath: mpiPaths.config }],
    })),
    volumes: [...(spec.volumes ?? []), configVolume(configMap, ['kubexec.sh'])],
  }
}

function withFirst(containers: readonly Container[], change: (container: Container) => Container): Container[] {
  return containers.map((container, at) => (at === 0 ? change(container) : container))
}

/** What the operator appends to the env of the launcher's first container, in its order. */
export function launcherEnv(template: PodTemplate, container: Container): EnvVar[] {
  const has = (name: string) => container.env?.some((variable) => variable.name === name) ?? false
  const script = `${mpiPaths.config}/kubexec.sh`
  return [
    { name: 'OMPI_MCA_plm_rsh_agent', value: script },
    { name: 'OMPI_MCA_orte_default_hostfile', value: `${mpiPaths.config}/hostfile` },
    ...(isGpuLauncher(template)
      ? []
      : [
          { name: 'NVIDIA_VISIBLE_DEVICES', value: '' },
          { name: 'NVIDIA_DRIVER_CAPABILITIES', value: '' },
        ]),
    ...(has('I_MPI_HYDRA_BOOTSTRAP') ? [] : [{ name: 'I_MPI_HYDRA_BOOTSTRAP', value: 'rsh' }]),
    ...(has('I_MPI_HYDRA_BOOTSTRAP_EXEC') ? [] : [{ name: 'I_MPI_HYDRA_BOOTSTRAP_EXEC', value: script }]),
  ]
}

function delivery(namespace: string): Container {
  const amounts = { cpu: '100m', memory: '512Mi', 'ephemeral-storage': '5Gi' }
  return {
    name: kubectlDelivery,
    image: 'ghcr.io/kubeflow/training-v1/kubectl-delivery:latest',
    imagePullPolicy: 'IfNotPresent',
    env: [
      { name: 'TARGET_DIR', value: mpiPaths.kubectl },
      { name: 'NAMESPACE', value: namespace },
    ],
    volumeMounts: [
      { name: mpiVolumes.kubectl, mountPath: mpiPaths.kubectl },
      { name: mpiVolumes.config, mountPath: mpiPaths.config },
    ],
    resources: { limits: amounts, requests: amounts },
  }
}

const modes: Readonly<Record<string, number>> = { hostfile: 0o444 }

function configVolume(name: string, keys: readonly string[]) {
  const items = keys.map((key) => ({ key, path: key, mode: modes[key] ?? 0o555 }))
  return { name: mpiVolumes.config, configMap: { name, items } }
}
