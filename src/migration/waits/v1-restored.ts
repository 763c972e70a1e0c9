import { isFinished } from '../../kube/job-state.ts'
import { podState } from '../../kube/pod-state.ts'
import { isSuspended, v1State } from '../../v1/state.ts'
import type { Facts, Progress, Subject } from '../facts.ts'
import { countOf } from '../words.ts'

/** Whether v1 is back in its state before the hold: suspended if it was, else with as many pods ready as were before. */
export function v1Restored(facts: Facts, plan: Subject): Progress {
  const { v1, v1Pods } = facts
  if (!v1 || v1.metadata.uid !== plan.uid) return { failed: 'the v1 job was deleted by somebody' }
  if (plan.suspendBefore === true) {
    return isSuspended(v1) ? { done: 'v1 suspended as before' } : { waiting: 'v1 is not suspended again yet' }
  }
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
