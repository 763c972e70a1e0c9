import type { ContainerStatus, Pod } from '../../kube/pod.ts'

/** An image that does not come is given this long after the pod was bound to its node, in milliseconds. */
const imageGrace = 120_000

/**
 * Why a pod will not run whatever one waits for, undefined while it may. A new pod that ends with an error is a failure at
 * once, though v1 would have restarted it: nobody should find out hours later that v2 restarts in a circle.
 *
 * Images: an invalid name cannot heal, as a Job's pods cannot be changed. A registry that says that an image does not exist
 * or may not be pulled gets `imageGrace` (the kubelet has asked about four times by then: 10, 20, 40 s of back-off), because
 * registries and tokens do recover within moments, and because v1 has pulled this very image before. Every other delay, a full
 * registry or a slow download, waits for the timeout.
 */
export function podFailure(pod: Pod, now: Date): string | undefined {
  if (isDisrupted(pod)) return undefined
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  for (const status of statuses) {
    const failure = containerFailure(status, pod, now)
    if (failure) return failure
  }
  if (pod.status?.phase !== 'Failed') return undefined
  return ['failed', pod.status.reason, pod.status.message]
    .filter((part) => part !== undefined && part !== '')
    .join(': ')
}

/** Evicted, preempted or lost with its node: no failure of the training, the Job controller makes a new pod. */
export function isDisrupted(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'DisruptionTarget' && status === 'True') ?? false
}

function containerFailure(status: ContainerStatus, pod: Pod, now: Date): string | undefined {
  const ended = [status.state?.terminated, status.lastState?.terminated].find((end) => end && end.exitCode !== 0)
  if (ended) {
    const reason = ended.reason === undefined || ended.reason === 'Error' ? '' : ` (${ended.reason})`
    const message = ended.message === undefined || ended.message === '' ? '' : `: ${lastLine(ended.message)}`
    return `container ${status.name} ended with exit code ${ended.exitCode}${reason}${message}`
  }
  const { reason, message = '' } = status.state?.waiting ?? {}
  if (reason === 'CrashLoopBackOff') return `container ${status.name} crashes again and again`
  if (reason === 'InvalidImageName') return `${reason}: ${message}`
  const pulled = reason === 'ErrImagePull' || reason === 'ImagePullBackOff'
  const hopeless = /not found|manifest unknown|unauthorized|denied|forbidden|no basic auth/i.test(message)
  if (!pulled || !hopeless) return undefined
  const bound = Date.parse(pod.status?.startTime ?? pod.metadata.creationTimestamp ?? '')
  return now.getTime() - bound > imageGrace ? `${reason}: ${message}` : undefined
}

function lastLine(message: string): string {
  return message.trimEnd().split('\n').at(-1) ?? ''
}
