import type { CodeText } from './code-text.ts'

/** What is told of MPIJobs alone. */
export const mpiCodes = {
  'mpi-exit-code': {
    class: 'changed',
    what: 'restartPolicy ExitCode of an MPIJob does what it says: 128 and above makes the pod anew, 1 to 127 fails the job',
    why: 'v1 leaves the failed pod where it is and calls the job Restarting for ever',
    source: 'Training Operator v1.9.4, pkg/controller.v1/mpi/mpijob_controller.go',
  },
  'mpi-exec': {
    class: 'changed',
    what: 'mpirun reaches its workers by kubectl exec as in v1, with rights to exec into every pod of the namespace',
    why: 'v2’s pods have random names, so that the right cannot name them; the launcher starts when all workers are ready',
  },
  'mpi-ssh': {
    class: 'changed',
    what: 'mpirun reaches its workers by ssh with keys Trainer makes',
    why: 'v2’s mpi policy knows Open MPI over ssh only: the worker image must run sshd and read /root/.ssh',
    remedy: '--mpi exec keeps v1’s kubectl exec for images without sshd',
    source: 'Trainer v2.3.0, pkg/runtime/framework/plugins/mpi/mpi.go',
  },
  'mpi-host-order': {
    class: 'changed',
    what: 'the launcher of an MPIJob that is a host itself is the last host instead of the first: rank 0 is on a worker',
    why: 'v1 and mpi-operator list the launcher first in the hostfile, Trainer after the workers; what rank 0 writes is written there',
    remedy: 'let launcher and workers have the volumes that rank 0 writes to',
    source: 'Trainer v2.3.0, pkg/runtime/framework/plugins/mpi/mpi.go; Training Operator v1.9.4, newConfigMap',
  },
  'mpi-env': {
    class: 'changed',
    what: 'a setting of Open MPI in the launcher’s env is replaced by Trainer’s own',
    why: 'with --mpi ssh Trainer sets hostfile, slots, host names and ssh’s arguments itself; a port of ssh goes into /etc/ssh/ssh_config of the launcher’s image (its /root/.ssh is Trainer’s)',
    remedy: '--mpi exec keeps it, or give it to mpirun as an argument',
    source: 'Trainer v2.3.0, pkg/runtime/framework/plugins/mpi/mpi.go',
  },
  'mpi-other-implementation': {
    class: 'lost',
    what: 'env of Intel MPI or MPICH in the launcher of an MPIJob converted with --mpi ssh',
    why: 'v2’s mpi policy writes hostfile and env for Open MPI alone; what v1 sets for Intel MPI (I_MPI_HYDRA_BOOTSTRAP) is not there',
    remedy: '--mpi exec keeps what v1 sets for them; accept it where mpirun is Open MPI’s all the same',
    source: 'Trainer v2.3.0, pkg/apis/trainer/v1alpha1/trainingruntime_types.go MPIImplementation',
  },
  'mpi-no-sshd': {
    class: 'lost',
    what: 'the workers of an MPIJob converted with --mpi ssh only wait (sleep, tail -f), and no sshd answers mpirun',
    why: 'v1 needs workers that are there for kubectl exec; over ssh somebody must listen',
    remedy: '--mpi exec needs no sshd; or take the command out of the v1 job: then sshd is started',
  },
  'mpi-ssh-port': {
    class: 'lost',
    what: 'the sshd of an MPIJob’s workers, converted with --mpi ssh, listens on another port than 22, where mpirun looks for it',
    why: 'Trainer gives ssh its arguments (OMPI_MCA_plm_rsh_args) without a port, in the place of those of the launcher’s env, and /root/.ssh of the image is not seen',
    remedy:
      'give it to mpirun in the launcher’s command (--mca plm_rsh_args "-p PORT"); accept it where /etc/ssh/ssh_config of the launcher’s image has the port',
    source:
      'Trainer v2.3.0, pkg/runtime/framework/plugins/mpi/mpi.go; pkg/constants/constants.go OpenMPIEnvDefaultValueRSHArgs',
  },
  'mpi-main-container': {
    class: 'lost',
    what: 'mainContainer of an MPIJob converted with --mpi ssh: processes start in the first container instead',
    why: 'v1 tells kubectl exec which container; ssh reaches the one whose sshd listens, the first',
    remedy: '--mpi exec keeps it; or put that container first',
    source: 'Training Operator v1.9.4, pkg/controller.v1/mpi/mpijob_controller.go newConfigMap',
  },
  'mpi-operator': {
    class: 'changed',
    what: 'an MPIJob of mpi-operator (kubeflow.org/v2beta1) runs with keys, hostfile and host names of Trainer',
    why: 'both start mpirun over ssh; what elastic Horovod asks, discover_hosts.sh, Trainer does not write. The proof compares with a model of mpi-operator v0.8.2 made from its source: unlike Training Operator, no test runs it',
    remedy: 'try one job before the others',
    source: 'mpi-operator v0.8.2, pkg/controller/mpi_job_controller.go',
  },
  'mpi-worker-failure': {
    class: 'changed',
    what: 'a worker of an MPIJob of mpi-operator that fails fails the job',
    why: 'mpi-operator leaves it as it is, and the launcher to notice; a Kubernetes Job without retries fails, and JobSet with it',
    remedy: 'restartPolicy: OnFailure restarts workers on both sides',
    source: 'mpi-operator v0.8.2, pkg/controller/mpi_job_controller.go getOrCreateWorker',
  },
  'mpi-path-in-text': {
    class: 'changed',
    what: 'a command, argument, env value or script names a file of v1’s kubectl exec',
    why: 'with --mpi ssh the pods have Trainer’s hostfile and keys, and neither kubexec.sh nor discover_hosts.sh nor /opt/kube',
    remedy: '--mpi exec keeps those files',
    source: 'Training Operator v1.9.4, pkg/controller.v1/mpi/mpijob.go',
  },
} as const satisfies Readonly<Record<string, CodeText>>
