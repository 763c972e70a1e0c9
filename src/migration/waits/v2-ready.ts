import { rankFinder } from '../../compare/live.ts'
import { lastSeen } from '../../kube/event.ts'
import { isRecord } from '../../kube/object.ts'
import type { Pod } from '../../kube/pod.ts'
import { type PodState, podState } from '../../kube/pod-state.ts'
import { creationFailed } from '../../v2/state.ts'
import { unexpected } from '../admission.ts'
import { conditionText, trueCondition } from '../conditions.ts'
import type { Facts, Plan, Progress } from '../facts.ts'
import { isHeld, isStarted, reactivated, v2Queued } from '../queue.ts'
import { countOf, rankName, someOf } from '../words.ts'
import { isDisrupted, podFailure } from './pod-trouble.ts'
import { v2Ending } from './v2-ending.ts'
import { creationRefusal } from './v2-rendered.ts'

/**
 * Whether v2 runs in v1's place: every pod of the proof is there, equal to it, and Running and Ready or ended well; or the
 * TrainJob is Complete. Any failure ends the wait at once; what may pass (no room, an image that is pulled) is the reason
 * to wait, with the scheduler's or kubelet's own words.
 */
export function v2Ready(facts: Facts, plan: Plan): Progress {
  const { trainJob, v1 } = facts
  const resumed = v1 && v1.metadata.uid === plan.uid && !isHeld(facts, plan)
  const running = trainJob && trainJob.spec.suspend !== true && v2Ending(facts, plan) === undefined
  return resumed && running
    ? { failed: plan.queue?.v1 ? reactivated : 'somebody resumed v1 while v2 was starting' }
    : v2Well(facts, plan)
}

/** As v2Ready, whatever v1 does. */
export function v2Well(facts: Facts, plan: Plan): Progress {
  const ending = v2Ending(facts, plan)
  if (ending !== undefined) return { done: ending, settled: true }
  const failure = failureOf(facts, plan)
  if (failure !== undefined) return { failed: failure }
  const queued = v2Queued(facts, plan)
  if (queued)
    return plan.queue?.waited && 'waiting' in queued
      ? { done: `it waits ${queued.waiting}, as v1 did`, settled: true }
      : queued
  const models = plan.conversion.proof.v2
  const newest = newestByRank(facts, plan)
  const places = models.map((model, rank) => ({ rank, model, pod: newest.get(rank) }))
  for (const { rank, model, pod } of places) {
    const [difference] = pod ? unexpected(model, pod, plan.admission) : []
    if (difference) {
      const { path, v1, v2 } = difference
      return { failed: `${rankName(rank, plan)} is not what was proved: ${path} is ${v2}, not ${v1}` }
    }
  }
  const states = places.map(({ rank, pod }) => ({ rank, state: pod && podState(pod) }))
  const behind = states.filter(({ state }) => !state || !(state.ready || state.tone === 'done'))
  const up = models.length - behind.length
  if (behind.length === 0) return { done: `${up} of ${countOf(models.length, 'pod')} run, equal to the proof` }
  return { waiting: `${up} of ${countOf(models.length, 'pod')} ready; ${delayText(behind, facts)}` }
}

function failureOf(facts: Facts, plan: Plan): string | undefined {
  const { trainJob, jobSet, jobs } = facts
  if (!trainJob) return 'somebody deleted the TrainJob'
  if (!isStarted(trainJob, plan)) return 'somebody suspended the TrainJob'
  const rankOf = rankFinder(plan.conversion.proof.v2)
  const alive = new Set(facts.v2Pods.map(({ metadata }) => metadata.uid))
  const gone = facts.ended.filter((pod) => rankOf(pod) !== undefined && !alive.has(pod.metadata.uid))
  for (const pod of [...facts.v2Pods, ...gone]) {
    const rank = rankOf(pod)
    if (rank === undefined) return `nobody expected the pod ${pod.metadata.name}`
    const failure = pod.metadata.deletionTimestamp === undefined ? podFailure(pod, facts.now) : undefined
    if (failure) return `${rankName(rank, plan)} failed: ${failure}`
  }
  for (const [what, object] of [...jobs.map((job) => ['Job', job] as const), ['JobSet', jobSet] as const]) {
    const condition = trueCondition(object, 'Failed')
    if (condition) return `${what} ${object?.metadata.name} failed: ${conditionText(condition)}`
  }
  const failed = trueCondition(trainJob, 'Failed')
  if (failed) return `TrainJob failed: ${conditionText(failed)}`
  return creationRefusal(facts) ?? resumeRefusal(facts)
}

/** A JobSet that cannot be resumed stays suspended, and only an event after the resume tells. */
function resumeRefusal({ trainJob, jobSet, events }: Facts): string | undefined {
  const spec = jobSet?.['spec']
  if (!isRecord(spec) || spec['suspend'] !== true) return undefined
  const resumed = trainJob?.status?.conditions?.find(({ type, status }) => type === 'Suspended' && status === 'False')
  const event = events.find(({ reason, involvedObject }) => {
    return reason === creationFailed && involvedObject.uid === trainJob?.metadata.uid
  })
  if (!event || !resumed?.lastTransitionTime) return undefined
  const late = Date.parse(lastSeen(event)) >= Date.parse(resumed.lastTransitionTime)
  return late ? `Trainer cannot resume the JobSet: ${event.message}` : undefined
}

/** The pod at each place; where an old one is still going, or was disrupted, the newer. */
function newestByRank(facts: Facts, plan: Plan): ReadonlyMap<number, Pod> {
  const rankOf = rankFinder(plan.conversion.proof.v2)
  const newest = new Map<number, Pod>()
  const inOrder = facts.v2Pods
    .filter((pod) => pod.metadata.deletionTimestamp === undefined && !isDisrupted(pod))
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''))
  for (const pod of inOrder) newest.set(rankOf(pod) ?? -1, pod)
  return newest
}

interface Behind {
  readonly rank: number
  readonly state: PodState | undefined
}

/** `rank 2, 5 Unschedulable: 0/8 nodes are available`: the first reason, and all ranks it holds for. */
function delayText(behind: readonly Behind[], facts: Facts): string {
  const worst = behind.find(({ state }) => state?.tone === 'failed') ?? behind.find(({ state }) => state) ?? behind[0]
  const alike = behind.filter(({ state }) => state?.word === worst?.state?.word)
  const ranks = `rank ${someOf(alike.map(({ rank }) => String(rank)))}`
  if (!worst?.state) return `${ranks} not created yet${creationDelay(facts)}`
  const word = worst.state.word === 'Running' ? 'runs but is not ready' : worst.state.word
  return `${ranks} ${word}${worst.state.message === undefined ? '' : `: ${worst.state.message}`}`
}

/** Why the Job controller cannot make a pod: a quota, a policy, a webhook. */
function creationDelay({ events }: Facts): string {
  const event = events.find(({ reason }) => reason === 'FailedCreate' || reason === 'JobCreationFailed')
  return event ? `: ${event.message}` : ''
}
