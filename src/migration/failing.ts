import type { Pod } from '../kube/pod.ts'
import type { Facts } from './facts.ts'
import { podFailure } from './waits/pod-trouble.ts'

/** A container of v2 that failed. */
export interface Failing {
  readonly pod: Pod
  readonly container: string
  /** it was started again since: what it said is in its previous log */
  readonly previous: boolean
}

/** The container whose end made v2 fail; undefined where none had begun. */
export function failingContainer({ v2Pods, now }: Facts): Failing | undefined {
  for (const pod of v2Pods) {
    if (podFailure(pod, now) === undefined) continue
    for (const { name, state, lastState } of [
      ...(pod.status?.initContainerStatuses ?? []),
      ...(pod.status?.containerStatuses ?? []),
    ]) {
      if ((state?.terminated?.exitCode ?? 0) !== 0) return { pod, container: name, previous: false }
      if ((lastState?.terminated?.exitCode ?? 0) !== 0) return { pod, container: name, previous: true }
    }
  }
  return undefined
}
