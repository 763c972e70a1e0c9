import type { Replica } from '../../v1/job.ts'
import { restarts } from '../failure.ts'
import type { Feature } from '../intent.ts'

/** Kubernetes' own terminationGracePeriodSeconds. */
const usualGrace = 30

/**
 * Pods that are deleted while they run. Training Operator counts them as failed while they stop, and then makes them anew.
 * Source: Training Operator v1.9.4, pkg/core/status.go UpdateJobReplicaStatuses, UpdateJobStatus of each kind's controller.
 */
export const deletion: Feature = {
  name: 'deletion',
  apply({ job, ledger }) {
    if (job.info.operator === 'mpi-operator') return
    const retried = job.replicas.filter((replica) => replica.count > 0 && restarts(replica))
    if (job.info.kind === 'TFJob' && retried.length > 0 && job.runPolicy.backoffLimit !== 0) {
      ledger.remark(['spec', job.info.specKey], {
        code: 'deletion-retried',
        message: `a pod (${retried.map(({ role }) => role).join(', ')}) that is deleted while it runs is made anew instead of failing the job`,
      })
    }
    for (const replica of job.replicas.filter(({ count }) => count > 0)) {
      const path = ['spec', job.info.specKey, replica.key]
      const sign = signOfAnAnswer(replica)
      if (sign === undefined) continue
      ledger.remark([...path, 'template', 'spec', ...sign], {
        code: 'deleted-pod-done',
        message: 'a pod that is deleted and answers SIGTERM with exit code 0 is done, and is not made anew',
        why:
          replica.restartPolicy === 'Never'
            ? 'v1 fails the job with it; a Kubernetes Job takes exit code 0 for success'
            : 'v1 makes it anew; a Kubernetes Job takes exit code 0 for success',
      })
    }
  },
}

/** Where a pod's manifest shows that its program does something before it stops, below the pod's spec. */
function signOfAnAnswer({ template: { spec }, main }: Replica): (string | number)[] | undefined {
  if (Number(spec['terminationGracePeriodSeconds']) > usualGrace) return ['terminationGracePeriodSeconds']
  const at = spec.containers.findIndex(({ name }) => name === main)
  const { command = [], args = [] } = spec.containers[at] ?? {}
  if (command.some((text) => answer.test(text))) return ['containers', at, 'command']
  return args.some((text) => answer.test(text)) ? ['containers', at, 'args'] : undefined
}

/** A shell's trap, or the signal's name in a program written out. */
const answer = /\bSIGTERM\b|\btrap\s.*\b(TERM|15)\b/
