import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { v1Labels } from '../v1/labels.ts'
import { v2Labels } from '../v2/pods.ts'
import type { Clock } from './clock.ts'
import { badRequest, notSimulated } from './failure.ts'
import { checkLogOptions, containerOf } from './log-options.ts'
import { logLine, type Session, stepAt, type Training, trainingOf } from './training.ts'
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
): { readonly text: string } | { readonly follow: Following } {
  const pod = object as Pod
  checkLogOptions(pod, query)
  const container = containerOf(pod, query)
  refuseUnready(pod, container)
  if (query.get('previous') === 'true') refusePrevious(pod, container)
  const { session } = options
  if (!session) return { text: '' }
  const log = new Log(pod, session, query, options)
  const limit = Number(query.get('limitBytes') ?? Number.POSITIVE_INFINITY)
  if (query.get('follow') !== 'true') return { text: log.text(log.all()).slice(0, limit) }
  return { follow: (write, end) => log.follow(...limited(write, end, limit), options.clock) }
}

function refuseUnready(pod: Pod, container: string): void {
  const { name } = pod.metadata
  const state = pod.status?.containerStatuses?.find((status) => status.name === container)?.state
  if (state?.waiting) {
    const { reason = 'ContainerCreating' } = state.waiting
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${reason}`)
  }
  if (pod.status?.phase === 'Pending') {
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ContainerCreating`)
  }
}

/** A restarted container's earlier log is not kept; one that never was restarted has none, in the kubelet's words. */
function refusePrevious(pod: Pod, container: string): never {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container)
  if (Number(status?.restartCount ?? 0) > 0) throw notSimulated('logs of a container before its last restart')
  throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`)
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

  constructor(pod: Pod, session: Session, query: URLSearchParams, options: LogOptions) {
    this.#pod = pod
    this.#session = session
    this.#query = query
    this.#options = options
    this.#training = trainingOf(pod)
    this.#rank = rankOf(pod)
  }

  /** What is there by now, less what was not asked for. */
  all(): Span {
    const to = this.#reached()
    const since = this.#since()
    const first = this.#session.firstStep + 1
    const skipped =
      since === undefined ? 0 : Math.max(0, Math.ceil((since - this.#session.startedAt) / this.#stepTime()) - 1)
    const tail = this.#query.get('tailLines')
    const from = Math.max(first + skipped, tail === null ? 0 : to - Number(tail) + 1)
    return { from, to }
  }

  text({ from, to }: Span): string {
    const lines: string[] = []
    if (from === this.#session.firstStep + 1 && this.#session.firstStep > 0 && this.#rank === 0) {
      lines.push(this.#stamped(`resumed from checkpoint at step ${this.#session.firstStep}`, this.#session.firstStep))
    }
    for (let step = from; step <= to; step++) {
      for (const line of logLine(this.#training, step, this.#rank).split('\n')) lines.push(this.#stamped(line, step))
    }
    return lines.map((line) => `${line}\n`).join('')
  }

  follow(write: (text: string) => void, end: () => void, clock: Clock): () => void {
    let { from, to } = this.all()
    write(this.text({ from, to }))
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
    return stepAt(
      this.#training,
      this.#session,
      finished === undefined ? now : Math.min(now, finished),
      this.#options.speed,
    )
  }

  /** A log ends with its container. */
  #isOver(): boolean {
    return this.#options.current() === undefined || this.#finishedAt() !== undefined
  }

  #finishedAt(): number | undefined {
    const pod = (this.#options.current() as Pod | undefined) ?? this.#pod
    const time = pod.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt
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
