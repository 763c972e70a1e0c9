import type { StateWord } from '../kube/job-state.ts'
import type { QueueState } from '../kube/kueue.ts'
import type { Tone } from '../kube/pod-state.ts'
import type { Resume } from '../migration/resume.ts'
import type { Style } from './style.ts'

/** Everything `status NAME` says, in every format. */
export interface JobView {
  readonly namespace: string
  readonly name: string
  readonly phase: string
  /** by what the two sides were paired */
  readonly link?: 'recorded' | 'name'
  /** when the move that stands began */
  readonly begun?: string
  /** of the JobSet that Trainer made, against v1 */
  readonly proof?: ProofView
  readonly v1?: SideView
  readonly v2?: SideView
  /** a second TrainJob, `NAME-v2`, beside the one under the job's own name */
  readonly twin?: { readonly name: string; readonly state: StateWord }
  /** the active Workload of a v1 job that is held by its Workload: Kueue runs it when there is quota */
  readonly reactivated?: string
  /** the v1 job is another one than was moved, made after the move */
  readonly revived?: { readonly created?: string; readonly creator: string }
  /** whether v2 went on where v1 was, as the logs told when it was cut over */
  readonly resume?: Resume
  /** Warning events, newest first */
  readonly warnings: readonly WarningView[]
  readonly notRead: readonly { readonly resource: string; readonly namespace?: string; readonly why: string }[]
  readonly next: readonly NextView[]
}

/** Pods of both sides compared rank by rank. */
export interface ProofView {
  readonly pods: number
  /** without a difference, but for harmless ones */
  readonly same: number
  /** that differ in nothing but what has a reason */
  readonly explained: number
  /** causes of harmless differences */
  readonly harmless: number
  /** values without a reason */
  readonly differing: readonly { readonly path: string; readonly pods: number }[]
}

export interface SideView {
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly created?: string
  readonly state: StateWord
  readonly reason?: string
  readonly message?: string
  readonly since?: string
  readonly ready?: number
  readonly desired?: number
  /** how far it is, by its own status or its log */
  readonly progress?: string
  /** why Kueue keeps it from running */
  readonly queue?: QueueState
  /** of a TrainJob: `ClusterTrainingRuntime/torch-distributed` */
  readonly runtime?: string
  readonly roles: readonly RoleView[]
}

export interface RoleView {
  readonly role: string
  readonly ready?: number
  readonly desired?: number
  /** pods that ended well */
  readonly succeeded: number
  /** of a TrainJob: the role that must be ready, or complete, before pods of this one are made */
  readonly waitsFor?: string
  readonly pods: readonly PodView[]
}

export interface PodView {
  readonly name: string
  /** `Running`, `ImagePullBackOff`, `Unschedulable`, `OOMKilled`, ... */
  readonly state: string
  readonly health: Tone
  readonly message?: string
  readonly exitCode?: number
  readonly ready: boolean
  readonly restarts: number
  /** how the last run ended */
  readonly lastEnd?: string
  /** RFC 3339, of one that is deleted: when its time to end by itself is over */
  readonly endsBy?: string
  readonly node?: string
  readonly created?: string
  readonly gpus: number
  /** of a TrainJob's pod, where its v1 job tells: its place, and v1's pod in it without the job's name */
  readonly rank?: number
  readonly v1?: string
}

export interface WarningView {
  readonly object: string
  readonly reason: string
  readonly message: string
  readonly lastSeen: string
}

export interface NextView {
  /** a whole command */
  readonly type: string
  readonly does: string
}

export interface ScreenOptions extends Style {
  readonly now: Date
  /** columns of the terminal; absent in a pipe, where nothing is wrapped or put beside another */
  readonly width?: number
  /** every pod, not only the first ones of those that are alike */
  readonly allPods: boolean
}
