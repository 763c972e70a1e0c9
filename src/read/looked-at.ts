import type { JobRow, OpenJob } from './rows.ts'

/** In lists of more jobs than this, a state that the operator wrote is taken as it is, but for what was suspended just now. */
const fewJobs = 500

/** Nor is it where jobs that say they run have more pods than a page of them. */
const fewPods = 500

/** Pods have 30 seconds to end unless their job says otherwise; a node that is slow to tell gets the rest. */
const usualGrace = 30
const slack = 90

/** Of a long list no more jobs that were suspended just now: what is kept of each must not make its memory larger. */
const mostEnding = 1000

/**
 * Jobs whose pods are to be looked at: those whose own status leaves their state open, and those of which it says more than the operators
 * know. v1 counts a pod that runs, also one that is not ready or restarts again and again, and both sides write Suspended when they have
 * asked for the pods' deletion, not when these have ended (Training Operator v1.9.4, pkg/core/status.go and pkg/controller.v1/common/job.go;
 * Kubernetes v1.36.3, pkg/controller/job/job_controller.go).
 */
export class LookedAt {
  readonly #open = new Map<string, OpenJob>()
  /** suspended just now */
  readonly #ending = new Map<string, OpenJob>()
  readonly #doubtful = new Map<string, OpenJob>()
  readonly #now: () => Date
  #expected = 0

  constructor(now: () => Date) {
    this.#now = now
  }

  /** So many jobs more are in the lists that are read. */
  expect(jobs: number): void {
    this.#expected += jobs
    if (this.#many) this.#doubtful.clear()
  }

  /** Remembers a job as one to look at, or forgets that it was. */
  keep(job: OpenJob): void {
    const { uid } = job.row
    this.forget(uid)
    const hasRoom = !this.#many || this.#ending.size < mostEnding
    if (job.row.state.open) this.#open.set(uid, job)
    else if (hasRoom && this.#isEnding(job)) this.#ending.set(uid, job)
    else if (!this.#many && isDoubtful(job.row)) this.#doubtful.set(uid, job)
  }

  forget(uid: string): void {
    for (const jobs of [this.#open, this.#ending, this.#doubtful]) jobs.delete(uid)
  }

  get(uid: string): OpenJob | undefined {
    return this.#open.get(uid) ?? this.#ending.get(uid) ?? this.#doubtful.get(uid)
  }

  /** All there are now; a job that was suspended a while ago is doubtful only. */
  get all(): OpenJob[] {
    for (const job of this.#ending.values()) if (!this.#isEnding(job)) this.keep(job)
    const doubtful = [...this.#doubtful.values()]
    const running = doubtful.filter(({ row }) => row.state.word === 'Running')
    const pods = running.reduce((sum, { row }) => sum + podsOf(row), 0)
    const told = pods > fewPods ? doubtful.filter(({ row }) => row.state.word !== 'Running') : doubtful
    return [...this.#open.values(), ...this.#ending.values(), ...told]
  }

  /** How soon the pods may be others: those of open jobs at any moment. */
  get unrest(): 'open' | 'doubtful' | undefined {
    return this.#open.size + this.#ending.size > 0 ? 'open' : this.#doubtful.size > 0 ? 'doubtful' : undefined
  }

  get #many(): boolean {
    return this.#expected > fewJobs
  }

  /** Whether it was suspended so lately that pods of it may be ending. */
  #isEnding({ row, grace = usualGrace }: OpenJob): boolean {
    const { word, since } = row.state
    if (word !== 'Suspended') return false
    if (since === undefined) return true
    return this.#now().getTime() - Date.parse(since) < (grace + slack) * 1000
  }
}

function isDoubtful({ kind, state }: JobRow): boolean {
  return state.word === 'Suspended' || (kind !== 'TrainJob' && state.word === 'Running')
}

function podsOf({ state }: JobRow): number {
  return state.roles.reduce((sum, { ready = 0 }) => sum + ready, 0)
}
