import { formatFieldPath } from '../../kube/field-path.ts'
import type { Container } from '../../kube/pod.ts'
import { isGpuLauncher, kubectlDelivery, launcherEnv, mpiPaths, mpiVolumes, slotsPerWorker } from '../../v1/mpi-pods.ts'
import type { FeatureContext, IntentRole } from '../intent.ts'
import type { Path } from '../ledger.ts'

/** What Trainer sets in the launcher itself (v2.3.0, pkg/runtime/framework/plugins/mpi/mpi.go). */
const ofTrainer: readonly string[] = [
  'OMPI_MCA_orte_default_hostfile',
  'OMPI_MCA_orte_keep_fqdn_hostnames',
  'OMPI_MCA_orte_set_default_slots',
  'OMPI_MCA_plm_rsh_args',
]

/** An MPIJob of Training Operator with v2's mpi policy, which starts mpirun's processes by ssh instead of kubectl exec. */
export function useSsh(context: FeatureContext): void {
  const { job, intent, ledger } = context
  const launcher = intent.roles.find(({ role }) => role === 'launcher')
  const worker = intent.roles.find(({ role }) => role === 'worker')
  const launcherIsHost = launcher !== undefined && isGpuLauncher(launcher.template)
  intent.mpi = { slots: slotsPerWorker(job), launcherIsHost, launcherWaits: !job.gang }
  ledger.remark(['spec', 'mpiReplicaSpecs'], {
    code: 'mpi-ssh',
    message:
      'mpirun reaches its workers by ssh with keys Trainer makes: the worker image must run sshd and read /root/.ssh',
    why: 'v2’s mpi policy knows Open MPI over ssh only; host names, hostfile and env of mpirun are its own',
    remedy: '--mpi exec keeps v1’s kubectl exec for images without sshd',
    explains: [
      `initContainers[${kubectlDelivery}].*`,
      `volumes[${mpiVolumes.config}].*`,
      `volumes[${mpiVolumes.kubectl}].*`,
      'volumes[mpi-ssh-auth].*',
      'volumes[mpi-hostfile].*',
      'containers[main].volumeMounts[/etc/mpi].*',
      `containers[main].volumeMounts[${mpiPaths.kubectl}].*`,
      'containers[main].volumeMounts[/root/.ssh].*',
      'containers[main].env.OMPI_MCA_*',
      'containers[main].env.I_MPI_HYDRA_BOOTSTRAP*',
      'containers[main].command',
      'containers[main].args',
      'serviceAccountName',
    ],
  })
  if (launcher) ofLauncher(context, launcher, launcherIsHost && worker !== undefined && worker.count > 0)
  if (worker) ofWorkers(context, worker)
  if (launcher && worker) portOfSsh(context, launcher, worker)
}

function ofLauncher({ ledger }: FeatureContext, { path, template }: IntentRole, isHost: boolean): void {
  const [container] = template.spec.containers
  if (!container) return
  if (isHost) hostsInOrder(ledger, path)
  const place = [...path, 'spec', 'containers', 0]
  for (const { name } of container.env ?? []) {
    if (ofTrainer.includes(name)) {
      ledger.remark([...place, 'env'], {
        code: 'mpi-env',
        message: `Trainer sets ${name} itself`,
      })
    }
    if (/^(I_MPI|HYDRA|MPICH)_/.test(name)) {
      ledger.remark([...place, 'env'], {
        code: 'mpi-other-implementation',
        message: `${name} is for Intel MPI or MPICH: v2 writes hostfile and env for Open MPI`,
        remedy: '--mpi exec keeps what v1 sets for them',
      })
    }
  }
  // where there is no GPU of its own
  const unseen = launcherEnv(template, container).filter(({ name }) => name.startsWith('NVIDIA_'))
  if (unseen.length > 0) container.env = [...(container.env ?? []), ...unseen]
}

/** Told where the launcher is a host: v1 and mpi-operator list it first, Trainer last. */
export function hostsInOrder(ledger: FeatureContext['ledger'], launcher: Path): void {
  ledger.remark(launcher, {
    code: 'mpi-host-order',
    message: 'the launcher is the last host instead of the first: rank 0 is on a worker',
  })
}

function ofWorkers({ job, ledger }: FeatureContext, { path, template }: IntentRole): void {
  const [container] = template.spec.containers
  if (!container) return
  const main = job.spec['mainContainer']
  if (typeof main === 'string' && main !== '' && main !== container.name) {
    ledger.remark(['spec', 'mainContainer'], {
      code: 'mpi-main-container',
      message: `processes start in container ${container.name}, which has the sshd, instead of ${main}`,
      remedy: `--mpi exec keeps it; or put container ${main} first, where the job allows`,
    })
  }
  if (!container.command?.length) {
    container.command = ['/usr/sbin/sshd']
    container.args = ['-De']
  } else if (onlyWaits(container)) {
    ledger.remark([...path, 'spec', 'containers', 0, 'command'], {
      code: 'mpi-no-sshd',
      message: `workers only wait (${[...container.command, ...(container.args ?? [])].join(' ')}), and no sshd answers mpirun`,
      remedy: `--mpi exec needs no sshd; or take ${formatFieldPath([...path, 'spec', 'containers', 0, 'command'])} out of the v1 job: then sshd is started`,
    })
  }
}

/** Told where workers listen on a port of their own, and nothing in the launcher's command gives it to ssh. */
function portOfSsh({ ledger }: FeatureContext, launcher: IntentRole, worker: IntentRole): void {
  const [port] = /\bsshd\s(?:[^;&|]*\s)?-(?:p|o\s*['"]?Port[ =])\s*(\d+)/.exec(commandOf(worker))?.slice(1) ?? []
  if (port === undefined || port === '22') return
  if (/\bplm_rsh_(args|agent)\b/.test(commandOf(launcher))) return
  ledger.remark([...worker.path, 'spec', 'containers', 0, 'command'], {
    code: 'mpi-ssh-port',
    message: `workers listen on port ${port}, and mpirun asks port 22`,
    remedy: `give it to mpirun in the launcher’s command (--mca plm_rsh_args "-p ${port}"); accept it where /etc/ssh/ssh_config of the launcher’s image has the port`,
  })
}

/** What a role's first container runs, as one line. */
function commandOf({ template }: IntentRole): string {
  const { command = [], args = [] } = template.spec.containers[0] ?? {}
  return [...command, ...args].join(' ')
}

/** A worker that v1 needs for nothing but being there: `sleep 365d`, `tail -f /dev/null`, also in a shell. */
function onlyWaits({ command = [], args = [] }: Container): boolean {
  const text = [...command, ...args].join(' ')
  return /^(\S*\/)?((ba|da)?sh\s+-l?c\s+)?(\S*\/)?(sleep\s+\S+|tail\s+-[fF]\s+\/dev\/null)\s*;?$/.test(text)
}
