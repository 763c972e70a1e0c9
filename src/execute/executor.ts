import type { Cluster } from '../cluster/cluster.ts'
import { failedWith, mayHaveActed } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Facts, Plan, Subject } from '../migration/facts.ts'
import type { Halt, Outcome, WayBack } from '../migration/outcome.ts'
import type { Step } from '../migration/step.ts'
import { Halted, haltOf, isOutdated, isPassing, type Stop } from './halt.ts'
import type { Journal } from './journal.ts'
import type { Observer } from './observer.ts'
import { perform } from './perform.ts'
import { onceRuntimeIsSeen } from './runtime-seen.ts'
import { allParts, StepWatch, type WatchOptions } from './step-watch.ts'
import { toTakeBack } from './to-take-back.ts'

export interface ExecutorOptions<P extends Subject = Plan> extends WatchOptions<P> {
  readonly cluster: Cluster
  readonly observer: Observer
  readonly journal: Journal
  /** milliseconds each step may take */
  readonly timeout: number
  /** asked before a step begins, and whether it is to write; why it must not, or undefined */
  readonly agree: (step: Step<P>, writes: boolean) => Promise<Stop | undefined>
  /** adds what is known of the reason, before anything is taken back */
  readonly explain?: (halt: Halt) => Promise<Halt>
}

/** A preview of suspended objects has nothing to wait for but the operators themselves. */
const previewLimit = 120_000
const maxAttempts = 6
/** milliseconds an operator gets to come back while neither side runs */
const restartLimit = 60_000

/**
 * Walks the steps; whatever stops it, it takes back what has taken effect, the last first. It is the only one who writes:
 * every write is decided on the newest facts, and carries the uid and version of the object it was decided on.
 * Never throws: an error is an outcome.
 * @param ending how v2 finished with success: then nothing is taken back
 */
export async function execute<P extends Subject>(
  steps: readonly Step<P>[],
  options: ExecutorOptions<P>,
  ending: (facts: Facts) => string | undefined,
): Promise<Outcome> {
  const walk = new Walk(options)
  try {
    let says = ''
    for (const step of steps) says = await walk.forward(step)
    return { kind: 'done', says }
  } catch (error) {
    if (!(error instanceof Halted)) throw error
    if (error.halt.why === 'lost') return { kind: 'stopped', halt: error.halt }
    if (error.halt.why === 'ended') walk.takeAlso(steps.filter(({ id }) => id === 'train-job' || id === 'extras'))
    return await walk.back(error.halt, ending)
  }
}

/**
 * Takes the steps back, the first first, whoever did them: it goes on while the cluster does not answer for a while, and is not
 * interrupted. Never throws.
 */
export async function takeBack<P extends Subject>(
  steps: readonly Step<P>[],
  options: ExecutorOptions<P>,
): Promise<WayBack> {
  return await new Walk(options).takeBack(steps)
}

class Walk<P extends Subject> {
  readonly #options: ExecutorOptions<P>
  /** steps whose work stands, or may stand */
  readonly #effective: Step<P>[] = []
  readonly #watch: StepWatch<P>

  constructor(options: ExecutorOptions<P>) {
    this.#options = options
    this.#watch = new StepWatch(options)
  }

  async forward(step: Step<P>): Promise<string> {
    const { report, timeout, journal } = this.#options
    let started = this.#time()
    try {
      this.#watch.checkInterrupted(step)
      const stop = await this.#options.agree(step, step.forward(this.#facts, this.#options.plan).length > 0)
      this.#watch.checkInterrupted(step)
      if (stop) throw new Halted({ ...stop, step })
      // what was asked before is no time of the step
      started = this.#time()
      report({ type: 'started', step, undoing: false })
      await this.#act(step)
      const limit = step.id === 'preview' ? Math.min(previewLimit, timeout) : timeout
      const says = await this.#watch.until(step, false, limit)
      report({ type: 'done', step, undoing: false, says, took: this.#time() - started })
      journal.ended(step, false, 'done', says)
      return says
    } catch (error) {
      const found = haltOf(error, step)
      const halt = (await this.#options.explain?.(found)) ?? found
      journal.ended(step, false, 'failed', halt.reason || halt.why)
      report({ type: 'failed', step, undoing: false, halt, took: this.#time() - started })
      throw new Halted(halt)
    }
  }

  /** What an earlier run did of these steps goes as well, though this one has not come to them. */
  takeAlso(steps: readonly Step<P>[]): void {
    const { plan } = this.#options
    for (const step of steps) if (step.undo(this.#facts, plan).length > 0) this.#markEffective(step)
  }

  async back(found: Halt, ending: (facts: Facts) => string | undefined): Promise<Outcome> {
    const stopped = this.#effective.some(({ id }) => id === 'hold')
    const finished = await this.#finishedMeanwhile(ending)
    if (typeof finished === 'object') return { kind: 'stranded', halt: found, stopped, undoing: finished }
    if (finished !== undefined) return { kind: 'done', says: finished }
    const { steps, halt } = await toTakeBack(this.#effective, found, this.#options)
    const way = await this.takeBack(steps)
    switch (way.kind) {
      case 'ended':
        return { kind: 'done', says: way.says }
      case 'stranded':
        return { kind: 'stranded', halt, stopped, undoing: way.undoing }
      case 'back':
        return { kind: 'undone', halt, stopped, says: way.says }
    }
  }

  async takeBack(steps: readonly Step<P>[]): Promise<WayBack> {
    const { report, timeout, journal } = this.#options
    const says: string[] = []
    for (const step of steps) {
      const started = this.#time()
      try {
        if (await this.#isUndone(step)) continue
        report({ type: 'started', step, undoing: true })
        await this.#actBack(step, started + timeout)
        const said = await this.#watch.until(step, true, timeout)
        says.push(said)
        report({ type: 'done', step, undoing: true, says: said, took: this.#time() - started })
        journal.ended(step, true, 'done', said)
      } catch (error) {
        const undoing = haltOf(error, step)
        journal.ended(step, true, 'failed', undoing.reason || undoing.why)
        if (undoing.why === 'ended') return { kind: 'ended', says: undoing.reason }
        report({ type: 'failed', step, undoing: true, halt: undoing, took: this.#time() - started })
        return { kind: 'stranded', undoing }
      }
    }
    return { kind: 'back', says }
  }

  /**
   * A v2 that has finished with success is never taken back, whatever made the run stop.
   * @returns how it finished; or why nobody can tell, and then nothing is taken back either
   */
  async #finishedMeanwhile(ending: (facts: Facts) => string | undefined): Promise<string | Halt | undefined> {
    const step = this.#effective.find(({ id }) => id === 'start' || id === 'start-twin')
    if (!step) return undefined
    const began = this.#time()
    try {
      await this.#watch.refreshPatiently(['trainJob', 'v2Pods'])
      return ending(this.#facts)
    } catch (error) {
      const halt = haltOf(error, step)
      this.#options.report({ type: 'failed', step, undoing: true, halt, took: this.#time() - began })
      return halt
    }
  }

  /** Whether there is nothing to take back, by facts that are read again where the step asks for it. */
  async #isUndone(step: Step<P>): Promise<boolean> {
    const { plan } = this.#options
    if (step.undo(this.#facts, plan).length > 0) return false
    return 'done' in (await this.#watch.progress(step, true, step.confirm?.undone))
  }

  /** Writes what the step wants. A conflict means that the facts were old: they are read again, and the step decides again. */
  async #act(step: Step<P>): Promise<void> {
    const { plan, cluster, observer, journal, sleep } = this.#options
    if (step.confirm?.before) await observer.refresh(step.confirm.before)
    const began = this.#time()
    let conflicts = 0
    for (let attempt = 1; ; attempt++) {
      let sent = false
      const refusal = step.precondition(this.#facts, plan)
      if (refusal) {
        // an earlier run acted, and what is to be written down of that is still to be written
        if (refusal.why === 'ended' && step.undo(this.#facts, plan).length > 0) this.#markEffective(step)
        throw new Halted({ why: refusal.why, step, reason: refusal.reason })
      }
      const actions = step.forward(this.#facts, plan)
      try {
        await journal.intend(step, false, actions)
        sent = true
        const stored: KubeObject[] = []
        for (const action of actions) {
          const object = await onceRuntimeIsSeen(sleep, () => perform(cluster, action))
          // of several writes the next may be refused: this one is taken back then
          this.#markEffective(step)
          observer.note(action, object)
          if (object) stored.push(object)
        }
        if (actions.length > 0) journal.acted(step, false, stored)
        this.#markEffective(step)
        return
      } catch (error) {
        const unanswered = mayHaveActed(error)
        if (unanswered) this.#markEffective(step)
        if (unanswered || isOutdated(error)) {
          if (++conflicts === maxAttempts) throw error
          await observer.refresh(allParts)
        } else if (!sent || !(await this.#waitedOut(step, error, began, attempt))) throw error
      }
    }
  }

  /**
   * Whether a write is to be tried again that was not taken: while v1 is stopped, an operator that is restarted must not cost what v1 has trained
   * since its last checkpoint.
   */
  async #waitedOut(step: Step<P>, error: unknown, began: number, attempt: number): Promise<boolean> {
    const { report, sleep, timeout } = this.#options
    const limit = Math.min(restartLimit, timeout)
    const elapsed = this.#time() - began
    const stopped = step.id !== 'hold' && this.#effective.some(({ id }) => id === 'hold')
    if (!stopped || !isPassing(error) || elapsed >= limit) return false
    const reason = failedWith(error, 'webhook')
      ? `the webhook ${error.failure.webhook} cannot be asked`
      : 'the cluster does not answer'
    report({ type: 'waiting', step, undoing: false, reason, elapsed, limit })
    await sleep(attempt * 1000)
    this.#watch.checkInterrupted(step)
    await this.#watch.refreshPatiently(allParts)
    return true
  }

  /** As #act, but a cluster that does not answer for a while does not leave a job half-moved. */
  async #actBack(step: Step<P>, deadline: number): Promise<void> {
    const { plan, cluster, observer, journal, sleep } = this.#options
    for (;;) {
      try {
        const actions = step.undo(this.#facts, plan)
        if (actions.length === 0) return
        await journal.intend(step, true, actions)
        for (const action of actions) {
          const object = await perform(cluster, action)
          observer.note(action, object)
          journal.acted(step, true, object ? [object] : [])
          if (action.verb === 'delete') return
        }
      } catch (error) {
        if (!(isOutdated(error) || mayHaveActed(error) || isPassing(error)) || this.#time() > deadline) throw error
        await sleep(1000)
        await this.#watch.refreshPatiently(allParts)
      }
    }
  }

  get #facts(): Facts {
    return this.#options.observer.facts
  }

  #time(): number {
    return this.#options.elapsed()
  }

  #markEffective(step: Step<P>): void {
    if (!this.#effective.includes(step)) this.#effective.push(step)
  }
}
