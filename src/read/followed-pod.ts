import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Pod } from '../kube/pod.ts'
import { hasEnded } from '../kube/pod-state.ts'
import { Given } from '../logs/given.ts'
import { containerLife } from '../logs/life.ts'
import type { LogLine, LogSource } from '../logs/line.ts'
import { type ContainerLogOptions, containerLog } from './container-log.ts'
import { gapOf, type LogGap } from './logs.ts'

/** milliseconds in which the end of a log may still come after its pod is gone */
const afterDeletion = 2000
/** milliseconds until a log that ended while its container runs is asked for again: at first, and at most */
const soon = 500
const late = 10_000

/** A pod as it was last seen, for those that read its logs. */
export class FollowedPod {
  #pod: Pod
  #gone = false
  #version = 0
  readonly #changes = new Set<() => void>()
  readonly #stop = new AbortController()
  /** aborts when nothing more is to be read */
  readonly signal: AbortSignal

  /** @param signal aborts all reading */
  constructor(pod: Pod, signal: AbortSignal) {
    this.#pod = pod
    this.signal = AbortSignal.any([signal, this.#stop.signal])
  }

  get pod(): Pod {
    return this.#pod
  }

  /** deleted, and not to be read any more */
  get isGone(): boolean {
    return this.#gone
  }

  /** grows with every change */
  get version(): number {
    return this.#version
  }

  update(pod: Pod): void {
    this.#pod = pod
    this.#changed()
  }

  gone(sleep: (milliseconds: number) => Promise<void>): void {
    if (this.#gone) return
    this.#gone = true
    this.#changed()
    void sleep(afterDeletion).then(() => this.#stop.abort())
  }

  /** Its job has ended: what has ended too, or is being stopped, is read to its end, and what runs on is left. */
  leave(): void {
    if (this.#pod.metadata.deletionTimestamp !== undefined || hasEnded(this.#pod)) return
    this.#stop.abort()
    this.#changed()
  }

  /** Resolves when it has changed since `version`, at once where it has, or its signal aborts. */
  async changedSince(version: number): Promise<void> {
    if (this.#version !== version || this.signal.aborted) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#changes.delete(wake)
        this.signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#changes.add(wake)
      this.signal.addEventListener('abort', wake)
    })
  }

  #changed(): void {
    this.#version += 1
    for (const wake of [...this.#changes]) wake()
  }
}

export interface FollowContainerOptions extends Omit<ContainerLogOptions, 'maxFailures' | 'follow' | 'previous'> {
  gap(gap: LogGap): void
  left(source: LogSource): void
}

/**
 * One container's log from start to start, until it is over: waits until there is one, and reads on when a connection ends before
 * the container does, or the container is started again.
 */
export async function* followContainer(
  cluster: Cluster,
  source: LogSource,
  pod: FollowedPod,
  options: FollowContainerOptions,
): AsyncGenerator<LogLine[]> {
  const given = new Given()
  let read = false
  let pause = soon
  const told = new Set<string>()
  /** each reason once: what is tried on and on would say it on and on */
  const tell = (gap: LogGap): void => {
    if (!told.has(gap.why)) options.gap(gap)
    told.add(gap.why)
  }
  for (;;) {
    const { version } = pod
    const life = containerLife(pod.pod, source.container)
    if (options.signal.aborted) return
    if (pod.isGone) {
      if (!read) tell({ source, why: 'gone', message: '' })
      return
    }
    if (pod.signal.aborted) {
      if (life === 'running' || life === 'ended') options.left(source)
      return
    }
    if (life === 'waiting') {
      await pod.changedSince(version)
      continue
    }
    const reading: ContainerLogOptions = {
      ...options,
      follow: life === 'running',
      signal: pod.signal,
      maxFailures: 3,
      opened() {
        read = true
        options.opened?.()
      },
    }
    let failure: Failure
    for await (const part of linesUntilFailure(containerLog(cluster, source, reading, given), source, options.signal)) {
      if (!Array.isArray(part)) failure = part
      else {
        pause = soon
        yield part
      }
    }
    if (failure === undefined) {
      if (life === 'over') return
    } else if (failure !== 'unreachable') {
      const final = failure.why === 'forbidden' || (life === 'over' && failure.why !== 'unreadable')
      if (final || failure.why === 'unreadable') tell(failure)
      if (final) return
    }
    if (pod.signal.aborted) continue
    await Promise.race([pod.changedSince(version), options.sleep(pause)])
    pause = Math.min(late, pause * 2)
  }
}

/** Why a reading ended before its log did, and what may be tried again. */
type Failure = LogGap | 'unreachable' | undefined

/** The lines of one reading, and last why it failed, where it did. Throws what no other reading would cure, and all when the signal aborts. */
async function* linesUntilFailure(
  reading: AsyncIterable<LogLine[]>,
  source: LogSource,
  signal: AbortSignal,
): AsyncGenerator<LogLine[] | Failure> {
  try {
    yield* reading
  } catch (error) {
    if (signal.aborted) throw error
    const gap = gapOf(source, error)
    if (!gap && !failedWith(error, 'unreachable', 'aborted')) throw error
    yield gap ?? 'unreachable'
  }
}
