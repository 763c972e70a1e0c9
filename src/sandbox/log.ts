import { isRecord, type KubeObject } from '../kube/object.ts'
import type { ContainerStatus, Pod } from '../kube/pod.ts'
import { v1Labels } from '../v1/labels.ts'
import { v2Labels } from '../v2/pods.ts'
import type { Clock } from './clock.ts'
import { badRequest, notSimulated } from './failure.ts'
import { checkLogOptions, containerOf } from './log-options.ts'
import { endsAfter, logLine, type Session, stepAt, type Training, trainingOf } from './training.ts'
import type { Following } from './watch.ts'

export interface LogOptions {
  readonly clock: Clock
  readonly speed: number
  readonly session: Session | undefined
  /** the pod as it is now; undefined when it is gone */
  readonly current: () => KubeObject | undefined
}

/** seconds between looks at a log that is followed */
const followEvery = 0.2

/** Lines of a run: step and the moment it was done. */
interface Span {
  readonly from: number
  readonly to: number
}

/** A container's log (core/v1 PodLogOptions): it is worked out from the time and kept nowhere. */
export function readLog(
  object: KubeObject,
  query: URLSearchParams,
  options: LogOptions,
): { readonly text: string; readonly code?: number } | { readonly follow: Following } {
  const pod = object as Pod
  checkLogOptions(pod, query)
  const container = containerOf(pod, query)
  // nobody to ask (kubernetes v1.36.3, pkg/registry/core/pod/strategy.go: LogLocation)
  if (pod.spec['nodeName'] === undefined) return { code: 204, text: '' }
  if (query.get('previous') === 'true') refusePrevious(pod, container)
  else refuseUnready(pod, container)
  const { session } = options
  if (!session) return { text: '' }
  const log = new Log(pod, session, query, options)
  const limit = Number(query.get('limitBytes') ?? Number.POSITIVE_INFINITY)
  if (query.get('follow') !== 'true') return { text: log.beginning(log.all()).slice(0, limit) }
  return { follow: (write, end) => log.follow(...limited(write, end, limit), options.clock) }
}

/** In the kubelet's words (kubernetes v1.36.3, pkg/kubelet/kubelet_pods.go: validateContainerLogStatus). */
function refuseUnready(pod: Pod, container: string): void {
  const status = statusOf(pod, container)
  // between its runs a container has the log of the last one
  if (status?.lastState?.terminated) return
  const waiting = status?.state?.waiting
  if (!waiting && pod.status?.phase !== 'Pending') return
  const { reason = 'ContainerCreating' } = waiting ?? {}
  const why = reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason
  throw badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${why}`)
}

/** Of earlier runs only the last is known, and only until the next begins. */
function refusePrevious(pod: Pod, container: string): void {
  const { lastState, state } = statusOf(pod, container) ?? {}
  if (!lastState?.terminated) {
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`)
  }
  if (!state?.waiting) throw notSimulated('logs of a container before its last restart')
}

function statusOf({ status }: Pod, container: string): ContainerStatus | undefined {
  return status?.containerStatuses?.find(({ name }) => name === container)
}

/** What ends after so many bytes; a log's lines are ASCII. */
function limited(write: (text: string) => void, end: () => void, limit: number): [typeof write, typeof end] {
  let left = limit
  const some = (text: string): void => {
    write(text.slice(0, left))
    left = Math.max(0, left - text.length)
    if (left === 0) end()
  }
  return [some, end]
}

class Log {
  readonly #pod: Pod
  readonly #session: Session
  readonly #query: URLSearchParams
  readonly #options: LogOptions
  readonly #training: Training
  readonly #rank: number
  /** runs that were over before this one */
  readonly #restarts: number

  constructor(pod: Pod, session: Session, query: URLSearchParams, options: LogOptions) {
    this.#pod = pod
    this.#session = session
    this.#query = query
    this.#options = options
    this.#training = trainingOf(pod)
    this.#rank = rankOf(pod)
    const [status] = pod.status?.containerStatuses ?? []
    this.#restarts = (status?.restartCount ?? 0) - (status?.state?.waiting ? 1 : 0)
  }

  /** What is there by now, less what was not asked for. */
  all(): Span {
    const to = this.#reached()
    const since = this.#since()
    const first = this.#session.firstStep + 1
    const skipped =
      since === undefined ? 0 : Math.max(0, Math.ceil((since - this.#session.startedAt) / this.#stepTime()) - 1)
    const tail = this.#query.get('tailLines')
    // a step has one line at the least
    return { from: Math.max(first + skipped, tail === null ? 0 : to - Number(tail) + 1), to }
  }

  /** The text of steps; of the beginning no more lines than were asked for. */
  text(span: Span, tail?: number): string {
    const lines = this.#lines(span)
    const some = tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail))
    return some.map((line) => `${line}\n`).join('')
  }

  beginning(span: Span): string {
    const tail = this.#query.get('tailLines')
    return this.text(span, tail === null ? undefined : Number(tail))
  }

  #lines({ from, to }: Span): string[] {
    const lines: string[] = []
    if (from === this.#session.firstStep + 1 && this.#session.firstStep > 0 && this.#rank === 0) {
      lines.push(this.#stamped(`resumed from checkpoint at step ${this.#session.firstStep}`, this.#session.firstStep))
    }
    for (let step = from; step <= to; step++) {
      for (const line of logLine(this.#training, step, this.#rank).split('\n')) lines.push(this.#stamped(line, step))
    }
    return lines
  }

  follow(write: (text: string) => void, end: () => void, clock: Clock): () => void {
    let { from, to } = this.all()
    write(this.beginning({ from, to }))
    let cancel: () => void = () => undefined
    const look = (): void => {
      from = to + 1
      to = this.#reached()
      if (to >= from) write(this.text({ from, to }))
      if (this.#isOver()) end()
      else cancel = clock.after(followEvery, look)
    }
    cancel = clock.after(followEvery, look)
    return () => cancel()
  }

  #reached(): number {
    const finished = this.#finishedAt()
    const now = this.#options.clock.now().getTime()
    const natural = this.#session.startedAt + endsAfter(this.#training, this.#session, this.#options.speed)
    // an end is written in whole seconds, and the last step is done just before it
    const end = finished === undefined ? now : natural < finished + 1000 ? natural + 1 : Math.min(now, finished)
    return stepAt(this.#training, this.#session, end, this.#options.speed)
  }

  /** A log ends with its container. */
  #isOver(): boolean {
    return this.#options.current() === undefined || this.#finishedAt() !== undefined
  }

  #finishedAt(): number | undefined {
    const pod = (this.#options.current() as Pod | undefined) ?? this.#pod
    const [status] = pod.status?.containerStatuses ?? []
    const { terminated } = ((status?.restartCount ?? 0) > this.#restarts ? status?.lastState : status?.state) ?? {}
    const time = terminated?.finishedAt
    return time === undefined ? undefined : Date.parse(time)
  }

  #since(): number | undefined {
    const seconds = this.#query.get('sinceSeconds')
    if (seconds !== null) return this.#options.clock.now().getTime() - Number(seconds) * 1000
    const time = this.#query.get('sinceTime')
    return time === null ? undefined : Date.parse(time)
  }

  #stamped(line: string, step: number): string {
    if (this.#query.get('timestamps') !== 'true') return line
    const at = this.#session.startedAt + (step - this.#session.firstStep) * this.#stepTime()
    return `${new Date(at).toISOString().replace('Z', '000000Z')} ${line}`
  }

  #stepTime(): number {
    return (this.#training.stepSeconds / this.#options.speed) * 1000
  }
}

/** By v1's env RANK, else by the index among the pods of its job. */
function rankOf({ metadata, spec }: Pod): number {
  const rank = spec.containers[0]?.env?.find(({ name }) => name === 'RANK')?.value
  const labels = isRecord(metadata.labels) ? metadata.labels : {}
  if (rank !== undefined) return Number(rank)
  const role = labels[v1Labels.replicaType]
  const index = labels[v2Labels.completionIndex] ?? labels[v1Labels.replicaIndex] ?? '0'
  const global = Number(labels[v2Labels.jobGlobalIndex] ?? 0)
  return Number(index) + global + (role === 'worker' && labels[v1Labels.jobRole] === undefined ? 1 : 0)
}
