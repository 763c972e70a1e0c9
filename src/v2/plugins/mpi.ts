import type { Resources } from '../../kube/pod.ts'
import { type JobSetSpec, type TrainingRuntime, type TrainJob, trainerContainer } from '../trainjob.ts'
import { upsertEnv, upsertMount, upsertVolume } from '../upsert.ts'
import { countGpus } from './plugin.ts'

interface MpiPolicy {
  readonly numProcPerNode?: number
  readonly sshAuthMountPath?: string
  readonly runLauncherAsNode?: boolean
}

/** The replicated job whose pods are hosts, by its hard-coded name. */
export const mpiNode = 'node'
const mpiLauncher = 'launcher'

/** What a runtime says of MPI; undefined where it says nothing. */
export function mpiPolicy(runtime: TrainingRuntime): MpiPolicy | undefined {
  return runtime.spec.mlPolicy?.mpi as MpiPolicy | undefined
}

/** Pods of the job `node`; one node is the launcher itself where it counts as one. */
export function mpiNodes(policy: MpiPolicy, numNodes: number): number {
  return policy.runLauncherAsNode ? Math.max(numNodes - 1, 1) : numNodes
}

/**
 * Keys for ssh in all `node` containers, hostfile and Open MPI's env in the launcher's.
 * Source: Trainer v2.3.0, pkg/runtime/framework/plugins/mpi/mpi.go EnforceMLPolicy; defaults of trainingruntime_types.go.
 */
export function applyMpi(
  spec: JobSetSpec,
  policy: MpiPolicy,
  trainJob: TrainJob,
  resources: Resources | undefined,
): void {
  const name = trainJob.metadata.name ?? ''
  const slots = slotsOf(policy, trainJob, resources)
  for (const job of spec.replicatedJobs) {
    if (job.name !== mpiNode && job.name !== mpiLauncher) continue
    const pod = job.template.spec.template.spec
    upsertVolume(pod, keys(name))
    if (job.name === mpiLauncher) upsertVolume(pod, hostfile(name))
    for (const container of pod.containers) {
      if (container.name !== trainerContainer) continue
      upsertMount(container, { name: 'mpi-ssh-auth', mountPath: policy.sshAuthMountPath ?? '/root/.ssh' })
      if (job.name !== mpiLauncher) continue
      upsertMount(container, { name: 'mpi-hostfile', mountPath: '/etc/mpi' })
      upsertEnv(container, [
        { name: 'OMPI_MCA_orte_default_hostfile', value: '/etc/mpi/hostfile' },
        { name: 'OMPI_MCA_orte_keep_fqdn_hostnames', value: 'true' },
        { name: 'OMPI_MCA_orte_set_default_slots', value: String(slots) },
        { name: 'OMPI_MCA_plm_rsh_args', value: '-o ConnectionAttempts=10' },
      ])
    }
  }
}

/** One slot in the runtime means as many as there are GPUs, unless the TrainJob says a number. */
function slotsOf(policy: MpiPolicy, trainJob: TrainJob, resources: Resources | undefined): number | string {
  const own = trainJob.spec.trainer?.numProcPerNode
  if (own !== undefined) return own
  const slots = policy.numProcPerNode ?? 1
  return slots === 1 ? Math.max(1, countGpus(resources)) : slots
}

function keys(name: string) {
  const items = [
    { key: 'ssh-privatekey', path: 'id_rsa', mode: 0o640 },
    { key: 'ssh-publickey', path: 'id_rsa.pub', mode: 0o644 },
    { key: 'ssh-publickey', path: 'authorized_keys', mode: 0o644 },
  ]
  return { name: 'mpi-ssh-auth', secret: { secretName: `${name}-mpi-ssh-auth`, defaultMode: 0o400, items } }
}

function hostfile(name: string) {
  const items = [{ key: 'hostfile', path: 'hostfile', mode: 0o444 }]
  return { name: 'mpi-hostfile', configMap: { name: `${name}-mpi-hostfile`, items } }
}
