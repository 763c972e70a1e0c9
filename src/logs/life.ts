import type { Pod } from '../kube/pod.ts'
import { hasEnded } from '../kube/pod-state.ts'

/**
 * What a container's status says about its log. waiting: nothing was started yet. running: the log grows. ended: it does not, and the
 * container will be started again. over: nothing more will come.
 */
export type ContainerLife = 'waiting' | 'running' | 'ended' | 'over'

/** Reads one container's life off its pod's status, as the kubelet writes it (kubernetes v1.36.3, pkg/kubelet/kubelet_pods.go). */
export function containerLife(pod: Pod, container: string): ContainerLife {
  const { spec, status = {}, metadata } = pod
  const init = status.initContainerStatuses?.find(({ name }) => name === container)
  const found = init ?? status.containerStatuses?.find(({ name }) => name === container)
  const finished = hasEnded(pod)
  const { running, terminated } = found?.state ?? {}
  if (running) return 'running'
  if (terminated) {
    const policy = spec.restartPolicy ?? 'Always'
    const last =
      finished ||
      metadata.deletionTimestamp !== undefined ||
      policy === 'Never' ||
      ((policy === 'OnFailure' || init !== undefined) && terminated.exitCode === 0)
    return last ? 'over' : 'ended'
  }
  if (finished) return 'over'
  return found?.lastState?.terminated ? 'ended' : 'waiting'
}

/** Whether a container of a pod has written a log by now. */
export function hasLog(pod: Pod, container: string): boolean {
  return containerLife(pod, container) !== 'waiting'
}
