import { isFinished } from '../../kube/job-state.ts'
import type { KubeObject } from '../../kube/object.ts'
import { podState } from '../../kube/pod-state.ts'
import { isSuspended, v1State } from '../../v1/state.ts'
import type { Facts, Progress, Subject } from '../facts.ts'
import { v1Annotations } from '../hold.ts'
import { isHeld, v1Queued } from '../queue.ts'
import { countOf } from '../words.ts'

/** Whether v1 is back in its state before the hold: suspended if it was, else with as many pods ready as were before. */
export function v1Restored(facts: Facts, plan: Subject): Progress {
  const { v1, v1Pods } = facts
  if (!v1 || v1.metadata.uid !== plan.uid) return { failed: 'the v1 job was deleted by somebody' }
  if (plan.suspendBefore === true) {
    return isHeld(facts, plan) ? { done: 'v1 suspended as before' } : { waiting: 'v1 is not suspended again yet' }
  }
  const queued = plan.queue?.v1 ? backInQueue(v1, facts, plan) : undefined
  if (queued) return queued
  if (isSuspended(v1)) return { waiting: 'v1 is still suspended' }
  const { word } = v1State(v1)
  if (isFinished(word)) return { done: `v1 is ${word}` }
  const states = v1Pods.map((pod) => ({ name: pod.metadata.name ?? '', ...podState(pod) }))
  const ready = states.filter((state) => state.ready).length
  const wanted = plan.readyBefore
  if (ready >= wanted && v1Pods.length > 0) {
    return {
      done:
        wanted === 0
          ? 'v1 resumed, waiting as it did before'
          : `v1 resumed, ${ready} of ${countOf(wanted, 'pod')} running`,
    }
  }
  const behind = states.find((state) => !state.ready)
  const why = behind
    ? `: ${behind.name} ${behind.word}${behind.message === undefined ? '' : `: ${behind.message}`}`
    : ''
  return { waiting: `${ready} of ${countOf(wanted, 'pod')} of v1 run again${why}` }
}

/** How far a job has come that Kueue starts: undefined when it has, and only its pods are to be waited for. */
function backInQueue(v1: KubeObject, facts: Facts, plan: Subject): Progress | undefined {
  if (isHeld(facts, plan)) return { waiting: 'the Workload of v1 is not active again yet' }
  if (v1.metadata.annotations?.[v1Annotations.held] !== undefined)
    return { waiting: 'the record of its hold is still on v1' }
  const waits = v1Queued(facts, plan)
  if (waits === undefined) return undefined
  if (plan.queue?.waited) return { done: `v1 waits as it did before, ${waits}` }
  return { waiting: `v1 waits ${waits}`, within: plan.queue?.patience }
}
