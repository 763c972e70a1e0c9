import { successOf } from '../../convert/success.ts'
import { isFinished } from '../../kube/job-state.ts'
import type { Pod } from '../../kube/pod.ts'
import { hasEnded } from '../../kube/pod-state.ts'
import type { Replica, V1Job } from '../../v1/job.ts'
import { v1Labels } from '../../v1/labels.ts'
import { roleOfPod, v1State } from '../../v1/state.ts'
import type { Facts, Subject } from '../facts.ts'
import { recordedEnding } from '../hold.ts'
import { ownedBy } from '../ownership.ts'
import { someOf } from '../words.ts'

/**
 * How v1 ended by itself, undefined while it has not: its own status says so, or the pods that decide it ended before the
 * hold stopped them (the operator writes no Succeeded on a job that was suspended in the meantime, and its pods are gone).
 * Source: Training Operator v1.9.4, UpdateJobStatus of each kind's controller, pkg/controller.v1/common/job.go.
 */
export function v1Ending(facts: Facts, plan: Subject): string | undefined {
  const { job } = plan
  const recorded = recordedEnding(facts.v1)
  if (recorded !== undefined) return recorded
  if (facts.v1) {
    const { word, message } = v1State(facts.v1)
    if (isFinished(word)) return `v1 is ${word}${message === undefined ? '' : `: ${message}`}`
  }
  const ended = facts.ended.filter((pod) => ownedBy(pod, plan.uid) && endedByItself(pod))
  for (const replica of job.replicas) {
    const failed = ended.find((pod) => roleOfPod(pod) === replica.role && failsJob(replica, pod))
    if (failed) return `v1's ${failed.metadata.name} failed by itself${exitText(failed, replica.main)}`
  }
  const succeeded = ended.filter(({ status }) => status?.phase === 'Succeeded')
  const names = decisive(job, succeeded)
  return names && `v1's ${someOf(names)} succeeded by itself`
}

/**
 * Whether a pod had ended before anybody deleted it. A trainer that answers SIGTERM with exit code 0 ends as Succeeded too:
 * it ended no earlier than the deletion was asked for, which is deletionTimestamp less the grace period.
 */
export function endedByItself(pod: Pod): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (!hasEnded(pod)) return false
  if (deletionTimestamp === undefined) return true
  const grace = typeof deletionGracePeriodSeconds === 'number' ? deletionGracePeriodSeconds : 0
  const asked = Date.parse(deletionTimestamp) - grace * 1000
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''))
  return ends.length > 0 && ends.every((end) => end < asked)
}

/** Names of the succeeded pods that make the job succeed; undefined while more are needed. */
function decisive(job: V1Job, succeeded: readonly Pod[]): string[] | undefined {
  const success = successOf(job)
  const counting = succeeded.filter((pod) => {
    if (success.by === 'all' || success.by === 'any') return true
    const first = success.by !== 'first' || pod.metadata.labels?.[v1Labels.replicaIndex] === '0'
    return roleOfPod(pod) === success.role && first
  })
  const names = [...new Set(counting.map(({ metadata }) => metadata.name ?? ''))].sort()
  const ofRole = (role: string) => job.replicas.find((replica) => replica.role === role)?.count ?? 0
  const needed = success.by === 'all' ? job.total : success.by === 'role' ? ofRole(success.role) : 1
  return names.length > 0 && names.length >= needed ? names : undefined
}

/** Never: any failed pod; ExitCode: codes 1 to 127 of the main container; the others are restarted. */
function failsJob({ restartPolicy, main }: Replica, pod: Pod): boolean {
  if (pod.status?.phase !== 'Failed') return false
  if (restartPolicy === 'Never') return true
  const code = exitCodeOf(pod, main)
  return restartPolicy === 'ExitCode' && code !== undefined && code > 0 && code < 128
}

function exitText(pod: Pod, main: string): string {
  const code = exitCodeOf(pod, main)
  return code === undefined ? '' : ` with exit code ${code}`
}

function exitCodeOf(pod: Pod, container: string): number | undefined {
  return pod.status?.containerStatuses?.find(({ name }) => name === container)?.state?.terminated?.exitCode
}
