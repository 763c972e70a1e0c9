import type { PodSpec } from './pod.ts'

/** A pod as a pod model says an operator will make it, before the API server's own defaults. */
export interface ModelPod {
  /** replica type in lower case (v1) or replicated job (v2) */
  readonly role: string
  /** position inside the role */
  readonly index: number
  /** a v2 pod's real name has five random letters more */
  readonly name: string
  readonly namespace: string
  readonly hostname: string
  /** host names other pods of the job reach it by, without those of other clusters' domains */
  readonly addresses: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** of the pod template; absent where it has none */
  readonly finalizers?: readonly string[]
  readonly spec: PodSpec
  /** name of the container that trains */
  readonly main: string
}
