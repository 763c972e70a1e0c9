import type { ContainerStatus, Pod, PodSpec, PodStatus } from './pod.ts'

/** What a colour and a glyph may say of a state: it runs, waits, failed, is done, or is held on purpose. */
export type Tone = 'runs' | 'waits' | 'failed' | 'done' | 'held'

/** One pod in the words of `kubectl get pods`, and why it is so. */
export interface PodState {
  /** `Running`, `Pending`, `ImagePullBackOff`, `Unschedulable`, `OOMKilled`, `Completed`, `Init:1/2`, `Terminating`, ... */
  readonly word: string
  readonly tone: Tone
  /** the scheduler's, kubelet's or container's own words */
  readonly message?: string
  /** of the container that ended, where one did */
  readonly exitCode?: number
  readonly ready: boolean
  /** of the container with the most, init containers included */
  readonly restarts: number
  /** RFC 3339, of one that is deleted: when its time to end by itself is over */
  readonly endsBy?: string
  /** how the last run of a restarted container ended, e.g. `OOMKilled, exit 137` */
  readonly lastEnd?: string
}

/** What passes by itself while a pod starts: every other waiting reason is a hindrance. */
const passing: readonly string[] = ['ContainerCreating', 'PodInitializing']

/**
 * Reads a pod's status as kubectl prints it, with the words Unschedulable and OOMKilled where kubectl says Pending and Error.
 * Source: Kubernetes v1.36.3, pkg/printers/internalversion/printers.go printPod.
 */
export function podState(pod: Pod): PodState {
  const { status = {}, metadata } = pod
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const common = {
    ready: status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    restarts: containers.reduce((most, { restartCount = 0 }) => Math.max(most, restartCount), 0),
    lastEnd: lastEnd(containers),
  }
  const { word, message, exitCode } = reasonOf(pod)
  if (metadata.deletionTimestamp !== undefined) {
    return {
      ...common,
      word: 'Terminating',
      tone: 'waits',
      ready: false,
      ...whyTerminating(pod),
      endsBy: metadata.deletionTimestamp,
    }
  }
  return { ...common, word, message, exitCode, tone: toneOf(pod, word, common.ready) }
}

/** What keeps a deleted pod that has ended, else who deleted it and why, where its node is lost or drained (kubernetes v1.36.3, pkg/apis/core/types.go DisruptionTarget). */
function whyTerminating(pod: Pod): { readonly message?: string } {
  const { metadata, status } = pod
  const { finalizers = [] } = metadata
  if (finalizers.length > 0 && hasEnded(pod)) return { message: `finalizers keep it: ${finalizers.join(', ')}` }
  const disruption = status?.conditions?.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True')
  return disruption?.message === undefined ? {} : { message: disruption.message }
}

/** Whether a pod is Succeeded or Failed: no kubelet takes either back (kubernetes v1.36.3, pkg/apis/core/types.go PodPhase). */
export function hasEnded({ status }: Pick<Pod, 'status'>): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

interface Reason {
  readonly word: string
  readonly message?: string
  readonly exitCode?: number
}

function reasonOf(pod: Pod): Reason {
  const { status = {}, spec } = pod
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False' && scheduled.reason !== undefined) {
    return { word: scheduled.reason, message: scheduled.message }
  }
  if (status.reason !== undefined && status.reason !== '') return { word: status.reason, message: status.message }
  const init = initReason(status, spec)
  if (init) return init
  const ended: Reason[] = []
  for (const { state } of status.containerStatuses ?? []) {
    if (state?.waiting?.reason !== undefined) return { word: state.waiting.reason, message: state.waiting.message }
    if (state?.terminated) ended.push(endOf(state.terminated))
  }
  const failed = ended.find(({ exitCode }) => exitCode !== 0)
  if (failed) return failed
  const [first] = ended
  return first && status.phase !== 'Running' ? first : { word: status.phase ?? 'Pending' }
}

/** Of the first init container that holds up the others; a sidecar (one that is restarted always) does not once it has started. */
function initReason(
  { initContainerStatuses: statuses = [], phase }: PodStatus,
  { initContainers: declared = [] }: PodSpec,
): Reason | undefined {
  if (phase !== 'Pending' && phase !== 'Failed') return undefined
  const isSidecar = (wanted: string) =>
    declared.some(({ name, restartPolicy }) => name === wanted && restartPolicy === 'Always')
  for (const [at, { name, state, started }] of statuses.entries()) {
    if (state?.terminated?.exitCode === 0 || (started === true && isSidecar(name))) continue
    if (state?.terminated) {
      const end = endOf(state.terminated)
      return { ...end, word: `Init:${end.word}` }
    }
    const { reason, message } = state?.waiting ?? {}
    if (reason !== undefined && !passing.includes(reason)) return { word: `Init:${reason}`, message }
    return phase === 'Pending' ? { word: `Init:${at}/${Math.max(declared.length, statuses.length)}` } : undefined
  }
  return undefined
}

function endOf(terminated: { exitCode: number; reason?: string; message?: string }): Reason {
  const { exitCode, reason, message } = terminated
  const word = reason !== undefined && reason !== '' ? reason : exitCode === 0 ? 'Completed' : 'Error'
  return { word, exitCode, message }
}

function lastEnd(containers: readonly ContainerStatus[]): string | undefined {
  const last = containers.find(({ lastState }) => lastState?.terminated !== undefined)?.lastState?.terminated
  if (!last) return undefined
  return [last.reason, `exit ${last.exitCode}`].filter((word) => word !== undefined && word !== '').join(', ')
}

function toneOf(pod: Pod, word: string, ready: boolean): Tone {
  const phase = pod.status?.phase ?? 'Pending'
  if (phase === 'Succeeded') return 'done'
  if (phase === 'Failed') return 'failed'
  if (phase === 'Running' && word === 'Running') return ready ? 'runs' : 'waits'
  if (word === 'Unschedulable') return 'failed'
  const starts = word === 'Pending' || word === 'SchedulingGated' || passing.includes(word) || /^Init:\d/.test(word)
  return starts ? 'waits' : 'failed'
}
