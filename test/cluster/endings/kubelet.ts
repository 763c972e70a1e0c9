import type { Pod } from '../../../src/kube/pod.ts'
import type { Blow } from './scenarios.ts'

/** What the kubelet, or the pod garbage collector, would write (kubernetes v1.36.3, pkg/kubelet/eviction, pkg/controller/podgc). */
export function statusAfter(pod: Pod, event: Blow): object {
  if ('exit' in event) {
    const policy = pod.spec['restartPolicy']
    const again = policy === 'Always' || (policy === 'OnFailure' && event.exit !== 0)
    return again ? { containerStatuses: restarted(pod, event.exit) } : endedStatus(pod, event.exit)
  }
  const reason = 'evicted' in event ? 'TerminationByKubelet' : 'DeletionByPodGC'
  const disrupted = { type: 'DisruptionTarget', status: 'True', reason, lastTransitionTime: now() }
  const status = endedStatus(pod, 137)
  return {
    ...status,
    ...('evicted' in event ? { reason: 'Evicted' } : {}),
    conditions: [...status.conditions, disrupted],
  }
}

/** The status of a pod whose containers all ended with that code and are not started again; conditions it had stay. */
export function endedStatus(pod: Pod, code: number) {
  const kept = ((pod.status?.conditions ?? []) as readonly { type: string }[]).filter(({ type }) => type !== 'Ready')
  return {
    phase: code === 0 ? 'Succeeded' : 'Failed',
    conditions: [...kept, { type: 'Ready', status: 'False', lastTransitionTime: now() }],
    containerStatuses: (pod.status?.containerStatuses ?? []).map((container) => ({
      ...container,
      ready: false,
      started: false,
      state: { terminated: terminated(code) },
    })),
  }
}

function restarted(pod: Pod, code: number): object[] {
  return (pod.status?.containerStatuses ?? []).map((container) => ({
    ...container,
    restartCount: (container.restartCount ?? 0) + 1,
    lastState: { terminated: terminated(code) },
    state: { running: { startedAt: now() } },
  }))
}

function terminated(code: number): object {
  return { exitCode: code, reason: code === 0 ? 'Completed' : 'Error', startedAt: now(), finishedAt: now() }
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Of a pod that the eviction API deletes (kubernetes v1.36.3, pkg/registry/core/pod/storage/eviction.go). */
export function drainedConditions({ status }: Pod): object[] {
  const reason = 'EvictionByEvictionAPI'
  const before = (status?.conditions ?? []) as readonly object[]
  return [...before, { type: 'DisruptionTarget', status: 'True', reason, lastTransitionTime: now() }]
}
