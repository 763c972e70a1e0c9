import type { KubeObject } from '../kube/object.ts'
import type { PodSpec, PodTemplate } from '../kube/pod.ts'
import type { V1Job } from '../v1/job.ts'
import type { SymbolicEnv } from '../v1/symbolic-env.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import type { ConfigMaps } from './config-maps.ts'
import type { MpiTransport } from './features/mpi.ts'
import type { Ledger, Path } from './ledger.ts'

/** How one role's pods come back after they fail, in v2's terms. */
export interface Restart {
  readonly podPolicy: 'Never' | 'OnFailure'
  /** of the Job; v1's "no limit" is the largest int32 */
  readonly backoffLimit: number
  /** v1's ExitCode: 128 and above runs again, 1 to 127 fails the job */
  readonly byExitCode: boolean
}

/** Which pods decide that the job succeeded. */
export type Success =
  | { readonly by: 'all' }
  /** every pod of one role */
  | { readonly by: 'role'; readonly role: string }
  /** the first pod of one role */
  | { readonly by: 'first'; readonly role: string }
  | { readonly by: 'any' }

export interface IntentRole {
  /** lower-case replica type */
  readonly role: string
  /** path of its pod template in the v1 object */
  readonly path: Path
  readonly count: number
  /** what the user wrote, minus what the operators own; no injected env yet */
  template: PodTemplate
  main: string
  restart: Restart
  /** parts of the pod spec that name this very job: they go into the TrainJob, so that the runtime names none */
  own?: Partial<PodSpec>
  /** pod labels that name this very job, for the same reason */
  ownLabels?: Record<string, string>
  /** what v1's operator put into the pods' env */
  injected: readonly SymbolicEnv[]
}

/** What a v1 job means, in no version's terms: features write it, targets read it. */
export interface Intent {
  name?: string
  generateName?: string
  namespace?: string
  labels: Record<string, string>
  annotations: Record<string, string>
  suspend: boolean
  managedBy?: string
  roles: IntentRole[]
  success: Success
  /** restarts that v1 allows all pods together */
  backoffLimit?: number
  /** seconds from the start of the pods */
  activeDeadlineSeconds?: number
  /** role whose pods must all be ready before the others start */
  startFirst?: string
  /** v2's mpi policy, where the job is to use it */
  mpi?: {
    readonly slots: number
    readonly launcherIsHost: boolean
    /** default /root/.ssh */
    readonly sshAuthMountPath?: string
    /** until all workers are ready, default true */
    readonly launcherWaits?: boolean
  }
  /** the runtime's podGroupPolicy, and Volcano's queue */
  gang?: { readonly policy: Record<string, unknown>; readonly queue?: string }
  /** objects the TrainJob needs beside its runtime */
  extras?: readonly KubeObject[]
}

export interface FeatureContext {
  readonly job: V1Job
  readonly intent: Intent
  readonly ledger: Ledger
  /** read from a cluster, not from a file */
  readonly live: boolean
  /** what the TrainJob will be called */
  readonly trainJobName: string
  /** false: that is a generateName, and the API server will add to it */
  readonly named: boolean
  /** how an MPIJob's launcher is to reach its workers; absent: not decided */
  readonly mpi?: MpiTransport
  readonly podLabels?: 'v1'
  /** what v1's operator says of gangs, as somebody told; absent: nobody did */
  readonly gangScheduler?: string
  readonly dialect: Dialect
  /** what the ConfigMaps say that the pods of a live job refer to; absent: nobody read them */
  readonly configMaps?: ConfigMaps
  /** a live job that runs keeps running on the other side instead of being converted suspended */
  readonly run: boolean
}

/** One feature of v1: accounts for the paths it understands and writes only its own part of the intent. */
export interface Feature {
  readonly name: string
  apply(context: FeatureContext): void
}

/** Path of a replica's pod template in the v1 object. */
export function templatePath(job: V1Job, key: string): Path {
  return ['spec', job.info.specKey, key, 'template']
}
