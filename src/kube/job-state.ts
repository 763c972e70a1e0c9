import type { Pod } from './pod.ts'
import { hasEnded, type PodState, podState, type Tone } from './pod-state.ts'

/**
 * What a job does, by evidence: the same words for both sides, but for the two systems' own names of success.
 * Pending: no pod runs. Starting: some do, not all of them ready. Blocked: something stands in the way that time alone does not cure.
 */
export type StateWord =
  | 'Pending'
  | 'Starting'
  | 'Running'
  | 'Restarting'
  | 'Blocked'
  | 'Suspending'
  | 'Suspended'
  | 'Succeeded'
  | 'Complete'
  | 'Failed'
  | 'Terminating'

/** One role of a job: a replica type of v1, a replicated job of v2. */
export interface RoleState {
  readonly role: string
  /** pods it should have; undefined where nothing says so */
  readonly desired?: number
  /** pods ready, or running where only the job's own status was read; undefined where neither is known */
  readonly ready?: number
  /** pods that ended well */
  readonly succeeded: number
}

/** How a job stands, on either side, in one word and by role. */
export interface JobState {
  readonly word: StateWord
  /** one CamelCase word of the system that says why: `ImagePullBackOff`, `BackoffLimitExceeded` */
  readonly reason?: string
  readonly message?: string
  readonly roles: readonly RoleState[]
  /** the status alone does not tell: pods (or events) would */
  readonly open: boolean
  /** RFC 3339: since when it is finished or suspended, where a condition says so */
  readonly since?: string
}

const tones: Readonly<Record<StateWord, Tone>> = {
  Pending: 'waits',
  Starting: 'waits',
  Running: 'runs',
  Restarting: 'waits',
  Blocked: 'failed',
  Suspending: 'waits',
  Suspended: 'held',
  Succeeded: 'done',
  Complete: 'done',
  Failed: 'failed',
  Terminating: 'waits',
}

/** All words, in the order of a job's life. */
export const stateWords = Object.keys(tones) as readonly StateWord[]

/** The colour and glyph of a state. */
export function toneOfState(word: StateWord): Tone {
  return tones[word]
}

/** Whether a job has ended, well or not: it does not run again by itself. */
export function isFinished(word: StateWord): boolean {
  return word === 'Succeeded' || word === 'Complete' || word === 'Failed'
}

/** Whether pods of this job run, or are about to: what may not happen on both sides at once without being asked for. */
export function isActive(word: StateWord): boolean {
  return !isFinished(word) && word !== 'Suspended'
}

/** Ready and desired pods over all roles, those that already ended well left out; undefined where not known. */
export function readiness(state: Pick<JobState, 'roles'>): { readonly ready?: number; readonly desired?: number } {
  if (state.roles.length === 0) return {}
  let ready: number | undefined = 0
  let desired: number | undefined = 0
  for (const role of state.roles) {
    ready = ready === undefined || role.ready === undefined ? undefined : ready + role.ready
    desired =
      desired === undefined || role.desired === undefined
        ? undefined
        : desired + Math.max(0, role.desired - role.succeeded)
  }
  return { ready, desired }
}

/** A role as its pods show it. */
export function roleOfPods(role: string, desired: number | undefined, pods: readonly Pod[]): RoleState {
  const states = pods.map(podState)
  return {
    role,
    desired,
    ready: states.filter(({ ready, tone }) => ready && tone !== 'done').length,
    succeeded: states.filter(({ tone }) => tone === 'done').length,
  }
}

/**
 * The word for a job that should run, from its roles and pods: Blocked when a pod waits for what time alone does not
 * bring, Restarting when one ended badly and has no successor yet.
 */
export function progress(
  roles: readonly RoleState[],
  pods: readonly Pod[],
): Pick<JobState, 'word' | 'reason' | 'message'> {
  if (allReady(roles)) return { word: 'Running' }
  let failed: PodState | undefined
  let runs = roles.some(({ ready = 0, succeeded }) => ready + succeeded > 0)
  for (const pod of pods) {
    const state = podState(pod)
    if (state.word === 'Running') runs = true
    if (state.tone !== 'failed') continue
    if (pod.status?.phase !== 'Failed') return { word: 'Blocked', ...wordsOf(state) }
    failed ??= state
  }
  if (failed) return { word: 'Restarting', ...wordsOf(failed) }
  return { word: runs ? 'Starting' : 'Pending' }
}

function wordsOf({ word, message, exitCode }: PodState): Pick<JobState, 'reason' | 'message'> {
  return { reason: word, message: message ?? (exitCode === undefined ? undefined : `exit code ${exitCode}`) }
}

/** Every role has all its pods, ready or ended well. */
function allReady(roles: readonly RoleState[]): boolean {
  return (
    roles.length > 0 &&
    roles.every(
      ({ desired, ready, succeeded }) => desired !== undefined && ready !== undefined && ready + succeeded >= desired,
    )
  )
}

/** Pods that have not ended. */
export function livePods(pods: readonly Pod[]): Pod[] {
  return pods.filter((pod) => !hasEnded(pod))
}
