import { exitCode } from '../../exit-code.ts'
import { Problem } from '../../problem.ts'
import { launcherWorks, mpiOperatorEnv, sshPathOf, sshVolume, withHostNames, withSshd } from '../../v1/mpi-operator.ts'
import { mpiPaths, mpiVolumes, slotsPerWorker } from '../../v1/mpi-pods.ts'
import { bindToPod } from '../../v1/symbolic-env.ts'
import type { FeatureContext, IntentRole } from '../intent.ts'
import { hostsInOrder } from './mpi-ssh.ts'

/** Fields of MPIJob v2beta1 beside its replicas and its runPolicy. */
const fields = [
  'slotsPerWorker',
  'mpiImplementation',
  'launcherCreationPolicy',
  'runLauncherAsWorker',
  'sshAuthMountPath',
] as const

/**
 * An MPIJob of mpi-operator (kubeflow.org/v2beta1) with v2's mpi policy: both run mpirun over ssh with keys and a hostfile of their own
 * making. Throws a Problem `mpi-implementation` for those that v2's policy does not have.
 */
export function useMpiPolicy(context: FeatureContext): void {
  const { job, intent, ledger } = context
  refuseOtherImplementations(context)
  for (const field of fields) ledger.carry(['spec', field])
  intent.mpi = {
    slots: slotsPerWorker(job),
    launcherIsHost: launcherWorks(job),
    sshAuthMountPath: sshPathOf(job),
    launcherWaits: job.spec['launcherCreationPolicy'] === 'WaitForWorkersReady',
  }
  for (const role of intent.roles) complete(context, role)
  const [launcher, worker] = ['launcher', 'worker'].map((name) => intent.roles.find(({ role }) => role === name))
  if (launcher && worker && worker.count > 0 && launcherWorks(job)) hostsInOrder(ledger, launcher.path)
  ledger.note(['spec', 'mpiReplicaSpecs'], {
    code: 'mpi-operator',
    message: `keys, hostfile and host names are Trainer’s own; ${mpiPaths.config}/discover_hosts.sh is not there`,
    why: 'compared with a model of mpi-operator v0.8.2 made from its source, which no test of ours runs',
    explains: [
      `volumes[${sshVolume}].*`,
      `volumes[${mpiVolumes.config}].*`,
      'volumes[mpi-ssh-auth].*',
      'volumes[mpi-hostfile].*',
      `containers[main].volumeMounts[${sshPathOf(job)}].*`,
      `containers[main].volumeMounts[${mpiPaths.config}].*`,
      'dnsConfig.searches*',
    ],
  })
  ledger.note(['metadata', job.object.metadata.name === undefined ? 'generateName' : 'name'], {
    code: 'service-name',
    message: 'mpi-operator’s Service has this name, and JobSet would take it for its own: delete the MPIJob first',
    why: 'JobSet makes no Service where one of its name exists, so that the hosts of the TrainJob would have no names',
    remedy: 'delete the MPIJob before the TrainJob is created, or give that another name with --name',
  })
}

function refuseOtherImplementations({ job }: FeatureContext): void {
  const implementation = job.spec['mpiImplementation'] ?? 'OpenMPI'
  if (implementation === 'OpenMPI') return
  throw new Problem({
    code: 'mpi-implementation',
    what: `MPIJob ${job.name} is not converted: v2’s mpi policy has no ${implementation}, only OpenMPI`,
    where: 'spec.mpiImplementation',
    why: 'hostfile and env of the launcher are written for Open MPI',
    next: [
      'mpiImplementation: OpenMPI, with an image that has Open MPI',
      'or leave the job to mpi-operator, which runs beside Trainer',
    ],
    exit: exitCode.no,
  })
}

/** What mpi-operator adds to a pod and Trainer does not. */
function complete({ job }: FeatureContext, role: IntentRole): void {
  const isLauncher = role.role === 'launcher'
  const place = { job: job.name, namespace: job.namespace, role: role.role, rank: 0, index: 0 }
  const ours = mpiOperatorEnv(job, role.role).filter(({ name }) => !name.startsWith('OMPI_MCA_'))
  const env = ours.map((variable) => bindToPod(variable, place))
  const spec = withHostNames(role.template.spec)
  role.template.spec = {
    ...spec,
    containers: spec.containers.map((container, at) =>
      at === 0 ? { ...withSshd(container, isLauncher), env: [...(container.env ?? []), ...env] } : container,
    ),
  }
}
