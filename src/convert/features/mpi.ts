import { exitCode } from '../../exit-code.ts'
import { formatFieldPath } from '../../kube/field-path.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Container } from '../../kube/pod.ts'
import { Problem } from '../../problem.ts'
import type { V1Job } from '../../v1/job.ts'
import { isGpuLauncher, mpiPaths, mpiPodSpec, mpiVolumes, slotsPerWorker } from '../../v1/mpi-pods.ts'
import { annotations, trainerContainer } from '../../v2/trainjob.ts'
import type { Feature, FeatureContext, IntentRole } from '../intent.ts'
import { renameContainer, renameInMetadata, renameInPod } from '../targets/rename.ts'
import { useMpiPolicy } from './mpi-operator.ts'
import { useSsh } from './mpi-ssh.ts'

/** How mpirun in the launcher starts processes on the workers. */
export type MpiTransport = 'exec' | 'ssh'

/** MPIJob's own fields, and the transport its pods need: v1's kubectl exec kept, or v2's mpi policy over ssh. */
export const mpi: Feature = {
  name: 'mpi',
  apply(context) {
    if (context.job.info.kind !== 'MPIJob') return
    if (context.job.info.operator === 'mpi-operator') {
      useMpiPolicy(context)
      for (const role of context.intent.roles) renameFirst(context, role)
      return
    }
    for (const field of ['slotsPerWorker', 'mainContainer']) context.ledger.carry(['spec', field])
    switch (context.mpi) {
      case 'exec':
        return keepExec(context)
      case 'ssh':
        useSsh(context)
        for (const role of context.intent.roles) renameFirst(context, role)
        return
      default:
        throw undecided(context.job)
    }
  },
}

function undecided({ object, name }: V1Job): Problem {
  const where = object.metadata.namespace === undefined ? name : `${object.metadata.namespace}/${name}`
  return new Problem({
    code: 'mpi-transport',
    what: `MPIJob ${where} needs a decision: how mpirun reaches its workers`,
    where: 'spec.mpiReplicaSpecs',
    why: 'v1 runs kubectl exec, which every image can; v2’s own policy runs ssh, which needs sshd in the worker image',
    next: [
      '--mpi exec   (keeps v1’s way, with a ConfigMap and rights for the launcher)',
      '--mpi ssh   (uses v2’s policy)',
    ],
    exit: exitCode.no,
  })
}

/** Objects' names and the pods' host names, all from the TrainJob's name. */
function execNames(trainJob: string) {
  return { helper: `${trainJob}-mpi`, host: (role: string, index: number) => `${trainJob}-${role}-0-${index}` }
}

/** The scripts of exec find pods by the TrainJob's name, so that it must be known. */
function unnamed({ name }: V1Job): Problem {
  return new Problem({
    code: 'mpi-needs-name',
    what: `MPIJob ${name}… has a generateName, and --mpi exec needs a name`,
    where: 'metadata.generateName',
    why: 'the launcher’s scripts and the ConfigMap that holds them carry the TrainJob’s name',
    next: ['--name NEW', '--mpi ssh   (needs none)'],
    exit: exitCode.no,
  })
}

function keepExec({ job, intent, ledger, trainJobName, named }: FeatureContext): void {
  if (!named) throw unnamed(job)
  const { helper } = execNames(trainJobName)
  for (const [at, replica] of job.replicas.entries()) {
    const role = intent.roles[at]
    if (!role) continue
    const template = { ...replica, template: role.template }
    const spec = mpiPodSpec(job, template, { configMap: helper, serviceAccount: helper })
    role.template.spec = spec
    const ours = (spec.volumes ?? []).filter(({ name }) => name === mpiVolumes.config)
    const account = spec['serviceAccountName']
    role.own = { volumes: ours, ...(account === helper ? { serviceAccountName: account } : {}) }
  }
  // the scheduler of a gang waits for the launcher as well
  if (!job.gang) intent.startFirst = 'worker'
  intent.extras = execObjects(job, trainJobName)
  if (job.object.metadata.namespace === undefined) {
    ledger.note(['metadata', 'namespace'], {
      code: 'namespace-assumed',
      message: `the launcher gets its rights in namespace ${job.namespace}, as the manifest names none`,
      remedy: '-n NAMESPACE names it',
    })
  }
  ledger.remark(['spec', 'mpiReplicaSpecs'], {
    code: 'mpi-exec',
    message: 'mpirun reaches its workers by kubectl exec as in v1, with rights to exec into every pod of the namespace',
    why: `v2’s pods have random names, so that the right cannot name them; the launcher starts ${job.gang ? 'with the workers, as in v1' : 'when all workers are ready'}`,
    explains: [`volumes[${mpiVolumes.config}].configMap.name`, 'serviceAccountName'],
  })
}

/** The ConfigMap with v1's scripts for v2's pods, and the rights the launcher needs. */
function execObjects(job: V1Job, trainJob: string): KubeObject[] {
  const { helper, host } = execNames(trainJob)
  const launcher = job.replicas.find(({ name }) => name === 'Launcher')
  const workers = job.replicas.find(({ name }) => name === 'Worker')?.count ?? 0
  const named = launcher?.template.spec['serviceAccountName']
  const account = typeof named === 'string' && named !== '' ? named : helper
  const { namespace } = job.object.metadata
  const metadata = {
    name: helper,
    ...(namespace === undefined ? {} : { namespace }),
    annotations: { [annotations.source]: `MPIJob/${job.name}` },
  }
  const slots = slotsPerWorker(job)
  const gpu = launcher !== undefined && isGpuLauncher(launcher.template)
  const hosts = [
    ...(gpu ? [host('launcher', 0)] : []),
    ...Array.from({ length: workers }, (_, index) => host('worker', index)),
  ]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: helper }
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: job.namespace }]
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: {
        hostfile: hosts.map((name) => `${name} slots=${slots}\n`).join(''),
        'kubexec.sh': execScript(trainJob, job.spec['mainContainer']),
        'discover_hosts.sh': discoverScript(trainJob, slots, gpu ? host('launcher', 0) : undefined),
      },
    },
    ...(account === helper ? [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata }] : []),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] },
      ],
    },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata, roleRef, subjects },
  ]
}

const kubectl = `${mpiPaths.kubectl}/kubectl`

/** v1's kubexec.sh for pods whose names are not their host names: the pod is found by its JobSet labels. */
function execScript(trainJob: string, mainContainer: unknown): string {
  const container = typeof mainContainer === 'string' && mainContainer !== '' ? ` --container ${mainContainer}` : ''
  return [
    '#!/bin/sh',
    'set -x',
    'HOST=${1%%.*}',
    'shift',
    `ROLE=\${HOST#${trainJob}-}`,
    `LABELS=jobset.sigs.k8s.io/jobset-name=${trainJob}`,
    'LABELS=$LABELS,jobset.sigs.k8s.io/replicatedjob-name=${ROLE%-0-*}',
    'LABELS=$LABELS,batch.kubernetes.io/job-completion-index=${HOST##*-}',
    `POD_NAME=$(${kubectl} get pods -l "$LABELS" --field-selector status.phase=Running -o "jsonpath={.items[0].metadata.name}")`,
    `${kubectl} exec \${POD_NAME}${container} -- /bin/sh -c "$*"`,
    '',
  ].join('\n')
}

/** Prints the hosts that run, as elastic Horovod asks for them; v1 rewrote this script at each change. */
function discoverScript(trainJob: string, slots: number, launcher: string | undefined): string {
  const labels = `jobset.sigs.k8s.io/jobset-name=${trainJob},jobset.sigs.k8s.io/replicatedjob-name=worker`
  const each = `{range .items[*]}{.spec.hostname}:${slots}{"\\n"}{end}`
  return [
    '#!/bin/sh',
    ...(launcher === undefined ? [] : [`echo ${launcher}:${slots}`]),
    `${kubectl} get pods -l ${labels} --field-selector status.phase=Running -o 'jsonpath=${each}'`,
    '',
  ].join('\n')
}

/** Trainer looks for a container of its own name; v1 took the first. What names it follows. */
function renameFirst({ job, ledger }: FeatureContext, role: IntentRole): void {
  const { spec } = role.template
  const [first, ...others] = spec.containers
  if (!first || first.name === trainerContainer) return
  if ([...others, ...(spec.initContainers ?? [])].some(({ name }) => name === trainerContainer)) {
    throw nameTaken(job, role)
  }
  const { metadata, findings } = renameInMetadata(role.template, first.name, trainerContainer, role.path)
  for (const { code, message, explains } of findings) {
    ledger.remark([...role.path, 'metadata', 'annotations'], { code, message, explains })
  }
  const renamed = renameInPod(spec, first.name, trainerContainer)
  role.template = {
    ...role.template,
    metadata,
    spec: {
      ...renamed,
      containers: renamed.containers.map(
        (container, at): Container => ({
          ...container,
          ...(at === 0 ? { name: trainerContainer } : {}),
          ...(container.env ? { env: renameContainer(container.env, first.name, trainerContainer) } : {}),
        }),
      ),
    },
  }
  role.main = trainerContainer
}

function nameTaken({ object }: V1Job, { path }: IntentRole): Problem {
  const { namespace, name = object.metadata.generateName ?? '' } = object.metadata
  return new Problem({
    code: 'container-name-taken',
    what: `MPIJob ${namespace === undefined ? name : `${namespace}/${name}`} is not converted: a container beside the first is called ${trainerContainer}`,
    where: formatFieldPath([...path, 'spec']),
    why: `v2’s mpi policy wants that name for the container that v1 takes: the first of the pod`,
    next: [`give that container another name`, '--mpi exec keeps all names'],
    exit: exitCode.no,
  })
}
