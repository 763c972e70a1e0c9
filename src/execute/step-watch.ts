import type { Facts, Progress, Subject } from '../migration/facts.ts'
import type { ExecutionEvent } from '../migration/outcome.ts'
import { type Part, type Step, v2Parts } from '../migration/step.ts'
import { Halted, isPassing } from './halt.ts'
import type { Journal } from './journal.ts'
import type { Observer } from './observer.ts'

export interface WatchOptions<P extends Subject> {
  readonly observer: Pick<Observer, 'facts' | 'version' | 'blind' | 'refresh' | 'changedSince'>
  readonly journal: Pick<Journal, 'flush'>
  readonly plan: P
  /** stops the way there; the way back is not interruptible */
  readonly signal: AbortSignal
  /** milliseconds on a clock that nobody sets */
  readonly elapsed: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** milliseconds between two looks when nothing changes: how often a clock on the screen moves */
  readonly tick: number
  readonly report: (event: ExecutionEvent) => void
}

/** milliseconds of looking that are worth a pause */
const noticeable = 20

/** All that a step may be decided on. */
export const allParts: readonly Part[] = ['v1', 'v1Pods', 'workloads', 'runtime', ...v2Parts]

/** Looks at the facts as they change, until a step, or its way back, has come to its end. */
export class StepWatch<P extends Subject> {
  readonly #options: WatchOptions<P>
  #nextTick: Promise<void> | undefined

  constructor(options: WatchOptions<P>) {
    this.#options = options
  }

  /**
   * Looks until a step is done, and returns what it says then. Throws Halted where it failed, ended, took longer or was interrupted, and
   * the ClusterError that ends watching.
   * @param undoing whether it is being taken back: then a cluster that does not answer for a while is waited for
   * @param limit milliseconds it may take, beside the time that it lasts
   */
  async until(step: Step<P>, undoing: boolean, limit: number): Promise<string> {
    const { observer, plan, report } = this.#options
    const began = this.#time()
    // the step's own time begins when what has a limit of its own is over
    let started = began
    const lasts = undoing ? 0 : (step.lasts?.(plan) ?? 0)
    const confirm = undoing ? step.confirm?.undone : step.confirm?.verify
    for (;;) {
      if (!undoing) this.checkInterrupted(step)
      const { version } = observer
      const asked = this.#time()
      const progress = await this.progress(step, undoing, confirm)
      if ('failed' in progress) throw new Halted({ why: 'failed', step, reason: progress.failed })
      if ('ended' in progress) throw new Halted({ why: 'ended', step, reason: progress.ended })
      const within = 'waiting' in progress ? progress.within : undefined
      if (within !== undefined) started = this.#time()
      const elapsed = this.#time() - (within === undefined ? started : began)
      const most = within ?? limit + lasts
      if ('done' in progress && (elapsed >= lasts || progress.settled)) return progress.done
      const reason = 'done' in progress ? progress.done : progress.waiting
      if (elapsed >= most) throw new Halted({ why: 'timeout', step, reason, limit: most })
      report({ type: 'waiting', step, undoing, reason, elapsed, limit: within ?? (lasts > 0 ? lasts : limit) })
      await this.#flush(undoing)
      // thousands of pods change thousands of times: looking takes a fifth of the time at most
      const cost = this.#time() - asked
      if (cost > noticeable) await this.#options.sleep(4 * cost)
      await this.#nextFacts(version, undoing)
    }
  }

  /** Stores what was written before it is waited for; on the way back that can wait until the cluster answers again. */
  async #flush(undoing: boolean): Promise<void> {
    try {
      await this.#options.journal.flush()
    } catch (error) {
      if (!undoing || !isPassing(error)) throw error
    }
  }

  /** Waits for a change or a tick. On the way back a watch that broke is replaced by looking at every tick. */
  async #nextFacts(version: number, undoing: boolean): Promise<void> {
    const { observer } = this.#options
    if (!undoing || !observer.blind) {
      await Promise.race([observer.changedSince(version), this.#tick()]).catch((error) => {
        if (!undoing) throw error
      })
    } else {
      await this.#tick()
      await this.refreshPatiently(allParts)
    }
  }

  /** Reads again; what time alone may cure leaves the facts as they are. False when it could not be read. */
  async refreshPatiently(parts: readonly Part[]): Promise<boolean> {
    try {
      await this.#options.observer.refresh(parts)
      return true
    } catch (error) {
      if (!isPassing(error)) throw error
      return false
    }
  }

  /** How far a step is; what says that it is done is asked for again first, where the step wants that confirmed. */
  async progress(step: Step<P>, undoing: boolean, confirm: readonly Part[] | undefined): Promise<Progress> {
    const { observer, plan } = this.#options
    const ask = undoing ? step.undone : step.verify
    const progress = ask(this.#facts, plan)
    if (!('done' in progress) || confirm === undefined) return progress
    if (!undoing) await observer.refresh(confirm)
    else if (!(await this.refreshPatiently(confirm))) return { waiting: 'the cluster does not answer' }
    return ask(this.#facts, plan)
  }

  /** Throws Halted where somebody interrupted the way there. */
  checkInterrupted(step: Step<P>): void {
    if (this.#options.signal.aborted) throw new Halted({ why: 'interrupted', step, reason: 'interrupted' })
  }

  get #facts(): Facts {
    return this.#options.observer.facts
  }

  #time(): number {
    return this.#options.elapsed()
  }

  /** One timer at a time, however often the facts change. */
  async #tick(): Promise<void> {
    this.#nextTick ??= this.#options.sleep(this.#options.tick)
    const tick = this.#nextTick
    await tick
    if (this.#nextTick === tick) this.#nextTick = undefined
  }
}
