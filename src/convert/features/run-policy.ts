import { failsWithPodsRunning } from '../failure.ts'
import type { Feature, FeatureContext } from '../intent.ts'

const path = (field: string) => ['spec', 'runPolicy', field]

/** What happens around the pods: clean-up, time to live, deadline, suspension, who manages the job. */
export const runPolicy: Feature = {
  name: 'run-policy',
  apply(context) {
    if (Object.keys(context.job.runPolicy).length === 0) context.ledger.carry(['spec', 'runPolicy'])
    cleanPodPolicy(context)
    timeToLive(context)
    deadline(context)
    suspension(context)
    manager(context)
  },
}

function cleanPodPolicy({ job, intent, ledger }: FeatureContext): void {
  const ofV1Mpi = job.info.kind === 'MPIJob' && job.info.operator === undefined
  const ofMpi = ofV1Mpi ? job.spec['cleanPodPolicy'] : undefined
  const policy = job.runPolicy.cleanPodPolicy ?? ofMpi ?? 'None'
  const written = job.runPolicy.cleanPodPolicy === undefined && ofMpi !== undefined
  const field = written ? ['spec', 'cleanPodPolicy'] : path('cleanPodPolicy')
  if (ofV1Mpi) ledger.carry(['spec', 'cleanPodPolicy'])
  // v1 asks for these two words only (pkg/controller.v1/common/job.go DeletePodsAndServices)
  if (policy !== 'None' && policy !== 'Running') {
    const known = policy === 'All' ? '' : `v1 takes ${JSON.stringify(policy)} for All: `
    ledger.note(field, {
      code: 'clean-pods-all',
      message: `${known}finished pods stay until the TrainJob is deleted`,
      why: 'JobSet deletes the pods that still run when the job ends, not those that finished',
    })
    return
  }
  ledger.carry(field)
  if (policy !== 'None') return
  const why = 'v1 lets them run on (cleanPodPolicy None) and hold their GPUs; JobSet stops them'
  if (intent.success.by !== 'all' && job.total > 1) {
    const message = 'pods that still run when the job has succeeded are stopped'
    ledger.note(field, { code: 'workers-stopped-at-success', message, why })
  }
  if (failsWithPodsRunning(job)) {
    const message = 'pods that still run when the job has failed are stopped'
    ledger.note(field, { code: 'pods-stopped-at-failure', message, why })
  }
}

function timeToLive({ job, ledger }: FeatureContext): void {
  if (job.runPolicy.ttlSecondsAfterFinished === undefined) return
  if (job.info.operator === 'mpi-operator') {
    ledger.note(path('ttlSecondsAfterFinished'), {
      code: 'ttl',
      message: 'nothing in v2 deletes the launcher’s pod, or a finished TrainJob',
      why: 'mpi-operator deletes the launcher’s Job after that time, and leaves the MPIJob',
    })
    return
  }
  ledger.note(path('ttlSecondsAfterFinished'), {
    code: 'ttl',
    message: 'nothing in v2 deletes a finished TrainJob',
    why: 'Trainer has no time to live for TrainJobs, and one on the JobSet makes a failed job run again',
    remedy: 'delete finished TrainJobs with a job of your own',
  })
}

function deadline({ job, intent, ledger }: FeatureContext): void {
  const seconds = job.runPolicy.activeDeadlineSeconds
  if (seconds === undefined) return
  intent.activeDeadlineSeconds = seconds
  if (job.info.operator === 'mpi-operator') {
    ledger.note(path('activeDeadlineSeconds'), {
      code: 'deadline-clock',
      message: `${seconds} s count from the start of the workers’ Job, too`,
      why: 'mpi-operator has the deadline on the launcher’s Job alone',
    })
    return
  }
  ledger.note(path('activeDeadlineSeconds'), {
    code: 'deadline-clock',
    message: `${seconds} s count from the start of each Kubernetes Job and are noticed at once`,
    why: 'v1 counts from the job’s own start and notices at its next reconcile only',
  })
}

function suspension({ job, intent, ledger, live, run }: FeatureContext): void {
  const suspended = job.runPolicy.suspend === true
  ledger.carry(path('suspend'))
  intent.suspend = suspended || (live && !run)
  if (live && !run && !suspended) {
    ledger.note(path('suspend'), {
      code: 'suspended-for-safety',
      message: 'suspend: true, so that applying the output starts no second copy of a job that exists',
      remedy: '--run keeps what v1 says',
    })
  }
}

/** All of v1's controllers but JAXJob's leave a job to its manager (Training Operator v1.9.4, pkg/controller.v1), and Trainer does since v2.3. */
function manager({ job, intent, ledger, dialect }: FeatureContext): void {
  const managedBy = job.runPolicy.managedBy
  ledger.carry(path('managedBy'))
  if (managedBy === undefined || managedBy === `kubeflow.org/${job.info.operator ?? 'training-operator'}`) return
  intent.managedBy = managedBy
  const isLeftByV1 = job.info.kind !== 'JAXJob'
  const isLeftByV2 = dialect.version === '2.3'
  if (isLeftByV1 && !isLeftByV2) {
    ledger.note(path('managedBy'), {
      code: 'managed-by-ignored',
      message: `Trainer ${dialect.version} runs the TrainJob beside MultiKueue`,
    })
  } else if (isLeftByV2 && !isLeftByV1) {
    ledger.note(path('managedBy'), {
      code: 'managed-by-obeyed',
      message: 'Trainer leaves the TrainJob to MultiKueue; Training Operator runs a JAXJob all the same',
    })
  }
}
