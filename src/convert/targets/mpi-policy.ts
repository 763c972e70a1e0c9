import type { PodOverride } from '../../v2/dialects/dialect.ts'
import type { ReplicatedJob } from '../../v2/trainjob.ts'
import { ancestorLabel } from '../../v2/trainjob.ts'
import type { Intent, IntentRole } from '../intent.ts'
import { backoffScope, jobSpec } from './job-spec.ts'
import { withRoleIndex } from './role-index.ts'
import type { Target } from './target.ts'

const completionIndex = { indexField: "metadata.annotations['batch.kubernetes.io/job-completion-index']" }

/**
 * v2's own way to run MPI: workers in a job `node`, the launcher after them, keys and hostfile by Trainer's mpi policy. The number of
 * workers is the TrainJob's.
 */
export function mpiPolicyTarget(intent: Intent, mpi: NonNullable<Intent['mpi']>): Target {
  const { slots, launcherIsHost, sshAuthMountPath = '/root/.ssh', launcherWaits = true } = mpi
  const launcher = intent.roles.find(({ role }) => role === 'launcher')
  const worker = intent.roles.find(({ role }) => role === 'worker')
  if (!launcher) throw new Error('an MPIJob has a launcher')
  const workers = worker?.count ?? 0
  const after = workers > 0 && launcherWaits ? { dependsOn: [{ name: 'node', status: 'Ready' }] } : {}
  const label = { labels: { [ancestorLabel]: 'trainer' } }
  return {
    shape: 'launcher and workers over ssh',
    policy: {
      mpi: {
        numProcPerNode: slots,
        mpiImplementation: 'OpenMPI',
        sshAuthMountPath,
        runLauncherAsNode: launcherIsHost && workers > 0,
      },
    },
    jobSet: {
      successPolicy: { operator: 'All', targetReplicatedJobs: ['launcher'] },
      replicatedJobs: [
        ...(worker && workers > 0 ? [job(intent, worker, 'node', {})] : []),
        { ...job(intent, launcher, 'launcher', { metadata: label }), ...after },
      ],
    },
    trainer: {
      ...(workers > 0 ? { numNodes: launcherIsHost ? workers + 1 : workers } : {}),
      numProcPerNode: slots,
    },
    overrides: [...(worker && workers > 0 ? labelsOf(worker, 'node') : []), ...labelsOf(launcher, 'launcher')],
    findings: backoffScope(intent, workers > 0 ? 2 : 1),
  }
}

/** Labels that name the job are the TrainJob's. */
function labelsOf({ ownLabels }: IntentRole, job: string): PodOverride[] {
  return ownLabels ? [{ job, metadata: { labels: ownLabels } }] : []
}

function job(
  intent: Intent,
  role: IntentRole,
  name: string,
  template: Pick<ReplicatedJob['template'], 'metadata'>,
): ReplicatedJob {
  const { metadata, spec } = role.template
  return {
    name,
    template: {
      ...template,
      spec: {
        ...jobSpec(intent, role, role.main),
        template: {
          ...(metadata && Object.keys(metadata).length > 0 ? { metadata } : {}),
          spec: { ...withRoleIndex(spec, completionIndex), restartPolicy: role.restart.podPolicy },
        },
      },
    },
  }
}
